"""How well a grader agrees with labels, beside baselines that read nothing: what `evaluate` prints and the badge shows."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

from interviewer.domain.grade import CREDITED
from interviewer.evaluation import agreement_statistics
from interviewer.evaluation.agreement_statistics import Interval, Pairs
from interviewer.evaluation.datasets import LabelledAnswer
from interviewer.evaluation.measurements import HELD_OUT, LEAST_ANSWERS, Measurement
from interviewer.evaluation.runner import GradedAnswer, Run, grouped
from interviewer.text import tokenizer

LEVELS = 5
HALF = 0.5

_Graded = GradedAnswer[LabelledAnswer]


@dataclass(frozen=True, slots=True)
class AgreementFigures:
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
class GroupFigures:
    """The rows of one kind, language or split: how many, and the means of their labels and grades."""

    n: int
    label: float | None
    grade: float | None
    pearson: float | None


@dataclass(frozen=True, slots=True)
class CriterionFigures:
    """Agreement criterion by criterion: credited or not, over all criteria that have a label."""

    n: int
    accuracy: float | None
    macro_f1: float | None


@dataclass(frozen=True, slots=True)
class Agreement:
    """Everything `evaluate` prints; `ungraded` failed, `ranges` have a verdict that nobody could tell."""

    grader: str
    provenance: str
    n: int
    questions: int
    ungraded: int
    ranges: int
    needs_review: int
    figures: AgreementFigures
    intervals: Mapping[str, Interval | None]
    baselines: tuple[AgreementFigures, ...]
    kinds: Mapping[str, GroupFigures]
    langs: Mapping[str, GroupFigures]
    splits: Mapping[str, GroupFigures]
    criteria: CriterionFigures | None
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


def measure_label_agreement(
    run: Run[LabelledAnswer],
    *,
    grader: str,
    threshold: float = HALF,
    fit_on: str = "",
    seed: int = 0,
) -> Agreement:
    """Compare grades and labels. Rows of the split `fit_on` choose the thresholds and are then left out.

    A label passes above half of its scale. An answer without one grade is counted, and is in no other figure.
    """
    fitting = [one for one in run.graded if fit_on and one.answer.split == fit_on]
    rows = [one for one in run.graded if not fit_on or one.answer.split != fit_on]
    told = [one for one in rows if one.share is not None]

    fitting_told = [one for one in fitting if one.share is not None]

    def figures(name: str, grade_of: Callable[[_Graded], float]) -> AgreementFigures:
        at = agreement_statistics.fit_threshold(_pairs(fitting_told, grade_of), label_at=HALF) if fitting else threshold
        return _figures(name, _pairs(told, grade_of), at)

    # Without a split to fit on, the constant is the mean of the very labels that it is measured by, which flatters it.
    constant = agreement_statistics.mean(one.answer.label for one in fitting or told) or 0.0
    longest = max((len(one.answer.text) for one in run.graded), default=1) or 1
    own = figures(grader, _share)
    # A row may name its question by id or by place, and other files' rows may mean another one by it.
    clusters = grouped(told, lambda one: f"{one.question.id} {one.question.digest}")

    pairs = {name: _pairs(listed, _share) for name, listed in clusters.items()}
    statistics: dict[str, Callable[[Pairs], float | None]] = {
        "pearson": agreement_statistics.pearson,
        "rmse": agreement_statistics.rmse,
        "macro_f1": partial(agreement_statistics.macro_f1, label_at=HALF, grade_at=own.threshold),
    }
    intervals = {name: agreement_statistics.bootstrap(pairs, one, seed=seed) for name, one in statistics.items()}
    grades = [one.grade for one in rows if one.grade]
    return Agreement(
        grader=grader,
        provenance=", ".join(sorted({one.grade.provenance.signature for one in told if one.grade})),
        n=len(told),
        questions=len(clusters),
        ungraded=len(rows) - len(grades),
        ranges=len(grades) - len(told),
        needs_review=sum(one.needs_review for one in rows),
        figures=own,
        intervals=intervals,
        baselines=(
            figures("constant", lambda _: constant),
            figures("length", lambda one: len(one.answer.text) / longest),
            figures("whole reference", _words_of_reference),
        ),
        kinds=_groups(told, lambda one: one.answer.kind),
        langs=_groups(told, lambda one: one.answer.lang),
        splits=_groups(told, lambda one: one.answer.split),
        criteria=_criteria(told),
        fitted_on=fit_on if fitting else "",
        tokens=sum(grade.spent.prompt + grade.spent.completion for grade in grades) or None,
        labellers=tuple(dict.fromkeys(one.answer.labeller for one in rows)),
        seconds=run.seconds,
        answers_per_second=run.fresh / run.seconds if run.fresh and run.seconds > 0 else None,
    )


def measurement_of(agreement: Agreement, rubrics: str) -> Measurement | None:
    """What the badge beside a score says of this grader; None where too few answers, or several graders, say too little."""
    pearson, interval = agreement.figures.pearson, agreement.intervals["pearson"]
    if pearson is None or agreement.n < LEAST_ANSWERS or "," in agreement.provenance:
        return None
    held_out = agreement.splits.get(HELD_OUT)
    return Measurement(
        agreement.provenance,
        rubrics,
        agreement.n,
        round(pearson, 4),
        low=round(interval.low, 4) if interval else None,
        high=round(interval.high, 4) if interval else None,
        labels=agreement.labellers[0] if len(agreement.labellers) == 1 else "",
        held_out_pearson=None if held_out is None or held_out.pearson is None else round(held_out.pearson, 4),
        held_out_n=held_out.n if held_out else 0,
    )


def _figures(name: str, pairs: Pairs, at: float) -> AgreementFigures:
    return AgreementFigures(
        name,
        agreement_statistics.pearson(pairs),
        agreement_statistics.spearman(pairs),
        agreement_statistics.rmse(pairs),
        agreement_statistics.mae(pairs),
        agreement_statistics.bias(pairs),
        agreement_statistics.qwk(pairs, LEVELS),
        agreement_statistics.accuracy(pairs, label_at=HALF, grade_at=at),
        agreement_statistics.macro_f1(pairs, label_at=HALF, grade_at=at),
        at,
    )


def _share(one: _Graded) -> float:
    share = one.share
    assert share is not None
    return share


def _words_of_reference(one: _Graded) -> float:
    """The share of the reference's content words that the answer has; of two languages, the better one."""
    said = set(tokenizer.words(one.answer.text))
    texts = (
        {word for word in tokenizer.words(text) if tokenizer.is_content(word)} for text in one.question.reference.both
    )
    return max((len(words & said) / len(words) for words in texts if words), default=0.0)


def _pairs(rows: Iterable[_Graded], grade_of: Callable[[_Graded], float]) -> list[tuple[float, float]]:
    return [(one.answer.label, grade_of(one)) for one in rows]


def _groups(rows: Sequence[_Graded], key: Callable[[_Graded], str]) -> dict[str, GroupFigures]:
    return {name: _group(listed) for name, listed in grouped(rows, key).items() if name}


def _group(rows: Sequence[_Graded]) -> GroupFigures:
    labels, shares = [one.answer.label for one in rows], [_share(one) for one in rows]
    pearson = agreement_statistics.pearson(list(zip(labels, shares, strict=True)))
    return GroupFigures(len(rows), agreement_statistics.mean(labels), agreement_statistics.mean(shares), pearson)


def _criteria(rows: Sequence[_Graded]) -> CriterionFigures | None:
    pairs = [
        (float(label in CREDITED), float(given in CREDITED))
        for one in rows
        for name, label in one.answer.levels.items()
        if one.grade and (given := one.grade.verdict(name).level) is not None
    ]
    if not pairs:
        return None
    accuracy = agreement_statistics.accuracy(pairs, label_at=HALF, grade_at=HALF)
    return CriterionFigures(len(pairs), accuracy, agreement_statistics.macro_f1(pairs, label_at=HALF, grade_at=HALF))
