"""The connection to the database: how it is opened, brought up to date, and how its errors are told."""

import logging
import os
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, IntegrityError, SQLAlchemyError

from interviewer.errors import SettingsError, StoreDamaged, StoreError
from interviewer.sessions.job_schema import make_job_tables, missing_migrations
from interviewer.text.messages import localized

_log = logging.getLogger(__name__)

# The versions of the database in their order; the last is what this program reads and writes.
REVISIONS = ("0001", "0002", "0003", "0004", "0005", "0006", "0007", "0008", "0009", "0010", "0011", "0012")
# The first that there is a migration to, from whatever came before.
BASELINE = "0011"

# Any number will do, as long as all versions of this program take the same one.
_MIGRATION_LOCK = 7_304_911_206

_IMMEDIATE = "sqlite_begin_immediate"
_EMPTY_LOG = "PRAGMA wal_checkpoint(TRUNCATE)"

_SQLITE_FAULTS = {
    sqlite3.SQLITE_FULL: "full",
    sqlite3.SQLITE_READONLY: "read_only",
    sqlite3.SQLITE_BUSY: "locked",
    sqlite3.SQLITE_LOCKED: "locked",
    sqlite3.SQLITE_CORRUPT: "damaged",
    sqlite3.SQLITE_NOTADB: "damaged",
    sqlite3.SQLITE_CANTOPEN: "unopened",
    sqlite3.SQLITE_IOERR: "unopened",
}
# The connection was lost, the server is being stopped or started.
_POSTGRES_GONE = ("08", "57P0")
_POSTGRES_FAULTS = {"53100": "full", "25006": "read_only", "55P03": "locked", "40P01": "locked", "40001": "locked"}


# Of libpq, PostgreSQL's own client: a host that swallows packets is given up in seconds, not in the quarter of an hour
# of the operating system. The address of the database may say otherwise.
_POSTGRES_PATIENCE = {"connect_timeout": "3", "tcp_user_timeout": "5000", "keepalives_idle": "10"}


class Database:
    """Transactions on one database. Safe to share between threads."""

    def __init__(
        self, url: str, rebuild: Callable[[sa.Connection], object], patience: float = 10.0, connections: int = 15
    ) -> None:
        """`patience` is for how many seconds a lock is waited for; `rebuild` fills tables that a migration has made.

        At most so many `connections` go to a server; a third of them stay open.
        Raises StoreError if the database cannot be used, SettingsError if the URL cannot.
        """
        self._engine = _engine(url, patience, connections)
        self._writer = self._engine.execution_options(**{_IMMEDIATE: True})
        try:
            with self._translated():
                _migrate(self._engine, self._writer, rebuild)
        except BaseException:
            self.close()
            raise

    @property
    def url(self) -> sa.URL:
        return self._engine.url

    @contextmanager
    def read(self) -> Iterator[sa.Connection]:
        with self._translated(), self._engine.begin() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[sa.Connection]:
        """A transaction that may write. Raises IntegrityError as it comes: the caller knows what was to be unique."""
        with self._translated(), self._writer.begin() as connection:
            yield connection

    def rows(self, query: sa.Executable) -> Sequence[sa.Row[Any]]:
        """What one query finds, in a transaction of its own."""
        with self.read() as connection:
            return connection.execute(query).all()

    def first(self, query: sa.Executable) -> sa.Row[Any] | None:
        with self.read() as connection:
            return connection.execute(query).first()

    def value(self, query: sa.Executable) -> Any:
        """The first column of the first row; None where there is no row."""
        with self.read() as connection:
            return connection.execute(query).scalar()

    def change(self, statement: sa.Executable) -> int:
        """Run one statement that writes, and give how many rows it touched. Raises IntegrityError as `write` does."""
        with self.write() as connection:
            return connection.execute(statement).rowcount

    def failing(self) -> str | None:
        """What keeps the program from using it now: `database`, `migrations` or `queue` (another version), or nothing."""
        try:
            with self.read() as connection:
                if _revision(connection) != REVISIONS[-1]:
                    return "migrations"
                return "queue" if missing_migrations(connection) else None
        except StoreError:
            return "database"

    def compact(self) -> None:
        """Give back the room of what was deleted; PostgreSQL does so by itself."""
        self._run_on_sqlite("VACUUM", _EMPTY_LOG)

    def empty_log(self) -> None:
        """Let the bytes of what was deleted go from the write-ahead log too; from the file they go when they are deleted."""
        self._run_on_sqlite(_EMPTY_LOG)

    def close(self) -> None:
        self._engine.dispose()

    def _run_on_sqlite(self, *statements: str) -> None:
        """Run them outside of a transaction."""
        if self._engine.dialect.name != "sqlite":
            return
        with self._translated():
            connection = self._engine.raw_connection()
            try:
                cursor = connection.cursor()
                for statement in statements:
                    cursor.execute(statement)
                cursor.close()
            finally:
                connection.close()

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except IntegrityError:
            raise
        except SQLAlchemyError as error:
            raise store_error(error) from error


def sqlite_file(url: str) -> Path | None:
    """The file of an SQLite database; None if it is another database, or in memory."""
    parsed = sa.make_url(url)
    name = parsed.database
    if parsed.get_backend_name() != "sqlite" or not name or name == ":memory:" or name.startswith("file:"):
        return None
    return Path(name)


def store_error(error: SQLAlchemyError) -> StoreError:
    """What went wrong in words, without the statement and its values: those hold answers."""
    original = error.orig if isinstance(error, DBAPIError) and error.orig is not None else None
    # No connection has come free: those that there are wait for a server that does not answer.
    fault = "unreachable" if isinstance(error, sa.exc.TimeoutError) else _fault(original)
    if fault in ("unreachable", "unopened"):
        _log.warning("the database cannot be reached: %s", str(original or error).strip().splitlines()[0])
    if fault == "damaged":
        return StoreDamaged(localized("store.damaged"))
    if fault:
        return StoreError(localized(f"store.{fault}"))
    reason = str(original) if original is not None else str(error)
    return StoreError(localized("store.unusable", reason=reason.strip().splitlines()[0]))


def _fault(error: BaseException | None) -> str | None:
    if isinstance(error, sqlite3.Error):
        code = getattr(error, "sqlite_errorcode", None)
        if code is None:  # not from SQLite but from Python's driver, which repeats what it could not read
            return "damaged" if str(error).startswith("Could not decode") else None
        return _SQLITE_FAULTS.get(code & 0xFF)  # the rest of the code is detail
    if isinstance(error, Exception) and hasattr(error, "sqlstate"):
        state = error.sqlstate
        is_operational = any(kind.__name__ == "OperationalError" for kind in type(error).__mro__)
        if (state is None and is_operational) or str(state).startswith(_POSTGRES_GONE):
            return "unreachable"
        return _POSTGRES_FAULTS.get(str(state))
    return None


def _engine(url: str, patience: float, connections: int) -> sa.Engine:
    try:
        parsed = sa.make_url(url)
        if parsed.get_backend_name() == "sqlite":
            _make_private(parsed)
            engine = sa.create_engine(parsed, hide_parameters=True)
        else:
            if parsed.get_backend_name() == "postgresql":
                parsed = parsed.set(query=_POSTGRES_PATIENCE | dict(parsed.query))
            kept = -(-connections // 3)
            pool: dict[str, Any] = {"pool_size": kept, "max_overflow": connections - kept, "pool_timeout": patience}
            engine = sa.create_engine(parsed, hide_parameters=True, pool_pre_ping=True, **pool)
    except ModuleNotFoundError as error:
        raise SettingsError(localized("store.no_driver", driver=error.name or "?")) from error
    except sa.exc.NoSuchModuleError as error:
        raise SettingsError(localized("store.no_driver", driver=url.split(":", 1)[0])) from error
    except sa.exc.ArgumentError as error:
        raise SettingsError(localized("store.bad_url")) from error
    if engine.dialect.name == "sqlite":
        sa.event.listen(engine, "connect", lambda connection, _: _prepare_sqlite(connection, patience))
        sa.event.listen(engine, "begin", _begin_sqlite)
    return engine


def _make_private(url: sa.URL) -> None:
    """Make the file readable by its owner alone; SQLite gives its companion files the same mode."""
    name = url.database
    if name and name != ":memory:" and not name.startswith("file:"):
        with suppress(OSError):  # it is there already, or SQLite will say what is wrong with it
            os.close(os.open(name, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))


def _prepare_sqlite(connection: Any, patience: float) -> None:
    # The driver would begin transactions late and not at all before DDL; so it begins none, and `_begin_sqlite` does.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout={round(patience * 1000)}")
    cursor.execute("PRAGMA page_size=16384")  # of a new file: a grade fills a third of a page of the usual size
    _write_ahead(cursor, patience)
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA secure_delete=ON")  # what is deleted is overwritten, and in no free page of the file
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()


def _write_ahead(cursor: Any, patience: float) -> None:
    """Switch to the write-ahead log. SQLite does not wait by itself while another process is doing the same."""
    until = time.monotonic() + patience
    while cursor.execute("PRAGMA journal_mode").fetchone()[0] not in ("wal", "memory"):
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            if _fault(error) != "locked" or time.monotonic() > until:
                raise
            time.sleep(0.02)


def _begin_sqlite(connection: sa.Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE" if connection.get_execution_options().get(_IMMEDIATE) else "BEGIN")


def _migrate(engine: sa.Engine, writer: sa.Engine, rebuild: Callable[[sa.Connection], object]) -> None:
    """Bring an older database up to date, in one transaction and one process at a time; refuse a newer one."""
    with engine.connect() as connection:
        if _revision(connection) == REVISIONS[-1] and not missing_migrations(connection):
            return
    with writer.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_MIGRATION_LOCK)))
        make_job_tables(connection)
        revision = _revision(connection)
        if revision == REVISIONS[-1]:
            return  # another process was faster
        if revision is not None and revision not in REVISIONS:
            raise StoreError(localized("store.newer", version=revision))
        if revision is not None and revision < BASELINE:
            connection.execute(sa.text("DELETE FROM alembic_version"))
        # Imported only when there is something to do: it costs a third of a second at every start.
        from alembic.command import upgrade
        from alembic.config import Config

        config = Config()
        config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
        config.attributes["connection"] = connection
        upgrade(config, "head")
        rebuild(connection)


def _revision(connection: sa.Connection) -> str | None:
    """The version of the database. None if it has none: every migration leaves alone what is there already."""
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()
