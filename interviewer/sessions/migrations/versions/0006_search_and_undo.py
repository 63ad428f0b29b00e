"""What interviews are found by, which the program fills afterwards, and the interviews that can still be put back."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

_PRIMARY, _REQUIRED = {"primary_key": True}, {"nullable": False}


def upgrade() -> None:
    op.create_table(
        "interview_words",
        sa.Column("interview", sa.String(32), sa.ForeignKey("interviews.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("words", sa.Text, **_REQUIRED),
        if_not_exists=True,
    )
    op.create_table(
        "removed_interviews",
        sa.Column("interview", sa.String(32), **_PRIMARY),
        sa.Column("owner", sa.String(64), **_REQUIRED),
        sa.Column("title", sa.Text, nullable=True),
        sa.Column("removed_at", sa.String(32), **_REQUIRED),
        sa.Column("bank", sa.Text, **_REQUIRED),
        sa.Column("events", sa.Text, **_REQUIRED),
        if_not_exists=True,
    )
