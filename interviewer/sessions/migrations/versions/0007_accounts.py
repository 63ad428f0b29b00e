"""Who signed in. A person is `issuer` and `subject` together; the role is settled where an admin gave it."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

_PRIMARY, _REQUIRED = {"primary_key": True}, {"nullable": False}


def upgrade() -> None:
    op.create_table(
        "accounts",
        sa.Column("owner", sa.String(64), **_PRIMARY),
        sa.Column("issuer", sa.String(255), **_REQUIRED),
        sa.Column("subject", sa.String(255), **_REQUIRED),
        sa.Column("name", sa.Text, **_REQUIRED),
        sa.Column("email", sa.Text, **_REQUIRED),
        sa.Column("role", sa.String(16), **_REQUIRED),
        sa.Column("is_role_settled", sa.Boolean, **_REQUIRED),
        sa.Column("epoch", sa.Integer, **_REQUIRED),
        if_not_exists=True,
    )
    op.create_index("ix_accounts_person", "accounts", ["issuer", "subject"], unique=True, if_not_exists=True)
