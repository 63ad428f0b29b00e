"""Work in threads of its own: a page hears how far it is, and can stop it."""

import queue
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import wait
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial
from typing import Generic, TypeVar

from interviewer.llm.model_call import ModelCall

T = TypeVar("T")
M = TypeVar("M")

_POLL_SECONDS = 0.15


class BackgroundTask(Generic[T, M]):
    """A function that tells how far it is; iterate to hear it, then ask for its result."""

    def __init__(
        self,
        function: Callable[[Callable[[M], None]], T],
        given_up: threading.Event | None = None,
        call: ModelCall | None = None,
    ) -> None:
        """Once it is `given_up`, nobody waits for the function any more; it may go on until it notices.

        What it asks a model in its own thread is part of `call`.
        """
        self._call = call or ModelCall()
        self._given_up = given_up or threading.Event()
        self._told: queue.SimpleQueue[M] = queue.SimpleQueue()
        self._done = self._call.start(partial(function, self._told.put))

    def __iter__(self) -> Iterator[M]:
        """The latest of what was told, at most a few times a second, until the function is done.

        It comes again where the model does something else.
        """
        latest: list[M] = []
        before = None
        while not self._done.done() and not self._given_up.is_set():
            wait([self._done], _POLL_SECONDS)
            told, progress = list(_drained(self._told)), self._call.progress
            latest = told or latest
            if latest and (told or progress != before):
                yield latest[-1]
            before = progress

    def result(self) -> T:
        return self._done.result()


def _drained(told: "queue.SimpleQueue[M]") -> Iterator[M]:
    while not told.empty():
        yield told.get()


class WindowTask(StrEnum):
    """What a window may wait for, each with a button of its own that stops it."""

    IMPORT = "import"
    JOB = "job"


class _Stopped(Exception):
    """Somebody has pressed the button that stops the task."""


@dataclass(frozen=True, slots=True)
class WindowTasks:
    """The tasks that windows of visitors wait for."""

    running: dict[tuple[str, str, WindowTask], threading.Event] = field(default_factory=dict)
    """What stops a task, by visitor and window."""

    def stop(self, owner: str, window: str, task: WindowTask) -> None:
        """Stop what a visitor's window waits for; nothing is kept of a file that was being read."""
        if stopping := self.running.get((owner, window, task)):
            stopping.set()

    def watched(
        self, owner: str, window: str, task: WindowTask, work: Callable[[Callable[[M], None]], T], begins: M
    ) -> Iterator[M | T | None]:
        """How far a task is while a visitor's window waits, then its result; None if `stop` ended it.

        It `begins` with what is told before the work tells anything. The work ends at the latest when it tells its
        progress; what it asks of a model ends at once, also where the window was closed: nobody reads it any more.
        """
        stopping = self.running[owner, window, task] = threading.Event()
        call = ModelCall()

        def heeding(tell: Callable[[M], None]) -> T:
            def told(progress: M) -> None:
                if stopping.is_set():
                    raise _Stopped
                tell(progress)

            return work(told)

        try:
            run: BackgroundTask[T, M] = BackgroundTask(heeding, stopping, call)
            yield begins
            yield from run
            yield None if stopping.is_set() else run.result()
        finally:
            stopping.set()
            call.stop()
            if self.running.get((owner, window, task)) is stopping:
                del self.running[owner, window, task]
