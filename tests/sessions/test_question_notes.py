"""Notes and bookmarks are kept, found, carried along and forgotten."""

import json
from pathlib import Path

import pytest
from practice import MORNING, bank_of, practise

from interviewer.domain.grade import Level
from interviewer.errors import TranscriptError
from interviewer.sessions.history_archive import export_history, import_history
from interviewer.sessions.interview_plan import QuestionName
from interviewer.sessions.question_notes import LONGEST_NOTE, QuestionNote, list_notes, save_note
from interviewer.sessions.question_search import NoteFilter, known_questions, search_questions
from interviewer.sessions.removal import forget_owner
from interviewer.sessions.store import Store

MANY = bank_of(4)
Q0, Q1 = QuestionName("many", "q0"), QuestionName("many", "q1")


def test_a_note_and_a_bookmark_are_changed_one_by_one(store: Store) -> None:
    save_note(store, "me", Q0, note="  ask about momentum\n")
    save_note(store, "me", Q0, is_bookmarked=True)
    save_note(store, "you", Q0, note="mine")
    assert list_notes(store, "me") == {Q0: QuestionNote("ask about momentum", is_bookmarked=True)}
    save_note(store, "me", Q0, note="x" * 2 * LONGEST_NOTE)
    assert len(list_notes(store, "me")[Q0].note) == LONGEST_NOTE
    save_note(store, "me", Q0, note="", is_bookmarked=False)
    assert list_notes(store, "me") == {}
    assert list_notes(store, "you") == {Q0: QuestionNote("mine")}


def test_a_note_is_kept_as_it_reads(store: Store) -> None:
    save_note(store, "me", Q0, note="two\nlines\tand \u202eturned\x00 👩\u200d💻 <b>")
    assert list_notes(store, "me")[Q0].note == "two\nlines\tand turned 👩\u200d💻 <b>"


def test_questions_are_found_by_what_is_kept_about_them(store: Store) -> None:
    save_note(store, "me", Q0, note="Ask about MOMENTUM")
    save_note(store, "me", Q1, is_bookmarked=True)
    known, notes = known_questions(store, "me", [MANY], MORNING), list_notes(store, "me")

    def found(text: str = "", kept: NoteFilter | None = None) -> list[QuestionName]:
        return [one.name for one in search_questions(known, text, notes=notes, kept=kept)]

    assert found("momentum question") == [Q0]
    assert found(kept=NoteFilter.NOTE) == [Q0]
    assert found(kept=NoteFilter.BOOKMARK) == [Q1]
    assert len(found()) == 4


def test_notes_go_along_with_a_history_and_leave_those_that_are_there(store: Store, tmp_path: Path) -> None:
    practise(store, MANY, ["q0"], Level.MET)
    save_note(store, "me", Q0, note="from the first machine", is_bookmarked=True)
    save_note(store, "me", Q1, note="another")
    text = export_history(store, "me")
    other = Store(f"sqlite:///{tmp_path / 'other.sqlite3'}")
    save_note(other, "me", Q1, note="was here before")
    import_history(other, "me", text)
    assert list_notes(other, "me") == {
        Q0: QuestionNote("from the first machine", is_bookmarked=True),
        Q1: QuestionNote("was here before"),
    }
    old = {key: value for key, value in json.loads(text).items() if key != "notes"}
    assert import_history(store, "you", json.dumps(old)).added == 1
    other.close()


@pytest.mark.parametrize("notes", ["x", [1], [{"bank": "a b", "question": "q", "note": "", "is_bookmarked": True}]])
def test_a_history_with_notes_that_cannot_be_read_adds_nothing(store: Store, notes: object) -> None:
    practise(store, MANY, ["q0"], Level.MET)
    whole = {**json.loads(export_history(store, "me")), "notes": notes}
    with pytest.raises(TranscriptError):
        import_history(store, "you", json.dumps(whole))
    assert store.interviews("you") == []


def test_whoever_is_forgotten_leaves_no_note(store: Store, tmp_path: Path) -> None:
    save_note(store, "me", Q0, note="a secret plan")
    save_note(store, "you", Q0, note="stays")
    forget_owner(store, "me", tmp_path)
    assert list_notes(store, "me") == {}
    assert list_notes(store, "you") == {Q0: QuestionNote("stays")}
