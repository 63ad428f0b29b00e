"""How many requests one server gets at a time; the others wait for their turn, in the order in which they came."""

from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Lock

from interviewer.llm.model_call import CallPhase, current_call


class ConcurrencyLimit:
    """Lets so many requests through at a time. Any thread may use it."""

    def __init__(self, width: int | Callable[[], int]) -> None:
        """`width` may change: how many a server takes is known only once it was asked what it is."""
        self._width = width if callable(width) else lambda: width
        self._under_way = 0
        self._waiting: deque[Event] = deque()
        self._lock = Lock()

    @contextmanager
    def slot(self) -> Iterator[None]:
        """Wait for a place and hold it. Raises LLMUnreachable if the call is stopped meanwhile."""
        self._enter()
        try:
            yield
        finally:
            self._leave()

    def _enter(self) -> None:
        call, turn = current_call(), Event()
        with self._lock:
            if self._under_way < self._width():
                self._under_way += 1
                return
            self._waiting.append(turn)
        call.enter(CallPhase.QUEUEING)
        try:
            with call.ended_by(turn.set):
                turn.wait()
            call.check()
        except BaseException:
            self._give_up(turn)
            raise

    def _give_up(self, turn: Event) -> None:
        with self._lock:
            if turn in self._waiting:
                self._waiting.remove(turn)
                return
        self._leave()  # its turn had come already

    def _leave(self) -> None:
        with self._lock:
            self._under_way -= 1
            while self._waiting and self._under_way < self._width():
                self._under_way += 1
                self._waiting.popleft().set()
