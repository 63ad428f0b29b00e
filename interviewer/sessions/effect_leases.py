"""Leases: which process works on what an interview is owed, so that no two of them pay a model for the same thing."""

import logging
import os
import secrets
import socket
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum, auto
from functools import cache
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from interviewer.domain.interview import AskProbe, Clarify, Effect, GradeAgain, GradeAttempt
from interviewer.errors import StoreError
from interviewer.sessions.database import Database
from interviewer.sessions.tables import leases

_log = logging.getLogger(__name__)

_GOOD_FOR = 60.0
_RENEWED_EVERY = 20.0
_PROCESS = secrets.token_hex(4)
# Begins the last word of a holder who works with a model that no other process knows.
PRIVATE = "own-"
_HELD = sa.select(leases.c.holder, leases.c.until)

EFFECTS: dict[str, type[Effect]] = {
    "grade": GradeAttempt,
    "second opinion": GradeAgain,
    "follow-up": AskProbe,
    "clarification": Clarify,
}
"""What the kinds of effects are called in the database."""
_NAMES = {kind: name for name, kind in EFFECTS.items()}


@dataclass(frozen=True, slots=True)
class EffectKey:
    """Which effect of which interview; `str` of it names the effect within its interview."""

    interview: str
    effect: Effect

    def __str__(self) -> str:
        return f"{self.kind} {self.effect.question} {self.effect.attempt}"

    @property
    def kind(self) -> str:
        return _NAMES[type(self.effect)]


class LeaseState(Enum):
    """What is known of the work on an effect; `LOST` if it went on with a model that died with its process."""

    FREE = auto()
    HELD = auto()
    LOST = auto()


class EffectLeases:
    """The leases of one service. They expire a minute after its process has died, and at once if that is seen."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._holders = [holder_name(), holder_name(PRIVATE)]
        self._held: set[EffectKey] = set()
        self._lock = threading.Lock()
        self._closed = threading.Event()
        self._renewing: threading.Thread | None = None

    def state(self, key: EffectKey) -> LeaseState:
        """Whether somebody is at it. Raises StoreError."""
        held = self._database.first(_HELD.where(_this(key)))
        if held is None:
            return LeaseState.FREE
        if held.until >= time.time() and not is_dead(held.holder):
            return LeaseState.HELD
        return LeaseState.LOST if is_private(held.holder) else LeaseState.FREE

    def take(self, key: EffectKey, *, is_private: bool = False) -> bool:
        """Claim the effect unless somebody else holds it; `is_private` if no other process knows the model. Raises StoreError."""
        this, now = _this(key), time.time()
        holder = self._holders[is_private]
        row = {"interview": key.interview, "effect_key": str(key), "holder": holder, "until": now + _GOOD_FOR}
        try:
            with self._database.write() as connection:
                held = connection.execute(_HELD.where(this)).first()
                if held is None:
                    connection.execute(leases.insert().values(row))
                elif held.until < now or is_dead(held.holder):
                    taken = leases.update().where(this, leases.c.holder == held.holder, leases.c.until == held.until)
                    if connection.execute(taken.values(row)).rowcount == 0:
                        return False
                else:
                    return False
        except IntegrityError:
            return False  # somebody was faster, or the interview is gone
        with self._lock:
            self._held.add(key)
            if self._renewing is None:
                self._renewing = threading.Thread(target=self._renew, name="effect leases", daemon=True)
                self._renewing.start()
        return True

    def release(self, key: EffectKey) -> None:
        """Give a lease back; one that cannot be given back expires."""
        with self._lock:
            self._held.discard(key)
        with suppress(StoreError):
            self._database.change(leases.delete().where(_this(key), leases.c.holder.in_(self._holders)))

    def forget(self, key: EffectKey) -> None:
        self._database.change(leases.delete().where(_this(key)))

    def close(self) -> None:
        """Renew no more, and let other processes have at once what they can go on with."""
        self._closed.set()
        with self._lock:
            is_idle = not self._held
        if not is_idle:
            with suppress(StoreError):
                self._database.change(leases.delete().where(leases.c.holder == self._holders[False]))

    def _renew(self) -> None:
        while not self._closed.wait(_RENEWED_EVERY):
            with self._lock:
                if not self._held:
                    self._renewing = None
                    return
            try:
                mine = leases.update().where(leases.c.holder.in_(self._holders))
                self._database.change(mine.values(until=time.time() + _GOOD_FOR))
            except StoreError as error:
                _log.warning("leases could not be renewed: %s", error)


def _this(key: EffectKey) -> sa.ColumnElement[bool]:
    return (leases.c.interview == key.interview) & (leases.c.effect_key == str(key))


def holder_name(kind: str = "") -> str:
    """A new name for a part of this process that holds leases; `is_dead` tells from it whether the process has ended."""
    return f"{_machine()} {os.getpid()} {_PROCESS} {kind}{secrets.token_hex(4)}"


def is_private(holder: str) -> bool:
    """Whether a holder works, or worked, with a model that no other process knows."""
    return holder.rpartition(" ")[2].startswith(PRIVATE)


@cache
def _machine() -> str:
    """This machine since its start and, in a container, this container: process ids mean something only within it."""
    name = socket.gethostname().replace(" ", "-")
    with suppress(OSError):
        started = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        return f"{name}/{started}/{Path('/proc/self/ns/pid').readlink()}"
    return name


def is_dead(holder: str) -> bool:
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
