"""Classes, who is in them, what was assigned to them, which interviews belong to that, and what coaches wrote on these."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

_PRIMARY, _REQUIRED = {"primary_key": True}, {"nullable": False}


def upgrade() -> None:
    op.create_table(
        "classes",
        sa.Column("id", sa.String(32), **_PRIMARY),
        sa.Column("name", sa.Text, **_REQUIRED),
        sa.Column("owner", sa.String(64), **_REQUIRED),
        sa.Column("created_at", sa.String(32), **_REQUIRED),
        sa.Column("invitation", sa.String(64), **_REQUIRED),
        sa.Column("invites_until", sa.String(32), **_REQUIRED),
        if_not_exists=True,
    )
    op.create_table(
        "class_members",
        sa.Column("classroom", sa.String(32), sa.ForeignKey("classes.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("owner", sa.String(64), **_PRIMARY),
        sa.Column("joined_at", sa.String(32), **_REQUIRED),
        if_not_exists=True,
    )
    op.create_table(
        "assignments",
        sa.Column("id", sa.String(32), **_PRIMARY),
        sa.Column("classroom", sa.String(32), sa.ForeignKey("classes.id", ondelete="CASCADE"), nullable=False),
        sa.Column("title", sa.Text, **_REQUIRED),
        sa.Column("bank", sa.String(80), **_REQUIRED),
        sa.Column("questions", sa.Text, **_REQUIRED),
        sa.Column("mode", sa.String(16), **_REQUIRED),
        sa.Column("due_on", sa.String(10), nullable=True),
        sa.Column("created_at", sa.String(32), **_REQUIRED),
        if_not_exists=True,
    )
    op.create_table(
        "assigned_interviews",
        sa.Column("assignment", sa.String(32), sa.ForeignKey("assignments.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("owner", sa.String(64), **_PRIMARY),
        sa.Column("interview", sa.String(32), **_REQUIRED),
        if_not_exists=True,
    )
    op.create_table(
        "coach_notes",
        sa.Column("interview", sa.String(32), **_PRIMARY),
        sa.Column("owner", sa.String(64), **_PRIMARY),
        sa.Column("by", sa.Text, **_REQUIRED),
        sa.Column("note", sa.Text, **_REQUIRED),
        sa.Column("written_at", sa.String(32), **_REQUIRED),
        if_not_exists=True,
    )
    for table, column in (
        ("classes", "owner"),
        ("class_members", "owner"),
        ("assignments", "classroom"),
        ("assigned_interviews", "owner"),
        ("coach_notes", "owner"),
    ):
        op.create_index(f"ix_{table}_{column}", table, [column], if_not_exists=True)
    op.create_index("ix_classes_invitation", "classes", ["invitation"], unique=True, if_not_exists=True)
    op.create_index(
        "ix_assigned_interviews_interview", "assigned_interviews", ["interview"], unique=True, if_not_exists=True
    )
