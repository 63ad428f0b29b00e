"""The read model of each owner's memory: one card for each criterion that was reviewed, made from the outcomes.

A card is always made from all reviews of its criterion, so a ruling that comes later moves its due date just as if it had
been known from the first.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from itertools import groupby, islice
from operator import itemgetter
from types import MappingProxyType
from typing import Any, NamedTuple

import sqlalchemy as sa

from interviewer.domain.learning import Rating, opens_card
from interviewer.domain.rubric import Kind
from interviewer.sessions.review_schedule import Memory, Review, memory_from
from interviewer.sessions.tables import outcomes, review_cards
from interviewer.sessions.timestamps import as_stored

# Put together once: that takes SQLAlchemy longer than asking.
_KEY = (outcomes.c.owner, outcomes.c.bank, outcomes.c.question)
_ALL = (
    sa.select(*_KEY, outcomes.c.criterion, outcomes.c.kind, outcomes.c.rating, outcomes.c.answered_at)
    .where(outcomes.c.rating.is_not(None))
    .order_by(*_KEY, outcomes.c.answered_at)
)
# Not by tuples of all three: for those SQLite reads the whole table.
_OF_QUESTIONS = _ALL.where(
    outcomes.c.owner == sa.bindparam("of_owner"),
    outcomes.c.bank == sa.bindparam("of_bank"),
    outcomes.c.question.in_(sa.bindparam("questions", expanding=True)),
)
_REMOVE_QUESTIONS = review_cards.delete().where(
    review_cards.c.owner == sa.bindparam("of_owner"),
    review_cards.c.bank == sa.bindparam("of_bank"),
    review_cards.c.question.in_(sa.bindparam("questions", expanding=True)),
)
_ADD = review_cards.insert()
_MOST_AT_ONCE = 1000  # databases take so many values in a statement, and no more


class ReviewCard(NamedTuple):
    """What is known of an owner's memory of one criterion."""

    bank: str
    question: str
    criterion: str
    memory: Memory


def list_cards(connection: sa.Connection, owner: str) -> list[ReviewCard]:
    """All cards of an owner, also those of questions that no bank has any more."""
    rows = connection.execute(sa.select(review_cards).where(review_cards.c.owner == owner))
    return [ReviewCard(row.bank, row.question, row.criterion, _memory(row)) for row in rows]


def refresh(connection: sa.Connection, questions: Collection[tuple[str, str, str]]) -> None:
    """Make the cards of questions (owner, bank, question) anew from their outcomes."""
    for (owner, bank), keys in groupby(sorted(questions), key=itemgetter(0, 1)):
        while some := [question for _, _, question in islice(keys, _MOST_AT_ONCE)]:
            values = {"of_owner": owner, "of_bank": bank, "questions": some}
            connection.execute(_REMOVE_QUESTIONS, values)
            _fill(connection, _OF_QUESTIONS, values)


def remove_owner(connection: sa.Connection, owner: str) -> None:
    connection.execute(review_cards.delete().where(review_cards.c.owner == owner))


def rebuild_review_cards(connection: sa.Connection) -> None:
    connection.execute(review_cards.delete())
    _fill(connection, _ALL)


def _fill(connection: sa.Connection, query: sa.Select[Any], values: Mapping[str, Any] = MappingProxyType({})) -> None:
    by_question = groupby(connection.execute(query, values), key=lambda row: tuple(row[:3]))
    cards = (
        {"owner": owner, "bank": bank, "question": question, **card}
        for (owner, bank, question), rows in by_question
        for card in _cards(rows)
    )
    while some := list(islice(cards, _MOST_AT_ONCE)):
        connection.execute(_ADD, some)


def _cards(rows: Iterable[Any]) -> list[dict[str, Any]]:
    reviews: dict[str, list[Review]] = defaultdict(list)
    for row in rows:
        rating = Rating(row.rating)
        if row.criterion in reviews or opens_card(Kind(row.kind), rating):
            reviews[row.criterion].append(Review(rating, datetime.fromisoformat(row.answered_at)))
    return [
        {
            **memory._asdict(),
            "criterion": criterion,
            "due": as_stored(memory.due),
            "last_review": as_stored(memory.last_review),
        }
        for criterion, made in reviews.items()
        if (memory := memory_from(made))
    ]


def _memory(row: Any) -> Memory:
    due, last_review = (datetime.fromisoformat(at) for at in (row.due, row.last_review))
    known = Memory._make(getattr(row, name) for name in Memory._fields)
    return known._replace(due=due, last_review=last_review, rating=Rating(row.rating))
