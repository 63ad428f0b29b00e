"""An interview being played: it does what is due and records what happened, the answer before anything else."""

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial, reduce

from interviewer.domain.grade import Level
from interviewer.domain.interview import (
    Answered,
    AskProbe,
    Begun,
    Contested,
    Effect,
    Ended,
    Event,
    GradeAttempt,
    Graded,
    Hinted,
    Interview,
    MovedOn,
    Probed,
    RegradeAsked,
    Repeated,
    Retried,
    Skipped,
    Ungraded,
    Unprobed,
    due,
    may_hint,
    may_probe,
    replay,
    step,
)
from interviewer.domain.rubric import Language
from interviewer.errors import InterviewerError, MovedOnElsewhere, NoSuchInterview, OutOfTurn
from interviewer.grading import follow_ups
from interviewer.grading.lexical import LexicalGrader, get_ready
from interviewer.grading.protocol import Grader, Watch
from interviewer.llm import LLM
from interviewer.sessions.store import Recorded, Store

LONGEST_ANSWER = 20_000
_LONGEST_THOUGHT = 3600


@dataclass(frozen=True, slots=True)
class Stage:
    """What every session of a program shares: where interviews are kept, who grades, in how many threads."""

    store: Store
    grader: Grader
    pool: ThreadPoolExecutor
    llm: LLM | None = None
    """Words a probe where the bank has none."""

    def begin(self, owner: str, first: Begun) -> "Session":
        """A new interview of this owner. Raises OutOfTurn if the plan cannot be played."""
        planned = replay([first])
        session = Session(self, self.store.create(owner, first))
        self.pool.submit(get_ready, [planned.bank[question] for question in planned.plan.questions])
        return session

    def resume(self, interview: str, owner: str | None) -> "Session":
        """An interview that is kept. Raises NoSuchInterview if it is not this owner's (None: anybody's)."""
        if not self.store.owns(interview, owner):
            raise NoSuchInterview(f"there is no interview {interview!r} here")
        return Session(self, interview)


# Gradings under way in this process, so that two windows do not pay for the same one twice.
_under_way: dict[tuple[int, str, Effect], Future[None]] = {}
_lock = threading.Lock()


@dataclass(frozen=True, slots=True)
class _Read:
    """An interview, how many events it is made of, and when the last of them was recorded."""

    interview: Interview
    count: int
    last_at: str


# A cache of what can be read anew at any time.
_known: dict[tuple[int, str], _Read] = {}
_MOST_KNOWN = 256


@dataclass(frozen=True, slots=True)
class Session:
    """One interview being played. What is recorded is its state: every call reads what has been added since the last.

    The calls that take `place` are the candidate's. `place` is `Interview.place` as the window showed it, or None;
    where the interview has moved on since, they raise MovedOnElsewhere and record nothing.
    """

    stage: Stage
    id: str

    def history(self) -> list[Recorded]:
        return self.stage.store.history(self.id)

    def interview(self) -> Interview:
        return self._read().interview

    def answer(self, text: str, place: str | None = None) -> Interview:
        """Record the answer, then decide at once whether to ask back. Grading is left to `settle`."""
        if len(text) > LONGEST_ANSWER:
            raise OutOfTurn(f"the answer has {len(text)} characters; {LONGEST_ANSWER} is the most")
        seconds = _since(self._read().last_at)
        self._happen(lambda _: Answered(text, seconds), place)
        return self.weigh()

    def hint(self, place: str | None = None) -> Interview:
        """Give the next hint. Raises OutOfTurn where there is none left."""
        return self._happen(_next_hint, place)

    def repeat(self, place: str | None = None) -> Interview:
        return self._happen(lambda _: Repeated(), place)

    def skip(self, place: str | None = None) -> Interview:
        return self._happen(lambda _: Skipped(), place)

    def retry(self, place: str | None = None) -> Interview:
        return self._happen(lambda _: Retried(), place)

    def move_on(self, place: str | None = None) -> Interview:
        return self._happen(lambda _: MovedOn(), place)

    def end(self, place: str | None = None) -> Interview:
        return self._happen(lambda _: Ended(), place)

    def contest(self, contested: Contested) -> Interview:
        return self._happen(lambda _: contested)

    def regrade(self) -> Interview:
        """Ask for another grading of every attempt whose grading failed."""
        interview = self.interview()
        for attempt in interview.attempts:
            if attempt.failure:
                asked = RegradeAsked(attempt.question, attempt.number)
                interview = self._happen(partial(_always, asked))
        return interview

    def weigh(self) -> Interview:
        """Decide about the probe that is due, if one is; a crash between answer and decision is mended here."""
        interview = self.interview()
        for effect in due(interview):
            if isinstance(effect, AskProbe):
                interview = self._conclude(partial(_decide_probe, self.stage.llm)) or self.interview()
        return interview

    def settle(self, language: Language | None = None, watch: Watch | None = None) -> list[Future[None]]:
        """Start what is due, unless it is under way; each of the futures ends when its result is recorded.

        Reasons are given in `language`, or that of the questions; `watch` is told verdicts as they come.
        """
        self.weigh()
        waited_for = []
        for effect in due(self.interview()):
            if not isinstance(effect, GradeAttempt):
                continue
            key = (id(self.stage.store), self.id, effect)
            with _lock:
                future = _under_way.get(key)
                if future is None:
                    future = _under_way[key] = self.stage.pool.submit(self._grade, effect, language, watch)
            future.add_done_callback(partial(_done, key))
            waited_for.append(future)
        return waited_for

    def settled(self, language: Language | None = None, watch: Watch | None = None) -> Interview:
        """Do all that is due, wait for it, and give the interview as it then stands."""
        for future in self.settle(language, watch):
            future.result()
        return self.interview()

    def _read(self) -> "_Read":
        """The interview as recorded by now. Events never change, so only those that are new are read and played."""
        key = (id(self.stage.store), self.id)
        with _lock:
            known = _known.get(key)
        fresh = self.stage.store.since(self.id, known.count if known else 0)
        if known and not fresh:
            return known
        events = [recorded.event for recorded in fresh]
        interview = reduce(step, events, known.interview) if known else replay(events)
        read = _Read(interview, (known.count if known else 0) + len(fresh), fresh[-1].at)
        with _lock:
            _known[key] = read
            while len(_known) > _MOST_KNOWN:
                del _known[next(iter(_known))]
        return read

    def _grade(self, effect: GradeAttempt, language: Language | None, watch: Watch | None) -> None:
        interview = self.interview()
        if effect not in due(interview):
            return  # another process was faster
        attempt = interview.attempt(effect.question, effect.attempt)
        event: Graded | Ungraded
        try:
            spoken = language or interview.plan.language
            grade = self.stage.grader.grade(interview.bank[effect.question], attempt, spoken, watch)
            event = Graded(effect.question, effect.attempt, grade)
            step(interview, event)
        except InterviewerError as error:
            event = Ungraded(effect.question, effect.attempt, str(error) or type(error).__name__)
        self._conclude(lambda now: event if effect in due(now) else None)

    def _happen(self, choose: Callable[[Interview], Event], place: str | None = None) -> Interview:
        """Record what the candidate did, if the interview still stands where the candidate saw it."""
        while True:
            read = self._read()
            interview = read.interview
            if place is not None and interview.place != place:
                raise MovedOnElsewhere("the interview has moved on in another window")
            place = interview.place
            event = choose(interview)
            after = step(interview, event)
            try:
                self.stage.store.append(self.id, read.count, event)
            except MovedOnElsewhere:
                continue  # a grade may have come in between; the place tells whether anything else did
            return after

    def _conclude(self, choose: Callable[[Interview], Event | None]) -> Interview | None:
        """Record a result wherever the interview stands by now; None if it is no longer wanted."""
        while True:
            read = self._read()
            event = choose(read.interview)
            if event is None:
                return None
            after = step(read.interview, event)
            try:
                self.stage.store.append(self.id, read.count, event)
            except MovedOnElsewhere:
                continue
            return after


def _since(at: str) -> float | None:
    """Seconds since a recorded time; None where the interview was left alone in between."""
    seconds = (datetime.now(UTC) - datetime.fromisoformat(at)).total_seconds()
    return round(seconds, 1) if 0 <= seconds <= _LONGEST_THOUGHT else None


def _always(event: Event, _: Interview) -> Event:
    return event


def _done(key: tuple[int, str, Effect], future: Future[None]) -> None:
    with _lock:
        if _under_way.get(key) is future:
            del _under_way[key]


def _levels(interview: Interview) -> dict[str, Level]:
    """What the current attempt covers so far, by the coverage grader: it costs no model call."""
    grade = LexicalGrader().grade(interview.question, interview.current)
    return {verdict.criterion: verdict.level or Level.MISSING for verdict in grade.verdicts}


def _decide_probe(llm: LLM | None, interview: Interview) -> Event | None:
    if not any(isinstance(effect, AskProbe) for effect in due(interview)):
        return None
    chosen = follow_ups.choose_probe(interview, _levels(interview)) if may_probe(interview) else None
    return Probed(chosen.id, follow_ups.word_probe(interview, chosen, llm)) if chosen else Unprobed()


def _next_hint(interview: Interview) -> Event:
    chosen = follow_ups.choose_hint(interview, _levels(interview)) if may_hint(interview) else None
    if chosen is None:
        raise OutOfTurn("there is no further hint for this question")
    return Hinted(chosen[0].id, chosen[1])
