"""Answers of many candidates that workers grade, and what became of each."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"

_PRIMARY, _REQUIRED = {"primary_key": True}, {"nullable": False}


def upgrade() -> None:
    op.create_table(
        "grading_batches",
        sa.Column("id", sa.String(32), **_PRIMARY),
        sa.Column("bank_id", sa.String(80), **_REQUIRED),
        sa.Column("bank", sa.Text, **_REQUIRED),
        sa.Column("language", sa.String(8), **_REQUIRED),
        sa.Column("grader", sa.Text, **_REQUIRED),
        sa.Column("model", sa.Text, **_REQUIRED),
        sa.Column("created_at", sa.String(32), **_REQUIRED),
        if_not_exists=True,
    )
    op.create_table(
        "batch_answers",
        sa.Column("batch", sa.String(32), sa.ForeignKey("grading_batches.id", ondelete="CASCADE"), **_PRIMARY),
        sa.Column("number", sa.Integer, autoincrement=False, **_PRIMARY),
        sa.Column("lane", sa.Integer, **_REQUIRED),
        sa.Column("answer", sa.Text, **_REQUIRED),
        sa.Column("grade", sa.Text, nullable=True),
        sa.Column("failure", sa.Text, nullable=True),
        sa.Column("tokens", sa.Integer, nullable=True),
        sa.Column("changed_at", sa.String(32), **_REQUIRED),
        if_not_exists=True,
    )
    is_open = sa.text("grade IS NULL AND failure IS NULL")
    op.create_index(
        "ix_batch_answers_open",
        "batch_answers",
        ["batch", "lane", "number"],
        if_not_exists=True,
        sqlite_where=is_open,
        postgresql_where=is_open,
    )
