"""Banks are kept once and referred to; read models and claims.

The read models are filled by the program after the last migration. Tables that are there already are left alone.
"""

import hashlib
import json
from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_PRIMARY, _REQUIRED = {"primary_key": True}, {"nullable": False}


def _interview() -> sa.Column:
    return sa.Column("interview", sa.String(32), sa.ForeignKey("interviews.id", ondelete="CASCADE"), primary_key=True)


def upgrade() -> None:
    op.create_table(
        "banks",
        sa.Column("digest", sa.String(64), **_PRIMARY),
        sa.Column("body", sa.Text, **_REQUIRED),
        if_not_exists=True,
    )
    op.create_table(
        "overviews",
        _interview(),
        sa.Column("owner", sa.String(64), **_REQUIRED),
        sa.Column("begun_at", sa.String(32), **_REQUIRED),
        sa.Column("changed_at", sa.String(32), **_REQUIRED),
        sa.Column("bank", sa.String(80), **_REQUIRED),
        sa.Column("bank_zh", sa.Text, **_REQUIRED),
        sa.Column("bank_en", sa.Text, **_REQUIRED),
        sa.Column("mode", sa.String(16), **_REQUIRED),
        sa.Column("phase", sa.String(16), **_REQUIRED),
        sa.Column("position", sa.Integer, **_REQUIRED),
        sa.Column("planned", sa.Integer, **_REQUIRED),
        sa.Column("answered", sa.Integer, **_REQUIRED),
        sa.Column("graded", sa.Integer, **_REQUIRED),
        sa.Column("failed", sa.Integer, **_REQUIRED),
        sa.Column("due", sa.Integer, **_REQUIRED),
        sa.Column("low", sa.Float, nullable=True),
        sa.Column("high", sa.Float, nullable=True),
        sa.Column("is_estimate", sa.Boolean, **_REQUIRED),
        sa.Column("problem", sa.Text, **_REQUIRED),
        if_not_exists=True,
    )
    due = sa.text("due > 0")
    op.create_index("ix_overviews_owner", "overviews", ["owner", "changed_at"], if_not_exists=True)
    op.create_index("ix_overviews_changed_at", "overviews", ["changed_at"], if_not_exists=True)
    op.create_index(
        "ix_overviews_due", "overviews", ["interview"], sqlite_where=due, postgresql_where=due, if_not_exists=True
    )
    op.create_table(
        "outcomes",
        sa.Column("owner", sa.String(64), **_PRIMARY),
        _interview(),
        sa.Column("question", sa.String(80), **_PRIMARY),
        sa.Column("attempt", sa.Integer, autoincrement=False, **_PRIMARY),
        sa.Column("criterion", sa.String(80), **_PRIMARY),
        sa.Column("bank", sa.String(80), **_REQUIRED),
        sa.Column("rubric", sa.String(16), **_REQUIRED),
        sa.Column("level", sa.String(16), nullable=True),
        sa.Column("aid", sa.String(16), **_REQUIRED),
        sa.Column("at", sa.String(32), **_REQUIRED),
        sqlite_with_rowid=False,
        if_not_exists=True,
    )
    op.create_table(
        "claims",
        _interview(),
        sa.Column("effect_key", sa.String(255), **_PRIMARY),
        sa.Column("holder", sa.String(255), **_REQUIRED),
        sa.Column("until", sa.Float, **_REQUIRED),
        if_not_exists=True,
    )
    _extract_banks()


def _extract_banks() -> None:
    """Move the bank out of every first event that has one inside."""
    connection = op.get_bind()
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
            connection.execute(
                sa.text("INSERT INTO banks (digest, body) VALUES (:digest, :body)"), {"digest": digest, "body": text}
            )
        _write(connection, interview, {**begun, "bank": digest})


def _first_events(connection: sa.Connection) -> Iterator[tuple[str, str]]:
    """Interview by interview: all bodies at once would fill the memory."""
    for interview in connection.execute(sa.text("SELECT id FROM interviews ORDER BY id")).scalars().all():
        found = connection.execute(
            sa.text("SELECT body FROM events WHERE interview = :id AND number = 0 AND kind = 'Begun'"),
            {"id": interview},
        ).scalar()
        if found is not None:
            yield interview, found


def _write(connection: sa.Connection, interview: str, begun: dict) -> None:
    connection.execute(
        sa.text("UPDATE events SET body = :body WHERE interview = :id AND number = 0"),
        {"id": interview, "body": json.dumps(begun, ensure_ascii=False, separators=(",", ":"))},
    )
