import sqlite3
from pathlib import Path

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from fakes import begun

import interviewer
from interviewer.domain.interview import Answered, Repeated
from interviewer.errors import MovedOnElsewhere, NoSuchInterview, StoreError
from interviewer.sessions import store as module
from interviewer.sessions.store import Store


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'a.sqlite3'}"


@pytest.fixture
def store(url: str) -> Store:
    return Store(url)


def test_events_come_back_in_order_with_their_times(store: Store) -> None:
    interview = store.create("me", begun())
    store.append(interview, 1, Answered("x"))
    store.append(interview, 2, Repeated())
    history = store.history(interview, "me")
    assert [recorded.event for recorded in history] == [begun(), Answered("x"), Repeated()]
    assert all(recorded.at.endswith("+00:00") for recorded in history)


def test_a_place_that_is_taken_is_refused_and_the_first_event_stays(store: Store, url: str) -> None:
    interview = store.create("me", begun())
    store.append(interview, 1, Answered("first"))
    with pytest.raises(MovedOnElsewhere):
        Store(url).append(interview, 1, Answered("second"))
    assert store.history(interview)[1].event == Answered("first")


def test_an_interview_is_its_owners_alone(store: Store) -> None:
    interview = store.create("me", begun())
    with pytest.raises(NoSuchInterview):
        store.history(interview, "you")
    with pytest.raises(NoSuchInterview):
        store.history("ghost", "me")
    assert store.interviews("you") == []
    assert [listed.id for listed in store.interviews("me")] == [interview]


def test_the_list_begins_with_what_changed_last(store: Store) -> None:
    first, second = store.create("me", begun()), store.create("me", begun())
    with store._engine.begin() as connection:
        connection.exec_driver_sql("UPDATE events SET at = '2020' WHERE interview = ?", (second,))
    assert [listed.id for listed in store.interviews()] == [first, second]


def test_a_newer_database_is_refused_and_left_alone(store: Store, url: str, tmp_path: Path) -> None:
    store.close()
    with sqlite3.connect(tmp_path / "a.sqlite3") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(StoreError, match="newer version"):
        Store(url)


def test_an_empty_database_is_brought_to_the_newest_version(url: str, tmp_path: Path) -> None:
    Store(url).close()
    with sqlite3.connect(tmp_path / "a.sqlite3") as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchone() == (module._REVISIONS[-1],)
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_the_list_of_revisions_is_that_of_the_migrations() -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(interviewer.__file__).parent / "sessions" / "migrations"))
    revisions = [script.revision for script in ScriptDirectory.from_config(config).walk_revisions()]
    assert tuple(reversed(revisions)) == module._REVISIONS


def test_the_migrations_make_the_tables_that_the_store_uses(store: Store) -> None:
    import sqlalchemy as sa

    found = sa.inspect(store._engine)
    for table in module._metadata.tables.values():
        columns = {
            column["name"]: (str(column["type"]), column["nullable"]) for column in found.get_columns(table.name)
        }
        assert columns == {column.name: (str(column.type), column.nullable) for column in table.columns}
        assert set(found.get_pk_constraint(table.name)["constrained_columns"]) == {c.name for c in table.primary_key}


def test_a_database_that_cannot_be_opened_says_why_without_its_path(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="unable to open") as refused:
        Store(f"sqlite:///{tmp_path / 'no' / 'such' / 'folder.sqlite3'}")
    assert str(tmp_path) not in str(refused.value)


def test_an_error_of_the_database_never_shows_an_answer(store: Store) -> None:
    interview = store.create("me", begun())
    with store._engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE events")
    with pytest.raises(StoreError) as refused:
        store.append(interview, 1, Answered("my secret words"))
    assert "secret" not in str(refused.value)
