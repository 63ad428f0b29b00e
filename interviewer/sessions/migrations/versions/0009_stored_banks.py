"""Banks of people, of classes and of everybody, on servers where people have accounts."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

_PRIMARY, _REQUIRED = {"primary_key": True}, {"nullable": False}


def upgrade() -> None:
    op.create_table(
        "stored_banks",
        sa.Column("owner", sa.String(64), **_PRIMARY),
        sa.Column("id", sa.String(80), **_PRIMARY),
        sa.Column("visibility", sa.String(16), **_REQUIRED),
        sa.Column("classroom", sa.String(32), sa.ForeignKey("classes.id", ondelete="SET NULL"), nullable=True),
        sa.Column("yaml", sa.Text, **_REQUIRED),
        sa.Column("digest", sa.String(64), **_REQUIRED),
        sa.Column("imported", sa.Text, **_REQUIRED),
        sa.Column("changed_at", sa.String(32), **_REQUIRED),
        sa.Column("removed_at", sa.String(32), nullable=True),
        if_not_exists=True,
    )
    for name, columns in (("class", ["classroom", "id"]), ("everybody", ["id"])):
        is_there = sa.text(f"visibility = '{name}' AND removed_at IS NULL")
        op.create_index(
            f"ix_stored_banks_{name}",
            "stored_banks",
            columns,
            unique=True,
            if_not_exists=True,
            sqlite_where=is_there,
            postgresql_where=is_there,
        )
