"""Where faults are tried: servers and workers of the program, and databases whose writes can be held up.

Every server is started as a user starts it, in a folder of its own, and ended by its process id.
"""

import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

ROOT = Path(__file__).parent.parent.parent
START_SECONDS = 300


@dataclass
class Place:
    """A folder and a database that servers share."""

    folder: Path
    url: str = ""
    postgres: "Postgres | None" = None

    @property
    def database(self) -> str:
        return self.url or f"sqlite:///{self.folder / 'interviews.sqlite3'}"

    @property
    def file(self) -> Path:
        return self.folder / "interviews.sqlite3"


class Served:
    """A server as a user starts it; the port stays the same after a restart."""

    def __init__(self, place: Place, **settings: str) -> None:
        self.place, self.settings, self.port, self.url = place, settings, 0, ""

    @property
    def command(self) -> list[str]:
        return [str(ROOT / "app.py"), "--port", str(self.port)]

    def launch(self) -> None:
        """Start it without waiting until it is there."""
        settings = {"DATA_DIR": str(self.place.folder), "DATABASE_URL": self.place.url, **self.settings}
        environment = {f"INTERVIEWER_{name}": value for name, value in settings.items()}
        self.log = tempfile.NamedTemporaryFile("w+", prefix="faults-", suffix=".log")  # noqa: SIM115 - as long as the server
        self.process = subprocess.Popen(
            [sys.executable, *self.command],
            env={**os.environ, "PYTHONUNBUFFERED": "1", "PYTHONPATH": str(ROOT), **environment},
            cwd=self.place.folder, stdout=self.log, stderr=self.log,
        )  # fmt: skip

    def wait(self) -> bool:
        """Whether it came up."""
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end and self.process.poll() is None:
            if found := re.search(r"http://127\.0\.0\.1:(\d+)", Path(self.log.name).read_text()):
                self.url, self.port = found.group(), int(found.group(1))
                return True
            time.sleep(0.05)
        return False

    def start(self) -> "Served":
        self.launch()
        if not self.wait():
            raise RuntimeError(f"the server did not start:\n{self.said()}")
        return self

    def said(self) -> str:
        return Path(self.log.name).read_text()

    def end(self, how: signal.Signals = signal.SIGKILL) -> float:
        """How long it took."""
        start = time.monotonic()
        self.process.send_signal(how)
        self.process.wait(30)
        return time.monotonic() - start


class Worker(Served):
    """A worker as an operator starts it; it does all there is to do while no page of a row runs jobs itself."""

    @property
    def command(self) -> list[str]:
        return ["-m", "interviewer", "worker"]

    def wait(self) -> bool:
        """Whether it takes jobs."""
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end and self.process.poll() is None:
            if "working" in self.said():
                return True
            time.sleep(0.05)
        return False


@contextmanager
def served(place: Place, **settings: str) -> Iterator[Served]:
    server = Served(place, **settings).start()
    try:
        yield server
    finally:
        if server.process.poll() is None:
            server.end()


@contextmanager
def writes_held(place: Place, mode: str = "SHARE ROW EXCLUSIVE") -> Iterator[None]:
    """Until the block ends nobody records an event; with the `mode` ACCESS EXCLUSIVE of PostgreSQL nobody reads one, either."""
    if not place.postgres:
        with closing(sqlite3.connect(place.file)) as connection:
            connection.execute("BEGIN EXCLUSIVE")
            yield
            connection.rollback()
        return
    engine = sa.create_engine(place.postgres.near(place.url))
    with engine.begin() as holding:
        holding.execute(sa.text(f"LOCK TABLE events IN {mode} MODE"))
        yield
    engine.dispose()


@contextmanager
def small_disk(place: Place) -> Iterator[Path | None]:
    """A small disk on which the database of this place is until the block ends; None where none can be mounted."""
    disk = place.postgres.folder / "small" if place.postgres else place.folder
    disk.mkdir(exist_ok=True)
    size = "24m" if place.postgres else "2m"  # a new database of PostgreSQL takes 8 MB
    command = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(disk)]
    if subprocess.run(command, check=False, capture_output=True).returncode:
        yield None
        return
    try:
        if place.postgres:
            shutil.chown(disk, "postgres", "postgres")
            place.postgres.execute(f"CREATE TABLESPACE small LOCATION '{disk}'")
            place.url = place.postgres.new("TABLESPACE small")
        yield disk
        if place.postgres:
            place.postgres.execute(f"DROP DATABASE {sa.make_url(place.url).database} WITH (FORCE)")
            place.postgres.execute("DROP TABLESPACE small")
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=False)


def fill(disk: Path) -> Path:
    """Fill a disk to its last byte; the file that does."""
    filler = disk / "filler"
    with suppress(OSError), filler.open("wb", buffering=0) as file:
        while file.write(b"x" * 512):
            pass
    return filler


class Postgres:
    """A server of Debian's package, started for these tests and run by its own user."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="faults-postgres-"))
        shutil.chown(self.folder, "postgres", "postgres")
        self._programs = max(Path("/usr/lib/postgresql").glob("*/bin/initdb")).parent
        self._count = 0
        self._run("initdb", "-D", "data", "-A", "trust", "-N", "-E", "UTF8")
        self.control("start")

    def control(self, what: str, *more: str) -> None:
        options = f"-c listen_addresses= -c unix_socket_directories={self.folder} -c max_connections=300"
        starting = ("-l", "log", "-o", options) if what == "start" else ()
        self._run("pg_ctl", "-D", "data", "-w", "-s", *more, *starting, what)

    def execute(self, statement: str, url: str = "") -> None:
        engine = sa.create_engine(url or self._url("postgres"), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(sa.text(statement))
        engine.dispose()

    def make_tables_slowly(self, url: str) -> None:
        """Let every statement that makes a table take a while, so that a process can be killed between two of them."""
        body = "BEGIN PERFORM pg_sleep(0.3); END"
        self.execute(f"CREATE FUNCTION slowly() RETURNS event_trigger LANGUAGE plpgsql AS '{body}'", url)
        self.execute("CREATE EVENT TRIGGER slowly ON ddl_command_end EXECUTE FUNCTION slowly()", url)

    def is_making_tables(self, url: str) -> bool:
        """Whether some program is between its first table and its commit: until then, its locks are all that is seen of it."""
        engine = sa.create_engine(self._url("postgres"))
        locks = sa.text(
            "SELECT count(*) FROM pg_locks JOIN pg_database AS d ON d.oid = pg_locks.database "
            "WHERE d.datname = :name AND locktype = 'relation' AND mode = 'AccessExclusiveLock'"
        )
        with engine.connect() as connection:
            found = connection.execute(locks, {"name": sa.make_url(url).database}).scalar()
        engine.dispose()
        return bool(found)

    def is_waited_for(self) -> bool:
        """Whether a program waits for a lock of another."""
        return bool(self.count("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"))

    def count(self, query: str, url: str = "") -> int:
        engine = sa.create_engine(url or self._url("postgres"))
        with engine.connect() as connection:
            found = connection.execute(sa.text(query)).scalar()
        engine.dispose()
        return int(found or 0)

    def near(self, url: str) -> str:
        """The same database, not over a network."""
        return self._url(sa.make_url(url).database or "")

    @property
    def socket(self) -> Path:
        return self.folder / ".s.PGSQL.5432"

    def new(self, options: str = "") -> str:
        """The URL of an empty database."""
        self._count += 1
        self.execute(f"CREATE DATABASE fault_{self._count} {options}")
        return self._url(f"fault_{self._count}")

    def close(self) -> None:
        self.control("stop", "-m", "immediate")
        shutil.rmtree(self.folder, ignore_errors=True)

    def _url(self, name: str) -> str:
        return f"postgresql+psycopg://postgres@/{name}?host={self.folder}"

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(self._programs / program), *arguments]
        subprocess.run(command, user="postgres", cwd=self.folder, check=True, stdout=subprocess.DEVNULL)
