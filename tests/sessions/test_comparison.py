"""This time against last time, read from the verdicts that were recorded."""

from dataclasses import replace

from fakes import both, grade
from practice import Clock, append, bank_of, practise

from interviewer.domain.grade import Level
from interviewer.domain.interview import Answered, Ended, Event, Graded, Mode, Retried, Unprobed, replay
from interviewer.domain.rubric import Bank
from interviewer.sessions.comparison import QuestionComparison, compare
from interviewer.sessions.interview_plan import QuestionName, make_named_plan
from interviewer.sessions.store import Store

MANY = bank_of(3)


def compared(store: Store, name: str) -> tuple[QuestionComparison, ...]:
    return compare(store, "me", name, replay(recorded.event for recorded in store.history(name)))


def tried(store: Store, bank: Bank, *tries: tuple[Level, Level, float], mode: Mode = Mode.COACH) -> str:
    """An interview with these tries at its first question: the levels of its two criteria, and the seconds."""
    first = make_named_plan([bank], [QuestionName(bank.id, "q0")], mode=mode)
    name = store.create("me", first)
    for number, (one, two, seconds) in enumerate(tries, start=1):
        events: list[Event] = [Retried()] if number > 1 else []
        append(store, name, *events, Answered("my words", seconds), Unprobed())
        attempt = replay(recorded.event for recorded in store.history(name)).attempts[-1]
        append(store, name, Graded("q0", number, grade(attempt, bank["q0"], one=one, two=two)))
    return name


def test_first_and_best_try_stand_beside_those_of_last_time(store: Store, clock: Clock) -> None:
    tried(store, MANY, (Level.MISSING, Level.MISSING, 90.0))
    clock.days(2)
    last = tried(
        store, MANY, (Level.MISSING, Level.MET, 80.0), (Level.MET, Level.MET, 30.0), (Level.MISSING, Level.MET, 9.0)
    )
    clock.days(2)
    now = tried(store, MANY, (Level.MET, Level.MISSING, 50.0), (Level.MET, Level.PARTIAL, 20.0))
    (found,) = compared(store, now)
    assert [one.seconds for one in found.before] == [80.0, 30.0, 9.0]
    assert found.before_at == next(one.begun_at for one in store.interviews("me") if one.id == last)
    assert found.points(found.now[0]) == (Level.MET, Level.MISSING)
    assert found.best(found.before).seconds == 30.0
    assert found.best(found.now).seconds == 20.0
    assert [(one.id, old, new) for one, old, new in found.changes] == [("two", Level.MET, Level.PARTIAL)]


def test_what_was_asked_by_another_rubric_of_another_owner_or_later_is_no_last_time(store: Store, clock: Clock) -> None:
    changed = replace(MANY["q0"].criteria[0], text=both("另一点", "another point"))
    other = replace(MANY, questions=(replace(MANY["q0"], criteria=(changed, MANY["q0"].criteria[1])),))
    tried(store, other, (Level.MET, Level.MET, 5.0))
    practise(store, MANY, ["q0"], Level.MET, owner="you")
    clock.days(1)
    now = tried(store, MANY, (Level.MET, Level.MISSING, 50.0))
    clock.days(1)
    tried(store, MANY, (Level.MISSING, Level.MISSING, 7.0))
    assert compared(store, now) == ()


def test_an_interview_that_hides_its_grades_is_no_last_time_before_its_end(store: Store, clock: Clock) -> None:
    hidden = store.create("me", make_named_plan([MANY], [QuestionName("many", "q0")] * 1, mode=Mode.INTERVIEW))
    append(store, hidden, Answered("my words", 4.0))
    clock.days(1)
    now = tried(store, MANY, (Level.MET, Level.MET, 50.0))
    assert compared(store, now) == ()
    append(store, hidden, Ended())
    attempt = replay(recorded.event for recorded in store.history(hidden)).current
    append(store, hidden, Graded("q0", 1, grade(attempt, MANY["q0"], one=Level.MET, two=Level.MISSING)))
    (found,) = compared(store, now)
    assert [one.levels for one in found.before] == [{"one": Level.MET, "two": Level.MISSING}]


def test_two_tries_of_the_same_time_are_compared_with_each_other(store: Store, clock: Clock) -> None:
    now = tried(store, MANY, (Level.MISSING, Level.MET, 50.0), (Level.MET, Level.MET, 20.0))
    (found,) = compared(store, now)
    assert found.before == ()
    assert [(one.id, old, new) for one, old, new in found.changes] == [("one", Level.MISSING, Level.MET)]
