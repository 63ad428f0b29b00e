"""What classes know of deleted interviews, taken out in the transaction that deletes them."""

import sqlalchemy as sa

from interviewer.sessions.tables import assigned_interviews, coach_notes, interviews, removed_interviews


def remove_deleted_interviews(connection: sa.Connection) -> None:
    """Drop what is known of interviews that nobody can put back any more."""
    for table in (coach_notes, assigned_interviews):
        is_deleted = table.c.interview.not_in(sa.select(interviews.c.id))
        is_forgotten = table.c.interview.not_in(sa.select(removed_interviews.c.interview))
        connection.execute(table.delete().where(is_deleted, is_forgotten))
