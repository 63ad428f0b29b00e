"""A model call under way: what it is doing and since when, and how it is stopped from another thread."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from enum import StrEnum
from threading import Event, Lock, Thread
from typing import TypeVar

from interviewer.errors import LLMUnreachable
from interviewer.text.messages import localized

_MOMENT = 1.0

T = TypeVar("T")


class CallPhase(StrEnum):
    """What a call is waiting for, in the order in which it comes."""

    WAITING = "waiting"
    """No process has begun with it."""
    RETRYING = "retrying"
    """The model could not be reached, or its process ended; it is tried again later."""
    ELSEWHERE = "elsewhere"
    """Another process is at it."""
    QUEUEING = "queueing"
    LOADING = "loading"
    READING = "reading"
    """Asked, and nothing has come yet. A server that loads or queues without saying so seems to read, too."""
    THINKING = "thinking"
    WRITING = "writing"


@dataclass(frozen=True, slots=True)
class CallProgress:
    """The phase of a call, and since when, in seconds since 1970."""

    phase: CallPhase
    since: float

    @property
    def seconds(self) -> int:
        """Whole seconds that have passed in this phase."""
        return max(0, int(time.time() - self.since))


class ModelCall:
    """One piece of work, such as a grading, for which a model may be asked several times. Any thread may look or stop it.

    Whatever is asked of a model inside `with call.running():` reports to it and ends when it is stopped. It is found by
    context, since a model is asked deep below whoever wants to watch.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._stopped = Event()
        self._enders: list[Callable[[], object]] = []
        self._now: CallProgress | None = None
        self._before: CallProgress | None = None

    @contextmanager
    def running(self) -> Iterator["ModelCall"]:
        token = _CURRENT.set(self)
        try:
            yield self
        finally:
            _CURRENT.reset(token)

    def start(self, work: Callable[[], T]) -> Future[T]:
        """The work in a thread of its own as part of this call; a model that never answers keeps no program from ending."""
        done: Future[T] = Future()

        def run() -> None:
            try:
                with self.running():
                    done.set_result(work())
            except BaseException as error:  # noqa: BLE001 - raised again where the result is asked for
                done.set_exception(error)

        Thread(target=run, name="model", daemon=True).start()
        return done

    @property
    def progress(self) -> CallProgress | None:
        """None until a model is asked."""
        return self._now

    def enter(self, phase: CallPhase) -> None:
        """Tell the phase; a server that is asked again and still loads, or is busy, has been so all the while."""
        with self._lock:
            now, before = self._now, self._before
            if now is not None and now.phase is phase:
                return
            entered = CallProgress(phase, time.time())
            is_retry = now is not None and now.phase is CallPhase.READING and entered.since - now.since < _MOMENT
            if before and before.phase is phase and is_retry:
                entered = before
            self._before, self._now = now, entered

    @property
    def is_stopped(self) -> bool:
        return self._stopped.is_set()

    def stop(self) -> None:
        """End what is being waited for: it and all that is asked later raise LLMUnreachable. Returns at once."""
        self._stopped.set()
        with self._lock:
            enders = list(self._enders)
        for end in enders:
            end()

    @contextmanager
    def ended_by(self, end: Callable[[], object]) -> Iterator[None]:
        """Inside the block, `end` is called by whoever stops the call. Raises LLMUnreachable if stopped already."""
        with self._lock:
            self._enders.append(end)
        try:
            self.check()
            yield
        finally:
            with self._lock:
                self._enders.remove(end)

    def check(self) -> None:
        """Raises LLMUnreachable if the call is stopped."""
        if self.is_stopped:
            raise LLMUnreachable(localized("call.stopped"))


_CURRENT: ContextVar[ModelCall | None] = ContextVar("model call", default=None)


def current_call() -> ModelCall:
    """The call that this is part of; one that nobody looks at where there is none."""
    return _CURRENT.get() or ModelCall()
