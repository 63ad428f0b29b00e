"""Lists whose criteria a model drafts, with its replies so far; when a model was chosen; and removed banks in no one's way."""

import secrets
from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

_PRIMARY, _REQUIRED = {"primary_key": True}, {"nullable": False}


def upgrade() -> None:
    op.create_table(
        "compilations",
        sa.Column("id", sa.String(32), **_PRIMARY),
        sa.Column("owner", sa.String(64), **_REQUIRED),
        sa.Column("browser_window", sa.String(80), **_REQUIRED),
        sa.Column("name", sa.Text, **_REQUIRED),
        sa.Column("title", sa.Text, **_REQUIRED),
        sa.Column("list", sa.LargeBinary, **_REQUIRED),
        sa.Column("most_references", sa.Integer, **_REQUIRED),
        sa.Column("model", sa.Text, **_REQUIRED),
        sa.Column("created_at", sa.String(32), **_REQUIRED),
        sa.Column("done", sa.Integer, **_REQUIRED),
        sa.Column("total", sa.Integer, **_REQUIRED),
        sa.Column("holder", sa.String(255), **_REQUIRED),
        sa.Column("until", sa.Float, **_REQUIRED),
        sa.Column("result", sa.Text, nullable=True),
        sa.Column("failure", sa.Text, nullable=True),
        if_not_exists=True,
    )
    op.create_index("ix_compilations_owner", "compilations", ["owner"], if_not_exists=True)
    op.create_table(
        "compilation_replies",
        sa.Column("compilation", sa.String(32), sa.ForeignKey("compilations.id", ondelete="CASCADE"), **_PRIMARY),
        sa.Column("request", sa.String(32), **_PRIMARY),
        sa.Column("reply", sa.Text, **_REQUIRED),
        if_not_exists=True,
    )
    if not _has("model_choices", "changed_at"):
        now = datetime.now(UTC).isoformat(timespec="milliseconds")
        op.add_column("model_choices", sa.Column("changed_at", sa.String(32), server_default=now, **_REQUIRED))
        if op.get_bind().dialect.name != "sqlite":  # which cannot take a default away; no row is written without a time
            op.alter_column("model_choices", "changed_at", server_default=None)
    if not _has("stored_banks", "removed_id"):
        op.add_column("stored_banks", sa.Column("removed_id", sa.String(80), nullable=True))
        banks = sa.table("stored_banks", *(sa.column(name) for name in ("owner", "id", "removed_at", "removed_id")))
        removed = sa.select(banks.c.owner, banks.c.id).where(banks.c.removed_at.is_not(None))
        for owner, name in op.get_bind().execute(removed).all():
            this = (banks.c.owner == owner) & (banks.c.id == name)
            op.execute(banks.update().where(this).values(id=secrets.token_hex(16), removed_id=name))


def _has(table: str, column: str) -> bool:
    return column in {found["name"] for found in sa.inspect(op.get_bind()).get_columns(table)}
