"""One interview being played: what the candidate does is recorded, before anything else is looked at."""

import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial, partialmethod

from interviewer.domain.grade import Level, Ruling, Verdict
from interviewer.domain.interview import Effect, Event, Interview, Order, Spoken, due, events, may_hint, step
from interviewer.domain.language import Language
from interviewer.errors import MovedOnElsewhere, OutOfTurn, StoreError
from interviewer.grading import follow_ups
from interviewer.llm.model_call import CallProgress
from interviewer.sessions.effects import EffectRunner, failure_of
from interviewer.sessions.follow_up_decision import levels_so_far
from interviewer.sessions.interview_cache import CachedInterview, InterviewCache
from interviewer.sessions.interview_plan import choose_next
from interviewer.sessions.store import RecordedEvent, Store
from interviewer.sessions.usage_limits import UsageLimits
from interviewer.text.messages import localized

LONGEST_ANSWER = 20_000
_LONGEST_THOUGHT = 3600
_MOST_TRIES = 50
_POLL_SECONDS = 0.3
_MOST_ROUNDS = 2


@dataclass(frozen=True, slots=True)
class Session:
    """One interview. What is recorded is its state: every call reads what has been added since the last.

    The calls that take `place` are the candidate's. `place` is `Interview.place` as the window showed it, or None;
    where the interview has moved on since, they raise MovedOnElsewhere and record nothing. `language` is that of the
    reader, in which remarks and reasons are written; None for that of the questions.
    """

    store: Store
    runner: EffectRunner
    cache: InterviewCache
    id: str
    owner: str
    language: Language | None = None
    limits: UsageLimits | None = None

    def history(self) -> list[RecordedEvent]:
        return self.store.history(self.id)

    def interview(self) -> Interview:
        return self.cache.read(self.id).interview

    def answer(self, text: str, place: str | None = None, spoken: Spoken | None = None) -> Interview:
        """Record the answer, and decide whether to ask back if that needs no model. Raises OverLimit."""
        said = _whole(text)
        if spoken is not None:
            spoken = replace(spoken, text=_whole(spoken.text[:LONGEST_ANSWER]))

        def answered(_: Interview) -> Event:
            known = self.cache.known(self.id)
            return events.Answered(said, _since(known.asked_at) if known else None, spoken)

        return self._say(answered, place)

    def ask(self, text: str, place: str | None = None) -> Interview:
        """Record a question of the candidate about the question, and reply if that needs no model. Raises OutOfTurn."""
        asked = events.Asked(_whole(text))
        return self._say(lambda _: asked, place)

    def _say(self, say: Callable[[Interview], Event], place: str | None) -> Interview:
        if self.limits:
            self.limits.take_answer(self.owner)
        interview = self._record(say, place)
        try:
            return self._decide_follow_up(interview)
        except StoreError:
            return interview  # the answer is safe; what is due is found again

    def seconds_since_asked(self) -> float | None:
        """How long the open question has been open, hints and repetitions included; None where nobody can tell."""
        return _since(self.cache.read(self.id).asked_at)

    def changed_at(self) -> float | None:
        """When anything last happened in the interview, in seconds since 1970; None where the record cannot be read."""
        try:
            return datetime.fromisoformat(self.cache.read(self.id).changed_at).timestamp()
        except ValueError:
            return None

    def _record_event(self, event: Event, place: str | None = None) -> Interview:
        return self._record(lambda _: event, place)

    def hint(self, place: str | None = None) -> Interview:
        """Give the next hint. Raises OutOfTurn where there is none left."""
        return self._record(_next_hint, place)

    repeat = partialmethod(_record_event, events.Repeated())
    skip = partialmethod(_record_event, events.Skipped())
    undo_skip = partialmethod(_record_event, events.SkipUndone())
    """Come back to the question that was passed on just before. Raises OutOfTurn where something was said since."""
    retry = partialmethod(_record_event, events.Retried())
    move_on = partialmethod(_record_event, events.MovedOn())
    end = partialmethod(_record_event, events.Ended())

    def rule(self, question: str, attempt: int, ruling: Ruling) -> Interview:
        """Record what a person says of a criterion. Raises OutOfTurn where nobody may rule yet."""
        by, note = _without_half_characters(ruling.by), _without_half_characters(ruling.note)
        return self._record_event(events.Ruled(question, attempt, replace(ruling, by=by, note=note)))

    def self_mark(self, question: str, attempt: int, levels: Mapping[str, Level]) -> Interview:
        """Record the candidate's level for every criterion; one that is not in `levels` keeps what was suggested."""
        interview = self.interview()
        known = {verdict.criterion: verdict.level for verdict in interview.attempt(question, attempt).verdicts}
        for criterion in interview.bank[question].criteria:
            level = levels.get(criterion.id) or known.get(criterion.id) or Level.MISSING
            interview = self.rule(question, attempt, Ruling(criterion.id, level))
        return interview

    def ask_second_opinion(self, question: str, attempt: int) -> Interview:
        """Ask for a grading that does not see the first; `run_due` starts it."""
        return self._record_event(events.SecondOpinionAsked(question, attempt))

    def regrade(self) -> Interview:
        """Ask for another grading of every attempt whose grading failed."""
        interview = self.interview()
        for attempt in interview.attempts:
            if attempt.failure:
                interview = self._record_event(events.RegradeAsked(attempt.question, attempt.number))
        return interview

    def stop_grading(self, language: Language | None = None) -> Interview:
        """Stop all that is being graded: it then stands as not graded, for this reason, and can be graded again."""
        self.runner.stop(self.id)
        interview = self.interview()
        reason = localized("call.stopped").into(language or interview.plan.language)
        for effect in due(interview):
            stopped = failure_of(effect, reason)
            if stopped is not None:
                interview = self.record_result(partial(_if_due, effect, stopped)) or self.interview()
        return interview

    def decide_follow_up(self) -> Interview:
        """Decide what the interviewer says next, if that is due, unless a model has to word it."""
        return self._decide_follow_up(self.interview())

    def _decide_follow_up(self, interview: Interview) -> Interview:
        is_due = any(isinstance(effect, events.FollowUp) for effect in due(interview))
        if is_due and not self.runner.needs_model(interview, self.owner):
            return self.record_result(self.runner.decide_follow_up) or self.interview()
        return interview

    def run_due(
        self, language: Language | None = None, *, is_watched: bool = False, is_left: bool = False
    ) -> list[Callable[[float | None], object]]:
        """Start what is due, unless it is under way or another process is at it.

        Reasons are given in `language`, or that of the reader. Where it `is_watched`, `partial_verdicts` tells
        verdicts as they come; what `is_left` was started by nobody for a while. Each of what is returned waits for one
        result, for so many seconds, and raises TimeoutError when they are over.
        """
        interview = self.decide_follow_up()
        start = partial(self.runner.start, self, language=self._spoken(interview, language), is_watched=is_watched)
        started = [start(effect=effect, is_left=is_left) for effect in due(interview)]
        return [future.result for future in started if future is not None]

    def run_due_and_wait(
        self,
        language: Language | None = None,
        seconds: float | None = None,
        look: Callable[[], None] | None = None,
    ) -> Interview:
        """Do all that is due, wait for it (at most so long), and give the interview; `look` is called meanwhile."""
        until = None if seconds is None else time.monotonic() + seconds
        interview, rounds = self.interview(), 0
        while rounds < _MOST_ROUNDS and (owed := due(interview)):
            waits = self.run_due(language, is_watched=look is not None)
            left = None if until is None else max(0.0, until - time.monotonic())
            if not waits and owed == due(self.interview()):  # another process is at it
                self.store.owner_of(self.id)
                time.sleep(_POLL_SECONDS if left is None else min(left, _POLL_SECONDS))
            try:
                for wait in waits:
                    _wait(wait, left, look)
            except TimeoutError:
                return self.interview()
            interview = self.interview()
            # What was done and could not be recorded is logged, and tried again another time.
            rounds = rounds + 1 if owed == due(interview) and waits else 0
            if left == 0:
                break
        return interview

    def partial_verdicts(self) -> tuple[Verdict, ...]:
        """The verdicts on the current attempt that are settled while its grading is still under way."""
        current = self.interview().current
        return self.runner.partial(self.id, events.GradeAttempt(current.question, current.number))

    def progress(self, question: str, attempt: int) -> CallProgress | None:
        """What the model is doing that grades this attempt, or gives a second opinion on it; None if nobody knows."""
        owed = [one for one in due(self.interview()) if (one.question, one.attempt) == (question, attempt)]
        return next(filter(None, (self.runner.progress(self.id, effect) for effect in owed)), None)

    def record_result(
        self, choose: Callable[[Interview], Event | None], known: CachedInterview | None = None
    ) -> Interview | None:
        """Record a result wherever the interview stands by now; None if it is no longer wanted.

        The first try trusts `known`, or what was read last: if anything is newer, the event's place in the store is taken.
        """
        known = known or self.cache.known(self.id)
        event = None if known is None else choose(known.interview)
        for _ in range(_MOST_TRIES):
            if known is None or event is None:
                known = self.cache.read(self.id)
                event = choose(known.interview)
            if event is None:
                return None
            event = _steered(known.interview, event)
            after = step(known.interview, event)
            also = self.runner.queue(self, known.interview, after, self._spoken(after))
            try:
                at = self.store.append(self.id, known.count, event, after, also)
            except MovedOnElsewhere:
                known = event = None
                continue
            self.cache.add(self.id, known, RecordedEvent(event, at), after)
            return after
        raise StoreError(localized("store.contended"))

    def _spoken(self, interview: Interview, language: Language | None = None) -> Language:
        return language or self.language or interview.plan.language

    def _record(self, choose: Callable[[Interview], Event], place: str | None = None) -> Interview:
        """Record what the candidate did, if the interview still stands where the candidate saw it."""

        def checked(interview: Interview) -> Event:
            nonlocal place
            if place is not None and interview.place != place:
                raise MovedOnElsewhere(localized("play.moved_on"))
            place = interview.place  # a grade may come in between; the place tells whether anything else did
            return choose(interview)

        return self.record_result(checked, self.cache.read(self.id)) or self.interview()


def _steered(interview: Interview, event: Event) -> Event:
    """The event, with the question that is asked next where the order goes by what was shown."""
    if interview.plan.order is Order.ADAPTIVE and isinstance(event, events.Unprobed | events.Skipped | events.MovedOn):
        known = {verdict.criterion: verdict.level or Level.MISSING for verdict in interview.current.verdicts}
        return replace(event, then=choose_next(interview, known or levels_so_far(interview)))
    return event


def _since(at: str) -> float | None:
    """Seconds since a recorded time; None where the interview was left alone, the clock was set back, or the time cannot be read."""
    try:
        seconds = (datetime.now(UTC) - datetime.fromisoformat(at)).total_seconds()
    except ValueError:  # a damaged record is no reason to refuse the answer
        return None
    return round(seconds, 1) if 0 <= seconds <= _LONGEST_THOUGHT else None


def _whole(text: str) -> str:
    """What was said. Raises OutOfTurn if it is too long."""
    if len(text) > LONGEST_ANSWER:
        raise OutOfTurn(localized("play.too_long", length=len(text), most=LONGEST_ANSWER))
    return _without_half_characters(text)


def _without_half_characters(text: str) -> str:
    """What a terminal hands over may hold half a character, which no database keeps."""
    return text.encode("utf-8", "replace").decode()


def _if_due(effect: Effect, event: Event, interview: Interview) -> Event | None:
    return event if effect in due(interview) else None


def _wait(wait: Callable[[float | None], object], seconds: float | None, look: Callable[[], None] | None) -> None:
    """Wait for one result. Raises TimeoutError when the seconds are over."""
    if look is None:
        wait(seconds)
        return
    until = None if seconds is None else time.monotonic() + seconds
    while until is None or time.monotonic() < until:
        look()
        with suppress(TimeoutError):
            wait(_POLL_SECONDS)
            look()
            return
    raise TimeoutError


def _next_hint(interview: Interview) -> Event:
    chosen = follow_ups.choose_hint(interview, levels_so_far(interview)) if may_hint(interview) else None
    if chosen is None:
        raise OutOfTurn(localized("play.no_hint"))
    return events.Hinted(chosen[0].id, chosen[1])
