from dataclasses import replace

import pytest
from fakes import BANK, DROPOUT, both
from hypothesis import given
from hypothesis import strategies as st

from interviewer.domain.grade import Evidence, Level, Verdict
from interviewer.domain.rubric import Criterion, Group, Rubric
from interviewer.domain.scoring import Score, has_every_core, mean, missed, points, score, shortfalls

# DROPOUT: core off (weight 2) and random (1), bonus mc (1), mistake on (1); the whole is 3.


def verdicts(**levels: Level | None) -> tuple[Verdict, ...]:
    return tuple(Verdict(c.id, levels.get(c.id, Level.MISSING), both("因", "why")) for c in DROPOUT.criteria)


@pytest.mark.parametrize(
    "levels, expected",
    [
        ({}, 0),
        ({"off": Level.MET}, 2 / 3),
        ({"off": Level.PARTIAL}, 1 / 3),
        ({"off": Level.MET, "random": Level.MET}, 1),
        ({"off": Level.MET, "random": Level.CONTRADICTED}, 2 / 3),
        ({"off": Level.MET, "mc": Level.MET}, 1),  # a bonus fills up
        ({"off": Level.MET, "random": Level.MET, "mc": Level.MET}, 1),  # but never beyond the whole
        ({"off": Level.MET, "on": Level.MET}, 1 / 3),  # a mistake that was made subtracts
        ({"on": Level.MET}, 0),  # but never below nothing
        ({"off": Level.MET, "random": Level.MET, "mc": Level.MET, "on": Level.MET}, 2 / 3),
    ],
)
def test_the_score_follows_the_formula(levels: dict[str, Level], expected: float) -> None:
    found = score(DROPOUT.rubric, verdicts(**levels))
    assert found.value == pytest.approx(expected)


def test_an_unknown_verdict_makes_a_range_and_no_number() -> None:
    found = score(DROPOUT.rubric, verdicts(off=None, random=Level.MET))
    assert (found.low, found.high) == pytest.approx((1 / 3, 1))
    assert found.value is None


def test_an_unknown_mistake_counts_as_made_at_the_low_end() -> None:
    found = score(DROPOUT.rubric, verdicts(off=Level.MET, on=None))
    assert (found.low, found.high) == pytest.approx((1 / 3, 2 / 3))


@given(st.fixed_dictionaries({c.id: st.sampled_from([*Level, None]) for c in DROPOUT.criteria}))
def test_any_verdicts_score_within_the_scale(levels: dict[str, Level | None]) -> None:
    found = score(DROPOUT.rubric, verdicts(**levels))
    assert 0 <= found.low <= found.high <= 1


def test_a_mean_is_that_of_the_ends_and_nothing_has_none() -> None:
    assert mean([Score(0, 0.5), Score(1, 1)]) == Score(0.5, 0.75)
    assert mean([]) is None


@pytest.mark.parametrize(
    "value, expected",
    [(0, (0, 25)), (0.249, (0, 25)), (0.25, (25, 50)), (0.5, (50, 75)), (0.75, (75, 100)), (1, (75, 100))],
)
def test_an_estimate_is_told_by_the_quarters_of_the_scale(value: float, expected: tuple[int, int]) -> None:
    assert Score(value, value).quarters == expected
    assert Score(0, value).quarters == (0, expected[1])


def test_what_is_missed_comes_heaviest_loss_first_and_unknown_is_not_missed() -> None:
    both_partly = verdicts(off=Level.PARTIAL, random=Level.MISSING)
    assert [c.id for c in missed(DROPOUT.rubric, both_partly)] == ["off", "random"]
    unknown = verdicts(off=None, random=Level.CONTRADICTED)
    assert [c.id for c in missed(DROPOUT.rubric, unknown)] == ["random"]


CHOICE = Rubric(
    "methods",
    (
        Criterion("why", both("因", "why")),
        *(Criterion(name, both(name, name), group="methods", weight=9) for name in ("relu", "residual", "norm")),
    ),
    groups=(Group("methods", choose=2, weight=3),),
)


def chosen(**levels: Level | None) -> tuple[Verdict, ...]:
    return tuple(Verdict(c.id, levels.get(c.id, Level.MISSING), None) for c in CHOICE.criteria)


@pytest.mark.parametrize(
    "levels, low, high",
    [
        ({"why": Level.MET, "residual": Level.MET, "norm": Level.MET}, 1, 1),
        ({"why": Level.MET, "relu": Level.MET, "residual": Level.MET, "norm": Level.MET}, 1, 1),
        ({"norm": Level.MET}, 1.5 / 4, 1.5 / 4),
        ({"relu": Level.PARTIAL, "residual": Level.PARTIAL, "norm": Level.PARTIAL}, 1.5 / 4, 1.5 / 4),
        ({"relu": Level.MET, "residual": Level.PARTIAL, "norm": Level.MET}, 3 / 4, 3 / 4),
        ({"relu": Level.MET, "residual": None}, 1.5 / 4, 3 / 4),
    ],
)
def test_of_a_group_the_best_count_and_weigh_what_the_group_weighs(
    levels: dict[str, Level | None], low: float, high: float
) -> None:
    found = score(CHOICE, chosen(**levels))
    assert (found.low, found.high) == pytest.approx((low, high))


def test_what_is_missing_of_a_group_is_one_shortfall() -> None:
    lost = shortfalls(CHOICE, chosen(relu=Level.MET))
    assert [(sorted(c.id for c in one.criteria), one.needed, one.loss) for one in lost] == [
        (["norm", "residual"], 1, 1.5),
        (["why"], 1, 1.0),
    ]
    enough = chosen(why=Level.MET, relu=Level.MET, residual=Level.MET)
    assert (shortfalls(CHOICE, enough), has_every_core(CHOICE, enough)) == ((), True)
    assert points(CHOICE, chosen(norm=Level.MET)) == (Level.MISSING, Level.MET, Level.MISSING)


def test_a_mistake_is_not_punished_twice_for_the_same_words() -> None:
    words, others = Evidence(1, "it stays on", 0, 11), Evidence(1, "at test time", 20, 32)

    def against(quote: Evidence) -> float:
        made = {"off": (Level.CONTRADICTED, words), "on": (Level.MET, quote), "random": (Level.MET, others)}
        return score(
            DROPOUT.rubric,
            [
                Verdict(c.id, *((made[c.id][0], None, (made[c.id][1],)) if c.id in made else (Level.MISSING, None)))
                for c in DROPOUT.criteria
            ],
        ).low

    assert against(words) > against(others)


def test_digests_of_banks_without_groups_and_policies_are_what_they_were() -> None:
    with_policy = replace(DROPOUT, policy=both("要有公式", "A formula is asked for"))
    assert with_policy.rubric.digest != DROPOUT.rubric.digest
    named = replace(BANK, policy=both("宽", "be lenient"))
    assert named["dropout"].rubric.digest != BANK["dropout"].rubric.digest
    assert DROPOUT.rubric.digest == "3575881f5caf78fe"
