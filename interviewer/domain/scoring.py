"""The arithmetic that turns verdicts into a score."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from interviewer.domain.grade import Grade, Level, Verdict
from interviewer.domain.rubric import Criterion, Kind, Rubric

# What is right beside the rubric counts like a small bonus: half the lightest core criterion each, twice at most.
MOST_EXTRAS = 2
_EXTRA_SHARE = 0.5


@dataclass(frozen=True, slots=True)
class Score:
    """A share of the possible credit, from 0 to 1; a range where a verdict is unknown."""

    low: float
    high: float

    @property
    def value(self) -> float | None:
        """The one number, or None where there is only a range."""
        return self.low if self.low == self.high else None


class Band(StrEnum):
    """A quarter of the scale, in words: what an estimate is shown as."""

    FEW = "few"
    SOME = "some"
    MANY = "many"
    MOST = "most"

    @property
    def limits(self) -> tuple[int, int]:
        """Lower and upper limit in percent."""
        return _BANDS[self]


_BANDS = {Band.FEW: (0, 25), Band.SOME: (25, 50), Band.MANY: (50, 75), Band.MOST: (75, 100)}

_CREDIT = {Level.MET: 1.0, Level.PARTIAL: 0.5, Level.MISSING: 0.0, Level.CONTRADICTED: 0.0}


def score(rubric: Rubric, verdicts: Sequence[Verdict], extras: int = 0) -> Score:
    """Σ w·v / Σ w over the core criteria; bonuses and extras add up to 1, mistakes that were made subtract, not below 0.

    A verdict whose level is None counts from its worst to its best, so it widens the score into a range.
    """
    known = {verdict.criterion: verdict.level for verdict in verdicts}
    whole = sum(criterion.weight for criterion in rubric.of(Kind.CORE))
    beside = min(extras, MOST_EXTRAS) * _EXTRA_SHARE * min(criterion.weight for criterion in rubric.of(Kind.CORE))

    def share(unknown_core: float, unknown_bonus: float, unknown_mistake: float) -> float:
        unknown = {Kind.CORE: unknown_core, Kind.BONUS: unknown_bonus, Kind.MISTAKE: unknown_mistake}
        sums = dict.fromkeys(Kind, 0.0)
        for criterion in rubric.criteria:
            level = known[criterion.id]
            sums[criterion.kind] += criterion.weight * (unknown[criterion.kind] if level is None else _CREDIT[level])
        earned = min(whole, sums[Kind.CORE] + sums[Kind.BONUS] + beside)
        return max(0.0, earned - sums[Kind.MISTAKE]) / whole

    return Score(low=share(0.0, 0.0, 1.0), high=share(1.0, 1.0, 0.0))


def mean(scores: Iterable[Score]) -> Score | None:
    """The mean of the ends; None of nothing."""
    listed = list(scores)
    if not listed:
        return None
    return Score(sum(s.low for s in listed) / len(listed), sum(s.high for s in listed) / len(listed))


def band(value: float) -> Band:
    """The quarter of the scale that a share of 0 to 1 falls in."""
    return next((name for name, (_, top) in _BANDS.items() if value * 100 < top), Band.MOST)


def missed(rubric: Rubric, grade: Grade) -> tuple[Criterion, ...]:
    """The core criteria that earned less than full credit, the heaviest loss first."""

    def loss(criterion: Criterion) -> float:
        level = grade.verdict(criterion.id).level
        return 0.0 if level is None else criterion.weight * (1 - _CREDIT[level])

    return tuple(sorted((c for c in rubric.of(Kind.CORE) if loss(c) > 0), key=loss, reverse=True))


def has_every_core(rubric: Rubric, grade: Grade) -> bool:
    """Whether every core criterion is known to be met; that none is known to be missed says less."""
    return all(grade.verdict(criterion.id).level is Level.MET for criterion in rubric.of(Kind.CORE))
