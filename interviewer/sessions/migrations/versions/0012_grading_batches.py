"""Answers of many candidates that workers grade, and what became of each."""

from alembic import op

from interviewer.sessions.tables import batch_answers, grading_batches, metadata

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    metadata.create_all(op.get_bind(), [grading_batches, batch_answers])
    for index in batch_answers.indexes:  # of a table that was there before it, if a process was killed in between
        index.create(op.get_bind(), checkfirst=True)
