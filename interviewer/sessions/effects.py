"""What an interview is owed, done in the background: gradings and follow-up questions.

Each is done once: within a process by looking up what is under way, between processes by a lease in the database.
"""

import logging
import threading
import time
import traceback
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from functools import partial
from typing import Protocol, TypeVar

from interviewer.domain.grade import Level, Verdict
from interviewer.domain.interview import (
    AskProbe,
    Clarified,
    Clarify,
    Effect,
    Event,
    GradeAgain,
    GradeAttempt,
    Graded,
    Interview,
    Probed,
    SecondOpinionGiven,
    TurnKind,
    Ungraded,
    Unprobed,
    due,
    may_probe,
    step,
)
from interviewer.domain.rubric import Language
from interviewer.errors import InterviewerError, NoSuchInterview, StoreError
from interviewer.grading import follow_ups
from interviewer.grading.clarifications import may_be_question, neutral_reply, reply_to
from interviewer.grading.lexical import LexicalGrader
from interviewer.grading.protocol import Grader
from interviewer.llm import LLM
from interviewer.llm.model_call import CallProgress, ModelCall
from interviewer.sessions.effect_leases import EffectLeases
from interviewer.sessions.work_queues import WorkQueues, with_time_limit
from interviewer.text.messages import localized

_log = logging.getLogger(__name__)

OFFLINE = ""
_RECORDING_PAUSES = (0.0, 0.2, 1.0)

T = TypeVar("T")


class GraderSource(Protocol):
    """Says who works for an owner."""

    def address(self, owner: str) -> str:
        """The server that works for this owner, OFFLINE if none does. Asks no server."""

    def grader(self, owner: str) -> Grader:
        """The grader of this owner; making it may ask a server."""

    def second_grader(self, owner: str) -> Grader:
        """The grader that gives second opinions: another model if the owner chose one, else the same once more."""

    def llm_for(self, owner: str) -> LLM | None:
        """The model that words follow-up questions where the bank has none, if there is one."""


class EventRecorder(Protocol):
    """The interview that is worked for."""

    @property
    def id(self) -> str: ...

    @property
    def owner(self) -> str: ...

    def interview(self) -> Interview: ...

    def record_result(self, choose: Callable[[Interview], Event | None]) -> Interview | None:
        """Record a result wherever the interview stands by now; None if it is no longer wanted."""


_CLAIMED_AS = {GradeAttempt: "grade", GradeAgain: "second opinion", AskProbe: "follow-up", Clarify: "clarification"}


@dataclass(frozen=True, slots=True)
class _Key:
    interview: str
    effect: Effect

    def __str__(self) -> str:
        """What names the effect in a lease."""
        kind = _CLAIMED_AS[type(self.effect)]
        return f"{kind} {self.effect.question} {self.effect.attempt}"


@dataclass(eq=False, slots=True)
class _Job:
    """An effect to be done, for whom, and how; `partial` are the verdicts that are settled so far."""

    key: _Key
    session: EventRecorder
    language: Language
    is_watched: bool
    is_leased: bool
    call: ModelCall = field(default_factory=ModelCall)
    partial: tuple[Verdict, ...] = ()
    future: Future[None] = field(default_factory=Future)


class EffectRunner:
    """Does what is due, for all interviews of a program. Safe to share between threads."""

    def __init__(self, graders: GraderSource, leases: EffectLeases, width: int, follow_up_seconds: float) -> None:
        """`width` is how many effects run at a time for each server; `follow_up_seconds` what a follow-up may take."""
        self._graders = graders
        self._leases = leases
        self._queues = WorkQueues(width)
        self._follow_up_seconds = follow_up_seconds
        self._under_way: dict[_Key, _Job] = {}
        self._unsaved: dict[_Key, Event] = {}
        self._lock = threading.Lock()

    def start(
        self, session: EventRecorder, effect: Effect, language: Language, *, is_watched: bool
    ) -> Future[None] | None:
        """Start the effect unless it is under way; None if another process is at it.

        Where a grading `is_watched`, `partial` tells its verdicts as they come. The future ends when the result is recorded, or when it is known that it cannot be.
        """
        key = _Key(session.id, effect)
        address = self._graders.address(session.owner)
        with self._lock:
            if key in self._under_way:
                return self._under_way[key].future
        if address != OFFLINE and not self._leases.take(session.id, str(key)):
            return None
        with self._lock:
            if key in self._under_way:
                return self._under_way[key].future
            # A follow-up is waited for by a person: it does not stand in line behind gradings.
            queue = f"follow-up {address}" if isinstance(effect, AskProbe | Clarify) else address
            job = _Job(key, session, language, is_watched=is_watched, is_leased=address != OFFLINE)
            self._under_way[key] = job
            job.future = self._queues.submit(queue, partial(self._run, job))
        return job.future

    def stop(self, interview: str) -> None:
        """Stop the gradings of this interview that are under way in this process, and their requests. Nothing is recorded."""
        with self._lock:
            stopped = [
                job
                for key, job in self._under_way.items()
                if key.interview == interview and isinstance(key.effect, GradeAttempt | GradeAgain)
            ]
            for job in stopped:
                del self._under_way[job.key]
        for job in stopped:
            job.call.stop()
            self._release(job)

    def partial(self, interview: str, effect: GradeAttempt) -> tuple[Verdict, ...]:
        """The verdicts of a grading under way that are settled already."""
        job = self._under_way.get(_Key(interview, effect))
        return job.partial if job else ()

    def progress(self, interview: str, effect: Effect) -> CallProgress | None:
        """What the model is doing for this effect; None where it is not asked by this process, or not yet."""
        job = self._under_way.get(_Key(interview, effect))
        return job.call.progress if job else None

    def is_offline(self, owner: str) -> bool:
        return self._graders.address(owner) == OFFLINE

    def needs_model(self, interview: Interview, owner: str) -> bool:
        """Whether a model is to say what the interviewer says next."""
        if self.is_offline(owner):
            return False
        is_asked = any(isinstance(effect, Clarify) for effect in due(interview))
        return is_asked or may_be_question(interview) or bool(_looked_for(interview, follow_ups.open_points))

    def decide_follow_up(self, interview: Interview, llm: LLM | None = None) -> Event | None:
        """What the interviewer says next: a reply, a follow-up, or that there is none; None if nothing of it is due."""
        owed = [effect for effect in due(interview) if isinstance(effect, AskProbe | Clarify)]
        if not owed:
            return None
        until = time.monotonic() + self._follow_up_seconds
        is_asked = isinstance(owed[0], Clarify)
        reply = None
        if llm is not None and (is_asked or may_be_question(interview)):
            reply = with_time_limit(self._follow_up_seconds, lambda: reply_to(interview, llm))
        if reply or is_asked:
            return Clarified(reply or neutral_reply(interview))
        if llm is not None and time.monotonic() < until and (points := _looked_for(interview, follow_ups.open_points)):
            worded = with_time_limit(
                until - time.monotonic(), lambda: follow_ups.generate_follow_up(interview, points, llm)
            )
            if worded is not None:
                return worded
        chosen = _looked_for(interview, follow_ups.choose_probe)
        if chosen is None:
            return Unprobed()
        plain = follow_ups.default_probe(interview, chosen)
        # The neutral one would be asked of every point in the same words.
        is_said = any(turn.text == plain for turn in interview.current.turns_of(TurnKind.PROBE))
        return Unprobed() if is_said else Probed(chosen.id, plain)

    def _run(self, job: _Job) -> None:
        key = job.key
        try:
            with job.call.running():
                self._finish(job)
        except NoSuchInterview:
            _log.warning("interview %s was removed while work for it was under way", key.interview)
        except Exception as error:  # noqa: BLE001 - nobody waits for this thread: what is not logged here is lost
            _log.error("%s of interview %s could not be finished\n%s", key, key.interview, _trace(error))
        finally:
            if not job.call.is_stopped:
                self._release(job)
                with self._lock:
                    self._under_way.pop(key, None)

    def _release(self, job: _Job) -> None:
        if job.is_leased:
            self._leases.release(job.key.interview, str(job.key))

    def _finish(self, job: _Job) -> None:
        interview, key = job.session.interview(), job.key
        if key.effect not in due(interview):
            return  # another process was faster
        # What is unsaved was paid for already, and not recorded when the store failed.
        event = self._unsaved.get(key) or self._result(job, interview)
        if job.call.is_stopped:
            return  # it may have been asked for again by now
        for pause in _RECORDING_PAUSES:
            time.sleep(pause)
            self._unsaved.pop(key, None)
            try:
                job.session.record_result(
                    lambda now: event if key.effect in due(now) and not job.call.is_stopped else None
                )
            except NoSuchInterview:
                raise
            except StoreError as error:
                if event is not None:
                    self._unsaved[key] = event
                _log.warning("%s of interview %s is not recorded yet: %s", key, key.interview, error)
            else:
                return

    def _result(self, job: _Job, interview: Interview) -> Event | None:
        if not isinstance(job.key.effect, AskProbe | Clarify):
            return self._grade(job, job.key.effect, interview)
        try:
            return self.decide_follow_up(interview, self._graders.llm_for(job.session.owner))
        except Exception as error:  # noqa: BLE001 - a follow-up is worth no failure: the interview goes on
            _log.error("the follow-up in interview %s failed\n%s", job.session.id, _trace(error))
            return self.decide_follow_up(interview)

    def _grade(self, job: _Job, effect: GradeAttempt | GradeAgain, interview: Interview) -> Event:
        question, attempt = interview.bank[effect.question], interview.attempt(effect.question, effect.attempt)

        def watch(verdicts: tuple[Verdict, ...]) -> None:
            job.partial = verdicts

        is_second = isinstance(effect, GradeAgain)
        try:
            grader = (
                self._graders.second_grader(job.session.owner) if is_second else self._graders.grader(job.session.owner)
            )
            grade = grader.grade(question, attempt, job.language, watch if job.is_watched else None)
            done = SecondOpinionGiven if is_second else Graded
            graded = done(effect.question, effect.attempt, grade)
            step(interview, graded)
        except InterviewerError as error:
            reason = error.into(job.language) or type(error).__name__
        except Exception as error:  # noqa: BLE001 - a bug fails this grading, is logged, and can be tried again
            _log.error("%s in interview %s failed unexpectedly\n%s", job.key, job.session.id, _trace(error))
            reason = localized("grading.unexpected", kind=type(error).__name__).into(job.language)
        else:
            return graded
        if is_second:
            return SecondOpinionGiven(effect.question, effect.attempt, failure=reason)
        return Ungraded(effect.question, effect.attempt, reason)


def levels_so_far(interview: Interview) -> dict[str, Level]:
    """What the current attempt covers so far, by the lexical grader: it costs no model call."""
    grade = LexicalGrader().grade(interview.question, interview.current)
    return {verdict.criterion: verdict.level or Level.MISSING for verdict in grade.verdicts}


def _looked_for(interview: Interview, look: Callable[[Interview, dict[str, Level]], T]) -> T | None:
    """What may be asked back, where the plan allows it; a bug in looking for it is logged and ends no interview."""
    if not may_probe(interview):
        return None
    try:
        return look(interview, levels_so_far(interview))
    except Exception as error:  # noqa: BLE001 - see above
        _log.error("no follow-up could be chosen for %s\n%s", interview.current.question, _trace(error))
        return None


def _trace(error: BaseException) -> str:
    """Where an error came from, without its message: that may hold an answer or a key."""
    parts: list[str] = []
    seen: BaseException | None = error
    while seen is not None:
        parts.append("".join(traceback.format_tb(seen.__traceback__)) + type(seen).__qualname__)
        seen = seen.__cause__ or seen.__context__
    return "\nwhich came of\n".join(parts)
