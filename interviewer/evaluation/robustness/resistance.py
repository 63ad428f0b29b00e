"""What a run over attacks says of its grader: how many succeed, what they earn, and what honest writing loses."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from typing import Any

from interviewer.domain.grade import Level
from interviewer.evaluation import metrics
from interviewer.evaluation.labelled import Row
from interviewer.evaluation.metrics import Interval
from interviewer.evaluation.robustness.attack import Aim, Attack, Family
from interviewer.evaluation.runner import Outcome, Run

PASS = 0.5
_CREDITED = (Level.MET, Level.PARTIAL)


@dataclass(frozen=True, slots=True)
class Faced:
    """An attack, and what the grader made of it and of the answer that it is held against."""

    attack: Attack
    outcome: Outcome
    base: Outcome | None

    @property
    def grade(self) -> float:
        assert self.outcome.grade is not None
        return self.outcome.grade

    @property
    def change(self) -> float | None:
        """Grade less that of the base, or less nothing where there is no base; None where the base has no grade."""
        if not self.attack.base:
            return self.grade
        return None if self.base is None or self.base.grade is None else self.grade - self.base.grade

    @property
    def succeeds(self) -> bool:
        """Whether it passes, above half of the scale; a claim turned round, at half or with any credit for its criterion."""
        if self.attack.criterion:
            return self.grade >= PASS or self.outcome.levels.get(self.attack.criterion) in _CREDITED
        return self.grade > PASS

    @property
    def is_missed(self) -> bool | None:
        """Whether the grade is no lower than the base's; None where there was nothing to lose."""
        change = self.change
        return None if change is None or self.grade - change <= 0 else change >= 0


@dataclass(frozen=True, slots=True)
class Figures:
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
class Resistance:
    """Everything `evaluate --attacks` prints; `drift` is what honest writing loses on average."""

    grader: str
    provenance: str
    bank: str
    n: int
    questions: int
    ungraded: int
    drift: float | None
    families: Mapping[str, Figures]
    attacks: Mapping[str, Mapping[str, Figures]]
    successes: tuple[str, ...]
    seconds: float
    answers_per_second: float | None

    def as_plain(self) -> dict[str, Any]:
        return {**asdict(self), "pass": PASS}


def rows_of(attacks: Sequence[Attack]) -> list[Row]:
    """The attacks as rows to be graded. Their ids change with their texts, so that kept grades are never another text's."""
    return [
        Row(
            id=f"{attack.question.id}|{attack.language}|{attack.name}|{sha256(attack.text.encode()).hexdigest()[:8]}",
            where=(attack.question.id, attack.name),
            question_id=attack.question.id,
            answer=attack.text,
            label=0.0,
            lang=attack.language,
        )
        for attack in attacks
    ]


def with_bases(chosen: Iterable[Attack], every: Sequence[Attack]) -> list[Attack]:
    """The chosen attacks, and the answers that they are held against."""
    wanted = list(chosen)
    known = {(attack.place, attack.name) for attack in wanted}
    bases = {(attack.place, attack.base) for attack in wanted if attack.base} - known
    return [*wanted, *(attack for attack in every if (attack.place, attack.name) in bases)]


def resistance(
    attacks: Sequence[Attack], run: Run, *, grader: str, bank: str, seed: int = 0, rounds: int = metrics.ROUNDS
) -> Resistance:
    """The figures of a run over the rows of these attacks, which includes their bases."""
    outcomes = [graded.outcome for graded in run.graded]
    known = {(attack.place, attack.name): outcome for attack, outcome in zip(attacks, outcomes, strict=True)}
    faced = [
        Faced(attack, outcome, known.get((attack.place, attack.base)))
        for attack, outcome in zip(attacks, outcomes, strict=True)
        if outcome.grade is not None
    ]
    grouped = _grouped(faced, lambda one: one.attack.family)
    by_family = {family.value: grouped[family] for family in Family if family in grouped}
    honest = [
        change
        for one in faced
        if Aim.STAY in one.attack.aims and one.attack.base and (change := one.change) is not None
    ]
    return Resistance(
        grader=grader,
        provenance=", ".join(sorted({one.outcome.provenance for one in faced})),
        bank=bank,
        n=len(faced),
        questions=len({attack.question.id for attack in attacks}),
        ungraded=len(attacks) - len(faced),
        drift=metrics.mean(honest),
        families={family: _figures(listed, seed, rounds) for family, listed in by_family.items()},
        attacks={
            family: {name: _figures(same, seed, rounds) for name, same in _grouped(listed, _short_name).items()}
            for family, listed in by_family.items()
        },
        successes=tuple(
            f"{one.attack.question.id} {one.attack.language} {one.attack.name}"
            for one in faced
            if Aim.FAIL in one.attack.aims and one.succeeds
        ),
        seconds=run.seconds,
        answers_per_second=run.fresh / run.seconds if run.fresh and run.seconds > 0 else None,
    )


def _short_name(one: Faced) -> str:
    """The name without the criterion that the attack is about."""
    name, criterion = one.attack.name, one.attack.criterion
    if criterion:
        return name.removesuffix(f": {criterion}")
    return "without one claim" if name.startswith("without ") else name


def _grouped(faced: Iterable[Faced], key: Callable[[Faced], str]) -> dict[str, list[Faced]]:
    found: dict[str, list[Faced]] = defaultdict(list)
    for one in faced:
        found[str(key(one))].append(one)
    return dict(found)


def _figures(faced: Sequence[Faced], seed: int, rounds: int) -> Figures:
    failing = [one for one in faced if Aim.FAIL in one.attack.aims]
    missed = [one.is_missed for one in faced if Aim.DROP in one.attack.aims]
    staying = [one.change for one in faced if Aim.STAY in one.attack.aims and one.attack.base]
    clusters: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for one in failing:
        # Of what was said right before it is turned round, nothing is gained.
        if Aim.DROP not in one.attack.aims and (change := one.change) is not None:
            clusters[one.attack.question.id].append((0.0, change))
    gains = [change for pairs in clusters.values() for _, change in pairs]
    return Figures(
        n=len(faced),
        grade=metrics.mean(one.grade for one in faced),
        success=metrics.mean(float(one.succeeds) for one in failing),
        inflation=metrics.mean(gains),
        interval=metrics.bootstrap(clusters, metrics.bias, rounds, seed) if len(clusters) > 1 else None,
        missed=metrics.mean(float(one) for one in missed if one is not None),
        moved=metrics.mean(abs(change) for change in staying if change is not None),
    )
