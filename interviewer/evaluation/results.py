"""What a run says about its grader: agreement with the labels, beside that of baselines."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from interviewer.domain.grade import Level
from interviewer.evaluation import metrics
from interviewer.evaluation.calibration import LEAST_ANSWERS, Measured
from interviewer.evaluation.metrics import Interval, Pairs
from interviewer.evaluation.runner import Graded, Run
from interviewer.text import tokenizer as tokens

LEVELS = 5
HALF = 0.5
_CREDITED = (Level.MET, Level.PARTIAL)


@dataclass(frozen=True, slots=True)
class Figures:
    """Agreement of one way of grading with the labels; accuracy and macro-F1 are of passing, above `threshold`."""

    name: str
    pearson: float | None
    spearman: float | None
    rmse: float | None
    mae: float | None
    bias: float | None
    qwk: float | None
    accuracy: float | None
    macro_f1: float | None
    threshold: float


@dataclass(frozen=True, slots=True)
class Group:
    """The rows of one kind, language or split: how many, and the means of their labels and grades."""

    n: int
    label: float | None
    grade: float | None
    pearson: float | None


@dataclass(frozen=True, slots=True)
class Criteria:
    """Agreement criterion by criterion: credited or not, over all criteria that have a label."""

    n: int
    accuracy: float | None
    macro_f1: float | None


@dataclass(frozen=True, slots=True)
class Report:
    """Everything `evaluate` prints."""

    grader: str
    provenance: str
    n: int
    questions: int
    ungraded: int
    needs_review: int
    figures: Figures
    intervals: Mapping[str, Interval | None]
    baselines: tuple[Figures, ...]
    kinds: Mapping[str, Group]
    langs: Mapping[str, Group]
    splits: Mapping[str, Group]
    criteria: Criteria | None
    fitted_on: str
    seconds: float
    answers_per_second: float | None
    labellers: tuple[str, ...] = ()
    tokens: int | None = None

    def as_plain(self) -> dict[str, Any]:
        """One flat object for programs: the grader's own figures stand at the top."""
        plain = asdict(self)
        figures = plain.pop("figures")
        figures.pop("name")
        return {**plain, **figures, "qwk_levels": LEVELS}


def measure(
    run: Run, *, grader: str, threshold: float = HALF, fit_on: str = "", seed: int = 0, rounds: int = metrics.ROUNDS
) -> Report:
    """Compare grades and labels. Rows of the split `fit_on` choose the thresholds and are then left out.

    A label passes above half of its scale. A row without a grade is counted, and is in no other figure.
    """
    fitting = [graded for graded in run.graded if fit_on and graded.row.split == fit_on]
    rows = [graded for graded in run.graded if not fit_on or graded.row.split != fit_on]
    told = [graded for graded in rows if graded.outcome.grade is not None]

    def figures(name: str, grade_of: Callable[[Graded], float]) -> Figures:
        at = threshold
        if fitting:
            known = [graded for graded in fitting if graded.outcome.grade is not None]
            at = metrics.fit_threshold(_pairs(known, grade_of), label_at=HALF)
        return _figures(name, _pairs(told, grade_of), at)

    # Without a split to fit on, the constant is the mean of the very labels that it is measured by, which flatters it.
    constant = metrics.mean(graded.row.label for graded in fitting or told) or 0.0
    longest = max((len(graded.row.answer) for graded in run.graded), default=1) or 1
    own = figures(grader, _grade)
    clusters: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for graded in told:
        # Not by what the row calls its question: that may be its id or its place, and other files' rows may say the same.
        question = f"{graded.question.id} {graded.question.digest}"
        clusters[question].append((graded.row.label, _grade(graded)))

    def f1(pairs: Pairs) -> float | None:
        return metrics.macro_f1(pairs, label_at=HALF, grade_at=own.threshold)

    intervals = {
        name: metrics.bootstrap(clusters, statistic, rounds, seed)
        for name, statistic in (("pearson", metrics.pearson), ("rmse", metrics.rmse), ("macro_f1", f1))
    }
    return Report(
        grader=grader,
        provenance=", ".join(sorted({graded.outcome.provenance for graded in told})),
        n=len(told),
        questions=len(clusters),
        ungraded=len(rows) - len(told),
        needs_review=sum(graded.outcome.needs_review for graded in rows),
        figures=own,
        intervals=intervals,
        baselines=(
            figures("constant", lambda _: constant),
            figures("length", lambda graded: len(graded.row.answer) / longest),
            figures("whole reference", _repeated),
        ),
        kinds=_groups(told, lambda graded: graded.row.kind),
        langs=_groups(told, lambda graded: graded.row.lang),
        splits=_groups(told, lambda graded: graded.row.split),
        criteria=_criteria(told),
        fitted_on=fit_on if fitting else "",
        tokens=sum(graded.outcome.tokens for graded in told) or None,
        labellers=tuple(dict.fromkeys(graded.row.labeller for graded in rows)),
        seconds=run.seconds,
        answers_per_second=run.fresh / run.seconds if run.fresh and run.seconds > 0 else None,
    )


def measured(report: Report, rubrics: str) -> Measured | None:
    """What the badge beside a score says of this grader; None where too few answers, or several graders, say too little."""
    pearson, interval = report.figures.pearson, report.intervals["pearson"]
    if pearson is None or report.n < LEAST_ANSWERS or "," in report.provenance:
        return None
    labels = report.labellers[0] if len(report.labellers) == 1 else ""
    low, high = (round(interval.low, 4), round(interval.high, 4)) if interval else (None, None)
    return Measured(report.provenance, rubrics, report.n, round(pearson, 4), low, high, labels)


def _figures(name: str, pairs: Pairs, at: float) -> Figures:
    return Figures(
        name,
        metrics.pearson(pairs),
        metrics.spearman(pairs),
        metrics.rmse(pairs),
        metrics.mae(pairs),
        metrics.bias(pairs),
        metrics.qwk(pairs, LEVELS),
        metrics.accuracy(pairs, label_at=HALF, grade_at=at),
        metrics.macro_f1(pairs, label_at=HALF, grade_at=at),
        at,
    )


def _grade(graded: Graded) -> float:
    assert graded.outcome.grade is not None
    return graded.outcome.grade


def _repeated(graded: Graded) -> float:
    """The share of the reference's content words that the answer has; of two languages, the better one."""
    said = set(tokens.words(graded.row.answer))
    texts = (
        {word for word in tokens.words(text) if tokens.is_content(word)} for text in graded.question.reference.both
    )
    return max((len(words & said) / len(words) for words in texts if words), default=0.0)


def _pairs(rows: Iterable[Graded], grade_of: Callable[[Graded], float]) -> list[tuple[float, float]]:
    return [(graded.row.label, grade_of(graded)) for graded in rows]


def _groups(rows: Sequence[Graded], key: Callable[[Graded], str]) -> dict[str, Group]:
    names = dict.fromkeys(key(graded) for graded in rows if key(graded))
    return {name: _group([graded for graded in rows if key(graded) == name]) for name in names}


def _group(rows: Sequence[Graded]) -> Group:
    pairs = _pairs(rows, _grade)
    return Group(
        len(rows),
        metrics.mean(label for label, _ in pairs),
        metrics.mean(grade for _, grade in pairs),
        metrics.pearson(pairs),
    )


def _criteria(rows: Sequence[Graded]) -> Criteria | None:
    pairs = [
        (float(label in _CREDITED), float(graded.outcome.levels[name] in _CREDITED))
        for graded in rows
        for name, label in graded.row.levels.items()
        if graded.outcome.levels.get(name) is not None
    ]
    if not pairs:
        return None
    return Criteria(
        len(pairs),
        metrics.accuracy(pairs, label_at=HALF, grade_at=HALF),
        metrics.macro_f1(pairs, label_at=HALF, grade_at=HALF),
    )
