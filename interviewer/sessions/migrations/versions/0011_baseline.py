"""Whatever a database of an older version has not yet: banks apart from the interviews, tables, columns.

Read models are made anew: the program fills them after the last migration. What is there already is left alone, also by
the migrations after this one: it may have been made here, or in a process that was killed.
"""

import hashlib
import json
import secrets
from collections.abc import Iterator
from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

from interviewer.sessions import tables

revision = "0011"
down_revision = None

_READ_MODELS = [tables.overviews, tables.outcomes, tables.interview_words, tables.review_cards]


def upgrade() -> None:
    connection = op.get_bind()
    tables.metadata.drop_all(connection, _READ_MODELS)
    tables.metadata.create_all(connection)
    _extract_banks(connection)
    _add_column("interviews", sa.Column("title", sa.Text))
    _add_column("classes", sa.Column("daily_tokens", sa.Integer))
    now = datetime.now(UTC).isoformat(timespec="milliseconds")
    changed_at = sa.Column("changed_at", sa.String(32), server_default=now, nullable=False)
    if _add_column("model_choices", changed_at) and connection.dialect.name != "sqlite":
        # SQLite cannot take a default away; no row is written without a time.
        op.alter_column("model_choices", "changed_at", server_default=None)
    if _add_column("stored_banks", sa.Column("removed_id", sa.String(80))):
        _rename_removed_banks(connection)
    for table in tables.metadata.sorted_tables:
        for index in table.indexes:  # of a table that was there before it, if a process was killed in between
            index.create(connection, checkfirst=True)


def _add_column(table: str, column: sa.Column) -> bool:
    """Whether it was not there yet."""
    if column.name in {found["name"] for found in sa.inspect(op.get_bind()).get_columns(table)}:
        return False
    op.add_column(table, column)
    return True


def _extract_banks(connection: sa.Connection) -> None:
    """Move the bank out of every first event that has one inside."""
    known = set(connection.execute(sa.text("SELECT digest FROM banks")).scalars())
    for interview, body in _first_events(connection):
        try:
            begun = json.loads(body)
        except ValueError:
            continue  # it could not be read before either, and is listed as such
        if not isinstance(begun, dict) or not isinstance(begun.get("bank"), dict):
            continue
        text = json.dumps(begun["bank"], ensure_ascii=False, separators=(",", ":"))
        digest = hashlib.sha256(text.encode()).hexdigest()
        if digest not in known:
            known.add(digest)
            insert = sa.text("INSERT INTO banks (digest, body) VALUES (:digest, :body)")
            connection.execute(insert, {"digest": digest, "body": text})
        update = sa.text("UPDATE events SET body = :body WHERE interview = :id AND number = 0")
        referring = json.dumps({**begun, "bank": digest}, ensure_ascii=False, separators=(",", ":"))
        connection.execute(update, {"id": interview, "body": referring})


def _first_events(connection: sa.Connection) -> Iterator[tuple[str, str]]:
    """Interview by interview: all bodies at once would fill the memory."""
    query = sa.text("SELECT body FROM events WHERE interview = :id AND number = 0 AND kind = 'Begun'")
    for interview in connection.execute(sa.text("SELECT id FROM interviews ORDER BY id")).scalars().all():
        found = connection.execute(query, {"id": interview}).scalar()
        if found is not None:
            yield interview, found


def _rename_removed_banks(connection: sa.Connection) -> None:
    """Give removed banks ids of their own, which stand in no one's way."""
    removed = connection.execute(sa.text("SELECT owner, id FROM stored_banks WHERE removed_at IS NOT NULL")).all()
    rename = sa.text("UPDATE stored_banks SET id = :new, removed_id = :id WHERE owner = :owner AND id = :id")
    for owner, name in removed:
        connection.execute(rename, {"owner": owner, "id": name, "new": secrets.token_hex(16)})
