"""What owners chose to be graded by, encrypted; and how many tokens a day may cost a class."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.create_table(
        "model_choices",
        sa.Column("owner", sa.String(64), primary_key=True),
        sa.Column("body", sa.Text, nullable=False),
        if_not_exists=True,
    )
    if "daily_tokens" not in {column["name"] for column in sa.inspect(op.get_bind()).get_columns("classes")}:
        op.add_column("classes", sa.Column("daily_tokens", sa.Integer, nullable=True))
