"""Interviews on disk: the only SQL. Events are the truth, and their primary key is the concurrency control."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, IntegrityError, SQLAlchemyError

from interviewer.domain.interview import Begun, Event
from interviewer.errors import MovedOnElsewhere, NoSuchInterview, StoreError
from interviewer.sessions.serialization import event_from_json, event_to_json

# The migrations in their order; the last is what this program reads and writes.
_REVISIONS = ("0001",)

_PRAGMAS = (
    "PRAGMA busy_timeout=10000",
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
)

_metadata = sa.MetaData()

_interviews = sa.Table(
    "interviews",
    _metadata,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("owner", sa.String(64), nullable=False, index=True),
    sa.Column("begun_at", sa.String(32), nullable=False),
)

_events = sa.Table(
    "events",
    _metadata,
    sa.Column("interview", sa.String(32), sa.ForeignKey("interviews.id"), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("kind", sa.String(32), nullable=False),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("at", sa.String(32), nullable=False),
)


@dataclass(frozen=True, slots=True)
class Recorded:
    """An event as it was recorded; `at` is UTC, ISO 8601."""

    event: Event
    at: str


@dataclass(frozen=True, slots=True)
class Listed:
    """An interview in a list."""

    id: str
    owner: str
    begun_at: str
    changed_at: str


class Store:
    """A database of interviews. Safe to share between threads and processes."""

    def __init__(self, url: str) -> None:
        try:
            self._engine = _engine(url)
            _migrate(self._engine)
        except SQLAlchemyError as error:
            raise StoreError(f"the database cannot be opened: {_cause(error)}") from error

    def create(self, owner: str, first: Begun) -> str:
        """Record the first event of a new interview of this owner, and give its id."""
        interview = secrets.token_hex(10)
        now = _now()
        with self._transaction() as connection:
            connection.execute(_interviews.insert().values(id=interview, owner=owner, begun_at=now))
            connection.execute(_events.insert().values(_row(interview, 0, first, now)))
        return interview

    def append(self, interview: str, number: int, event: Event) -> None:
        """Record the event as the interview's `number`-th (from 0).

        Raises MovedOnElsewhere if that place is taken: somebody else recorded an event first.
        """
        try:
            with self._transaction() as connection:
                connection.execute(_events.insert().values(_row(interview, number, event, _now())))
        except IntegrityError as error:
            raise MovedOnElsewhere("the interview has moved on in another window") from error

    def since(self, interview: str, number: int) -> list[Recorded]:
        """The events from the `number`-th on (from 0), in order; events never change, so what came before is known."""
        rows = sa.select(_events.c.kind, _events.c.body, _events.c.at)
        rows = rows.where(_events.c.interview == interview, _events.c.number >= number).order_by(_events.c.number)
        with self._transaction() as connection:
            return [Recorded(event_from_json(kind, body), at) for kind, body, at in connection.execute(rows)]

    def owns(self, interview: str, owner: str | None) -> bool:
        """Whether there is such an interview, and of this owner (None: of anybody)."""
        mine = sa.select(_interviews.c.id).where(_interviews.c.id == interview)
        if owner is not None:
            mine = mine.where(_interviews.c.owner == owner)
        with self._transaction() as connection:
            return connection.execute(mine).first() is not None

    def history(self, interview: str, owner: str | None = None) -> list[Recorded]:
        """All events in order. Raises NoSuchInterview if there is none, or not of this owner (None: of anybody)."""
        if not self.owns(interview, owner):
            raise NoSuchInterview(f"there is no interview {interview!r} here")
        return self.since(interview, 0)

    def interviews(self, owner: str | None = None) -> list[Listed]:
        """The interviews of an owner (None: of everybody), the one that changed last first."""
        changed = sa.func.max(_events.c.at).label("changed")
        query = (
            sa.select(_interviews.c.id, _interviews.c.owner, _interviews.c.begun_at, changed)
            .join(_events, _events.c.interview == _interviews.c.id)
            .group_by(_interviews.c.id, _interviews.c.owner, _interviews.c.begun_at)
            .order_by(changed.desc(), _interviews.c.id)
        )
        if owner is not None:
            query = query.where(_interviews.c.owner == owner)
        with self._transaction() as connection:
            return [Listed(*row) for row in connection.execute(query)]

    def close(self) -> None:
        self._engine.dispose()

    @contextmanager
    def _transaction(self) -> Iterator[sa.Connection]:
        try:
            with self._engine.begin() as connection:
                yield connection
        except IntegrityError:
            raise
        except SQLAlchemyError as error:
            raise StoreError(f"the database cannot be used: {_cause(error)}") from error


def _row(interview: str, number: int, event: Event, at: str) -> dict[str, Any]:
    kind, body = event_to_json(event)
    return {"interview": interview, "number": number, "kind": kind, "body": body, "at": at}


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def _cause(error: SQLAlchemyError) -> str:
    """What went wrong, without the statement and its values: those hold answers."""
    if isinstance(error, DBAPIError) and error.orig is not None:
        return str(error.orig)
    return str(error).splitlines()[0]


def _engine(url: str) -> sa.Engine:
    engine = sa.create_engine(url, hide_parameters=True)
    if engine.dialect.name == "sqlite":

        @sa.event.listens_for(engine, "connect")
        def _pragmas(connection: Any, _: Any) -> None:
            cursor = connection.cursor()
            for statement in _PRAGMAS:
                cursor.execute(statement)
            cursor.close()

    return engine


def _migrate(engine: sa.Engine) -> None:
    """Bring an older database up to date; refuse one that a newer program wrote."""
    with engine.begin() as connection:
        at = None
        if sa.inspect(connection).has_table("alembic_version"):
            at = connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()
        if at == _REVISIONS[-1]:
            return
        if at is not None and at not in _REVISIONS:
            raise StoreError(
                f"the database was written by a newer version of this program (its version is {at}): "
                "install the newer version, or point INTERVIEWER_DATABASE_URL to another database"
            )
        # Imported only when there is something to do: it costs a third of a second at every start.
        from alembic.command import upgrade
        from alembic.config import Config

        config = Config()
        config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
        config.attributes["connection"] = connection
        upgrade(config, "head")
