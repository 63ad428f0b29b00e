"""Interviews and their events.

Tables that are there already are left alone: older versions could be killed between one table and the next.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "interviews",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("owner", sa.String(64), nullable=False),
        sa.Column("begun_at", sa.String(32), nullable=False),
        if_not_exists=True,
    )
    op.create_index("ix_interviews_owner", "interviews", ["owner"], if_not_exists=True)
    op.create_table(
        "events",
        sa.Column("interview", sa.String(32), sa.ForeignKey("interviews.id"), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        if_not_exists=True,
    )
