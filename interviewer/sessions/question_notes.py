"""What owners write about questions for later, and the bookmarks they set."""

import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import sqlalchemy as sa

from interviewer.domain.rubric import is_id
from interviewer.errors import TranscriptError
from interviewer.sessions.interview_plan import QuestionName
from interviewer.sessions.store import Store
from interviewer.sessions.tables import question_notes
from interviewer.sessions.timestamps import stored_now
from interviewer.text.messages import localized

LONGEST_NOTE = 4000


class QuestionNote(NamedTuple):
    """What an owner keeps about a question; `note` may be empty."""

    note: str = ""
    is_bookmarked: bool = False


NO_NOTE = QuestionNote()

_UNSEEN = ("Cc", "Cf", "Cs")
_KEPT_SIGNS = "\n\t\u200d"  # the last one joins emoji


def clean_note(text: str) -> str:
    """A note as it is kept: without characters that no reader sees or that change the direction of the others."""
    seen = (one for one in text if one in _KEPT_SIGNS or unicodedata.category(one) not in _UNSEEN)
    return "".join(seen).strip()[:LONGEST_NOTE]


def list_notes(store: Store, owner: str) -> dict[QuestionName, QuestionNote]:
    query = sa.select(question_notes).where(question_notes.c.owner == owner)
    rows = store.database.rows(query.order_by(question_notes.c.bank, question_notes.c.question))
    return {QuestionName(row.bank, row.question): QuestionNote(row.note, row.is_bookmarked) for row in rows}


def save_note(
    store: Store, owner: str, name: QuestionName, *, note: str | None = None, is_bookmarked: bool | None = None
) -> None:
    """Change what an owner keeps about a question; None leaves it as it is."""
    columns = (question_notes.c.owner, question_notes.c.bank, question_notes.c.question)
    this = [column == value for column, value in zip(columns, (owner, *name), strict=True)]
    with store.database.write() as connection:
        found = connection.execute(sa.select(question_notes).where(*this)).first()
        old = QuestionNote(found.note, found.is_bookmarked) if found else NO_NOTE
        new = QuestionNote(
            old.note if note is None else clean_note(note),
            old.is_bookmarked if is_bookmarked is None else is_bookmarked,
        )
        connection.execute(question_notes.delete().where(*this))
        if new != NO_NOTE:
            row = {"owner": owner, **name._asdict(), **new._asdict(), "changed_at": stored_now()}
            connection.execute(question_notes.insert().values(row))


def notes_to_plain(notes: Mapping[QuestionName, QuestionNote]) -> list[dict[str, Any]]:
    return [{**name._asdict(), **note._asdict()} for name, note in notes.items()]


def notes_from_plain(plain: object) -> dict[QuestionName, QuestionNote]:
    """What `notes_to_plain` wrote. Raises TranscriptError if it cannot be read."""
    if not isinstance(plain, list):
        raise TranscriptError(localized("history.no_list"))
    found = {}
    for one in plain:
        match one:
            case {
                "bank": str(bank),
                "question": str(question),
                "note": str(note),
                "is_bookmarked": bool(is_bookmarked),
            } if is_id(bank) and is_id(question):
                found[QuestionName(bank, question)] = QuestionNote(clean_note(note), is_bookmarked)
            case _:
                raise TranscriptError(localized("history.bad_note"))
    return found


def add_notes(
    store: Store, owner: str, notes: Mapping[QuestionName, QuestionNote], known: Iterable[QuestionName]
) -> None:
    """Keep the notes on questions that are not `known` to have one."""
    there = set(known)
    for name, one in notes.items():
        if name not in there:
            save_note(store, owner, name, note=one.note, is_bookmarked=one.is_bookmarked)
