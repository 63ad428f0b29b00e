"""What people ruled stands beside what graders said.

The program fills the new columns after the last migration; columns that are there already are left alone.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

_COLUMNS = {"grader_level": sa.String(16), "ruled_by": sa.Text()}


def upgrade() -> None:
    there = {column["name"] for column in sa.inspect(op.get_bind()).get_columns("outcomes")}
    for name, kind in _COLUMNS.items():
        if name not in there:
            op.add_column("outcomes", sa.Column(name, kind, nullable=True))
