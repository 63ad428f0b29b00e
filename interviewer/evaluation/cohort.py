"""Graded answers of many candidates summed up: by candidate, by question, and by criterion of a question."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from interviewer.domain.grade import CREDITED, Level
from interviewer.domain.rubric import Bank, Criterion, Kind, Question
from interviewer.domain.scoring import Score, mean, shortfalls
from interviewer.evaluation.batch_grading import Marked

_MOST_NAMED = 3
_SIGNS = {Level.MET: "●", Level.PARTIAL: "◐", Level.MISSING: "○", Level.CONTRADICTED: "✕", None: "?"}


@dataclass(frozen=True, slots=True)
class AnswersSummary:
    """Some answers at a glance. Those without a grade are counted and are in no mean."""

    marked: tuple[Marked, ...]

    @property
    def score(self) -> Score | None:
        """The mean over the graded answers; None where none was graded."""
        return mean(one.score for one in self.marked if one.score)

    @property
    def is_estimate(self) -> bool:
        return any(one.grade is not None and one.grade.is_estimate for one in self.marked)

    @property
    def graded(self) -> int:
        return sum(one.grade is not None for one in self.marked)

    @property
    def ungraded(self) -> int:
        return len(self.marked) - self.graded

    @property
    def blank(self) -> int:
        return sum(one.is_blank for one in self.marked)

    @property
    def for_review(self) -> tuple[Marked, ...]:
        """What a person should look at: doubtful grades, and answers without one."""
        return tuple(one for one in self.marked if one.needs_review)

    @property
    def weakest(self) -> tuple[Criterion, ...]:
        """Misconceptions first, then the core points that lost most, as a share of their question's weight."""
        wrong: list[Criterion] = []
        losses: list[tuple[float, Criterion]] = []
        for one in self.marked:
            if one.grade is None:
                continue
            rubric = one.question.rubric
            wrong += [c for c in rubric.of(Kind.MISTAKE) if one.grade.verdict(c.id).level in CREDITED]
            whole = sum(map(rubric.weight, rubric.of(Kind.CORE)))
            lost = shortfalls(rubric, one.grade.verdicts)
            losses += [(each.loss / whole, criterion) for each in lost for criterion in each.criteria]
        losses.sort(key=lambda pair: -pair[0])
        # Who answered a question twice, or gave no name like others, may have shortfalls a point more than once.
        return tuple(dict.fromkeys((*wrong, *(criterion for _, criterion in losses))))[:_MOST_NAMED]


@dataclass(frozen=True)
class Cohort:
    """All marked answers to the questions of a bank, in the order of their rows."""

    bank: Bank
    marked: tuple[Marked, ...]

    @property
    def candidates(self) -> tuple[str, ...]:
        """The candidates in the order of their first answer; '' is who gave no name."""
        return tuple(dict.fromkeys(one.answer.candidate for one in self.marked))

    @property
    def questions(self) -> tuple[Question, ...]:
        answered = {one.question.id for one in self.marked}
        return tuple(question for question in self.bank.questions if question.id in answered)

    @property
    def all(self) -> AnswersSummary:
        return AnswersSummary(self.marked)

    def of(self, *, candidate: str | None = None, question: Question | None = None) -> AnswersSummary:
        return AnswersSummary(tuple(self._found.get((candidate, question.id if question else None), ())))

    @cached_property
    def _found(self) -> Mapping[tuple[str | None, str | None], list[Marked]]:
        """The answers by candidate, by question and by both; a mark sheet looks for each pair."""
        found: dict[tuple[str | None, str | None], list[Marked]] = defaultdict(list)
        for one in self.marked:
            for candidate in (None, one.answer.candidate):
                for question in (None, one.question.id):
                    found[candidate, question].append(one)
        return found


def sign(criterion: Criterion, level: Level | None) -> str:
    """One character for a level in a table: a mistake that was made is a cross, one that was not made a dot."""
    if criterion.kind is Kind.MISTAKE and level is not None:
        return "✕" if level in CREDITED else "·"
    return _SIGNS[level]


def credited(criterion: Criterion, marked: Iterable[Marked]) -> tuple[int, int]:
    """How many answers have a point (or make a mistake), wholly or in part, and for how many that could be told."""
    levels = [one.grade.verdict(criterion.id).level for one in marked if one.grade]
    told = [level for level in levels if level is not None]
    return sum(level in CREDITED for level in told), len(told)
