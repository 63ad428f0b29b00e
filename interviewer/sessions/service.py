"""The sessions of a program: where interviews are begun and resumed, and left work is found again."""

import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from typing import TYPE_CHECKING

from interviewer.domain.interview import Begun, due, replay, shows_grades
from interviewer.domain.language import Language
from interviewer.errors import InterviewerError, NoSuchInterview
from interviewer.grading.lexical import warm_up
from interviewer.sessions.effect_leases import EffectKey, EffectLeases
from interviewer.sessions.effects import EffectRunner
from interviewer.sessions.grader_registry import GraderRegistry
from interviewer.sessions.interview_cache import InterviewCache
from interviewer.sessions.job_queue import JobQueue, TakenElsewhere
from interviewer.sessions.session import LONGEST_ANSWER, Session
from interviewer.sessions.store import Store
from interviewer.sessions.usage_limits import UsageLimits
from interviewer.sessions.work_queues import WorkQueues
from interviewer.text.messages import localized

if TYPE_CHECKING:
    from interviewer.sessions.compilations import Compilations
    from interviewer.sessions.grading_batches import GradingBatches
    from interviewer.sessions.job_worker import JobWorker

__all__ = ["LONGEST_ANSWER", "Session", "SessionService"]

_log = logging.getLogger(__name__)

_SWEEP_SECONDS = 30.0
_PROBES_OF_A_MODEL = 2


class SessionService:
    """What all sessions of a program share. Safe to share between threads."""

    def __init__(
        self,
        store: Store,
        graders: GraderRegistry,
        *,
        threads: int = 8,
        follow_up_seconds: float = 20.0,
        jobs: JobQueue | None = None,
        limits: UsageLimits | None = None,
        keep_house: Callable[[], object] | None = None,
        time_grading: Callable[[str], AbstractContextManager[object]] = nullcontext,
    ) -> None:
        """`threads` is how many effects run at a time for each server; `follow_up_seconds` what a follow-up may take.

        Where there are `jobs`, what needs a model is put there for any process to do. `limits` are on what an owner may
        use; `keep_house` is done whenever left work is looked for; `time_grading` as in EffectRunner.
        """
        self.store = store
        self._leases = EffectLeases(store.database)
        self._runner = EffectRunner(
            graders, self._leases, WorkQueues(threads), follow_up_seconds, jobs, limits, time_grading
        )
        self._jobs, self._threads = jobs, threads
        self._worker: JobWorker | None = None
        self.compilations: Compilations | None = None
        """Lists whose criteria a model drafts, where the page or a worker does so."""
        self.batches: GradingBatches | None = None
        """Answers of many candidates, where there is a queue."""
        self._cache = InterviewCache(store)
        self._limits = limits
        self._keep_house = keep_house
        self._preparing = WorkQueues(1)
        self._closed = threading.Event()

    def begin(self, owner: str, first: Begun) -> Session:
        """A new interview of this owner. Raises OutOfTurn if the plan cannot be played, OverLimit if it comes too soon.

        Where a model asks back, it may do so twice: it takes up what was said, and is silent where nothing is open.
        """
        if self._limits:
            self._limits.take_answer(owner)
        if first.plan.probes and not self.is_offline(owner):
            first = replace(first, plan=replace(first.plan, probes=max(first.plan.probes, _PROBES_OF_A_MODEL)))
        planned = replay([first])
        session = self._session(self.store.create(owner, first), owner)
        questions = [planned.bank[question] for question in planned.plan.questions]
        self._preparing.submit("get ready", lambda: warm_up(questions))
        return session

    def resume(self, interview: str, owner: str | None, language: Language | None = None) -> Session:
        """An interview that is kept, remarks in `language`. Raises NoSuchInterview if not this owner's (None: any)."""
        whose = self.store.owner_of(interview)
        if owner not in (None, whose):
            raise NoSuchInterview(localized("store.no_interview", id=interview))
        return replace(self._session(interview, whose), language=language)

    def is_offline(self, owner: str) -> bool:
        """Whether what this owner is owed needs no server, so that it is worth waiting for."""
        return self._runner.is_offline(owner)

    def run_pending_effects(self, unchanged_for: float | None = None) -> int:
        """Start what is owed to any interview, such as gradings of a process that was killed; give how many have some."""
        found = self.store.due(unchanged_for)
        for interview, owner in found:
            try:
                self._session(interview, owner).run_due(is_left=True)
            except InterviewerError as error:
                _log.warning("interview %s cannot be brought up to date: %s", interview, error)
            except Exception:  # noqa: BLE001 - it holds up no other interview
                _log.exception("interview %s cannot be brought up to date", interview)
        return len(found)

    def start_sweeping(self) -> None:
        """Find left work now and from time to time, in a thread of its own."""
        threading.Thread(target=self._sweep, name="left work", daemon=True).start()

    def start_working(self, grace: float) -> None:
        """Do jobs of the queue in this process, if there is one. What is under way at the end has `grace` seconds more."""
        if self._jobs is None:
            return
        from interviewer.sessions.job_worker import JobWorker

        self._worker = JobWorker(
            self.store.database.url,
            self._work_on,
            self._runner.leave,
            self._threads,
            grace,
            self.compilations,
            self.batches,
        )

    def close(self) -> None:
        """Stop looking for work; what is under way is abandoned, and found again by others or at the next start."""
        self._closed.set()
        if self._worker is not None:
            self._worker.close()
        if self.compilations is not None:
            self.compilations.close()
        self._leases.close()

    def _work_on(
        self, key: EffectKey, language: Language, is_tried_again: bool, is_counted: bool
    ) -> Future[None] | None:
        """Start a job, if what it is for is still owed. Raises TakenElsewhere."""
        try:
            session = self.resume(key.interview, None)
        except NoSuchInterview:
            return None
        interview = session.interview()
        if key.effect not in due(interview):
            return None
        started = self._runner.work_on(
            session,
            key.effect,
            language,
            is_watched=shows_grades(interview),
            is_job=True,
            is_tried_again=is_tried_again,
            is_counted=is_counted,
        )
        if started is None:
            raise TakenElsewhere
        return started

    def _sweep(self) -> None:
        unchanged_for = None
        while True:
            try:
                self.run_pending_effects(unchanged_for)
                if self.compilations:
                    self.compilations.resume_left()
                if self.batches:
                    self.batches.resume_left()
                if self._keep_house:
                    self._keep_house()
            except Exception:  # noqa: BLE001 - it is logged, and looked for again
                _log.exception("left work could not be looked for")
            if self._closed.wait(_SWEEP_SECONDS):
                return
            # What another replica was just given is its own, and worked by the grader that its visitor chose.
            unchanged_for = _SWEEP_SECONDS

    def _session(self, interview: str, owner: str) -> Session:
        return Session(self.store, self._runner, self._cache, interview, owner, limits=self._limits)
