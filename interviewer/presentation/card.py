"""The score card of one attempt."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from interviewer.domain.grade import Gap, Grade, Verdict
from interviewer.domain.interview import Attempt, Interview, may_rule
from interviewer.domain.rubric import Criterion, Language
from interviewer.domain.scoring import has_every_core, missed
from interviewer.domain.summary import AttemptResult, attempt_result
from interviewer.grading.lexical import LexicalGrader
from interviewer.presentation.highlighting import credited, pieces
from interviewer.presentation.ruling import self_marking_sheet
from interviewer.presentation.templating import render
from interviewer.presentation.wording import is_news, level_key

# What is said beside a score of the grader who gave it, as plain text.
Badge = Callable[[Grade], str]


def no_badge(_: Grade) -> str:
    """Nothing is said."""
    return ""


@dataclass(frozen=True, slots=True)
class Live:
    """What a card on the page offers, and one that is written out does not: to rule, and to ask once more.

    `is_measured` says of a grade whether its grader is known to be any good on the bank; where it is not, candidates
    mark their own answers first. `has_model` says whether a second opinion can be asked for.
    """

    is_measured: Callable[[Grade], bool]
    has_model: bool = False


@dataclass(frozen=True, slots=True)
class Notes:
    """What a reader should know of those who gave some grades, each thing once."""

    badges: tuple[str, ...] = ()
    is_estimate: bool = False

    @classmethod
    def on(cls, grades: Sequence[Grade], badge: Badge) -> "Notes":
        """The notes on these grades."""
        badges = tuple(dict.fromkeys(filter(None, map(badge, grades))))
        return cls(badges, any(grade.is_estimate for grade in grades))


def ledger(found: AttemptResult, verdicts: Sequence[Verdict]) -> list[tuple[Criterion, Verdict]]:
    """The verdicts in the order of the rubric, without those that are not worth a line."""
    known = {verdict.criterion: verdict for verdict in verdicts}
    listed = [(one, known[one.id]) for one in found.question.criteria if one.id in known]
    return [(criterion, verdict) for criterion, verdict in listed if is_news(criterion, verdict.level)]


def advised_gaps(found: AttemptResult) -> list[tuple[Criterion, Gap | None]]:
    """What is missing, each with the grader's advice if it gave any."""
    if found.grade is None:
        return []
    advice = {gap.criterion: gap for gap in found.grade.gaps}
    return [(criterion, advice.get(criterion.id)) for criterion in missed(found.question.rubric, found.verdicts)]


def card(
    interview: Interview,
    attempt: Attempt,
    language: Language,
    *,
    level: int = 2,
    partial: Sequence[Verdict] = (),
    badge: Badge = no_badge,
    live: Live | None = None,
) -> Markup:
    """The score card of an attempt; `level` is that of its heading, `partial` what is known while it is being graded."""
    found, grade = attempt_result(interview, attempt), attempt.grade
    return render(
        "card.html",
        language,
        level=level,
        title=found.question.text.into(interview.plan.language),
        question=found.question,
        attempt=attempt,
        grade=grade,
        score=found.score,
        is_estimate=found.is_estimate,
        is_self_marked=found.is_self_marked,
        # A report says once for all of its cards what they would repeat.
        notes=Notes.on([grade] if grade and level == 2 else [], badge),
        answers=[pieces(text, credited(found.question, grade, turn, text)) for turn, text in found.attempt.answers],
        ledger=ledger(found, found.verdicts or partial),
        gaps=advised_gaps(found),
        has_every_core=grade is not None and has_every_core(found.question.rubric, found.verdicts),
        changes=_changes(interview, attempt),
        may_rule=live is not None and may_rule(interview, attempt),
        may_ask_again=live is not None and live.has_model and grade is not None and not grade.is_estimate,
        sheet=_sheet(interview, found, language, level, live) if live else "",
    )


def _sheet(interview: Interview, found: AttemptResult, language: Language, level: int, live: Live) -> Markup:
    """The self-marking sheet; it comes first where only an estimate is at hand that nobody has measured on the bank."""
    grade, attempt = found.grade, found.attempt
    if not may_rule(interview, attempt):
        return Markup()
    suggested = found.verdicts or LexicalGrader().grade(found.question, attempt).verdicts
    is_preferred = grade is not None and grade.is_estimate and not attempt.rulings and not live.is_measured(grade)
    return self_marking_sheet(interview, attempt, language, suggested, level=level + 1, is_preferred=is_preferred)


def _changes(interview: Interview, attempt: Attempt) -> list[tuple[Criterion, str, str]] | None:
    """What changed point by point since the attempt before; None where the two cannot be compared."""
    if attempt.number == 1 or attempt.grade is None:
        return None
    before = interview.attempt(attempt.question, attempt.number - 1).grade
    if before is None or before.provenance != attempt.grade.provenance:
        return None
    levels = (
        (criterion, before.verdict(criterion.id).level, attempt.grade.verdict(criterion.id).level)
        for criterion in interview.bank[attempt.question].criteria
    )
    return [(one, level_key(one, old), level_key(one, new)) for one, old, new in levels if old is not new]
