"""How much each visitor of a page may use in an hour of what costs the operator money."""

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

_HOUR = 3600.0


@dataclass(slots=True)
class HourlyBudget:
    """Counts what each visitor used in the last hour. Safe to share between threads."""

    most: int
    now: Callable[[], float] = time.monotonic
    _used: dict[str, deque[tuple[float, int]]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def spend(self, owner: str, amount: int) -> bool:
        """Take so much from what this visitor has left; False, and nothing taken, where that is less."""
        with self._lock:
            self._forget_old()
            spent = sum(amount for _, amount in self._used.get(owner, ()))
            if spent + amount > self.most:
                return False
            self._used.setdefault(owner, deque()).append((self.now(), amount))
            return True

    def give_back(self, owner: str) -> None:
        """Undo what was taken last: nothing was had for it."""
        with self._lock:
            if used := self._used.get(owner):
                used.pop()

    def _forget_old(self) -> None:
        until = self.now() - _HOUR
        for owner, used in list(self._used.items()):
            while used and used[0][0] <= until:
                used.popleft()
            if not used:
                del self._used[owner]
