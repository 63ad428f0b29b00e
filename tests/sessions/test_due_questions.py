from dataclasses import replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from fakes import BANK
from practice import Clock, append, bank_of, practise

from interviewer.domain.grade import Level
from interviewer.domain.interview import Answered, Unprobed
from interviewer.domain.rubric import Bank
from interviewer.sessions.due_questions import FIRST_SITTING, NEW_A_DAY, SITTING, Today, plan_today
from interviewer.sessions.interview_plan import make_plan
from interviewer.sessions.practice_log import PracticeSettings, read_practice_settings, save_practice_settings
from interviewer.sessions.question_mastery import QuestionState
from interviewer.sessions.store import Store

MANY = bank_of(40)


def today(store: Store, clock: Clock, *banks: Bank, beyond: bool = False) -> Today:
    return plan_today(store, "me", banks or (MANY,), clock.at, beyond=beyond)


def ids(found: Today) -> list[str]:
    return [name.question for name in found.names]


def test_the_first_visit_leads_into_new_questions(store: Store, clock: Clock) -> None:
    found = today(store, clock)
    assert found.is_first_visit
    assert (found.due, found.weak, found.new, len(found.names)) == (0, 0, FIRST_SITTING, FIRST_SITTING)
    assert not found.is_own_pace
    assert found.minutes > 0
    assert [(topic.topic, topic.new, topic.shaky, topic.holding) for topic in found.topics] == [
        ("data", 20, 0, 0),
        ("models", 20, 0, 0),
    ]
    assert found.next_due is None


def test_what_was_missed_comes_back_the_next_day_and_what_was_known_later(store: Store, clock: Clock) -> None:
    practise(store, MANY, ["q0"], Level.MISSING)
    practise(store, MANY, ["q1", "q2"], Level.MET)
    done = today(store, clock)
    assert "q0" not in ids(done)
    assert done.answered_today == 3
    assert done.next_due == (clock.at.date() + timedelta(days=1), 1)
    clock.days(1)
    found = today(store, clock)
    assert ids(found)[0] == "q0"
    assert (found.due, found.new) == (1, NEW_A_DAY)
    assert not found.is_first_visit
    clock.days(1)
    assert {"q0", "q1", "q2"} <= set(ids(today(store, clock)))


def test_a_sitting_holds_what_is_due_what_is_weak_and_what_is_new(store: Store, clock: Clock) -> None:
    practise(store, MANY, ["q0", "q1", "q2"], Level.MET)
    clock.days(1)
    practise(store, MANY, ["q3", "q4", "q5"], Level.PARTIAL)
    clock.days(1)
    found = today(store, clock)
    states = [one.state for one in found.questions]
    order = list(QuestionState)
    assert states == sorted(states, key=[order[1], order[2], order[0]].index)
    assert (found.due + found.weak + found.new) == len(found.questions) == SITTING


def test_after_the_days_questions_nothing_is_asked_unless_more_is_wanted(store: Store, clock: Clock) -> None:
    practise(store, MANY, [f"q{n}" for n in range(SITTING)], Level.MET)
    assert today(store, clock).questions == ()
    more = today(store, clock, beyond=True)
    assert 0 < len(more.questions) <= SITTING
    assert not {f"q{n}" for n in range(SITTING)} & set(ids(more))


def test_after_three_weeks_away_the_most_urgent_come_first_up_to_the_cap(store: Store, clock: Clock) -> None:
    practise(store, MANY, [f"q{n}" for n in range(20)], Level.MET)
    clock.days(1)
    practise(store, MANY, [f"q{n}" for n in range(20, 40)], Level.MISSING)
    clock.days(21)
    save_practice_settings(store, "me", PracticeSettings(daily_cap=12))
    found = today(store, clock)
    assert found.is_comeback
    assert (found.due, found.weak, found.new, found.left_over) == (12, 0, 0, 28)
    assert all(int(name[1:]) >= 20 for name in ids(found))
    practise(store, MANY, ids(found), Level.MET)
    rest = today(store, clock)
    assert (rest.questions, rest.left_over, rest.is_comeback) == ((), 28, False)


def test_a_real_interview_brings_every_question_before_it(store: Store, clock: Clock) -> None:
    exam = clock.at.date() + timedelta(days=10)
    save_practice_settings(store, "me", PracticeSettings(exam_on=exam, daily_cap=30))
    asked: set[str] = set()
    for day in range(10):
        found = today(store, clock)
        assert found.days_left == 10 - day
        assert all(one.due is None or one.due.date() < exam for one in found.questions)
        practise(store, MANY, ids(found), Level.MET)
        asked |= set(ids(found))
        clock.days(1)
    assert len(asked) == 40
    assert today(store, clock).days_left is None


def test_the_day_begins_where_the_owner_is(store: Store, clock: Clock) -> None:
    practise(store, MANY, ["q0"], Level.MISSING)
    clock.days(13 / 24)  # 22:00 UTC is six in the morning of the next day in Shanghai
    assert ids(today(store, clock))[:1] != ["q0"]
    there = plan_today(store, "me", [MANY], clock.at.astimezone(ZoneInfo("Asia/Shanghai")))
    assert there.answered_today == 0
    assert there.names[0].question == "q0"


def test_minutes_are_those_of_the_owner_once_they_are_known(store: Store, clock: Clock) -> None:
    quick = today(store, clock).minutes
    practise(store, MANY, ["q0", "q1"], Level.MET, seconds=600)
    clock.days(3)
    found = today(store, clock)
    assert found.is_own_pace
    assert found.minutes / len(found.questions) > quick / FIRST_SITTING


def test_what_is_open_can_be_gone_on_with(store: Store, clock: Clock) -> None:
    store.create("me", make_plan(BANK))
    store.create("you", make_plan(BANK))
    found = today(store, clock, BANK)
    assert [(one.position, one.planned, one.bank) for one in found.open] == [(0, 2, "small")]
    assert not found.is_first_visit


def test_a_question_that_no_bank_has_any_more_is_not_asked(store: Store, clock: Clock) -> None:
    practise(store, MANY, ["q0", "q1"], Level.MISSING)
    clock.days(2)
    smaller = replace(MANY, questions=MANY.questions[1:3])
    found = today(store, clock, smaller)
    assert set(ids(found)) == {"q1", "q2"}


def test_new_questions_are_of_the_bank_that_was_practised_last(store: Store, clock: Clock) -> None:
    other = bank_of(10, "other")
    practise(store, other, ["q0"], Level.MET)
    clock.days(1)
    assert {name.bank for name in today(store, clock, MANY, other).names} == {"other"}


def test_settings_come_back_as_they_were_saved(store: Store) -> None:
    assert read_practice_settings(store, "me") == PracticeSettings()
    for settings in (PracticeSettings(date(2026, 5, 1), 7), PracticeSettings(None, 9)):
        save_practice_settings(store, "me", settings)
        assert read_practice_settings(store, "me") == settings
    assert read_practice_settings(store, "you") == PracticeSettings()


def test_what_waits_in_an_open_interview_is_not_offered_a_second_time(store: Store, clock: Clock) -> None:
    open_one = store.create("me", make_plan(MANY, count=3))
    append(store, open_one, Answered("my words", 5.0), Unprobed())
    found = today(store, clock)
    assert found.open[0].waiting == "many/q1 many/q2"
    assert not {"q1", "q2"} & set(ids(found))
    assert "q0" in ids(found)  # answered, and nobody knows yet how well
    store.rebuild_read_models()
    assert ids(today(store, clock)) == ids(found)
    clock.days(15)
    assert {"q1", "q2"} <= set(ids(today(store, clock)))
