"""Taking interviews and people out of the database and the data folder, and putting one interview back."""

from dataclasses import dataclass
from pathlib import Path

from interviewer.errors import NoSuchInterview
from interviewer.sessions.store import RecordedEvent, Store
from interviewer.text.messages import localized


@dataclass(frozen=True, slots=True)
class RemovedInterview:
    """All that it takes to put an interview back."""

    id: str
    owner: str
    title: str | None
    history: list[RecordedEvent]


def remove_interview(store: Store, interview: str, owner: str | None) -> RemovedInterview:
    """Delete an interview. Raises NoSuchInterview if it is not this owner's (None: anybody's).

    Raises TranscriptError, and deletes nothing, if it cannot be read: it could not be put back.
    """
    whose = store.owner_of(interview)
    if owner not in (None, whose):
        raise NoSuchInterview(localized("store.no_interview", id=interview))
    removed = RemovedInterview(interview, whose, store.title_of(interview), store.history(interview))
    store.remove(interview)
    return removed


def put_back(store: Store, removed: RemovedInterview) -> None:
    """Undo a removal."""
    store.insert(removed.id, removed.owner, removed.history, removed.title)


def forget_owner(store: Store, owner: str, data_folder: Path) -> int:
    """Delete everything of a person: all rows, and the files that hold unsent answers; give the number of interviews.

    The program keeps no log of its own, and what it writes to the error stream names no owner and no answer.
    """
    found = store.interviews(owner)
    store.remove_owner(owner)
    for one in found:
        unsent_file(data_folder, one.id).unlink(missing_ok=True)
    return len(found)


def unsent_file(data_folder: Path, interview: str) -> Path:
    """The file in which the terminal keeps an answer that could not be recorded."""
    return data_folder / f"unsent-{interview}.txt"
