"""What an interview is owed, done in the background: gradings and follow-up questions.

Each is done once: within a process by looking up what is under way, between processes by a lease in the database.
"""

import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from interviewer.domain.grade import Verdict
from interviewer.domain.interview import (
    Effect,
    Event,
    FollowUp,
    GradeAgain,
    GradeAttempt,
    Graded,
    Grading,
    Interview,
    SecondOpinionGiven,
    Ungraded,
    due,
    step,
)
from interviewer.domain.language import Language
from interviewer.errors import InterviewerError, LLMUnreachable, NoSuchInterview, OverLimit, StoreError
from interviewer.llm import LLM
from interviewer.llm.model_call import CallProgress, ModelCall
from interviewer.sessions.effect_leases import EffectKey, EffectLeases, LeaseState
from interviewer.sessions.follow_up_decision import decide, needs_model, trace_without_text
from interviewer.sessions.grader_choice import NOBODY, OFFLINE
from interviewer.sessions.grader_registry import GraderRegistry
from interviewer.sessions.job_queue import EffectJob, JobQueue
from interviewer.sessions.usage_limits import UsageLimits
from interviewer.sessions.work_queues import WorkQueues
from interviewer.text.messages import localized

if TYPE_CHECKING:
    from interviewer.sessions.session import Session

_log = logging.getLogger(__name__)

RECORDING_PAUSES = (0.0, 0.2, 1.0)


@dataclass(eq=False, slots=True)
class _Work:
    """An effect to be done, for whom, and how; `partial` are the verdicts that are settled so far."""

    key: EffectKey
    session: "Session"
    language: Language
    is_watched: bool
    is_leased: bool
    whose: str
    """The owner whose graders work."""
    is_job: bool
    """Whether it is a job of the queue."""
    is_tried_again: bool
    """Whether somebody tries again where the model could not be reached, so that this is no failure yet."""
    is_counted: bool
    """Whether it counts for what the owner may use; what is tried again was counted before."""
    call: ModelCall = field(default_factory=ModelCall)
    partial: tuple[Verdict, ...] = ()
    future: Future[None] = field(default_factory=Future)


@dataclass(eq=False, repr=False, slots=True)
class EffectRunner:
    """Does what is due, for all interviews of a program. Safe to share between threads."""

    graders: GraderRegistry
    leases: EffectLeases
    queues: WorkQueues
    """Of each server one, and one for the follow-ups that it words."""
    follow_up_seconds: float
    """What a follow-up may take."""
    jobs: JobQueue | None = None
    """Where everything is left that needs a model which other processes have, too."""
    limits: UsageLimits | None = None
    """On what a model does for an owner."""
    time_grading: Callable[[str], AbstractContextManager[object]] = nullcontext
    """It is given the address of a server, and is around each grading there."""
    _under_way: dict[EffectKey, _Work] = field(default_factory=dict)
    _unsaved: dict[EffectKey, Event] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def queue(
        self, session: "Session", before: Interview, after: Interview, language: Language
    ) -> Callable[[Any], None] | None:
        """What puts the work that is owed `after` and was not `before` into the queue, in the transaction that records it."""
        if self.jobs is None or not self._is_for_the_queue(session.owner):
            return None
        jobs = [
            self._job(session, effect, language)
            for effect in set(due(after)) - set(due(before))
            if not isinstance(effect, FollowUp) or self.needs_model(after, session.owner)
        ]
        return partial(self.jobs.add, jobs) if jobs else None

    def start(
        self, session: "Session", effect: Effect, language: Language, *, is_watched: bool, is_left: bool = False
    ) -> Future[None] | None:
        """Start the effect unless it is under way; None if it is left to another process, or to the queue.

        Where a grading `is_watched`, `partial` tells its verdicts as they come; what `is_left` has lost its job, if it had
        one. A follow-up that no worker has taken in time is decided here, without a model. The future ends when the
        result is recorded, or when it is known that it cannot be.
        """
        if self.jobs is None or not self._is_for_the_queue(session.owner):
            return self.work_on(session, effect, language, is_watched=is_watched)
        key = EffectKey(session.id, effect)
        if not is_left and isinstance(effect, FollowUp):
            self._decide_if_late(session, key, self.jobs)
        elif is_left and self._may_be_worked_on(session, key, language):
            self.jobs.add_again(self._job(session, effect, language))
        return None

    def work_on(
        self,
        session: "Session",
        effect: Effect,
        language: Language,
        *,
        is_watched: bool,
        is_job: bool = False,
        is_tried_again: bool = False,
        is_counted: bool = True,
    ) -> Future[None] | None:
        """Do the effect in this process, unless it is under way; None if another process is at it.

        The graders are the owner's; for a job, those of the settings where one process alone knows what the owner chose.
        Where it `is_tried_again`, a model that cannot be reached is no failure yet: the future raises LLMUnreachable.
        """
        key = EffectKey(session.id, effect)
        is_shared = self.graders.is_shared(session.owner)
        whose, is_private = session.owner if is_shared or not is_job else NOBODY, not is_shared and not is_job
        address = self.graders.address(whose)
        with self._lock:
            if key in self._under_way:
                return self._under_way[key].future
        if not is_private and not self._may_be_worked_on(session, key, language):
            return None
        is_leased = address != OFFLINE or is_private
        if is_leased and not self.leases.take(key, is_private=is_private):
            return None
        with self._lock:
            if key in self._under_way:
                return self._under_way[key].future
            # A follow-up is waited for by a person: it does not stand in line behind gradings.
            queue = f"follow-up {address}" if isinstance(effect, FollowUp) else address
            work = _Work(key, session, language, is_watched, is_leased, whose, is_job, is_tried_again, is_counted)
            self._under_way[key] = work
            work.future = self.queues.submit(queue, partial(self._run, work))
        return work.future

    def stop(self, interview: str) -> None:
        """Stop the gradings of this interview that are under way in this process, and their requests. Nothing is recorded."""
        self._end(lambda work: work.key.interview == interview and isinstance(work.key.effect, Grading))

    def leave(self, key: EffectKey) -> None:
        """Stop a job, and let other processes have it at once."""
        self._end(lambda work: work.key == key and work.is_job)

    def _end(self, is_meant: Callable[[_Work], bool]) -> None:
        with self._lock:
            ended = [work for work in self._under_way.values() if is_meant(work)]
            for work in ended:
                del self._under_way[work.key]
        for work in ended:
            work.call.stop()
            self._release(work)

    def partial(self, interview: str, effect: GradeAttempt) -> tuple[Verdict, ...]:
        """The verdicts of a grading under way that are settled already."""
        work = self._under_way.get(EffectKey(interview, effect))
        return work.partial if work else ()

    def progress(self, interview: str, effect: Effect) -> CallProgress | None:
        """What the model is doing for this effect, or where it waits; None where nothing is known of it."""
        key = EffectKey(interview, effect)
        if (work := self._under_way.get(key)) is not None:
            return work.call.progress
        return self.jobs.progress(key) if self.jobs else None

    def is_offline(self, owner: str) -> bool:
        return self.graders.address(owner) == OFFLINE

    def needs_model(self, interview: Interview, owner: str) -> bool:
        return not self.is_offline(owner) and needs_model(interview)

    def decide_follow_up(self, interview: Interview, llm: LLM | None = None) -> Event | None:
        """What the interviewer says next; None if nothing of it is due."""
        return decide(interview, llm, self.follow_up_seconds)

    def _run(self, work: _Work) -> None:
        key = work.key
        try:
            with work.call.running():
                self._finish(work)
        except NoSuchInterview:
            _log.warning("interview %s was removed while work for it was under way", key.interview)
        except LLMUnreachable:
            raise  # it is tried again
        except Exception as error:  # noqa: BLE001 - nobody waits for this thread: what is not logged here is lost
            _log.error("%s of interview %s could not be finished\n%s", key, key.interview, trace_without_text(error))
        finally:
            if not work.call.is_stopped:
                self._release(work)
                with self._lock:
                    self._under_way.pop(key, None)

    def _decide_if_late(self, session: "Session", key: EffectKey, jobs: JobQueue) -> None:
        """Decide a follow-up that a person waits for and that no worker has taken in time, or has lost its job."""
        waited = jobs.seconds_in_queue(key)
        if (waited is not None and waited < self.follow_up_seconds) or not self.leases.take(key):
            return
        try:
            jobs.remove(key)  # the next follow-up of the attempt has the same name
            if session.record_result(lambda now: self.decide_follow_up(now) if key.effect in due(now) else None):
                _log.warning("no worker took the %s of interview %s in time", key, key.interview)
        finally:
            self.leases.release(key)

    def _is_for_the_queue(self, owner: str) -> bool:
        return self.graders.is_shared(owner) and not self.is_offline(owner)

    def _job(self, session: "Session", effect: Effect, language: Language) -> EffectJob:
        address, width = self.graders.address(session.owner), self.graders.width(session.owner)
        return EffectJob(EffectKey(session.id, effect), language, address, width)

    def _may_be_worked_on(self, session: "Session", key: EffectKey, language: Language) -> bool:
        """Whether nobody is at it. A grading by a model that is gone fails here: no other grades in its place unasked."""
        state = self.leases.state(key)
        if state is LeaseState.LOST:
            gone = failure_of(key.effect, localized("queue.model_gone").into(language))
            if gone is not None:
                session.record_result(lambda now: gone if key.effect in due(now) else None)
            self.leases.forget(key)
            return gone is None
        return state is LeaseState.FREE

    def _release(self, work: _Work) -> None:
        if work.is_leased:
            self.leases.release(work.key)

    def _finish(self, work: _Work) -> None:
        interview, key = work.session.interview(), work.key
        if key.effect not in due(interview):
            return  # another process was faster
        # What is unsaved was paid for already, and not recorded when the store failed.
        event = self._unsaved.get(key) or self._result(work, interview)
        if work.call.is_stopped:
            return  # it may have been asked for again by now
        for pause in RECORDING_PAUSES:
            time.sleep(pause)
            self._unsaved.pop(key, None)
            try:
                work.session.record_result(
                    lambda now: event if key.effect in due(now) and not work.call.is_stopped else None
                )
            except NoSuchInterview:
                raise
            except StoreError as error:
                if event is not None:
                    self._unsaved[key] = event
                _log.warning("%s of interview %s is not recorded yet: %s", key, key.interview, error)
            else:
                return

    def _result(self, work: _Work, interview: Interview) -> Event | None:
        if not isinstance(work.key.effect, FollowUp):
            return self._grade(work, work.key.effect, interview)
        try:
            self._take_call(work)
            return self.decide_follow_up(interview, self.graders.llm_for(work.whose))
        except OverLimit:
            return self.decide_follow_up(interview)
        except Exception as error:  # noqa: BLE001 - a follow-up is worth no failure: the interview goes on
            _log.error("the follow-up in interview %s failed\n%s", work.session.id, trace_without_text(error))
            return self.decide_follow_up(interview)

    def _take_call(self, work: _Work) -> None:
        """Count what a model is about to do for the owner of the interview. Raises OverLimit."""
        if self.limits and work.is_counted and self.graders.address(work.whose) != OFFLINE:
            self.limits.take_call(work.session.owner, work.session.id)

    def _grade(self, work: _Work, effect: Grading, interview: Interview) -> Event:
        question, attempt = interview.bank[effect.question], interview.attempt(effect.question, effect.attempt)

        def watch(verdicts: tuple[Verdict, ...]) -> None:
            work.partial = verdicts

        is_second = isinstance(effect, GradeAgain)
        try:
            self._take_call(work)
            make = self.graders.second_grader if is_second else self.graders.grader
            with self.time_grading(self.graders.address(work.whose)):
                grade = make(work.whose).grade(question, attempt, work.language, watch if work.is_watched else None)
            done = SecondOpinionGiven if is_second else Graded
            graded = done(effect.question, effect.attempt, grade)
            step(interview, graded)
        except InterviewerError as error:
            if isinstance(error, LLMUnreachable) and work.is_tried_again and not work.call.is_stopped:
                raise
            reason = error.into(work.language) or type(error).__name__
        except Exception as error:  # noqa: BLE001 - a bug fails this grading, is logged, and can be tried again
            _log.error(
                "%s in interview %s failed unexpectedly\n%s", work.key, work.session.id, trace_without_text(error)
            )
            reason = localized("grading.unexpected", kind=type(error).__name__).into(work.language)
        else:
            return graded
        failed = failure_of(effect, reason)
        assert failed
        return failed


def failure_of(effect: Effect, reason: str) -> Event | None:
    """What is recorded of a grading that came to nothing; None if it is no grading."""
    match effect:
        case GradeAttempt():
            return Ungraded(effect.question, effect.attempt, reason)
        case GradeAgain():
            return SecondOpinionGiven(effect.question, effect.attempt, failure=reason)
    return None
