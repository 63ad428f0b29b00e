"""The read model of each owner's memory: one card for each criterion that was reviewed, made from the outcomes.

A card is always made from all reviews of its criterion, so a ruling that comes later moves its due date just as if it had
been known from the first.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from itertools import groupby
from typing import Any, NamedTuple

import sqlalchemy as sa

from interviewer.domain.learning import Rating, opens_card
from interviewer.domain.rubric import Kind
from interviewer.sessions.review_schedule import Memory, Review, memory_from
from interviewer.sessions.tables import outcomes, review_cards


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


def refresh(connection: sa.Connection, owner: str, bank: str, question: str) -> None:
    """Make the cards of one question anew from its outcomes."""
    one = {"owner": owner, "bank": bank, "question": question}
    connection.execute(review_cards.delete().where(*(review_cards.c[name] == value for name, value in one.items())))
    _fill(connection, *(outcomes.c[name] == value for name, value in one.items()))


def remove_owner(connection: sa.Connection, owner: str) -> None:
    connection.execute(review_cards.delete().where(review_cards.c.owner == owner))


def rebuild_review_cards(connection: sa.Connection) -> None:
    """Make all cards anew from the outcomes."""
    connection.execute(review_cards.delete())
    _fill(connection)


def _fill(connection: sa.Connection, *where: sa.ColumnElement[bool]) -> None:
    columns = (outcomes.c.owner, outcomes.c.bank, outcomes.c.question)
    query = sa.select(*columns, outcomes.c.criterion, outcomes.c.kind, outcomes.c.rating, outcomes.c.answered_at)
    query = query.where(outcomes.c.rating.is_not(None), *where).order_by(*columns, outcomes.c.answered_at)
    for (owner, bank, question), rows in groupby(connection.execute(query), key=lambda row: tuple(row[:3])):
        key = {"owner": owner, "bank": bank, "question": question}
        if cards := [{**key, **card} for card in _cards(rows)]:
            connection.execute(review_cards.insert(), cards)


def _cards(rows: Iterable[Any]) -> list[dict[str, Any]]:
    reviews: dict[str, list[Review]] = defaultdict(list)
    for row in rows:
        rating = Rating(row.rating)
        if row.criterion in reviews or opens_card(Kind(row.kind), rating):
            reviews[row.criterion].append(Review(rating, datetime.fromisoformat(row.answered_at)))
    return [
        {**memory._asdict(), "criterion": criterion, "due": _text(memory.due), "last_review": _text(memory.last_review)}
        for criterion, made in reviews.items()
        if (memory := memory_from(made))
    ]


def _text(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds")


def _memory(row: Any) -> Memory:
    return Memory(
        due=datetime.fromisoformat(row.due),
        last_review=datetime.fromisoformat(row.last_review),
        stability=row.stability,
        difficulty=row.difficulty,
        held=row.held,
        rating=Rating(row.rating),
        reviews=row.reviews,
        unaided=row.unaided,
    )
