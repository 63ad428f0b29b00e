"""Interviews that nobody touched for long go for good, and what was deleted is in no file any more."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import sqlalchemy as sa
from cryptography.fernet import Fernet
from fakes import BANK, begun
from practice import Clock, bank_of, practise

from interviewer.domain.grade import Level
from interviewer.domain.interview import Answered, Skipped, replay
from interviewer.sessions import retention
from interviewer.sessions.grader_choice import GraderRequest
from interviewer.sessions.kept_choices import KeptChoices
from interviewer.sessions.removal import unsent_file
from interviewer.sessions.retention import find_untouched, keep_house, purge
from interviewer.sessions.store import Store
from interviewer.sessions.tables import accounts, coach_notes, metadata, model_choices

SAID = "zebras have stripes in the old interview alone"
OLD = bank_of(2, "old")


def old_and_new(store: Store, clock: Clock) -> tuple[str, str]:
    """An interview of a year ago and one of today, of the same owner."""
    clock.at = datetime.now(UTC) - timedelta(days=365)
    old = practise(store, OLD, ["q0", "q1"], Level.MET)
    clock.at = datetime.now(UTC)
    return old, practise(store, bank_of(1, "new"), ["q0"], Level.MET)


def mentions(store: Store, text: str) -> list[str]:
    """The tables in which a text stands anywhere."""
    found = []
    with store.database.read() as connection:
        for table in metadata.sorted_tables:
            rows = connection.execute(sa.select(table)).all()
            found += [table.name] * any(text in str(row) for row in rows)
    return found


def test_an_untouched_interview_goes_with_all_that_was_derived_from_it(
    store: Store, clock: Clock, tmp_path: Path
) -> None:
    old, new = old_and_new(store, clock)
    typed = unsent_file(tmp_path, old)
    typed.write_text("typed and not sent")
    note = {"interview": old, "owner": "coach", "by": "A coach", "note": "well done", "written_at": "2025-01-01"}
    with store.database.write() as connection:
        connection.execute(coach_notes.insert().values(note))
    assert mentions(store, old)
    assert find_untouched(store, 100) == [(old, "me")]
    assert purge(store, 100, tmp_path) == 1
    assert mentions(store, old) == []
    assert mentions(store, "'old'") == []
    assert not typed.exists()
    assert [one.id for one in store.interviews()] == [new]
    assert mentions(store, "'new'")
    assert purge(store, 100, tmp_path) == 0


def test_an_interview_that_was_begun_long_ago_and_played_today_stays(
    store: Store, clock: Clock, tmp_path: Path
) -> None:
    clock.at = datetime.now(UTC) - timedelta(days=365)
    interview = store.create("me", begun())
    clock.at = datetime.now(UTC)
    events = [begun(), Skipped()]
    store.append(interview, 1, events[1], replay(events))
    assert purge(store, 100, tmp_path) == 0


def test_more_than_are_deleted_at_once_all_go(store: Store, clock: Clock, tmp_path: Path) -> None:
    for _ in range(3):
        store.create("me", begun())
    before = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    assert len(store.remove_unchanged(before, most=2)) == 2
    assert len(store.remove_unchanged(before, most=2)) == 1
    assert store.remove_unchanged(before, most=2) == []
    assert BANK.id not in mentions(store, BANK.id)


def test_without_a_setting_nothing_is_deleted(store: Store, clock: Clock, tmp_path: Path) -> None:
    old_and_new(store, clock)
    keep_house(store, 0, tmp_path)
    assert len(store.interviews()) == 2
    keep_house(store, 30, tmp_path)
    assert len(store.interviews()) == 1


def test_the_bytes_of_what_was_deleted_are_in_no_file(tmp_path: Path, clock: Clock) -> None:
    store = Store(f"sqlite:///{tmp_path / 'a.sqlite3'}")
    clock.at = datetime.now(UTC) - timedelta(days=365)
    for _ in range(20):
        interview = store.create("me", begun())
        events = [begun(), Answered(SAID * 100)]
        store.append(interview, 1, events[1], replay(events))
    clock.at = datetime.now(UTC)

    def in_files() -> bool:
        return any(SAID.encode() in path.read_bytes() for path in tmp_path.iterdir())

    assert in_files()
    retention.keep_house(store, 30, tmp_path)
    assert not in_files()
    store.close()


def test_what_somebody_chose_who_never_comes_back_is_dropped(store: Store, clock: Clock, tmp_path: Path) -> None:
    old_and_new(store, clock)
    choices = KeptChoices(store.database, Fernet.generate_key().decode())
    with store.database.write() as connection:  # who teaches need not play
        connection.execute(
            accounts.insert().values(
                owner="coach", issuer="i", subject="s", name="", email="", role="coach", is_role_settled=True, epoch=0
            )
        )
    for owner in ("me", "gone", "new", "coach"):
        choices.save(owner, GraderRequest("http://127.0.0.1:9/v1", "m", "sk-mine"))
    with store.database.write() as connection:
        long_ago = model_choices.update().where(model_choices.c.owner != "new")
        connection.execute(long_ago.values(changed_at="2020-01-01T00:00:00.000+00:00"))
    keep_house(store, 0, tmp_path)
    assert choices.find("gone"), "where nothing is too old"
    keep_house(store, 100, tmp_path)
    assert [bool(choices.find(owner)) for owner in ("me", "gone", "new", "coach")] == [True, False, True, True]
