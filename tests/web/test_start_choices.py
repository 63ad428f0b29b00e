"""Whatever a browser sends as the start form is played as chosen, or refused."""

from typing import Any

import pytest

from interviewer.banks.loader import BankLibrary
from interviewer.domain.interview import Mode
from interviewer.errors import BankError
from interviewer.web.start_choices import chosen_plan

FORM: dict[str, Any] = {
    "name": "deep-learning", "topics": ["activations"], "count": 1, "order": "bank", "language": "en",
    "mode": "interview", "probes": False, "hints": True, "manner": "neutral", "answer_seconds": 60,
}  # fmt: skip


def test_an_answer_is_limited_in_interview_mode_alone() -> None:
    plan = chosen_plan(BankLibrary(), **FORM).plan
    assert (plan.mode, len(plan.questions), plan.answer_seconds) == (Mode.INTERVIEW, 1, 60)
    assert chosen_plan(BankLibrary(), **FORM | {"mode": "coach"}).plan.answer_seconds is None


@pytest.mark.parametrize(
    "sent", [{"name": "none"}, {"count": None}, {"count": 0}, {"count": 1.5}, {"count": 99}], ids=str
)
def test_a_bank_or_a_number_that_there_is_not_is_named(sent: dict[str, Any]) -> None:
    with pytest.raises(BankError):
        chosen_plan(BankLibrary(), **FORM | sent)


@pytest.mark.parametrize(
    "sent", [{"order": "x"}, {"mode": "x"}, {"language": "x"}, {"manner": "x"}, {"answer_seconds": 7}], ids=str
)
def test_a_choice_that_is_not_offered_is_refused(sent: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"not a valid|not in tuple"):
        chosen_plan(BankLibrary(), **FORM | sent)
