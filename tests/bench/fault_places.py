"""Where faults are tried: servers of the program, PostgreSQL, and a host that can fall silent.

Every server is started as a user starts it, in a folder of its own, and ended by its process id.
"""

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
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


@contextmanager
def served(place: Place, **settings: str) -> Iterator[Served]:
    server = Served(place, **settings).start()
    try:
        yield server
    finally:
        if server.process.poll() is None:
            server.end()


_FORWARD = """
import asyncio, sys

async def forward(reader, writer):
    to_reader, to_writer = await asyncio.open_unix_connection(sys.argv[1])
    async def copy(source, target):
        while data := await source.read(65536):
            target.write(data)
            await target.drain()
        target.close()
    await asyncio.gather(copy(reader, to_writer), copy(to_reader, writer), return_exceptions=True)

async def main():
    server = await asyncio.start_server(forward, "0.0.0.0", 5432)
    print("ready", flush=True)
    await server.serve_forever()

asyncio.run(main())
"""


class FarHost:
    """The database server as it is reached over a network of its own, which can swallow all packets. Only for root."""

    HERE, THERE, NAME = "10.199.7.1", "10.199.7.2", "faults-far"

    def __init__(self, folder: Path) -> None:
        for command in (
            f"ip netns add {self.NAME}",
            f"ip link add faults-here type veth peer name faults-there netns {self.NAME}",
            f"ip addr add {self.HERE}/30 dev faults-here",
            "ip link set faults-here up",
            f"ip netns exec {self.NAME} ip addr add {self.THERE}/30 dev faults-there",
            f"ip netns exec {self.NAME} ip link set faults-there up",
        ):
            subprocess.run(command.split(), check=True, capture_output=True)
        command = ["ip", "netns", "exec", self.NAME, sys.executable, "-c", _FORWARD, str(folder / ".s.PGSQL.5432")]
        self._forwarding = subprocess.Popen(command, stdout=subprocess.PIPE)
        assert self._forwarding.stdout
        self._forwarding.stdout.readline()

    def url(self, url: str) -> str:
        return f"postgresql+psycopg://postgres@{self.THERE}/{sa.make_url(url).database}"

    def fall_silent(self) -> None:
        self._route("add")

    def answer(self) -> None:
        self._route("del")

    def close(self) -> None:
        self._forwarding.kill()
        self._forwarding.wait()
        subprocess.run(["ip", "netns", "del", self.NAME], check=False)

    def _route(self, what: str) -> None:
        """What would go back here goes nowhere: packets arrive, and nothing is ever heard of them."""
        command = f"ip netns exec {self.NAME} ip route {what} blackhole {self.HERE}/32"
        subprocess.run(command.split(), check=True)


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
