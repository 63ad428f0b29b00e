"""Opening a database, bringing it up to date, and what is said when it cannot be used."""

import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack, closing
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa
from alembic.config import Config
from alembic.script import ScriptDirectory
from fakes import begun
from old_database import HISTORIES, connected, first_version

import interviewer
from interviewer.domain.interview import Answered, replay
from interviewer.domain.language import Language
from interviewer.errors import SettingsError, StoreError
from interviewer.sessions.database import BASELINE, REVISIONS
from interviewer.sessions.grading_batches import list_batches
from interviewer.sessions.serialization import history_from_json
from interviewer.sessions.store import Store
from interviewer.sessions.stored_banks import StoredBank
from interviewer.sessions.tables import classes, metadata, model_choices, stored_banks

ROOT = Path(interviewer.__file__).parent.parent
OPEN = "import sys; from interviewer.sessions.store import Store; sys.stdin.read(1); Store(sys.argv[1]).close()"


def test_processes_that_start_together_on_a_new_database_all_start(url: str) -> None:
    command = [sys.executable, "-c", OPEN, url]
    started = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT, text=True) for _ in range(8)
    ]
    for process in started:
        assert process.stdin
        process.stdin.write("x")
        process.stdin.flush()
    said = [process.communicate(timeout=120)[1] for process in started]
    assert [process.returncode for process in started] == [0] * 8, said


def test_a_process_that_was_killed_between_two_tables_leaves_a_database_that_opens(tmp_path: Path) -> None:
    path = tmp_path / "a.sqlite3"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(
            "CREATE TABLE interviews (id VARCHAR(32) PRIMARY KEY, owner VARCHAR(64), begun_at VARCHAR(32))"
        )
    store = Store(f"sqlite:///{path}")
    assert store.history(store.create("me", begun()))
    store.close()
    with connected(f"sqlite:///{path}") as connection:
        indexes = sa.inspect(connection).get_indexes("interviews")
    assert [index["name"] for index in indexes] == ["ix_interviews_owner"]


def test_a_database_of_the_version_before_gets_what_it_lacks(url: str) -> None:
    store = Store(url)
    for bank in ("kept", "removed"):
        StoredBank(store, "me", bank).save("", None)
    store.close()
    with connected(url) as connection:
        for statement in (
            "UPDATE stored_banks SET removed_at = '2026-11-29T00:00:00.000+00:00' WHERE id = 'removed'",
            "ALTER TABLE stored_banks DROP COLUMN removed_id",
            "ALTER TABLE model_choices DROP COLUMN changed_at",
            "INSERT INTO model_choices (owner, body) VALUES ('me', 'sealed')",
            "ALTER TABLE classes DROP COLUMN daily_tokens",
            "DROP INDEX ix_classes_invitation",
            "UPDATE alembic_version SET version_num = '0010'",
        ):
            connection.execute(sa.text(statement))
    store = Store(url)
    banks = store.database.rows(sa.select(stored_banks.c.id, stored_banks.c.removed_id))
    ids = {row.removed_id: row.id for row in banks}
    assert ids[None] == "kept"
    assert ids["removed"] != "removed"
    assert store.database.value(sa.select(model_choices.c.changed_at)) > "2026"
    assert store.database.value(sa.select(classes.c.daily_tokens)) is None
    store.close()
    with connected(url) as connection:
        assert "ix_classes_invitation" in {index["name"] for index in sa.inspect(connection).get_indexes("classes")}


def test_a_migration_that_is_stopped_changes_nothing(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    first_version(url)

    def stopped(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(Store, "_rebuild_read_models", stopped)
        with pytest.raises(KeyboardInterrupt):
            Store(url)
    with connected(url) as connection:
        assert set(sa.inspect(connection).get_table_names()) == {"interviews", "events", "alembic_version"}
        assert connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar() == "0001"
    Store(url).close()


def test_a_lost_version_number_is_found_again(url: str) -> None:
    store = Store(url)
    interview = store.create("me", begun())
    store.close()
    with connected(url) as connection:
        connection.execute(sa.text("DELETE FROM alembic_version"))
    store = Store(url)
    assert store.history(interview)
    store.close()
    with connected(url) as connection:
        assert connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar() == REVISIONS[-1]


def test_a_database_of_the_first_version_is_moved_over_whole(url: str) -> None:
    first_version(url)
    store = Store(url)
    assert {found.id for found in store.interviews("me")} == {path.stem for path in HISTORIES}
    assert not any(found.problem for found in store.interviews("me"))
    for path in HISTORIES:
        expected = history_from_json(path.read_text(encoding="utf-8"))
        assert [(recorded.event, recorded.at) for recorded in store.history(path.stem)] == expected
    with store.database.read() as connection:
        bodies = connection.execute(sa.text("SELECT body FROM events WHERE number = 0")).scalars().all()
        outcomes = connection.execute(sa.text("SELECT count(*) FROM outcomes")).scalar()
    assert all(len(body) < 500 for body in bodies)
    assert outcomes
    store.close()


def test_a_database_of_the_version_before_gets_the_tables_of_batches_and_keeps_what_it_has(url: str) -> None:
    store = Store(url)
    interview = store.create("me", begun())
    history = store.history(interview)
    store.close()
    with connected(url) as connection:
        for table in ("batch_answers", "grading_batches"):
            connection.execute(sa.text(f"DROP TABLE {table}"))
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '0011'"))
    store = Store(url)
    assert store.database.failing() is None
    assert store.history(interview) == history
    assert [one.id for one in store.interviews("me")] == [interview]
    assert list_batches(store.database) == []
    store.close()


def test_a_newer_database_is_refused_and_left_alone(url: str) -> None:
    Store(url).close()
    with connected(url) as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreError, match="newer version"):
        Store(url)


def test_an_empty_database_is_brought_to_the_newest_version(url: str) -> None:
    Store(url).close()
    with connected(url) as connection:
        assert connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar() == REVISIONS[-1]
        if connection.dialect.name == "sqlite":
            assert connection.execute(sa.text("PRAGMA journal_mode")).scalar() == "wal"


def test_the_list_of_revisions_is_that_of_the_migrations() -> None:
    config = Config()
    config.set_main_option("script_location", str(ROOT / "interviewer" / "sessions" / "migrations"))
    revisions = [script.revision for script in ScriptDirectory.from_config(config).walk_revisions()]
    assert tuple(reversed(revisions)) == REVISIONS[REVISIONS.index(BASELINE) :]


@pytest.mark.parametrize("make", [lambda _: None, first_version], ids=["new", "first version"])
def test_the_migrations_make_the_tables_that_the_store_uses(url: str, make: Callable[[str], None]) -> None:
    make(url)
    Store(url).close()
    with connected(url) as connection:
        found = sa.inspect(connection)
        for table in metadata.tables.values():
            columns = {column["name"]: column["nullable"] for column in found.get_columns(table.name)}
            assert columns == {column.name: column.nullable for column in table.columns}
            primary = set(found.get_pk_constraint(table.name)["constrained_columns"])
            assert primary == {column.name for column in table.primary_key}
            indexes = {index["name"]: index["column_names"] for index in found.get_indexes(table.name)}
            assert indexes == {index.name: [column.name for column in index.columns] for index in table.indexes}


def test_a_database_that_cannot_be_opened_says_why_without_its_path(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="cannot be opened") as refused:
        Store(f"sqlite:///{tmp_path / 'no' / 'such' / 'folder.sqlite3'}")
    assert str(tmp_path) not in str(refused.value)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a.sqlite3"


def answered(store: Store, interview: str) -> None:
    event = Answered("it is switched off " * 900)
    store.append(interview, 1, event, replay([begun(), event]))


def test_a_full_disk_is_told_in_words_and_nothing_is_half_recorded(path: Path) -> None:
    store = Store(f"sqlite:///{path}")
    interview = store.create("me", begun())
    with store.database.read() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")
    with pytest.raises(StoreError, match="disk is full") as refused:
        answered(store, interview)
    assert "磁盘满了" in refused.value.into(Language.ZH)
    with store.database.read() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count=1000000")
    answered(store, interview)
    assert len(store.history(interview)) == 2
    store.close()


def test_a_database_that_may_only_be_read_is_told_in_words_and_can_be_read(path: Path) -> None:
    store = Store(f"sqlite:///{path}")
    interview = store.create("me", begun())
    reader = Store(f"sqlite:///file:{path}?mode=ro&uri=true")
    assert reader.history(interview)
    with pytest.raises(StoreError, match="read-only"):
        answered(reader, interview)
    reader.close()
    store.close()


def test_a_database_that_another_program_holds_is_told_in_words(path: Path) -> None:
    store = Store(f"sqlite:///{path}", patience=0.1)
    interview = store.create("me", begun())
    with closing(sqlite3.connect(path, isolation_level=None)) as holder:
        holder.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match=r"(?i)another program"):
            answered(store, interview)
        assert len(store.history(interview)) == 1
        holder.execute("ROLLBACK")
    answered(store, interview)
    store.close()


def test_a_file_that_is_no_database_is_told_in_words(path: Path) -> None:
    path.write_text("these are notes about interviews, and no database at all " * 20)
    with pytest.raises(StoreError, match="not a database"):
        Store(f"sqlite:///{path}")


@pytest.mark.parametrize(
    "address, cause",
    [
        ("postgresql+ghost://me@here/a", "driver"),
        ("mysql+pymysql://me:hunter2@here/a", "driver"),
        ("just some words", "no address of a database"),
    ],
)
def test_an_address_that_cannot_be_used_is_told_in_words_without_its_password(address: str, cause: str) -> None:
    with pytest.raises(SettingsError, match=cause) as refused:
        Store(address)
    assert "hunter2" not in str(refused.value)


def test_a_database_host_that_does_not_answer_is_given_up_and_told_in_words() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        start = time.monotonic()
        with pytest.raises(StoreError, match="does not answer"):
            Store(f"postgresql+psycopg://me@127.0.0.1:{silent.getsockname()[1]}/interviews")
        assert time.monotonic() - start < 10


def test_how_long_a_database_host_is_waited_for_may_be_said_in_its_address(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = {}

    def connect(**options: str) -> None:
        asked.update(options)
        raise psycopg.OperationalError("not asked for")

    monkeypatch.setattr(psycopg, "connect", connect)
    with pytest.raises(StoreError):
        Store("postgresql+psycopg://me@127.0.0.1/interviews?connect_timeout=7")
    assert (asked["connect_timeout"], asked["tcp_user_timeout"]) == ("7", "5000")


def test_connections_that_are_all_waiting_are_told_as_an_outage(postgres_url: str) -> None:
    store = Store(postgres_url, patience=0.2)
    with ExitStack() as taken:
        for _ in range(15):
            taken.enter_context(store.database.read())
        with pytest.raises(StoreError, match="does not answer"), store.database.read():
            pass
    store.close()
