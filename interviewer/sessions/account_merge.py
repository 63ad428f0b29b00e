"""Everything of one owner given to another: what a browser's anonymous owner played becomes an account's."""

from typing import Any

import sqlalchemy as sa

from interviewer.sessions import review_cards
from interviewer.sessions.tables import accounts, interviews, outcomes, owned_tables, question_notes


def merge_owner(connection: sa.Connection, source: str, target: str) -> None:
    """Give all rows of `source` to `target`, in the transaction of this connection.

    Where both have a row for the same thing, the one of `target` stays; but notes on the same question are joined, and
    review cards are made anew from the reviews of both.
    """
    # An event that is recorded meanwhile waits, or has its outcomes moved with the others.
    connection.execute(sa.select(interviews.c.id).where(interviews.c.owner == source).with_for_update())
    questions = sa.select(outcomes.c.bank, outcomes.c.question).where(outcomes.c.owner == source).distinct()
    reviewed = connection.execute(questions).all()
    review_cards.remove_owner(connection, source)
    _join_notes(connection, source, target)
    for table in owned_tables():
        if table is not accounts:
            _move(connection, table, source, target)
    review_cards.refresh(connection, [(target, bank, question) for bank, question in reviewed])


def _move(connection: sa.Connection, table: sa.Table, source: str, target: str) -> None:
    of_source = table.c.owner == source
    if table.c.owner.primary_key:
        other = table.alias()
        same = [other.c[column.name] == column for column in table.primary_key if column is not table.c.owner]
        connection.execute(table.delete().where(of_source, sa.exists().where(other.c.owner == target, *same)))
    connection.execute(table.update().where(of_source).values(owner=target))


def _join_notes(connection: sa.Connection, source: str, target: str) -> None:
    """Where both wrote about a question, `target` keeps both texts, and the bookmark if either set it."""
    theirs, mine = question_notes.alias(), question_notes.alias()
    same = (theirs.c.bank == mine.c.bank) & (theirs.c.question == mine.c.question)
    query = sa.select(mine, theirs.c.note.label("more"), theirs.c.is_bookmarked.label("also_bookmarked"))
    query = query.join(theirs, same).where(mine.c.owner == target, theirs.c.owner == source)
    for row in connection.execute(query).all():
        this = (question_notes.c.bank == row.bank) & (question_notes.c.question == row.question)
        connection.execute(question_notes.update().where(question_notes.c.owner == target, this).values(_joined(row)))


def _joined(row: Any) -> dict[str, Any]:
    texts = dict.fromkeys(text for text in (row.note, row.more) if text)  # each once
    return {"note": "\n\n".join(texts), "is_bookmarked": row.is_bookmarked or row.also_bookmarked}
