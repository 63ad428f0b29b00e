"""Queues of background work, one for each server that is waited for, so that a slow one holds up nobody else.

Their threads are daemons: a call that hangs does not keep the program from ending.
"""

import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future

_IDLE_SECONDS = 10.0


class WorkQueues:
    """Queues by name, each worked by at most `width` threads. Safe to share between threads."""

    def __init__(self, width: int) -> None:
        self._width = width
        self._queues: dict[str, _WorkQueue] = {}
        self._lock = threading.Lock()

    def submit(self, name: str, work: Callable[[], None]) -> Future[None]:
        with self._lock:
            found = self._queues.setdefault(name, _WorkQueue(name, self._width))
        return found.submit(work)


class _WorkQueue:
    def __init__(self, name: str, width: int) -> None:
        self._name, self._width = name, width
        self._queue: queue.SimpleQueue[tuple[Future[None], Callable[[], None]]] = queue.SimpleQueue()
        self._threads = 0
        self._lock = threading.Lock()

    def submit(self, work: Callable[[], None]) -> Future[None]:
        future: Future[None] = Future()
        with self._lock:
            self._queue.put((future, work))
            if self._threads < self._width and not self._queue.empty():
                self._threads += 1
                threading.Thread(target=self._run, name=f"work queue {self._name}", daemon=True).start()
        return future

    def _run(self) -> None:
        while True:
            try:
                future, work = self._queue.get(timeout=_IDLE_SECONDS)
            except queue.Empty:
                with self._lock:
                    if self._queue.empty():
                        self._threads -= 1
                        return
                continue
            try:
                work()
                future.set_result(None)
            except BaseException as error:  # noqa: BLE001 - raised again where the future is asked
                future.set_exception(error)
