"""What a run over attacks says of its grader: how many succeed, what they earn, and what honest writing loses."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from typing import Any

from interviewer.domain.grade import Level
from interviewer.evaluation import metrics
from interviewer.evaluation.datasets import Answer
from interviewer.evaluation.metrics import Interval
from interviewer.evaluation.robustness.attacks import Aim, Attack, Family
from interviewer.evaluation.runner import GradedAnswer, GradingTask, Run

PASS = 0.5
_CREDITED = (Level.MET, Level.PARTIAL)


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
    """The grade of an attack, and how far it is from that of its base; None where the base has no grade."""

    attack: Attack
    grade: float
    change: float | None
    is_credited: bool

    @property
    def succeeds(self) -> bool:
        """Whether it passes, above half of the scale; a false claim, at half or with any credit for its criterion."""
        return self.grade > PASS or (bool(self.attack.criterion) and (self.grade == PASS or self.is_credited))

    @property
    def is_missed(self) -> bool | None:
        """Whether the grade is no lower than the base's; None where there was nothing to lose."""
        return None if self.change is None or self.grade - self.change <= 0 else self.change >= 0


def tasks_of(attacks: Sequence[Attack]) -> list[GradingTask[Answer]]:
    """The attacks as answers to be graded; their ids change with their texts, so that kept grades are never another text's."""
    return [
        GradingTask(
            Answer(
                where=(attack.question.id, attack.name),
                id=f"{attack.question.id}|{attack.language}|{attack.name}|{sha256(attack.text.encode()).hexdigest()[:8]}",
                question_id=attack.question.id,
                answer=attack.text,
                lang=attack.language,
            ),
            attack.question,
        )
        for attack in attacks
    ]


def with_bases(chosen: Iterable[Attack], every: Sequence[Attack]) -> list[Attack]:
    """The chosen attacks, and the answers that they are held against."""
    wanted = list(chosen)
    known = {(attack.place, attack.name) for attack in wanted}
    bases = {(attack.place, attack.base) for attack in wanted if attack.base} - known
    return [*wanted, *(attack for attack in every if (attack.place, attack.name) in bases)]


def report_on_attacks(
    attacks: Sequence[Attack], run: Run[Answer], *, grader: str, bank: str, seed: int = 0, rounds: int = metrics.ROUNDS
) -> AttackReport:
    """The figures of a run over these attacks, which includes their bases."""
    outcomes = list(_outcomes(attacks, run.graded))

    def figures(listed: Sequence[_Outcome]) -> AttackFigures:
        return _figures(listed, seed, rounds)

    by_family = _grouped(outcomes, lambda one: one.attack.family)
    by_family = {family.value: by_family[family] for family in Family if family in by_family}
    honest = [one.change for one in outcomes if Aim.STAY in one.attack.aims and one.attack.base]
    grades = [one.grade for one in run.graded if one.grade]
    return AttackReport(
        grader=grader,
        provenance=", ".join(sorted({grade.provenance.signature for grade in grades})),
        bank=bank,
        n=len(outcomes),
        questions=len({attack.question.id for attack in attacks}),
        ungraded=len(attacks) - len(grades),
        ranges=len(grades) - len(outcomes),
        drift=metrics.mean(change for change in honest if change is not None),
        families={family: figures(listed) for family, listed in by_family.items()},
        attacks={
            family: {name: figures(same) for name, same in _grouped(listed, _short_name).items()}
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


def _outcomes(attacks: Sequence[Attack], graded: Sequence[GradedAnswer[Answer]]) -> Iterable[_Outcome]:
    pairs = list(zip(attacks, graded, strict=True))
    shares = {(attack.place, attack.name): one.share for attack, one in pairs}
    for attack, one in pairs:
        share, base = one.share, shares.get((attack.place, attack.base)) if attack.base else 0.0
        if one.grade and share is not None:
            is_credited = bool(attack.criterion) and one.grade.verdict(attack.criterion).level in _CREDITED
            yield _Outcome(attack, share, None if base is None else share - base, is_credited)


def _short_name(one: _Outcome) -> str:
    """The name without the criterion that the attack is about."""
    name, criterion = one.attack.name, one.attack.criterion
    if criterion:
        return name.removesuffix(f": {criterion}")
    return "without one claim" if name.startswith("without ") else name


def _grouped(outcomes: Iterable[_Outcome], key: Callable[[_Outcome], str]) -> dict[str, list[_Outcome]]:
    found: dict[str, list[_Outcome]] = defaultdict(list)
    for one in outcomes:
        found[key(one)].append(one)
    return found


def _figures(outcomes: Sequence[_Outcome], seed: int, rounds: int) -> AttackFigures:
    failing = [one for one in outcomes if Aim.FAIL in one.attack.aims]
    missed = [one.is_missed for one in outcomes if Aim.DROP in one.attack.aims]
    staying = [one.change for one in outcomes if Aim.STAY in one.attack.aims and one.attack.base]
    clusters: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for one in failing:
        # Of what was said right before it is denied, nothing is gained.
        if Aim.DROP not in one.attack.aims and one.change is not None:
            clusters[one.attack.question.id].append((0.0, one.change))
    return AttackFigures(
        n=len(outcomes),
        grade=metrics.mean(one.grade for one in outcomes),
        success=metrics.mean(float(one.succeeds) for one in failing),
        inflation=metrics.mean(change for pairs in clusters.values() for _, change in pairs),
        interval=metrics.bootstrap(clusters, metrics.bias, rounds, seed),
        missed=metrics.mean(float(one) for one in missed if one is not None),
        moved=metrics.mean(abs(change) for change in staying if change is not None),
    )
