import pytest
from fakes import DROPOUT, both
from hypothesis import given
from hypothesis import strategies as st

from interviewer.domain.grade import Grade, Level, Method, Provenance, Verdict
from interviewer.domain.scoring import Band, Score, band, mean, missed, score

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
    [(0, Band.FEW), (0.249, Band.FEW), (0.25, Band.SOME), (0.5, Band.MANY), (0.75, Band.MOST), (1, Band.MOST)],
)
def test_bands_are_quarters(value: float, expected: Band) -> None:
    assert band(value) is expected
    low, high = expected.limits
    assert low <= value * 100 <= high


def test_what_is_missed_comes_heaviest_loss_first_and_unknown_is_not_missed() -> None:
    provenance = Provenance(Method.MODEL, "g", "r")
    both_partly = Grade(verdicts(off=Level.PARTIAL, random=Level.MISSING), provenance)
    assert [c.id for c in missed(DROPOUT.rubric, both_partly)] == ["off", "random"]
    unknown = Grade(verdicts(off=None, random=Level.CONTRADICTED), provenance)
    assert [c.id for c in missed(DROPOUT.rubric, unknown)] == ["random"]
