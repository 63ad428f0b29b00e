"""A candidate who practises for 60 days, by Today and by two simpler habits: `python tests/bench/simulate_practice.py`.

The candidate forgets as FSRS says: each point has a memory that fades, and is recalled with the probability that is left.
What was never asked is known by chance. The real plan, store and review cards are used; nothing is asserted, the table
that is printed is read.
"""

import random
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from statistics import mean

sys.path.insert(0, str(Path(__file__).parent.parent))

from fakes import grade
from practice import MORNING

from interviewer.banks.loader import BankLibrary
from interviewer.domain.grade import Level
from interviewer.domain.interview import Answered, Event, Graded, MovedOn, Unprobed, replay
from interviewer.domain.learning import Rating
from interviewer.domain.rubric import Bank, Kind
from interviewer.sessions.due_questions import plan_today
from interviewer.sessions.interview_plan import QuestionName, make_named_plan
from interviewer.sessions.practice_log import PracticeSettings, save_practice_settings
from interviewer.sessions.review_schedule import Memory, Review, memory_after
from interviewer.sessions.store import RecordedEvent, Store, new_id

DAYS, EXAM_DAY, SEEDS = 60, 30, 5
KNOWN_BEFORE = 0.4  # the share of points that somebody knows who has never been asked
A_SITTING = 5

Ask = Callable[[int, datetime], Sequence[str]]
"""The questions of a day."""


@dataclass
class Candidate:
    """What is remembered, and what came of every review."""

    bank: Bank
    chance: random.Random
    memories: dict[tuple[str, str], Memory] = field(default_factory=dict)
    recalled: list[bool] = field(default_factory=list)
    asked: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    first_met: dict[tuple[str, str], int] = field(default_factory=dict)

    def points(self) -> Iterator[tuple[str, str]]:
        for question in self.bank.questions:
            yield from ((question.id, one.id) for one in question.criteria if one.kind is Kind.CORE)

    def answer(self, question: str, day: int, at: datetime) -> dict[str, Level]:
        """The level of each core criterion; the model answer is read afterwards."""
        levels = {}
        for key in (one for one in self.points() if one[0] == question):
            memory = self.memories.get(key)
            knows = self.chance.random() < (memory.recall(at) if memory else KNOWN_BEFORE)
            if memory:
                self.recalled.append(knows)
            if knows:
                self.first_met.setdefault(key, day)
            self.memories[key] = memory_after(memory, Review(Rating.GOOD if knows else Rating.AGAIN, at))
            levels[key[1]] = Level.MET if knows else Level.MISSING
        self.asked[day] += 1
        return levels

    def ready(self, at: datetime) -> float:
        """The share of all points that would be recalled."""
        return mean(self.memories[key].recall(at) if key in self.memories else KNOWN_BEFORE for key in self.points())


def played(
    candidate: Candidate, ask: Ask, record: Callable[[list[RecordedEvent]], None] | None = None
) -> dict[str, float]:
    """60 days of it, in figures."""
    ready = 0.0
    for day in range(1, DAYS + 1):
        at = MORNING + timedelta(days=day - 1)
        if day == EXAM_DAY:
            ready = candidate.ready(at)
        questions = ask(day, at)
        levels = {question: candidate.answer(question, day, at) for question in questions}
        if record and questions:
            record(history(candidate.bank, levels, at))
    points = list(candidate.points())
    before = sum(candidate.first_met.get(key, DAYS + 1) < EXAM_DAY for key in points)
    return {
        "asks": sum(candidate.asked.values()),
        "a day": sum(candidate.asked.values()) / DAYS,
        "most": max(candidate.asked.values()),
        "recalled": mean(candidate.recalled),
        "met": before / len(points),
        "ready": ready,
        "after": candidate.ready(MORNING + timedelta(days=DAYS)),
    }


def history(bank: Bank, levels: dict[str, dict[str, Level]], at: datetime) -> list[RecordedEvent]:
    events: list[Event] = [make_named_plan([bank], [QuestionName(bank.id, question) for question in levels])]
    for question, found in levels.items():
        events += [Answered("words", 60.0), Unprobed()]
        attempt = replay(events).current
        events += [Graded(question, 1, grade(attempt, bank[question], **found)), MovedOn()]
    return [RecordedEvent(event, at.isoformat(timespec="milliseconds")) for event in events]


def by_today(bank: Bank, seed: int, exam: date | None) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as folder:
        store = Store(f"sqlite:///{folder}/a.sqlite3")
        save_practice_settings(store, "me", PracticeSettings(exam_on=exam))

        def ask(_: int, at: datetime) -> list[str]:
            return [name.question for name in plan_today(store, "me", [bank], at).names]

        found = played(Candidate(bank, random.Random(seed)), ask, lambda events: store.insert(new_id(), "me", events))
        store.close()
    return found


def main() -> None:
    bank = BankLibrary().bank("deep-learning")
    names = [question.id for question in bank.questions]
    exam = MORNING.date() + timedelta(days=EXAM_DAY - 1)
    habits: dict[str, Callable[[int], dict[str, float]]] = {
        "Today, interview on day 30": lambda seed: by_today(bank, seed, exam),
        "Today": lambda seed: by_today(bank, seed, None),
        "same order every day": lambda seed: played(Candidate(bank, random.Random(seed)), lambda *_: names[:A_SITTING]),
        "random five": lambda seed: _random_five(bank, seed, names),
    }
    heads = ("asks", "a day", "most", "recalled", "met", "ready", "after")
    print(
        f"{len(names)} questions, {DAYS} days, mean of {SEEDS} candidates. asks: questions answered; most: on one day;"
    )
    print(
        f"recalled: share of reviews; met: core criteria met before day {EXAM_DAY}; ready: share of core criteria that"
    )
    print(f"would be recalled on day {EXAM_DAY}, and after day {DAYS}\n")
    print(" " * 28 + "".join(f"{head:>10}" for head in heads))
    for name, habit in habits.items():
        runs = [habit(seed) for seed in range(SEEDS)]
        cells = [mean(run[head] for run in runs) for head in heads]
        shown = [
            f"{cell:.0f}" if head in ("asks", "most") else f"{cell:.2f}"
            for head, cell in zip(heads, cells, strict=True)
        ]
        print(f"{name:<28}" + "".join(f"{cell:>10}" for cell in shown))


def _random_five(bank: Bank, seed: int, names: list[str]) -> dict[str, float]:
    chance = random.Random(seed + 1000)
    return played(Candidate(bank, random.Random(seed)), lambda *_: chance.sample(names, A_SITTING))


if __name__ == "__main__":
    main()
