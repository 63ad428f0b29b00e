"""Claims made false by one exchange."""

import pytest

from interviewer.evaluation.robustness.perturbations import change_numbers, exchange_partners, falsified


@pytest.mark.parametrize(
    "claim, others",
    [
        ("训练时要关闭它", {"测试时要关闭它", "训练时要开启它"}),
        ("A CNN needs fewer weights than a dense net", {"a dense net needs fewer weights than A CNN", "A CNN needs more weights than a dense net"}),
        ("把噪声变成样本", {"把样本变成噪声"}),
        ("系数小于 1", {"系数大于 1", "系数小于 4"}),
        ("It is blue", set()),
    ],
)  # fmt: skip
def test_a_claim_is_turned_one_thing_at_a_time(claim: str, others: set[str]) -> None:
    assert {other for _, other in falsified(claim)} == others


def test_partners_and_numbers_are_left_alone_where_there_are_none() -> None:
    assert exchange_partners("CNN 共享权重") == "CNN 共享权重"
    assert change_numbers("L2 and ResNet50") == "L2 and ResNet50"
