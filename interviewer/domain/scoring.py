"""The arithmetic that turns verdicts into a score."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from interviewer.domain.grade import Level, Verdict
from interviewer.domain.rubric import Criterion, Group, Kind, Rubric

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

    @property
    def quarters(self) -> tuple[int, int]:
        """Lower and upper limit, in percent, of the quarters of the scale that it lies in: what an estimate is shown as."""
        return _quarter(self.low) * 25, _quarter(self.high) * 25 + 25


CREDIT = {Level.MET: 1.0, Level.PARTIAL: 0.5, Level.MISSING: 0.0, Level.CONTRADICTED: 0.0}


@dataclass(frozen=True, slots=True)
class Shortfall:
    """Credit that an answer left: `needed` more of these criteria would have earned it, which weighs `loss`."""

    criteria: tuple[Criterion, ...]
    needed: int
    loss: float
    group: Group | None = None


def score(rubric: Rubric, verdicts: Sequence[Verdict], extras: int = 0) -> Score:
    """Σ w·v / Σ w over the core criteria; bonuses and extras add up to 1, mistakes that were made subtract, not below 0.

    Of a group its best count, as many as are to be chosen. A mistake whose words have lost another criterion already
    (it is contradicted by the same words) is not subtracted a second time. A verdict whose level is None counts from
    its worst to its best, so it widens the score into a range.
    """
    known = {verdict.criterion: verdict.level for verdict in verdicts}
    lone = [criterion for criterion in rubric.of(Kind.CORE) if not criterion.group]
    whole = sum(criterion.weight for criterion in lone) + sum(group.weight for group in rubric.groups)
    beside = min(extras, MOST_EXTRAS) * _EXTRA_SHARE * min(rubric.weight(one) for one in rubric.of(Kind.CORE))
    punished = _punished_already(rubric, verdicts)

    def share(unknown: float, unknown_mistake: float) -> float:
        credit = {name: unknown if level is None else CREDIT[level] for name, level in known.items()}
        earned = sum(one.weight * credit[one.id] for one in (*lone, *rubric.of(Kind.BONUS))) + beside
        for group in rubric.groups:
            best = sorted((credit[one.id] for one in rubric.in_group(group)), reverse=True)
            earned += group.weight * sum(best[: group.choose]) / group.choose
        lost = sum(
            one.weight * (unknown_mistake if known[one.id] is None else credit[one.id])
            for one in rubric.of(Kind.MISTAKE)
            if one.id not in punished
        )
        return max(0.0, min(whole, earned) - lost) / whole

    return Score(low=share(0.0, 1.0), high=share(1.0, 0.0))


def _punished_already(rubric: Rubric, verdicts: Sequence[Verdict]) -> set[str]:
    """The mistakes all of whose words stand as evidence against a core criterion as well."""
    core = {criterion.id for criterion in rubric.of(Kind.CORE)}
    against = [
        evidence
        for verdict in verdicts
        if verdict.level is Level.CONTRADICTED and verdict.criterion in core
        for evidence in verdict.evidence
    ]
    return {
        verdict.criterion
        for verdict in verdicts
        if verdict.criterion not in core
        and verdict.evidence
        and all(any(evidence.overlaps(other) for other in against) for evidence in verdict.evidence)
    }


def mean(scores: Iterable[Score]) -> Score | None:
    listed = list(scores)
    if not listed:
        return None
    return Score(sum(s.low for s in listed) / len(listed), sum(s.high for s in listed) / len(listed))


def _quarter(share: float) -> int:
    return min(3, int(share * 4))


def shortfalls(rubric: Rubric, verdicts: Sequence[Verdict]) -> tuple[Shortfall, ...]:
    """What of the core earned less than full credit, the heaviest loss first; a group is one, and what nobody knows none."""
    known = {verdict.criterion: verdict.level for verdict in verdicts}
    credit = {name: 1.0 if level is None else CREDIT[level] for name, level in known.items()}
    found = [Shortfall((one,), 1, one.weight * (1 - credit[one.id])) for one in rubric.of(Kind.CORE) if not one.group]
    for group in rubric.groups:
        members = rubric.in_group(group)
        best = sorted((credit[one.id] for one in members), reverse=True)[: group.choose]
        lacking = tuple(one for one in members if credit[one.id] < 1)
        loss = group.weight * (1 - sum(best) / group.choose)
        found.append(Shortfall(lacking, group.choose - best.count(1.0), loss, group))
    return tuple(sorted((one for one in found if one.loss > 0), key=lambda one: -one.loss))


def points(rubric: Rubric, verdicts: Sequence[Verdict]) -> tuple[Level | None, ...]:
    """The level of each point of the core that is asked for, in the order of the rubric; of a group its best ones."""
    known = {verdict.criterion: verdict.level for verdict in verdicts}
    found: list[Level | None] = []
    groups = {group.id: group for group in rubric.groups}
    for criterion in rubric.of(Kind.CORE):
        if not criterion.group:
            found.append(known[criterion.id])
        elif group := groups.pop(criterion.group, None):
            levels = [known[one.id] for one in rubric.in_group(group)]
            levels.sort(key=lambda level: 0.25 if level is None else CREDIT[level], reverse=True)
            found += levels[: group.choose]
    return tuple(found)


def missed(rubric: Rubric, verdicts: Sequence[Verdict]) -> tuple[Criterion, ...]:
    """The core criteria that would earn more, the heaviest loss first; none of a group of which enough are met."""
    return tuple(criterion for lost in shortfalls(rubric, verdicts) for criterion in lost.criteria)


def has_every_core(rubric: Rubric, verdicts: Sequence[Verdict]) -> bool:
    """Whether all of the core is known to be met (of a group: enough of it); that nothing is known to be missed says less."""
    return rubric.is_covered({verdict.criterion for verdict in verdicts if verdict.level is Level.MET})
