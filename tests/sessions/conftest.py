"""A PostgreSQL server for the tests of the store: a given one, or one of Debian's package that is started here."""

import os
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from practice import Clock

from interviewer.sessions.store import Store

_GIVEN = os.environ.get("INTERVIEWER_TEST_POSTGRES", "")
_REQUIRED = bool(os.environ.get("REQUIRE_POSTGRES"))


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The URL of a server without the name of a database; the test is skipped where there is none."""
    if _GIVEN:
        yield _GIVEN.rsplit("/", 1)[0]
        return
    binaries = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), reverse=True)
    if not binaries or os.geteuid() != 0:
        why = "no PostgreSQL: set INTERVIEWER_TEST_POSTGRES to its URL, or install the package postgresql and be root"
        if _REQUIRED:
            pytest.fail(why)
        pytest.skip(why)
    folder = Path(tempfile.mkdtemp(prefix="interviewer-postgres-"))
    shutil.chown(folder, "postgres", "postgres")
    options = f"-c listen_addresses= -c unix_socket_directories={folder} -c fsync=off"
    control = ("pg_ctl", "-D", "data", "-w", "-s")

    def run(program: str, *arguments: str) -> None:
        command = [str(binaries[0].with_name(program)), *arguments]
        subprocess.run(command, user="postgres", cwd=folder, check=True, stdout=subprocess.DEVNULL)

    run("initdb", "-D", "data", "-A", "trust", "-N", "-E", "UTF8")
    run(*control, "-l", "log", "-o", options, "start")
    try:
        yield f"postgresql+psycopg://postgres@/?host={folder}"
    finally:
        run(*control, "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def postgres_url(postgres_server: str) -> str:
    """A database of its own for each test."""
    server, name = sa.make_url(postgres_server), f"test_{secrets.token_hex(6)}"
    engine = sa.create_engine(server.set(database="postgres"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return server.set(database=name).render_as_string(hide_password=False)


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of either kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'a.sqlite3'}"
    found: str = request.getfixturevalue("postgres_url")
    return found


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    store = Store(url)
    yield store
    store.close()


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)
