"""The sessions of a program: where interviews are begun and resumed, and left work is found again."""

import logging
import threading
from dataclasses import replace

from interviewer.domain.interview import Begun, replay
from interviewer.errors import InterviewerError, NoSuchInterview
from interviewer.grading.lexical import warm_up
from interviewer.sessions.effect_leases import EffectLeases
from interviewer.sessions.effects import EffectRunner, GraderSource
from interviewer.sessions.interview_cache import InterviewCache
from interviewer.sessions.removal import purge_expired
from interviewer.sessions.session import LONGEST_ANSWER, Session
from interviewer.sessions.store import Store
from interviewer.sessions.work_queues import WorkQueues
from interviewer.text.messages import localized

__all__ = ["LONGEST_ANSWER", "Session", "SessionService"]

_log = logging.getLogger(__name__)

_SWEEP_SECONDS = 30.0
_PROBES_OF_A_MODEL = 2


class SessionService:
    """What all sessions of a program share. Safe to share between threads."""

    def __init__(
        self, store: Store, graders: GraderSource, *, threads: int = 8, follow_up_seconds: float = 20.0
    ) -> None:
        """`threads` is how many effects run at a time for each server; `follow_up_seconds` what a follow-up may take."""
        self.store = store
        self._leases = EffectLeases(store.database)
        self._runner = EffectRunner(graders, self._leases, threads, follow_up_seconds)
        self._cache = InterviewCache(store)
        self._preparing = WorkQueues(1)
        self._closed = threading.Event()

    def begin(self, owner: str, first: Begun) -> Session:
        """A new interview of this owner. Raises OutOfTurn if the plan cannot be played.

        Where a model asks back, it may do so twice: it takes up what was said, and is silent where nothing is open.
        """
        if first.plan.probes and not self.is_offline(owner):
            first = replace(first, plan=replace(first.plan, probes=max(first.plan.probes, _PROBES_OF_A_MODEL)))
        planned = replay([first])
        session = self._session(self.store.create(owner, first), owner)
        questions = [planned.bank[question] for question in planned.plan.questions]
        self._preparing.submit("get ready", lambda: warm_up(questions))
        return session

    def resume(self, interview: str, owner: str | None) -> Session:
        """An interview that is kept. Raises NoSuchInterview if it is not this owner's (None: anybody's)."""
        whose = self.store.owner_of(interview)
        if owner not in (None, whose):
            raise NoSuchInterview(localized("store.no_interview", id=interview))
        return self._session(interview, whose)

    def is_offline(self, owner: str) -> bool:
        """Whether what this owner is owed needs no server, so that it is worth waiting for."""
        return self._runner.is_offline(owner)

    def run_pending_effects(self, unchanged_for: float | None = None) -> int:
        """Start what is owed to any interview, such as gradings of a process that was killed; give how many have some."""
        found = self.store.due(unchanged_for)
        for interview, owner in found:
            try:
                self._session(interview, owner).run_due()
            except InterviewerError as error:
                _log.warning("interview %s cannot be brought up to date: %s", interview, error)
            except Exception:  # noqa: BLE001 - it holds up no other interview
                _log.exception("interview %s cannot be brought up to date", interview)
        return len(found)

    def start_sweeping(self) -> None:
        """Find left work now and from time to time, in a thread of its own."""
        threading.Thread(target=self._sweep, name="left work", daemon=True).start()

    def close(self) -> None:
        """Stop looking for work; what is under way is abandoned, and found again at the next start."""
        self._closed.set()
        self._leases.close()

    def _sweep(self) -> None:
        unchanged_for = None
        while True:
            try:
                self.run_pending_effects(unchanged_for)
                purge_expired(self.store)
            except Exception:  # noqa: BLE001 - it is logged, and looked for again
                _log.exception("left work could not be looked for")
            if self._closed.wait(_SWEEP_SECONDS):
                return
            # What another replica was just given is its own, and worked by the grader that its visitor chose.
            unchanged_for = _SWEEP_SECONDS

    def _session(self, interview: str, owner: str) -> Session:
        return Session(self.store, self._runner, self._cache, interview, owner)
