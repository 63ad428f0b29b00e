from datetime import date
from zoneinfo import ZoneInfo

from practice import MORNING, Clock, bank_of, practise

from interviewer.domain.grade import Level
from interviewer.sessions.progress import Progress, read_progress
from interviewer.sessions.store import Store

MANY = bank_of(6)


def progress(store: Store, clock: Clock) -> Progress:
    return read_progress(store, "me", [MANY], clock.at)


def test_days_are_counted_where_the_owner_is(store: Store, clock: Clock) -> None:
    clock.days(0.5)  # 21:00 UTC
    practise(store, MANY, ["q0", "q1"], Level.MET)
    assert progress(store, clock).days == {MORNING.date(): 2}
    there = read_progress(store, "me", [MANY], clock.at.astimezone(ZoneInfo("Asia/Shanghai")))
    assert there.days == {date(2026, 3, 3): 2}


def test_what_got_better_and_what_slips_is_told_from_the_last_two_answers(store: Store, clock: Clock) -> None:
    practise(store, MANY, ["q0"], Level.MISSING)
    practise(store, MANY, ["q1"], Level.MET)
    clock.days(7)
    practise(store, MANY, ["q0"], Level.PARTIAL)
    practise(store, MANY, ["q1"], Level.CONTRADICTED)
    found = progress(store, clock)
    assert [(one.mastery.question.id, one.before, one.now) for one in found.better] == [("q0", 0.0, 0.5)]
    assert [(one.mastery.question.id, one.before, one.now) for one in found.slipping] == [("q1", 1.0, 0.0)]
    clock.days(40)
    assert progress(store, clock).better == ()


def test_a_topic_is_followed_week_by_week(store: Store, clock: Clock) -> None:
    practise(store, MANY, ["q0", "q2"], Level.MISSING)
    clock.days(8)
    practise(store, MANY, ["q0"], Level.MET)
    practise(store, MANY, ["q1"], Level.MET)
    topics = {topic.topic: topic.weeks for topic in progress(store, clock).topics}
    assert [(week.monday, week.answers, week.share) for week in topics["data"]] == [
        (date(2026, 3, 2), 2, 0.0),
        (date(2026, 3, 9), 1, 1.0),
    ]
    assert len(topics["models"]) == 1


def test_memory_that_holds_longer_is_seen(store: Store, clock: Clock) -> None:
    practise(store, MANY, ["q0"], Level.MET)
    assert progress(store, clock).held is None
    clock.days(3)
    practise(store, MANY, ["q0"], Level.MET)
    found = progress(store, clock)
    assert found.held
    assert found.holds
    assert found.holds > 2 * found.held


def test_who_never_practised_has_no_progress(store: Store, clock: Clock) -> None:
    found = progress(store, clock)
    assert (found.days, found.topics, found.masteries, found.holds, found.answers) == ({}, (), (), None, 0)
