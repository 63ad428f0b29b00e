"""How well a grader agrees with what people ruled, criterion by criterion: a coach's corrections become labels."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from interviewer.domain.grade import Level
from interviewer.domain.interview import Attempt, Interview
from interviewer.domain.language import Language
from interviewer.domain.rubric import Question
from interviewer.domain.scoring import CREDIT
from interviewer.errors import InterviewerError
from interviewer.evaluation import agreement_statistics
from interviewer.grading.protocol import Grader


@dataclass(frozen=True, slots=True)
class RuledAttempt:
    question: Question
    attempt: Attempt


@dataclass(frozen=True, slots=True)
class RulingAgreement:
    """How often a grader gave the level that people gave; `kappa` weighs by credit (quadratic), None without spread."""

    question: str
    criterion: str
    n: int
    same: float | None
    kappa: float | None

    @property
    def agreed(self) -> int:
        """How many rulings gave the grader's level."""
        return round(self.n * (self.same or 0))


@dataclass(frozen=True, slots=True)
class RulingReport:
    """Agreement over all rulings and for each criterion; `ungraded` answers failed and are in no figure."""

    grader: str
    answers: int
    ungraded: int
    all: RulingAgreement
    criteria: tuple[RulingAgreement, ...]
    failures: tuple[str, ...]

    def as_plain(self) -> dict[str, Any]:
        return asdict(self)


def ruled_attempts(interviews: Iterable[Interview]) -> list[RuledAttempt]:
    """Every answer with a ruling, against the rubric that it was ruled by."""
    return [
        RuledAttempt(interview.bank[attempt.question], attempt)
        for interview in interviews
        for attempt in interview.attempts
        if attempt.rulings
    ]


def measure_ruling_agreement(
    ruled: Sequence[RuledAttempt], grader: Grader, name: str, tick: Callable[[], object] = lambda: None
) -> RulingReport:
    """Grade every ruled answer anew and compare. The grader sees neither rulings nor earlier grades."""
    pairs: dict[tuple[str, str], list[tuple[Level, Level]]] = {}
    failures: list[str] = []
    for one in ruled:
        try:
            grade = grader.grade(one.question, one.attempt, Language.EN)
        except InterviewerError as error:
            failures.append(f"{one.question.id}: {error}")
            continue
        finally:
            tick()
        levels = {verdict.criterion: verdict.level for verdict in grade.verdicts}
        for criterion in one.question.criteria:
            ruling, given = one.attempt.ruling(criterion.id), levels[criterion.id]
            if ruling and ruling.level and given:
                pairs.setdefault((one.question.id, criterion.id), []).append((ruling.level, given))
    over_all, by_criterion = agreement_over_all(pairs), agreement_by_criterion(pairs)
    return RulingReport(name, len(ruled), len(failures), over_all, by_criterion, tuple(failures))


def agreement_over_all(pairs: Mapping[tuple[str, str], Sequence[tuple[Level, Level]]]) -> RulingAgreement:
    return _agreement("", "", [pair for listed in pairs.values() for pair in listed])


def agreement_by_criterion(
    pairs: Mapping[tuple[str, str], Sequence[tuple[Level, Level]]],
) -> tuple[RulingAgreement, ...]:
    """For each question and criterion: how often the level that was ruled (the first of a pair) is that of the grader."""
    return tuple(_agreement(*name, listed) for name, listed in sorted(pairs.items()))


def _agreement(question: str, criterion: str, pairs: Sequence[tuple[Level, Level]]) -> RulingAgreement:
    credit = [(CREDIT[ruled], CREDIT[given]) for ruled, given in pairs]
    same = agreement_statistics.mean(float(ruled is given) for ruled, given in pairs)
    return RulingAgreement(question, criterion, len(pairs), same, agreement_statistics.qwk(credit, 3))
