"""When a criterion is due for review, by FSRS, from the reviews there were of it.

Every review is at least a day from the next: there are no learning steps within a sitting, where the model answer was
just shown. Intervals are exact, not drawn, so that the same reviews always give the same schedule.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple

import fsrs

from interviewer.domain.learning import Rating

DESIRED_RETENTION = 0.9

_SCHEDULER = fsrs.Scheduler(
    desired_retention=DESIRED_RETENTION, learning_steps=(), relearning_steps=(), enable_fuzzing=False
)
_RATINGS = {Rating.AGAIN: fsrs.Rating.Again, Rating.HARD: fsrs.Rating.Hard, Rating.GOOD: fsrs.Rating.Good}


class Review(NamedTuple):
    """How a criterion was rated, and when (aware) the answer was given."""

    rating: Rating
    at: datetime


class Memory(NamedTuple):
    """What is known of the memory of a criterion. `stability` is the days after which nine in ten would recall it.

    `held` is the stability before the last review, None where that was the first; `unaided` counts how often the criterion
    was met without help.
    """

    due: datetime
    last_review: datetime
    stability: float
    difficulty: float
    held: float | None
    rating: Rating
    reviews: int
    unaided: int

    def recall(self, now: datetime) -> float:
        """The share, 0 to 1, that is expected to be recalled now."""
        return _SCHEDULER.get_card_retrievability(self._card(), now)

    def due_by(self, exam: date | None, early: int = 0) -> datetime:
        """When it is due if there is a real interview on that day: reviewed once more so many days before its eve.

        What was reviewed since then is due on the day itself at the latest, so no interval exceeds the days left.
        """
        if exam is None or exam <= self.last_review.date():
            return self.due
        last_time = exam - timedelta(days=1 + early)
        capped = last_time if last_time > self.last_review.date() else exam
        return min(self.due, datetime.combine(capped, time(), UTC))

    def _card(self) -> fsrs.Card:
        return fsrs.Card(
            card_id=1,  # one that is drawn costs a millisecond
            state=fsrs.State.Review,
            stability=self.stability,
            difficulty=self.difficulty,
            due=self.due,
            last_review=self.last_review,
        )


def memory_after(memory: Memory | None, review: Review) -> Memory:
    card = memory._card() if memory else fsrs.Card(card_id=1, due=review.at)  # noqa: SLF001 - its own class
    card, _ = _SCHEDULER.review_card(card, _RATINGS[review.rating], review.at)
    assert card.stability is not None
    assert card.difficulty is not None
    return Memory(
        due=card.due,
        last_review=review.at,
        stability=card.stability,
        difficulty=card.difficulty,
        held=memory.stability if memory else None,
        rating=review.rating,
        reviews=1 + (memory.reviews if memory else 0),
        unaided=(review.rating is Rating.GOOD) + (memory.unaided if memory else 0),
    )


def memory_from(reviews: Iterable[Review]) -> Memory | None:
    """The memory that these reviews leave, in the order of their times; None if there were none."""
    memory = None
    for review in sorted(reviews, key=lambda one: one.at):
        memory = memory_after(memory, review)
    return memory
