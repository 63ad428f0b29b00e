"""Names, removal, backup and histories that move."""

import hashlib
import json
import sqlite3
import threading
import zipfile
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from fakes import Only, begun
from practice import Clock, bank_of, practise

from interviewer.domain.grade import Level
from interviewer.errors import NoSuchInterview, SettingsError, StoreError, TranscriptError
from interviewer.grading.lexical import LexicalGrader
from interviewer.sessions import removal
from interviewer.sessions.backup import backup, restore
from interviewer.sessions.history_archive import ImportedHistory, export_history, import_history
from interviewer.sessions.practice_log import PracticeSettings, save_practice_settings
from interviewer.sessions.removal import (
    forget_owner,
    list_soft_deleted,
    purge_expired,
    soft_delete,
    undelete,
    unsent_file,
)
from interviewer.sessions.service import SessionService
from interviewer.sessions.store import Store

MANY = bank_of(5)
TABLES = (
    "interviews",
    "events",
    "overviews",
    "outcomes",
    "review_cards",
    "banks",
    "claims",
    "owner_settings",
    "question_notes",
    "interview_words",
    "removed_interviews",
)


def whole(store: Store) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table."""
    with store.database.read() as connection:
        return {
            table: sorted((tuple(row) for row in connection.execute(sa.text(f"SELECT * FROM {table}"))), key=str)
            for table in TABLES
        }


def test_an_interview_is_renamed_and_found_by_its_title(store: Store) -> None:
    interview, other = practise(store, MANY, ["q0"], Level.MET), practise(store, MANY, ["q1"], Level.MET)
    store.rename(interview, "  Before the\ncall_ ")
    assert [one.title for one in store.interviews("me") if one.id == interview] == ["Before the call_"]
    assert [one.id for one in store.interviews("me", text="THE CALL_")] == [interview]
    assert {one.id for one in store.interviews("me", text="many")} == {interview, other}
    store.rebuild_read_models()
    assert store.title_of(interview) == "Before the call_"
    store.rename(interview, " ")
    assert store.title_of(interview) is None
    with pytest.raises(NoSuchInterview):
        store.rename("ghost", "x")


def test_an_interview_that_is_removed_takes_its_reviews_along_and_comes_back_whole(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Clock(monkeypatch)
    practise(store, MANY, ["q0"], Level.MET)
    before_it = whole(store)
    clock.days(3)
    second = practise(store, bank_of(5, "other"), ["q1"], Level.MET)
    third = practise(store, MANY, ["q0", "q1"], Level.MISSING)
    store.rename(third, "Third")
    before = whole(store)
    with pytest.raises(NoSuchInterview):
        soft_delete(store, third, "you")
    for one in (third, second):
        soft_delete(store, one, "me")
    assert whole(store) | {"removed_interviews": []} == before_it
    for one in (third, second):
        undelete(store, one, "me")
    assert whole(store) == before


def test_what_was_deleted_can_be_put_back_for_a_day_also_after_a_restart(
    store: Store, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    interview = practise(store, bank_of(5, "other"), ["q1"], Level.PARTIAL)
    store.rename(interview, "Mine")
    before = whole(store)
    with pytest.raises(NoSuchInterview):
        soft_delete(store, interview, "you")
    soft_delete(store, interview, "me")
    assert store.interviews("me") == []
    restarted = Store(store.database._engine.url.render_as_string(hide_password=False))
    (found,) = list_soft_deleted(restarted, "me")
    assert (found.id, found.title, found.bank_title) == (interview, "Mine", bank_of(1, "other").title)
    assert not undelete(restarted, interview, "you")
    assert undelete(restarted, interview, "me")
    assert whole(restarted) == before
    assert not undelete(restarted, interview, "me")
    soft_delete(restarted, interview, "me")
    typed = unsent_file(tmp_path, interview)
    typed.write_text("what was typed and not recorded")
    assert purge_expired(restarted, tmp_path) == 0
    assert typed.exists()
    monkeypatch.setattr(removal, "KEPT_FOR", timedelta(seconds=-1))
    assert list_soft_deleted(restarted, "me") == []
    assert not undelete(restarted, interview, "me")
    assert purge_expired(restarted, tmp_path) == 1
    assert not typed.exists()
    assert not any(whole(restarted).values())
    restarted.close()


def test_an_interview_that_was_put_back_by_a_killed_program_is_not_put_back_twice(store: Store) -> None:
    interview = practise(store, MANY, ["q0"], Level.MET)
    before, history = whole(store), store.history(interview)
    soft_delete(store, interview, "me")
    store.insert(interview, "me", history)  # the program was killed between this and the rest of what puts it back
    assert undelete(store, interview, "me")
    assert whole(store) == before


def test_a_service_knows_nothing_more_of_an_interview_that_was_removed(service: SessionService) -> None:
    interview = practise(service.store, MANY, ["q0"], Level.MET)
    session = service.resume(interview, "me")
    session.interview()
    soft_delete(service.store, interview, "me")
    with pytest.raises(NoSuchInterview):
        service.resume(interview, "me")
    assert undelete(service.store, interview, "me")
    assert service.resume(interview, "me").interview().is_over


def test_nothing_of_a_person_who_is_forgotten_is_left(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path / 'a.sqlite3'}")
    practise(store, MANY, ["q0"], Level.MET, owner="stays-here")
    untouched = whole(store)
    interview = practise(store, bank_of(3, "private-bank"), ["q1", "q2"], Level.MET, owner="somebody-private")
    save_practice_settings(store, "somebody-private", PracticeSettings(daily_cap=3))
    aside = practise(store, MANY, ["q3"], Level.MET, owner="somebody-private")
    unsent_file(tmp_path, aside).write_text("my words that were not sent either")
    soft_delete(store, aside, "somebody-private")
    unsent_file(tmp_path, interview).write_text("my words that were not sent")
    assert forget_owner(store, "somebody-private", tmp_path) == 1
    assert whole(store) == untouched
    store.close()
    left = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    for trace in ("somebody-private", "private-bank", interview, "my words on q1", "my words on q3", "not sent"):
        assert trace.encode() not in left
    assert b"my words on q0" in left


def test_a_history_moves_to_another_database_once(store: Store, tmp_path: Path) -> None:
    interview = practise(store, MANY, ["q0", "q1"], Level.PARTIAL)
    store.rename(interview, "First")
    practise(store, MANY, ["q2"], Level.MET)
    text = export_history(store, "me")
    assert import_history(store, "me", text) == ImportedHistory(0, 2)
    other = Store(f"sqlite:///{tmp_path / 'other.sqlite3'}")
    assert import_history(other, "me", text) == ImportedHistory(2, 0)
    assert import_history(other, "me", text) == ImportedHistory(0, 2)
    assert export_history(other, "me") == text
    assert whole(other)["review_cards"] == whole(store)["review_cards"]
    assert import_history(store, "you", text) == ImportedHistory(2, 0)
    assert {one.id for one in store.interviews("you")}.isdisjoint(one.id for one in store.interviews("me"))
    single = json.dumps(json.loads(text)["interviews"][0])
    assert import_history(store, "they", single) == ImportedHistory(1, 0)
    other.close()


def test_an_answer_that_comes_while_an_interview_is_deleted_comes_back_with_it(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = SessionService(store, Only(LexicalGrader())).begin("me", begun())
    title_of = store.title_of

    def answered_meanwhile(interview: str) -> str | None:
        session.answer("This was sent from another window.")
        return title_of(interview)

    monkeypatch.setattr(store, "title_of", answered_meanwhile)
    soft_delete(store, session.id, "me")
    assert undelete(store, session.id, "me")
    assert "This was sent from another window." in str(store.history(session.id))


@pytest.mark.parametrize(
    "change, cause",
    [
        (lambda whole: [whole], "no history"),
        (lambda whole: {**whole, "version": 99}, "99"),
        (lambda whole: {**whole, "interviews": [*whole["interviews"], {"format": "x"}]}, "transcript"),
        (lambda whole: {**whole, "interviews": [_reversed(whole["interviews"][0])]}, "cannot be played"),
        (lambda whole: {**whole, "interviews": [{**whole["interviews"][0], "events": []}]}, "cannot be played"),
    ],
)
def test_a_history_that_cannot_be_read_whole_adds_nothing(store: Store, change: object, cause: str) -> None:
    practise(store, MANY, ["q0"], Level.MET)
    changed = change(json.loads(export_history(store, "me")))  # type: ignore[operator]
    with pytest.raises(TranscriptError, match=cause):
        import_history(store, "you", json.dumps(changed))
    with pytest.raises(TranscriptError, match="no JSON"):
        import_history(store, "you", "{")
    assert store.interviews("you") == []


def _reversed(transcript: dict[str, object]) -> dict[str, object]:
    events = transcript["events"]
    assert isinstance(events, list)
    return {**transcript, "events": events[::-1]}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "data"
    (made / "banks").mkdir(parents=True)
    (made / "banks" / "mine.yaml").write_text("a bank")
    (made / "gradio").mkdir()
    (made / "gradio" / "upload").write_text("temporary")
    return made


def address(folder: Path) -> str:
    return f"sqlite:///{folder / 'interviews.sqlite3'}"


def test_a_backup_that_is_taken_while_interviews_are_played_is_whole_elsewhere(folder: Path, tmp_path: Path) -> None:
    store = Store(address(folder))
    stopped, played = threading.Event(), []

    def play() -> None:
        while not stopped.is_set():
            played.append(practise(store, MANY, ["q0"], Level.MET))

    writer = threading.Thread(target=play)
    writer.start()
    try:
        while len(played) < 2:
            pass
        known = len(played)
        assert backup(folder, address(folder), tmp_path / "a.zip") == 2
    finally:
        stopped.set()
        writer.join()
    assert len(played) > known
    elsewhere = tmp_path / "elsewhere" / "data"
    elsewhere.parent.mkdir()
    assert restore(tmp_path / "a.zip", elsewhere, address(elsewhere)) == 2
    assert (elsewhere / "banks" / "mine.yaml").read_text() == "a bank"
    assert not (elsewhere / "gradio").exists()
    copy = Store(address(elsewhere))
    found = {one.id: one for one in copy.interviews()}
    assert set(played[:known]) <= set(found)
    for name in found:
        assert copy.history(name) == store.history(name)[: len(copy.history(name))]
    before = whole(copy)
    copy.rebuild_read_models()
    assert whole(copy) == before
    copy.close()
    store.close()


def test_a_folder_that_holds_something_is_moved_aside_only_if_that_is_asked_for(folder: Path, tmp_path: Path) -> None:
    store = Store(address(folder))
    practise(store, MANY, ["q0"], Level.MET)
    store.close()
    backup(folder, address(folder), folder / "a.zip")
    (folder / "banks" / "mine.yaml").write_text("changed")
    with pytest.raises(StoreError, match="--replace"):
        restore(folder / "a.zip", folder, address(folder))
    backup_file = (folder / "a.zip").rename(tmp_path / "a.zip")
    restore(backup_file, folder, address(folder), replace=True)
    assert (folder / "banks" / "mine.yaml").read_text() == "a bank"
    (aside,) = tmp_path.glob("data.before-*")
    assert (aside / "banks" / "mine.yaml").read_text() == "changed"


def test_a_backup_that_is_not_whole_is_refused_and_changes_nothing(folder: Path, tmp_path: Path) -> None:
    Store(address(folder)).close()
    backup(folder, address(folder), tmp_path / "a.zip")
    good = {
        name: zipfile.ZipFile(tmp_path / "a.zip").read(name) for name in zipfile.ZipFile(tmp_path / "a.zip").namelist()
    }
    newer = tmp_path / "newer.sqlite3"
    newer.write_bytes(good["interviews.sqlite3"])
    with closing(sqlite3.connect(newer)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
        connection.commit()
    manifest = json.loads(good["manifest.json"])
    digest = hashlib.sha256(newer.read_bytes()).hexdigest()
    newest = {**manifest, "files": {**manifest["files"], "interviews.sqlite3": digest}}
    escaping = {**manifest, "files": {**manifest["files"], "../evil": "0"}}
    for name, changed in {
        "changed": {**good, "banks/mine.yaml": b"changed"},
        "missing": {name: data for name, data in good.items() if name != "banks/mine.yaml"},
        "no manifest": {name: data for name, data in good.items() if name != "manifest.json"},
        "escaping": {**good, "manifest.json": json.dumps(escaping).encode(), "../evil": b""},
        "newer": {**good, "manifest.json": json.dumps(newest).encode(), "interviews.sqlite3": newer.read_bytes()},
    }.items():
        broken = tmp_path / f"{name}.zip"
        with zipfile.ZipFile(broken, "w") as archive:
            for member, data in changed.items():
                archive.writestr(member, data)
        with pytest.raises(StoreError):
            restore(broken, tmp_path / "fresh", address(tmp_path / "fresh"))
        assert not (tmp_path / "fresh").exists()
    (tmp_path / "no.zip").write_text("no zip")
    with pytest.raises(StoreError, match="no whole backup"):
        restore(tmp_path / "no.zip", tmp_path / "fresh", address(tmp_path / "fresh"))


def test_a_database_server_is_backed_up_by_its_own_tools(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="pg_dump"):
        backup(tmp_path, "postgresql+psycopg://me@host/a", tmp_path / "a.zip")
