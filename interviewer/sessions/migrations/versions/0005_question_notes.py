"""What owners write about questions, and which questions wait in open interviews; the program fills the latter afterwards."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

_PRIMARY, _REQUIRED = {"primary_key": True}, {"nullable": False}


def upgrade() -> None:
    if "waiting" not in {column["name"] for column in sa.inspect(op.get_bind()).get_columns("overviews")}:
        op.add_column("overviews", sa.Column("waiting", sa.Text, server_default="", **_REQUIRED))
    op.create_table(
        "question_notes",
        sa.Column("owner", sa.String(64), **_PRIMARY),
        sa.Column("bank", sa.String(80), **_PRIMARY),
        sa.Column("question", sa.String(80), **_PRIMARY),
        sa.Column("note", sa.Text, **_REQUIRED),
        sa.Column("is_bookmarked", sa.Boolean, **_REQUIRED),
        sa.Column("changed_at", sa.String(32), **_REQUIRED),
        if_not_exists=True,
    )
