"""Days of practice in a moment: a clock that is moved, a bank of any size, and questions answered at given levels."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from fakes import both, grade

from interviewer.domain.grade import Level
from interviewer.domain.interview import Answered, Event, Graded, MovedOn, Unprobed, replay
from interviewer.domain.rubric import Bank, Criterion, Question
from interviewer.sessions.interview_plan import QuestionName, make_named_plan
from interviewer.sessions.store import Store
from interviewer.sessions.timestamps import as_stored

MORNING = datetime.fromisoformat("2026-03-02T09:00:00.000+00:00")


class Clock:
    """Tells the store the time; days pass when they are told to."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.at = MORNING
        monkeypatch.setattr("interviewer.sessions.store.stored_now", self._now)

    def _now(self, ago: timedelta = timedelta()) -> str:
        return as_stored(self.at - ago)

    def days(self, count: float) -> None:
        self.at += timedelta(days=count)


def bank_of(count: int, name: str = "many", topics: Sequence[str] = ("data", "models")) -> Bank:
    """A bank whose questions q0, q1 … have two core criteria each, in topics that take turns."""
    questions = tuple(
        Question(
            f"q{number}",
            both(f"问题{number}", f"Question {number}"),
            both("第一点和第二点", "one and two"),
            (Criterion("one", both("第一点", "Point one")), Criterion("two", both("第二点", "Point two"))),
            topic=topics[number % len(topics)],
            difficulty=1 + number % 3,
        )
        for number in range(count)
    )
    return Bank(name, both("很多题", "Many"), questions, topics={topic: both(topic, topic) for topic in topics})


def append(store: Store, interview: str, *events: Event) -> None:
    history = [recorded.event for recorded in store.history(interview)]
    for event in events:
        history.append(event)
        store.append(interview, len(history) - 1, event, replay(history))


def practise(
    store: Store, bank: Bank, questions: Sequence[str], level: Level | None, owner: str = "me", seconds: float = 60.0
) -> str:
    """An interview in which every criterion of these questions reached this level."""
    first = make_named_plan([bank], [QuestionName(bank.id, question) for question in questions])
    interview = store.create(owner, first)
    for question in questions:
        append(store, interview, Answered(f"my words on {question}", seconds), Unprobed())
        attempt = replay(recorded.event for recorded in store.history(interview)).current
        levels = {criterion.id: level for criterion in bank[question].criteria}
        graded = grade(attempt, bank[question], **levels)
        append(store, interview, Graded(question, 1, graded), MovedOn())
    return interview
