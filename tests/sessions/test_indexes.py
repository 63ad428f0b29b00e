"""No list that the page shows reads a table from end to end, with 10,000 interviews of 100 people on PostgreSQL."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from fakes import BANK, Only, begun

from interviewer.grading.lexical import LexicalGrader
from interviewer.sessions.comparison import compare
from interviewer.sessions.due_questions import plan_today
from interviewer.sessions.interview_lists import list_open, list_ungraded
from interviewer.sessions.practice_log import list_verdicts
from interviewer.sessions.progress import read_progress
from interviewer.sessions.question_notes import list_notes
from interviewer.sessions.question_search import known_questions
from interviewer.sessions.removal import list_soft_deleted, purge_expired
from interviewer.sessions.service import SessionService
from interviewer.sessions.store import Store

COUNT, OWNERS = 10_000, 100
ME = "owner 7"
NOW = datetime(2026, 5, 1, tzinfo=UTC)
BIG = {"interviews", "events", "overviews", "outcomes", "interview_words", "review_cards"}


@pytest.fixture(scope="module")
def full(postgres_server: str) -> Iterator[tuple[Store, str]]:
    """A store with many copies of one interview, and the id of one of them."""
    server = sa.make_url(postgres_server)
    engine = sa.create_engine(server.set(database="postgres"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(sa.text("CREATE DATABASE many_interviews"))
    engine.dispose()
    store = Store(server.set(database="many_interviews").render_as_string(hide_password=False))
    session = SessionService(store, Only(LexicalGrader())).begin("somebody", begun())
    session.answer("it is switched off")
    session.run_due_and_wait()
    session.end()
    own = {
        "id": "to_char(i, 'FM00000000')",
        "interview": "to_char(i, 'FM00000000')",
        "owner": f"'owner ' || i % {OWNERS}",
    }
    own |= {"changed_at": "'2026-01-01T00:00:' || to_char(i, 'FM000000')"}
    with store.database.write() as connection:
        for table in ("interviews", "events", "overviews", "outcomes", "interview_words", "review_cards"):
            columns = [column["name"] for column in sa.inspect(connection).get_columns(table)]
            new = own | ({"owner": "'owner ' || i"} if table == "review_cards" else {})
            copied = ", ".join(new.get(column, column) for column in columns)
            connection.execute(
                sa.text(
                    f"INSERT INTO {table} ({', '.join(columns)}) SELECT {copied} FROM {table}, generate_series(1, {COUNT}) AS i"
                )
            )
        connection.execute(sa.text("ANALYZE"))
    yield store, "00000007"
    store.close()


LISTS: dict[str, Callable[[Store, str], object]] = {
    "the history": lambda store, _: store.interviews(ME, 50, 50),
    "a search": lambda store, _: store.interviews(ME, 50, text="dropout 2026"),
    "the history of everybody": lambda store, _: store.interviews(None, 50),
    "what is not over": lambda store, _: _read(store, list_open, ME, 5),
    "what is owed": lambda store, _: store.due(30.0),
    "what failed": lambda store, _: list_ungraded(store.database, ME),
    "today": lambda store, _: plan_today(store, ME, [BANK], NOW),
    "progress": lambda store, _: read_progress(store, ME, [BANK], NOW),
    "the questions": lambda store, _: known_questions(store, ME, [BANK], NOW),
    "notes": lambda store, _: list_notes(store, ME),
    "the comparison of a report": lambda store, name: compare(
        store, ME, name, SessionService(store, Only(LexicalGrader())).resume(name, None).interview()
    ),
    "what can be put back": lambda store, _: (list_soft_deleted(store, ME), purge_expired(store)),
    "verdicts": lambda store, _: list_verdicts(store, ME),
    "an interview": lambda store, name: store.history(name, ME),
}


def _read(store: Store, look: Callable[..., object], *more: object) -> object:
    with store.database.read() as connection:
        return look(connection, *more)


@pytest.mark.parametrize("name", LISTS)
def test_no_list_reads_a_table_from_end_to_end(full: tuple[Store, str], name: str) -> None:
    store, interview = full
    asked: list[tuple[str, Any]] = []

    def note(_: object, __: object, statement: str, parameters: Any, *___: object) -> None:
        asked.append((statement, parameters))

    engine = store.database._engine
    sa.event.listen(engine, "before_cursor_execute", note)
    try:
        LISTS[name](store, interview)
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)
    selects = [(statement, parameters) for statement, parameters in asked if statement.startswith(("SELECT", "WITH"))]
    assert selects
    with engine.connect() as connection:
        for statement, parameters in selects:
            plan = connection.exec_driver_sql(f"EXPLAIN {statement}", parameters).scalars().all()
            whole = {table for line in plan if "Seq Scan on" in line for table in BIG if f"Seq Scan on {table}" in line}
            assert not whole, "\n".join([statement, *plan])
