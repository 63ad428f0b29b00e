"""What is known of each owner's memory, what owners chose for practice, and the names they give to interviews.

Outcomes are made anew, as one interview may have questions of several banks; the program fills them after the last
migration. Tables that are there already are left alone.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

_PRIMARY, _REQUIRED = {"primary_key": True}, {"nullable": False}


def upgrade() -> None:
    if "title" not in {column["name"] for column in sa.inspect(op.get_bind()).get_columns("interviews")}:
        op.add_column("interviews", sa.Column("title", sa.Text, nullable=True))
    is_open = sa.text("phase <> 'over'")
    op.create_index(
        "ix_overviews_open", "overviews", ["owner", "changed_at"],
        sqlite_where=is_open, postgresql_where=is_open, if_not_exists=True,
    )  # fmt: skip
    op.drop_table("outcomes")
    _create_outcomes(
        sa.Column("bank", sa.String(80), **_PRIMARY),
        sa.Column("kind", sa.String(8), **_REQUIRED),
        sa.Column("answered_at", sa.String(32), **_REQUIRED),
        sa.Column("rating", sa.String(8), nullable=True),
        sa.Column("seconds", sa.Float, nullable=True),
    )
    op.create_index("ix_outcomes_answered", "outcomes", ["owner", "answered_at"])
    op.create_index("ix_outcomes_question", "outcomes", ["owner", "bank", "question", "answered_at"])
    op.create_table(
        "review_cards",
        sa.Column("owner", sa.String(64), **_PRIMARY),
        sa.Column("bank", sa.String(80), **_PRIMARY),
        sa.Column("question", sa.String(80), **_PRIMARY),
        sa.Column("criterion", sa.String(80), **_PRIMARY),
        sa.Column("due", sa.String(32), **_REQUIRED),
        sa.Column("last_review", sa.String(32), **_REQUIRED),
        sa.Column("stability", sa.Float, **_REQUIRED),
        sa.Column("difficulty", sa.Float, **_REQUIRED),
        sa.Column("held", sa.Float, nullable=True),
        sa.Column("rating", sa.String(8), **_REQUIRED),
        sa.Column("reviews", sa.Integer, **_REQUIRED),
        sa.Column("unaided", sa.Integer, **_REQUIRED),
        sqlite_with_rowid=False,
        if_not_exists=True,
    )
    op.create_table(
        "owner_settings",
        sa.Column("owner", sa.String(64), **_PRIMARY),
        sa.Column("exam_on", sa.String(10), nullable=True),
        sa.Column("daily_cap", sa.Integer, nullable=True),
        if_not_exists=True,
    )


def _create_outcomes(*more: sa.Column) -> None:
    op.create_table(
        "outcomes",
        sa.Column("owner", sa.String(64), **_PRIMARY),
        sa.Column("interview", sa.String(32), sa.ForeignKey("interviews.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("question", sa.String(80), **_PRIMARY),
        sa.Column("attempt", sa.Integer, autoincrement=False, **_PRIMARY),
        sa.Column("criterion", sa.String(80), **_PRIMARY),
        sa.Column("rubric", sa.String(16), **_REQUIRED),
        sa.Column("level", sa.String(16), nullable=True),
        sa.Column("grader_level", sa.String(16), nullable=True),
        sa.Column("ruled_by", sa.Text, nullable=True),
        sa.Column("aid", sa.String(16), **_REQUIRED),
        sa.Column("at", sa.String(32), **_REQUIRED),
        *more,
        sqlite_with_rowid=False,
    )
