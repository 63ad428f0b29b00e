"""What one owner may use, answers and model calls in a time, tokens in a day; and tokens that a class may use in a day.

What is recorded stays: an answer that is over a limit is refused before it is taken, and a grading that is can be asked
for again.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from math import ceil

from interviewer.errors import OverLimit
from interviewer.sessions.database import Database
from interviewer.sessions.token_usage import Spending, class_budget, spent_since
from interviewer.text.messages import localized

BUDGET_PERIOD = timedelta(days=1)
_MOST_KNOWN = 10_000


@dataclass(eq=False, repr=False, slots=True)
class RateLimit:
    """At most so many in a time for each owner, as this process counts them. Safe to share between threads.

    It keeps one number for an owner: when all that was taken would have been taken at the steady rate.
    """

    most: int
    """0 for no limit."""
    seconds: float
    is_off: Callable[[], bool] = lambda: False
    now: Callable[[], float] = time.monotonic
    _paid_until: dict[str, float] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, owner: str) -> float:
        """0 if one more may be had, which is then counted; else in how many seconds it may."""
        if not self.most or self.is_off():
            return 0.0
        each, now = self.seconds / self.most, self.now()
        with self._lock:
            until = max(now, self._paid_until.get(owner, 0.0)) + each
            if until > now + self.seconds + each / 2:  # the half is for sums of fractions
                return until - now - self.seconds
            self._paid_until[owner] = until
            if len(self._paid_until) > _MOST_KNOWN:
                self._paid_until = {one: paid for one, paid in self._paid_until.items() if paid > now}
        return 0.0


@dataclass(frozen=True, slots=True)
class UsageLimits:
    """All limits of a server, the same for every owner; the limits of classes are in the database."""

    database: Database
    answers: RateLimit
    calls: RateLimit
    daily_tokens: int = 0
    """0 for no limit. What is under way when they are used up still ends."""
    now: Callable[[], datetime] = lambda: datetime.now(UTC)

    def take_answer(self, owner: str) -> None:
        """Count an answer, or an interview that is begun. Raises OverLimit if it comes too soon."""
        if wait := self.answers.take(owner):
            raise OverLimit(localized("limit.answers", most=self.answers.most, seconds=ceil(wait)))

    def take_call(self, owner: str, interview: str | None = None) -> None:
        """Count a grading or follow-up by a model. Raises OverLimit if the owner, or the class, may have no more."""
        now = self.now()
        since = now - BUDGET_PERIOD
        budget = class_budget(self.database, interview) if interview else None
        if budget:
            spent = spent_since(self.database, since, classroom=budget.classroom)
            if again := _spent_until(spent, budget.daily_tokens):
                most = f"{budget.daily_tokens:,}"
                raise OverLimit(localized("limit.class_tokens", most=most, name=budget.name, when=_moment(again)))
        if self.daily_tokens and (
            again := _spent_until(spent_since(self.database, since, owner=owner), self.daily_tokens)
        ):
            raise OverLimit(localized("limit.tokens", most=f"{self.daily_tokens:,}", when=_moment(again)))
        if wait := self.calls.take(owner):
            raise OverLimit(localized("limit.calls", most=self.calls.most, when=_moment(now + timedelta(seconds=wait))))


def _spent_until(spent: list[Spending], most: int) -> datetime | None:
    """When enough tokens of the last day are longer ago than a day; None if there are some left."""
    used = sum(one.tokens for one in spent)
    if used < most:
        return None
    for one in spent:
        used -= one.tokens
        if used < most:
            return datetime.fromisoformat(one.at) + BUDGET_PERIOD
    return None


def _moment(at: datetime) -> str:
    """The full minute after it: where it is read later, by whom and in which zone is not known."""
    return (at + timedelta(seconds=59)).strftime("%Y-%m-%d %H:%M UTC")
