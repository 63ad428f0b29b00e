"""Interviews are found by their title, bank, questions, day and mode."""

from zoneinfo import ZoneInfo

import pytest
from fakes import BANK
from practice import MORNING, Clock, append, bank_of, practise

from interviewer.domain.grade import Level
from interviewer.domain.interview import Answered, Mode, MovedOn, Order, Unprobed
from interviewer.sessions.interview_plan import make_plan
from interviewer.sessions.store import Store

MANY = bank_of(5)


@pytest.fixture
def played(store: Store, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The titles of the interviews by id: one in March at 9 o'clock, one on April 30 at 23:30, both UTC."""
    clock = Clock(monkeypatch)
    march = practise(store, MANY, ["q3"], Level.MET)
    clock.at = MORNING.replace(month=4, day=30, hour=23, minute=30)
    april = store.create("me", make_plan(BANK, mode=Mode.INTERVIEW))
    store.rename(march, "Before the Call 100%")
    return {march: "march", april: "april"}


@pytest.mark.parametrize(
    "text, found",
    [
        ("", {"march", "april"}),
        ("call", {"march"}),
        ("100%", {"march"}),
        ("%", {"march"}),
        ("many", {"march"}),
        ("很多", {"march"}),
        ("small", {"april"}),
        ("QUESTION 3", {"march"}),
        ("question 4", set()),
        ("测试", {"april"}),
        ("測試", {"april"}),
        ("test dropout", {"april"}),
        ("interview", {"april"}),
        ("教练", {"march"}),
        ("2026", {"march", "april"}),
        ("2026-03", {"march"}),
        ("2026年4月", {"april"}),
        ("2026/03/02", {"march"}),
        ("2026-03-02 教练 many", {"march"}),
        ("2026-03-03", set()),
        ("9999", set()),
        ("elephants", set()),
    ],
)
def test_an_interview_is_found_by_all_words(store: Store, played: dict[str, str], text: str, found: set[str]) -> None:
    assert {played[one.id] for one in store.interviews("me", text=text)} == found
    assert store.interviews("somebody else", text=text) == []
    store.rebuild_read_models()
    assert {played[one.id] for one in store.interviews("me", text=text)} == found


def test_days_are_those_where_the_visitor_is(store: Store, played: dict[str, str]) -> None:
    shanghai = ZoneInfo("Asia/Shanghai")
    assert [played[one.id] for one in store.interviews("me", text="2026-05-01", zone=shanghai)] == ["april"]
    assert store.interviews("me", text="2026-04", zone=shanghai) == []


def test_a_question_that_was_chosen_on_the_way_is_found_as_well(store: Store) -> None:
    first = make_plan(MANY, count=2, order=Order.ADAPTIVE, seed=1)
    interview = store.create("me", first)
    other = next(one.id for one in MANY.questions if one.id not in first.plan.questions)
    assert store.interviews("me", text=f"Question {other[1:]}") == []
    append(store, interview, Answered("x"), Unprobed(), MovedOn(other))
    assert [one.id for one in store.interviews("me", text=f"Question {other[1:]}")] == [interview]
