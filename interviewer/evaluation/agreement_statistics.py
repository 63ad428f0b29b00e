"""How well grades agree with labels: numbers in, numbers out. What cannot be told (no spread, no rows) is None."""

import math
import random
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import fmean, quantiles

Pairs = Sequence[tuple[float, float]]
"""Each a label and a grade, both as shares of the scale from 0 to 1."""

ROUNDS = 1000


@dataclass(frozen=True, slots=True)
class Interval:
    """The middle 95 % of what resampling gives."""

    low: float
    high: float


def mean(values: Iterable[float]) -> float | None:
    listed = list(values)
    return fmean(listed) if listed else None


def pearson(pairs: Pairs) -> float | None:
    """Pearson's product-moment correlation: Σ dx·dy / √(Σ dx² · Σ dy²), d from the mean; None where one side does not vary."""
    if len(pairs) < 2:
        return None
    left, right = sum(x for x, _ in pairs) / len(pairs), sum(y for _, y in pairs) / len(pairs)
    apart = [(x - left, y - right) for x, y in pairs]
    over, under = sum(dx * dx for dx, _ in apart), sum(dy * dy for _, dy in apart)
    if over <= _NOTHING or under <= _NOTHING:
        return None
    return max(-1.0, min(1.0, sum(dx * dy for dx, dy in apart) / math.sqrt(over * under)))


def spearman(pairs: Pairs) -> float | None:
    """Spearman's rank correlation: Pearson's of the ranks, where equal values share their mean rank."""
    return pearson(list(zip(*(_ranks(side) for side in zip(*pairs, strict=True)), strict=True)))


def rmse(pairs: Pairs) -> float | None:
    squared = mean((y - x) ** 2 for x, y in pairs)
    return None if squared is None else math.sqrt(squared)


def mae(pairs: Pairs) -> float | None:
    return mean(abs(y - x) for x, y in pairs)


def bias(pairs: Pairs) -> float | None:
    """The mean of grade minus label: above zero where grades are generous."""
    return mean(y - x for x, y in pairs)


def qwk(pairs: Pairs, levels: int) -> float | None:
    """Cohen's weighted kappa (1968) with quadratic weights, both sides rounded to this many equally spaced levels."""
    rounded = [(_level(x, levels), _level(y, levels)) for x, y in pairs]
    if not rounded:
        return None
    left, right = Counter(x for x, _ in rounded), Counter(y for _, y in rounded)
    observed = sum((x - y) ** 2 for x, y in rounded)
    expected = sum((x - y) ** 2 * n * m for x, n in left.items() for y, m in right.items()) / len(rounded)
    return None if expected == 0 else 1 - observed / expected


def accuracy(pairs: Pairs, *, label_at: float, grade_at: float) -> float | None:
    """The share of rows on whose side of the line label and grade agree; to pass is to be above it."""
    return mean(float((x > label_at) == (y > grade_at)) for x, y in pairs)


def macro_f1(pairs: Pairs, *, label_at: float, grade_at: float) -> float | None:
    """The unweighted mean of van Rijsbergen's F1 of passing and of failing; a side that nobody is on counts 0."""
    if not pairs:
        return None
    both = Counter((x > label_at, y > grade_at) for x, y in pairs)
    crossed = both[True, False] + both[False, True]
    return sum(2 * both[s, s] / (2 * both[s, s] + crossed) if both[s, s] else 0.0 for s in (True, False)) / 2


def fit_threshold(pairs: Pairs, *, label_at: float) -> float:
    """The line to be above where macro-F1 is best on these rows: halfway between two grades, or with all on one side."""
    passing = sorted(y for x, y in pairs if x > label_at)
    failing = sorted(y for x, y in pairs if x <= label_at)
    grades = sorted({y for _, y in pairs})
    if not grades:
        return label_at
    everybody = [grades[0] / 2] if grades[0] > 0 else []
    candidates = [*((low + high) / 2 for low, high in pairwise(grades)), *everybody, grades[-1]]

    def quality(threshold: float) -> float:
        missed, refused = bisect_right(passing, threshold), bisect_right(failing, threshold)
        taken = len(passing) - missed
        crossed = missed + len(failing) - refused
        return sum(2 * right / (2 * right + crossed) if right else 0.0 for right in (taken, refused))

    return max(candidates, key=quality)


def bootstrap(
    clusters: Mapping[str, Pairs], statistic: Callable[[Pairs], float | None], rounds: int = ROUNDS, seed: int = 0
) -> Interval | None:
    """Efron's percentile interval by a cluster bootstrap: questions are drawn anew, each with all its answers.

    Answers to one question resemble one another, so the question is what is drawn; None where there is only one.
    """
    names = sorted(clusters)
    if len(names) < 2:
        return None
    draw = random.Random(seed)  # noqa: S311 - resampling, not secrets
    values = []
    for _ in range(rounds):
        chosen = draw.choices(names, k=len(names))
        value = statistic([pair for name in chosen for pair in clusters[name]])
        if value is not None:
            values.append(value)
    if not values:
        return None
    if len(values) == 1:
        return Interval(values[0], values[0])
    fortieths = quantiles(values, n=40, method="inclusive")
    return Interval(fortieths[0], fortieths[-1])


_NOTHING = 1e-12


def _level(share: float, levels: int) -> int:
    return int(min(max(share, 0.0), 1.0) * (levels - 1) + 0.5)


def _ranks(values: Sequence[float]) -> list[float]:
    ordered = sorted(values)
    return [(bisect_left(ordered, value) + bisect_right(ordered, value) + 1) / 2 for value in values]
