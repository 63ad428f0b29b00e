"""What coaches write to candidates about an interview of an assignment."""

from typing import NamedTuple

import sqlalchemy as sa

from interviewer.sessions.question_notes import clean_note
from interviewer.sessions.store import Store
from interviewer.sessions.tables import coach_notes
from interviewer.sessions.timestamps import stored_now


class CoachNote(NamedTuple):
    """A note; its owner is the coach, who was called `by` when it was written (UTC, ISO 8601)."""

    owner: str
    by: str
    note: str
    written_at: str


def list_coach_notes(store: Store, interview: str) -> list[CoachNote]:
    """The notes on an interview, one of each coach, in the order in which they were written."""
    query = sa.select(*(coach_notes.c[name] for name in CoachNote._fields)).where(coach_notes.c.interview == interview)
    return [CoachNote._make(row) for row in store.database.rows(query.order_by(coach_notes.c.written_at))]


def list_notes_of_coach(store: Store, coach: str) -> list[dict[str, str]]:
    """What a coach wrote, the first note first, by column: `interview`, `note` and `written_at`."""
    columns = coach_notes.c.interview, coach_notes.c.note, coach_notes.c.written_at
    query = sa.select(*columns).where(coach_notes.c.owner == coach).order_by(coach_notes.c.written_at)
    return [row._asdict() for row in store.database.rows(query)]


def save_coach_note(store: Store, interview: str, coach: str, by: str, note: str) -> None:
    """Put this in place of what the coach wrote before; an empty note takes it back."""
    kept = clean_note(note)
    this = coach_notes.c.interview == interview, coach_notes.c.owner == coach
    row = CoachNote(coach, by, kept, stored_now())._asdict()
    with store.database.write() as connection:
        connection.execute(coach_notes.delete().where(*this))
        if kept:
            connection.execute(coach_notes.insert().values(interview=interview, **row))
