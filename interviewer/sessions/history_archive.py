"""All interviews of an owner and the notes on questions as one JSON text, and back."""

import json
from typing import NamedTuple

from interviewer.domain.interview import Graded, Ungraded, replay, shows_grades
from interviewer.domain.rubric import is_id
from interviewer.errors import InterviewerError, NoSuchInterview, TranscriptError
from interviewer.sessions.coach_notes import list_coach_notes
from interviewer.sessions.question_notes import add_notes, list_notes, notes_from_plain, notes_to_plain
from interviewer.sessions.serialization import history_from_json, history_to_json
from interviewer.sessions.store import RecordedEvent, Store, new_id
from interviewer.text.messages import localized

FORMAT = "mock-interview-history"
FORMAT_VERSION = 1

_LONGEST_ID = 32


class ImportedHistory(NamedTuple):
    """How many interviews were added, and how many were there already."""

    added: int
    known: int


def export_history(store: Store, owner: str) -> str:
    """Every interview of an owner, the oldest first, with coaches' notes, and all own notes. Raises TranscriptError."""
    listed = sorted(store.interviews(owner), key=lambda one: (one.begun_at, one.id))
    transcripts = [
        {"id": one.id, "title": one.title, **json.loads(_transcript(store.history(one.id, owner)))} for one in listed
    ]
    for transcript in transcripts:
        notes = list_coach_notes(store, transcript["id"])
        transcript["coach_notes"] = [{"by": one.by, "note": one.note, "written_at": one.written_at} for one in notes]
    whole = {"format": FORMAT, "version": FORMAT_VERSION, "interviews": transcripts}
    whole["notes"] = notes_to_plain(list_notes(store, owner))
    return json.dumps(whole, ensure_ascii=False, indent=1) + "\n"


def import_history(store: Store, owner: str, text: str) -> ImportedHistory:
    """Add what `export_history` wrote, or a single transcript; an interview or note that is there already is left alone.

    Raises TranscriptError, and adds nothing, if any of it cannot be read or played.
    """
    try:
        whole = json.loads(text)
    except ValueError as error:
        raise TranscriptError(localized("history.no_json", why=error)) from error
    is_archive = isinstance(whole, dict) and whole.get("format") == FORMAT
    if is_archive and whole.get("version") != FORMAT_VERSION:
        raise TranscriptError(localized("history.newer", version=whole.get("version")))
    transcripts = whole.get("interviews") if is_archive else [whole]
    if not isinstance(transcripts, list):
        raise TranscriptError(localized("history.no_list"))
    notes = notes_from_plain(whole.get("notes", [])) if is_archive else {}
    archived = [_read(transcript) for transcript in transcripts]
    there = {one.begun_at for one in store.interviews(owner)}
    new = [one for one in archived if one.history[0].at not in there]
    for one in new:
        store.insert(_free_id(store, one.id), owner, one.history, one.title)
    add_notes(store, owner, notes, list_notes(store, owner))
    return ImportedHistory(len(new), len(archived) - len(new))


class _Archived(NamedTuple):
    id: str
    title: str | None
    history: list[RecordedEvent]


def _read(transcript: object) -> _Archived:
    if not isinstance(transcript, dict):
        raise TranscriptError(localized("history.no_list"))
    history = [RecordedEvent(event, at) for event, at in history_from_json(json.dumps(transcript))]
    title = transcript.get("title")
    try:
        replay(one.event for one in history)
    except (InterviewerError, ValueError) as error:
        raise TranscriptError(localized("history.unplayable", why=error)) from error
    return _Archived(str(transcript.get("id") or ""), str(title) if title else None, history)


def _free_id(store: Store, wanted: str) -> str:
    """The id it had, if nobody here has an interview of this id."""
    if not is_id(wanted) or len(wanted) > _LONGEST_ID:
        return new_id()
    try:
        store.owner_of(wanted)
    except NoSuchInterview:
        return wanted
    return new_id()


def _transcript(history: list[RecordedEvent]) -> str:
    """A grade that is not shown yet is left out, and given anew where the history is imported."""
    if not shows_grades(replay(one.event for one in history)):
        history = [one for one in history if not isinstance(one.event, Graded | Ungraded)]
    return history_to_json([(one.event, one.at) for one in history], {})
