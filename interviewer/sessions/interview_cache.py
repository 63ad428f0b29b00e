"""The interviews that were read last, kept so that only events that are new have to be read and played."""

import threading
from dataclasses import dataclass

from interviewer.domain.interview import Attempt, Interview, TurnKind, begin, step
from interviewer.errors import NoSuchInterview
from interviewer.sessions.store import RecordedEvent, Store
from interviewer.text.messages import localized

_MOST_CACHED = 256


@dataclass(frozen=True, slots=True)
class CachedInterview:
    """An interview, how many events it is made of, when its open question or follow-up was asked, and when it last changed."""

    interview: Interview
    count: int
    asked_at: str
    changed_at: str


class InterviewCache:
    """The cache of one program. Safe to share between threads."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._cached: dict[str, CachedInterview] = {}
        self._lock = threading.Lock()

    def known(self, interview: str) -> CachedInterview | None:
        """The interview as it was when it was last read or added to here."""
        with self._lock:
            return self._cached.get(interview)

    def add(self, interview: str, known: CachedInterview, recorded: RecordedEvent, after: Interview) -> None:
        """Take in an event that was just recorded as the next one, and the state it makes."""
        self._keep(interview, _after(known, recorded, after))

    def read(self, interview: str) -> CachedInterview:
        """The interview as recorded by now. Raises NoSuchInterview."""
        known = self.known(interview)
        for recorded in self._store.since(interview, known.count if known else 0):
            known = _after(known, recorded)
        if known is None:
            raise NoSuchInterview(localized("store.no_interview", id=interview))
        self._keep(interview, known)
        return known

    def _keep(self, interview: str, known: CachedInterview) -> None:
        with self._lock:
            other = self._cached.pop(interview, None)
            self._cached[interview] = other if other and other.count > known.count else known
            while len(self._cached) > _MOST_CACHED:
                del self._cached[next(iter(self._cached))]


def _after(known: CachedInterview | None, recorded: RecordedEvent, after: Interview | None = None) -> CachedInterview:
    if known is None:
        return CachedInterview(begin(recorded.event), 1, recorded.at, recorded.at)
    interview = after or step(known.interview, recorded.event)
    before, now = known.interview.current, interview.current
    is_asked = now.turns[-1].kind in (TurnKind.QUESTION, TurnKind.PROBE) and _said(now) != _said(before)
    return CachedInterview(interview, known.count + 1, recorded.at if is_asked else known.asked_at, recorded.at)


def _said(attempt: Attempt) -> tuple[str, int, int]:
    """What changes when anything is said."""
    return attempt.question, attempt.number, len(attempt.turns)
