"""What a run over attacks says of its grader: how many succeed, what they earn, and what honest writing loses."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from interviewer.domain.grade import CREDITED
from interviewer.evaluation import agreement_statistics
from interviewer.evaluation.agreement_statistics import Interval
from interviewer.evaluation.robustness.attacks import Aim, Attack, Family
from interviewer.evaluation.runner import GradedAnswer, GradingTask, Run, grouped

PASS = 0.5


@dataclass(frozen=True, slots=True)
class AttackFigures:
    """Of attacks of one name or family: a share is None where it is not what these attacks are about.

    `success` is the share that passes and must not, `inflation` the mean gain over the base (over nothing, if there is
    none), `missed` the share that loses nothing and must, `moved` the mean absolute change of what should stay.
    """

    n: int
    grade: float | None
    success: float | None
    inflation: float | None
    interval: Interval | None
    missed: float | None
    moved: float | None


@dataclass(frozen=True, slots=True)
class AttackReport:
    """Everything `evaluate --attacks` prints; `drift` is what honest writing loses on average."""

    grader: str
    provenance: str
    bank: str
    n: int
    questions: int
    ungraded: int
    ranges: int
    drift: float | None
    families: Mapping[str, AttackFigures]
    attacks: Mapping[str, Mapping[str, AttackFigures]]
    successes: tuple[str, ...]
    seconds: float
    answers_per_second: float | None

    def as_plain(self) -> dict[str, Any]:
        return {**asdict(self), "pass": PASS}


@dataclass(frozen=True, slots=True)
class _Outcome:
    """The grade of an attack, and that of its base; no base is a base without credit, None is one without a grade."""

    attack: Attack
    grade: float
    base: float | None
    is_credited: bool

    @property
    def change(self) -> float | None:
        return None if self.base is None else self.grade - self.base

    @property
    def succeeds(self) -> bool:
        """Whether it passes, above half of the scale; a false claim, at half or with any credit for its criterion."""
        return self.grade > PASS or (bool(self.attack.criterion) and (self.grade == PASS or self.is_credited))

    @property
    def name(self) -> str:
        """The name without the criterion that the attack is about."""
        is_shortened = self.attack.name.startswith("without ")
        return "without one claim" if is_shortened else self.attack.name.removesuffix(f": {self.attack.criterion}")


def tasks_of(attacks: Iterable[Attack]) -> list[GradingTask[Attack]]:
    return [GradingTask(attack, attack.question) for attack in attacks]


def with_bases(chosen: Iterable[Attack], every: Sequence[Attack]) -> list[Attack]:
    """The chosen attacks, and the answers that they are held against."""
    wanted = list(chosen)
    known = {(attack.place, attack.name) for attack in wanted}
    bases = {(attack.place, attack.base) for attack in wanted if attack.base} - known
    return [*wanted, *(attack for attack in every if (attack.place, attack.name) in bases)]


def report_on_attacks(
    run: Run[Attack], *, grader: str, bank: str, seed: int = 0, rounds: int = agreement_statistics.ROUNDS
) -> AttackReport:
    outcomes = list(_outcomes(run.graded))

    def figures(listed: Sequence[_Outcome]) -> AttackFigures:
        return _figures(listed, seed, rounds)

    by_family = grouped(
        sorted(outcomes, key=lambda one: list(Family).index(one.attack.family)), lambda one: one.attack.family.value
    )
    grades = [one.grade for one in run.graded if one.grade]
    return AttackReport(
        grader=grader,
        provenance=", ".join(sorted({grade.provenance.signature for grade in grades})),
        bank=bank,
        n=len(outcomes),
        questions=len({one.question.id for one in run.graded}),
        ungraded=len(run.graded) - len(grades),
        ranges=len(grades) - len(outcomes),
        drift=agreement_statistics.mean(_changes_of_what_should_stay(outcomes)),
        families={family: figures(listed) for family, listed in by_family.items()},
        attacks={
            family: {name: figures(same) for name, same in grouped(listed, lambda one: one.name).items()}
            for family, listed in by_family.items()
        },
        successes=tuple(
            f"{one.attack.question.id} {one.attack.language} {one.attack.name}"
            for one in outcomes
            if Aim.FAIL in one.attack.aims and one.succeeds
        ),
        seconds=run.seconds,
        answers_per_second=run.fresh / run.seconds if run.fresh and run.seconds > 0 else None,
    )


def _outcomes(graded: Sequence[GradedAnswer[Attack]]) -> Iterator[_Outcome]:
    shares = {(one.answer.place, one.answer.name): one.share for one in graded}
    for one in graded:
        attack, share = one.answer, one.share
        if one.grade and share is not None:
            base = shares.get((attack.place, attack.base)) if attack.base else 0.0
            is_credited = bool(attack.criterion) and one.grade.verdict(attack.criterion).level in CREDITED
            yield _Outcome(attack, share, base, is_credited)


def _changes_of_what_should_stay(outcomes: Iterable[_Outcome]) -> list[float]:
    staying = (one for one in outcomes if Aim.STAY in one.attack.aims and one.attack.base)
    return [one.change for one in staying if one.change is not None]


def _figures(outcomes: Sequence[_Outcome], seed: int, rounds: int) -> AttackFigures:
    failing = [one for one in outcomes if Aim.FAIL in one.attack.aims]
    # Where the base has no credit there was nothing to lose.
    dropping = [one.change for one in outcomes if Aim.DROP in one.attack.aims and one.base]
    clusters: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for one in failing:
        # Of what was said right before it is denied, nothing is gained.
        if Aim.DROP not in one.attack.aims and one.change is not None:
            clusters[one.attack.question.id].append((0.0, one.change))
    return AttackFigures(
        n=len(outcomes),
        grade=agreement_statistics.mean(one.grade for one in outcomes),
        success=agreement_statistics.mean(float(one.succeeds) for one in failing),
        inflation=agreement_statistics.mean(change for pairs in clusters.values() for _, change in pairs),
        interval=agreement_statistics.bootstrap(clusters, agreement_statistics.bias, rounds, seed),
        missed=agreement_statistics.mean(float(change >= 0) for change in dropping if change is not None),
        moved=agreement_statistics.mean(abs(change) for change in _changes_of_what_should_stay(outcomes)),
    )
