from datetime import timedelta

import sqlalchemy as sa
from fakes import begun, grade
from practice import Clock, append

from interviewer.domain.grade import Level, Ruling
from interviewer.domain.interview import Answered, Graded, Mode, Retried, Ruled, Skipped, Unprobed, replay
from interviewer.domain.learning import Rating
from interviewer.sessions import review_cards
from interviewer.sessions.history_archive import export_history
from interviewer.sessions.practice_log import list_verdicts
from interviewer.sessions.store import Store


def answered(store: Store, **levels: Level | None) -> str:
    """An interview whose first question was answered and graded so."""
    interview = store.create("me", begun())
    append(store, interview, Answered("it is switched off"), Unprobed())
    attempt = replay(recorded.event for recorded in store.history(interview)).attempts[0]
    append(store, interview, Graded("dropout", 1, grade(attempt, **levels)))
    return interview


def cards(store: Store) -> dict[str, review_cards.ReviewCard]:
    with store.database.read() as connection:
        return {card.criterion: card for card in review_cards.list_cards(connection, "me")}


def kept(store: Store) -> list[tuple[object, ...]]:
    with store.database.read() as connection:
        return sorted(tuple(row) for row in connection.execute(sa.text("SELECT * FROM review_cards")))


def test_a_grade_makes_a_card_of_each_core_criterion_and_of_a_mistake_that_was_made(store: Store, clock: Clock) -> None:
    answered(store, off=Level.MET, random=Level.MISSING)
    assert {name: card.memory.rating for name, card in cards(store).items()} == {
        "off": Rating.GOOD,
        "random": Rating.AGAIN,
    }
    clock.days(1)
    answered(store, off=Level.MET, random=Level.MET, on=Level.MET)
    found = cards(store)
    assert found["on"].memory.rating is Rating.AGAIN
    assert (found["off"].memory.reviews, found["on"].memory.reviews) == (2, 1)
    clock.days(1)
    answered(store, off=Level.MET)
    assert cards(store)["on"].memory.rating is Rating.GOOD
    assert all(card.memory.due.utcoffset() == timedelta(0) for card in cards(store).values())


def test_cards_that_are_rebuilt_equal_those_that_were_kept(store: Store, clock: Clock) -> None:
    first = answered(store, off=Level.MET, random=None)
    clock.days(3)
    second = answered(store, off=Level.PARTIAL, random=Level.MET, on=Level.MET)
    clock.days(9)
    append(store, first, Ruled("dropout", 1, Ruling("random", Level.MISSING)))
    append(store, second, Retried(), Answered("switched off"), Unprobed())
    attempt = replay(recorded.event for recorded in store.history(second)).attempts[1]
    append(store, second, Graded("dropout", 2, grade(attempt, off=Level.MET)))
    before = kept(store)
    assert len(before) == 3
    with store.database.write() as connection:
        connection.execute(sa.text("DELETE FROM review_cards"))
    store.rebuild_read_models()
    assert kept(store) == before


def test_a_ruling_that_comes_later_moves_the_due_date_as_if_it_had_been_known(store: Store, clock: Clock) -> None:
    interview = answered(store, off=Level.MISSING)
    missed = cards(store)["off"].memory
    clock.days(5)
    append(store, interview, Ruled("dropout", 1, Ruling("off", Level.MET)))
    ruled = cards(store)["off"].memory
    assert (ruled.rating, ruled.reviews, ruled.last_review) == (Rating.GOOD, 1, missed.last_review)
    assert ruled.due > missed.due
    append(store, interview, Ruled("dropout", 1, Ruling("off", None)))
    assert cards(store)["off"].memory == missed


def test_an_interview_that_shows_no_grades_before_its_end_moves_no_card_before_it(store: Store, clock: Clock) -> None:
    interview = store.create("me", begun(Mode.INTERVIEW))
    append(store, interview, Answered("it is switched off"), Unprobed())
    attempt = replay(recorded.event for recorded in store.history(interview)).attempts[0]
    append(store, interview, Graded("dropout", 1, grade(attempt, off=Level.MET)))
    assert cards(store) == {}
    assert list_verdicts(store, "me") == []
    assert "Graded" not in export_history(store, "me")
    append(store, interview, Skipped())
    assert cards(store)["off"].memory.rating is Rating.GOOD
    assert list_verdicts(store, "me")
    assert "Graded" in export_history(store, "me")
    before = kept(store)
    store.rebuild_read_models()
    assert kept(store) == before


def test_a_ruling_that_says_nobody_can_tell_takes_the_card_away(store: Store) -> None:
    interview = store.create("me", begun())
    append(store, interview, Answered("x"), Unprobed(), Ruled("dropout", 1, Ruling("off", Level.MET)))
    assert set(cards(store)) == {"off"}
    append(store, interview, Ruled("dropout", 1, Ruling("off", None)))
    assert cards(store) == {}


def test_no_card_of_anybody_else_is_looked_at_where_several_questions_were_reviewed(store: Store, clock: Clock) -> None:
    answered(store, off=Level.MET)
    asked: list[tuple[str, object]] = []
    with store.database.write() as connection:
        if connection.dialect.name != "sqlite":
            return  # its plans are tested with many rows, in test_indexes

        @sa.event.listens_for(connection, "before_cursor_execute")
        def note(_c: object, _cursor: object, statement: str, values: object, *_: object) -> None:
            asked.append((statement, values))

        review_cards.refresh(connection, [("me", "bank", name) for name in ("dropout", "shuffle", "other")])
        made = [(text, values) for text, values in asked if not text.startswith("INSERT")]
        plans = [str(row) for one in made for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {one[0]}", one[1])]
    assert len(made) >= 2
    assert not [plan for plan in plans if "SCAN" in plan], plans
