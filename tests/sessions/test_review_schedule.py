from datetime import UTC, date, datetime, timedelta

import pytest

from interviewer.domain.learning import Rating
from interviewer.sessions.review_schedule import DESIRED_RETENTION, Review, memory_after, memory_from

DAY_1 = datetime(2026, 1, 1, 9, tzinfo=UTC)


def test_a_point_that_is_recalled_each_time_it_is_due_is_asked_ever_more_rarely() -> None:
    memory, gaps = None, []
    at = DAY_1
    for _ in range(4):
        memory = memory_after(memory, Review(Rating.GOOD, at))
        gaps.append((memory.due - at).days)
        at = memory.due
    assert gaps == [2, 11, 46, 163]
    assert memory
    assert (memory.reviews, memory.unaided) == (4, 4)
    assert memory.held
    assert memory.held < memory.stability


def test_nine_in_ten_are_expected_to_be_recalled_when_a_point_is_due() -> None:
    memory = memory_from([Review(Rating.GOOD, DAY_1), Review(Rating.GOOD, DAY_1 + timedelta(days=2))])
    assert memory
    assert memory.recall(memory.last_review) == pytest.approx(1)
    assert memory.recall(memory.due) == pytest.approx(DESIRED_RETENTION, abs=0.01)


def test_the_order_of_the_reviews_is_that_of_their_times() -> None:
    reviews = [Review(Rating.AGAIN, DAY_1), Review(Rating.GOOD, DAY_1 + timedelta(days=3))]
    assert memory_from(reversed(reviews)) == memory_from(reviews)
    assert memory_from([]) is None


def test_a_real_interview_caps_every_interval() -> None:
    memory, at = None, DAY_1
    for _ in range(5):
        memory = memory_after(memory, Review(Rating.GOOD, at))
        for days in range(1, 400, 7):
            exam = memory.last_review.date() + timedelta(days=days)
            for early in (0, 2):
                due = memory.due_by(exam, early)
                assert due <= memory.due
                assert due.date() <= exam
                if days > early + 1:
                    assert due.date() <= exam - timedelta(days=early + 1)
        assert memory.due_by(date(2020, 1, 1)) == memory.due_by(None) == memory.due
        at = memory.due


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="timezone"):
        memory_after(None, Review(Rating.GOOD, DAY_1.replace(tzinfo=None)))
