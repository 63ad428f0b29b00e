"""The tables of the job queue, which belong to procrastinate, made and kept up to date with our own."""

from importlib.util import find_spec
from pathlib import Path

import sqlalchemy as sa

# Which of procrastinate's migrations the database has.
_APPLIED = sa.Table("job_migrations", sa.MetaData(), sa.Column("name", sa.String(128), primary_key=True))


def has_jobs(url: sa.URL) -> bool:
    """Whether a database has a queue of jobs: one of PostgreSQL, reached by psycopg, where the extra `server` is installed."""
    return (url.get_backend_name(), url.get_driver_name()) == ("postgresql", "psycopg") and _folder() is not None


def missing_migrations(connection: sa.Connection) -> list[Path]:
    """The migrations that the installed procrastinate has and the database has not, in their order."""
    folder = _folder()
    if folder is None or not has_jobs(connection.engine.url):
        return []
    known: set[str] = set()
    if sa.inspect(connection).has_table(_APPLIED.name):
        known = set(connection.execute(sa.select(_APPLIED.c.name)).scalars())
    return [path for path in sorted((folder / "migrations").glob("*.sql")) if path.name not in known]


def make_job_tables(connection: sa.Connection) -> None:
    """Make the tables, or bring them up to date, in the transaction of this connection."""
    missing, inspector, folder = missing_migrations(connection), sa.inspect(connection), _folder()
    if not missing or folder is None:
        return
    is_new = not inspector.has_table(_APPLIED.name)
    _APPLIED.create(connection, checkfirst=True)
    if not is_new:
        for path in missing:
            _run(connection, path)
    elif not inspector.has_table("procrastinate_jobs"):
        _run(connection, folder / "schema.sql")  # it has all migrations in it
    connection.execute(_APPLIED.insert(), [{"name": path.name} for path in missing])


def _run(connection: sa.Connection, script: Path) -> None:
    # Over the driver's own connection: SQLAlchemy would send one statement at a time, and look for parameters.
    driver = connection.connection.driver_connection
    assert driver is not None
    driver.execute(script.read_text(encoding="utf-8"))


def _folder() -> Path | None:
    """Where the installed procrastinate keeps its SQL."""
    found = find_spec("procrastinate")
    return Path(found.origin).parent / "sql" if found is not None and found.origin else None
