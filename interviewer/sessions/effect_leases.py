"""Leases: which process works on what an interview is owed, so that no two of them pay a model for the same thing."""

import logging
import os
import secrets
import socket
import threading
import time
from contextlib import suppress
from functools import cache
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from interviewer.errors import StoreError
from interviewer.sessions.database import Database
from interviewer.sessions.tables import leases

_log = logging.getLogger(__name__)

_GOOD_FOR = 60.0
_RENEWED_EVERY = 20.0
_PROCESS = secrets.token_hex(4)


class EffectLeases:
    """The leases of one service. They expire a minute after its process has died, and at once if that is seen."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._holder = f"{_machine()} {os.getpid()} {_PROCESS} {secrets.token_hex(4)}"
        self._held: set[tuple[str, str]] = set()
        self._lock = threading.Lock()
        self._closed = threading.Event()
        self._renewing: threading.Thread | None = None

    def take(self, interview: str, effect: str) -> bool:
        """Claim the effect unless somebody else holds it. Raises StoreError."""
        this = (leases.c.interview == interview) & (leases.c.effect_key == effect)
        now = time.time()
        row = {"interview": interview, "effect_key": effect, "holder": self._holder, "until": now + _GOOD_FOR}
        try:
            with self._database.write() as connection:
                held = connection.execute(sa.select(leases.c.holder, leases.c.until).where(this)).first()
                if held is None:
                    connection.execute(leases.insert().values(row))
                elif held.until < now or _is_dead(held.holder):
                    taken = leases.update().where(this, leases.c.holder == held.holder, leases.c.until == held.until)
                    if connection.execute(taken.values(row)).rowcount == 0:
                        return False
                else:
                    return False
        except IntegrityError:
            return False  # somebody was faster, or the interview is gone
        with self._lock:
            self._held.add((interview, effect))
            if self._renewing is None:
                self._renewing = threading.Thread(target=self._renew, name="effect leases", daemon=True)
                self._renewing.start()
        return True

    def release(self, interview: str, effect: str) -> None:
        """Give a lease back; one that cannot be given back expires."""
        with self._lock:
            self._held.discard((interview, effect))
        mine = (leases.c.interview == interview) & (leases.c.effect_key == effect) & (leases.c.holder == self._holder)
        with suppress(StoreError), self._database.write() as connection:
            connection.execute(leases.delete().where(mine))

    def close(self) -> None:
        self._closed.set()

    def _renew(self) -> None:
        while not self._closed.wait(_RENEWED_EVERY):
            with self._lock:
                if not self._held:
                    self._renewing = None
                    return
            try:
                with self._database.write() as connection:
                    mine = leases.update().where(leases.c.holder == self._holder)
                    connection.execute(mine.values(until=time.time() + _GOOD_FOR))
            except StoreError as error:
                _log.warning("leases could not be renewed: %s", error)


@cache
def _machine() -> str:
    """This machine since its start and, in a container, this container: process ids mean something only within it."""
    name = socket.gethostname().replace(" ", "-")
    with suppress(OSError):
        started = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        return f"{name}/{started}/{Path('/proc/self/ns/pid').readlink()}"
    return name


def _is_dead(holder: str) -> bool:
    """Whether the process of a lease is known to have ended; False where nobody can tell."""
    machine, pid, process, _ = holder.split(" ")
    if machine != _machine() or os.name != "posix" or process == _PROCESS:
        return False
    if int(pid) == os.getpid():
        return True  # the id was given anew, to this process
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except OSError:
        pass
    return False
