"""Taking interviews and people out of the database and the data folder, and putting one interview back."""

import json
from collections.abc import Iterable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

import sqlalchemy as sa

from interviewer.domain.interview import Begun
from interviewer.domain.rubric import Localized
from interviewer.errors import NoSuchInterview
from interviewer.sessions import class_removal
from interviewer.sessions.serialization import (
    bank_from_json,
    begun_from_json,
    begun_to_json,
    event_from_json,
    event_to_json,
)
from interviewer.sessions.store import RecordedEvent, Store
from interviewer.sessions.tables import removed_interviews
from interviewer.sessions.timestamps import stored_now
from interviewer.text.messages import localized

# So long what was deleted on the page can be put back, also after a restart; then nothing of it is left.
KEPT_FOR = timedelta(days=1)


class DeletedInterview(NamedTuple):
    id: str
    title: str | None
    bank_title: Localized


def soft_delete(store: Store, interview: str, owner: str) -> None:
    """Delete an interview, to be put back within `KEPT_FOR`. Raises NoSuchInterview, TranscriptError if unreadable."""
    if owner != store.owner_of(interview):
        raise NoSuchInterview(localized("store.no_interview", id=interview))
    row = {"interview": interview, "owner": owner, "title": store.title_of(interview), "removed_at": stored_now()}

    def keep(connection: sa.Connection, history: Sequence[RecordedEvent]) -> None:
        first, *later = history
        assert isinstance(first.event, Begun)
        _, bank, body = begun_to_json(first.event)
        recorded = [(*event_to_json(one.event), one.at) for one in later]
        events = json.dumps([(body, first.at), *recorded], ensure_ascii=False)
        connection.execute(removed_interviews.delete().where(removed_interviews.c.interview == interview))
        connection.execute(removed_interviews.insert().values(row | {"bank": bank, "events": events}))

    store.remove(interview, keep)


def list_soft_deleted(store: Store, owner: str) -> list[DeletedInterview]:
    """What an owner can still put back, the latest first."""
    rows = store.database.rows(_of(owner).order_by(removed_interviews.c.removed_at.desc()))
    return [DeletedInterview(row.interview, row.title, bank_from_json(row.bank).title) for row in rows]


def undelete(store: Store, interview: str, owner: str) -> bool:
    """Put back an interview that was deleted within `KEPT_FOR`; whether there was one."""
    this = removed_interviews.c.interview == interview
    row = store.database.first(_of(owner).where(this))
    if row is None:
        return False
    (body, begun_at), *later = json.loads(row.events)
    history = [RecordedEvent(begun_from_json(body, bank_from_json(row.bank)), begun_at)]
    history += [RecordedEvent(event_from_json(kind, text), at) for kind, text, at in later]
    try:
        store.owner_of(interview)  # the program was killed in the middle of this
    except NoSuchInterview:
        store.insert(interview, owner, history, row.title)
    store.database.change(removed_interviews.delete().where(this))
    return True


def purge_expired(store: Store, data_folder: Path | None = None) -> int:
    """Drop for good what was deleted longer ago than `KEPT_FOR`, with unsent answers; give how much."""
    is_old = removed_interviews.c.removed_at < stored_now(KEPT_FOR)
    rows = store.database.rows(sa.select(removed_interviews.c.interview).where(is_old))
    if not rows:
        return 0
    if data_folder:
        delete_unsent_answers(data_folder, (row.interview for row in rows))
    with store.database.write() as connection:
        dropped = connection.execute(removed_interviews.delete().where(is_old)).rowcount
        class_removal.remove_deleted_interviews(connection)
    return dropped


def _of(owner: str) -> sa.Select[tuple[object, ...]]:
    since = removed_interviews.c.removed_at >= stored_now(KEPT_FOR)
    return sa.select(removed_interviews).where(removed_interviews.c.owner == owner, since)


def forget_owner(store: Store, owner: str, data_folder: Path) -> int:
    """Delete all rows of a person, and the files with unsent answers; give the number of interviews.

    There is no log to clean: what the program writes to the error stream names no owner and no answer.
    """
    found = store.interviews(owner)
    names = [*(one.id for one in found), *(one.id for one in list_soft_deleted(store, owner))]
    store.remove_owner(owner)
    delete_unsent_answers(data_folder, names)
    return len(found)


def unsent_file(data_folder: Path, interview: str) -> Path:
    """The file in which the terminal keeps an answer that could not be recorded."""
    return data_folder / f"unsent-{interview}.txt"


def delete_unsent_answers(data_folder: Path, interviews: Iterable[str]) -> None:
    for interview in interviews:
        unsent_file(data_folder, interview).unlink(missing_ok=True)
