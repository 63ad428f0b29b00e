import random

import pytest

from interviewer.evaluation.agreement_statistics import (
    Interval,
    accuracy,
    bias,
    bootstrap,
    fit_threshold,
    macro_f1,
    mae,
    mean,
    pearson,
    qwk,
    rmse,
    spearman,
)

# Labels 0, ¼, ½, 1 with the grades ¼, ¼, 1, ¾.
FOUR = [(0.0, 0.25), (0.25, 0.25), (0.5, 1.0), (1.0, 0.75)]


def test_pearson_by_hand() -> None:
    # Means 0.4375 and 0.5625. Deviations: x -.4375 -.1875 .0625 .5625, y -.3125 -.3125 .4375 .1875.
    # Σxy = .13671875 + .05859375 + .02734375 + .10546875 = .328125
    # Σxx = .19140625 + .03515625 + .00390625 + .31640625 = .546875
    # Σyy = .09765625 + .09765625 + .19140625 + .03515625 = .421875
    assert pearson(FOUR) == pytest.approx(0.328125 / (0.546875 * 0.421875) ** 0.5)


def test_spearman_by_hand() -> None:
    # Ranks of the labels 1 2 3 4, of the grades 1.5 1.5 4 3; deviations -1.5 -.5 .5 1.5 and -1 -1 1.5 .5.
    # Σxy = 1.5 + .5 + .75 + .75 = 3.5, Σxx = 5, Σyy = 1 + 1 + 2.25 + .25 = 4.5
    assert spearman(FOUR) == pytest.approx(3.5 / (5 * 4.5) ** 0.5)


def test_errors_by_hand() -> None:
    # Differences .25, 0, .5, -.25: squares .0625 + 0 + .25 + .0625 = .375, sizes 1, sum .5; four rows.
    assert rmse(FOUR) == pytest.approx((0.375 / 4) ** 0.5)
    assert mae(FOUR) == pytest.approx(0.25)
    assert bias(FOUR) == pytest.approx(0.125)


def test_qwk_by_hand() -> None:
    # Three levels: labels 0 1 1 2 (¼ rounds up), grades 1 1 2 2. Squared differences: 1 + 0 + 1 + 0 = 2.
    # By chance: Σ over (label level, its count) and (grade level, its count) of difference², over 4 rows
    # label 0 (1): 1·2 + 4·2 = 10; label 1 (2): 2·(0 + 1·2) = 4; label 2 (1): 1·2 + 0 = 2; together 16 / 4 = 4.
    assert qwk(FOUR, 3) == pytest.approx(1 - 2 / 4)


def test_agreement_at_a_threshold_by_hand() -> None:
    # Labels above 0.4 pass: no no yes yes. Grades above ½: no no yes yes. Above 0.8: no no yes no.
    assert accuracy(FOUR, label_at=0.4, grade_at=0.5) == 1
    assert accuracy(FOUR, label_at=0.4, grade_at=0.8) == 0.75
    # Passing: one right, one missed: 2·1 / (2·1 + 1) = 2/3. Failing: two right, one too many: 4 / 5.
    assert macro_f1(FOUR, label_at=0.4, grade_at=0.8) == pytest.approx((2 / 3 + 4 / 5) / 2)


def test_a_side_that_nobody_is_on_counts_nothing() -> None:
    assert macro_f1([(1.0, 1.0)], label_at=0.5, grade_at=0.5) == 0.5


def test_the_fitted_threshold_stands_between_the_sides() -> None:
    # Between ¼ (both fail) and ¾ everything agrees; the middle is ½.
    assert fit_threshold(FOUR, label_at=0.4) == 0.5
    assert fit_threshold([], label_at=0.5) == 0.5


def test_who_gives_everybody_the_same_passes_whatever_most_labels_do() -> None:
    constant = [(1.0, 0.4), (1.0, 0.4), (0.0, 0.4)]
    assert fit_threshold(constant, label_at=0.5) == 0.2
    assert fit_threshold([(1 - label, grade) for label, grade in constant], label_at=0.5) == 0.4


def test_what_cannot_be_told_is_none() -> None:
    assert [f([]) for f in (pearson, spearman, rmse, mae, bias)] == [None] * 5
    assert pearson([(0.5, 0.1), (0.5, 0.9)]) is None
    assert qwk([], 5) is None
    assert qwk([(1, 1), (1, 1)], 5) is None
    assert macro_f1([], label_at=0.5, grade_at=0.5) is None
    assert accuracy([], label_at=0.5, grade_at=0.5) is None
    assert mean([]) is None


def test_the_interval_is_the_middle_of_what_was_drawn() -> None:
    # Three draws give 0, 1 and 2 in turn: the place at 0.025 is 0.05 of the way to 1, that at 0.975 as far from 2.
    values = iter([2.0, 0.0, 1.0])
    interval = bootstrap({"a": FOUR, "b": FOUR}, lambda _: next(values), rounds=3)
    assert interval is not None
    assert (interval.low, interval.high) == (pytest.approx(0.05), pytest.approx(1.95))


def test_the_interval_draws_questions_not_answers() -> None:
    # Two questions, one always 0.1 too high, one 0.3: a draw gives 0.1 (¼), 0.2 (½) or 0.3 (¼), never anything else.
    clusters = {"a": [(0.5, 0.6)] * 7, "b": [(0.5, 0.8)] * 7}
    interval = bootstrap(clusters, bias, rounds=400)
    assert interval is not None
    assert interval.low == pytest.approx(0.1)
    assert interval.high == pytest.approx(0.3)
    seen = set()

    def watched(pairs: list[tuple[float, float]]) -> float | None:
        seen.add(len(pairs))
        return bias(pairs)

    assert bootstrap(clusters, watched, rounds=50) is not None  # type: ignore[arg-type]
    assert seen == {14}


def test_the_interval_is_the_same_for_the_same_seed() -> None:
    chance = random.Random(7)
    clusters = {str(q): [(chance.random(), chance.random()) for _ in range(5)] for q in range(9)}
    assert bootstrap(clusters, pearson, rounds=99, seed=1) == bootstrap(clusters, pearson, rounds=99, seed=1)
    assert bootstrap(clusters, pearson, rounds=99, seed=1) != bootstrap(clusters, pearson, rounds=99, seed=2)


def test_one_question_has_no_interval() -> None:
    assert bootstrap({"only": FOUR}, pearson) is None
    assert bootstrap({"a": [(1, 1)], "b": [(1, 1)]}, pearson) is None
    assert bootstrap({"a": [(0, 0)], "b": [(1, 1)]}, bias) == Interval(0, 0)


@pytest.mark.parametrize("seed", range(5))
def test_the_same_as_scipy_and_scikit_learn_on_random_numbers(seed: int) -> None:
    import numpy as np
    from scipy import stats
    from sklearn import metrics

    chance = random.Random(seed)
    pairs = [(x := chance.randint(0, 4) / 4, min(1.0, max(0.0, x + chance.gauss(0, 0.3)))) for _ in range(200)]
    labels, grades = np.array(pairs).T
    assert pearson(pairs) == pytest.approx(stats.pearsonr(labels, grades).statistic)
    assert spearman(pairs) == pytest.approx(stats.spearmanr(labels, grades).statistic)
    assert rmse(pairs) == pytest.approx(metrics.root_mean_squared_error(labels, grades))
    assert mae(pairs) == pytest.approx(metrics.mean_absolute_error(labels, grades))
    left, right = (np.floor(side * 4 + 0.5).astype(int) for side in (labels, grades))
    assert qwk(pairs, 5) == pytest.approx(metrics.cohen_kappa_score(left, right, weights="quadratic"))
    for at in (0.3, 0.5, 0.8):
        assert accuracy(pairs, label_at=0.5, grade_at=at) == metrics.accuracy_score(labels > 0.5, grades > at)
        expected = metrics.f1_score(labels > 0.5, grades > at, average="macro")
        assert macro_f1(pairs, label_at=0.5, grade_at=at) == pytest.approx(expected)
    best = macro_f1(pairs, label_at=0.5, grade_at=fit_threshold(pairs, label_at=0.5))
    assert best is not None
    assert all(best >= (macro_f1(pairs, label_at=0.5, grade_at=at) or 0) for _, at in pairs)
