"""How much each visitor of a page may use in an hour of what costs the operator money."""

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import NamedTuple

_HOUR = 3600.0


class Spending(NamedTuple):
    """What a visitor took, and when: in seconds of the budget's clock."""

    at: float
    amount: int


@dataclass(slots=True)
class HourlyBudget:
    """Counts what each visitor used in the last hour. Safe to share between threads."""

    most: int
    now: Callable[[], float] = time.monotonic
    _used: dict[str, list[Spending]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def spend(self, owner: str, amount: int) -> Spending | None:
        """Take so much from what this visitor has left; None, and nothing taken, where that is less."""
        with self._lock:
            now = self.now()
            counting = {who: [one for one in used if one.at > now - _HOUR] for who, used in self._used.items()}
            self._used = {who: used for who, used in counting.items() if used}
            if sum(one.amount for one in self._used.get(owner, ())) + amount > self.most:
                return None
            spending = Spending(now, amount)
            self._used.setdefault(owner, []).append(spending)
            return spending

    def give_back(self, owner: str, spending: Spending) -> None:
        """Undo what this visitor took, if it still counts: nothing was had for it."""
        with self._lock, suppress(KeyError, ValueError):
            self._used[owner].remove(spending)
