"""What the interviewer says after an answer: a reply, a follow-up question, or that there is none."""

import logging
import time
import traceback
from collections.abc import Callable
from typing import TypeVar

from interviewer.domain.grade import Level
from interviewer.domain.interview import (
    Clarified,
    Clarify,
    Event,
    FollowUp,
    Interview,
    Probed,
    TurnKind,
    Unprobed,
    due,
    may_probe,
)
from interviewer.grading import follow_ups
from interviewer.grading.clarifications import may_be_question, neutral_reply, reply_to
from interviewer.grading.lexical import LexicalGrader
from interviewer.llm import LLM
from interviewer.llm.model_call import ModelCall

_log = logging.getLogger(__name__)

T = TypeVar("T")


def needs_model(interview: Interview) -> bool:
    """Whether a model, where there is one, is to say what the interviewer says next."""
    is_asked = any(isinstance(effect, Clarify) for effect in due(interview))
    return is_asked or may_be_question(interview) or bool(_looked_for(interview, follow_ups.open_points))


def decide(interview: Interview, llm: LLM | None, seconds: float) -> Event | None:
    """What the interviewer says next, or that it is nothing; None if nothing of it is due. The model may take so many seconds."""
    owed = [effect for effect in due(interview) if isinstance(effect, FollowUp)]
    if not owed:
        return None
    until = time.monotonic() + seconds
    is_asked = isinstance(owed[0], Clarify)
    reply = None
    if llm is not None and (is_asked or may_be_question(interview)):
        reply = _in_time(seconds, lambda: reply_to(interview, llm))
    if reply or is_asked:
        return Clarified(reply or neutral_reply(interview))
    if llm is not None and time.monotonic() < until and (points := _looked_for(interview, follow_ups.open_points)):
        worded = _in_time(until - time.monotonic(), lambda: follow_ups.generate_follow_up(interview, points, llm))
        if worded is not None:
            return worded
    chosen = _looked_for(interview, follow_ups.choose_probe)
    if chosen is None:
        return Unprobed()
    plain = follow_ups.default_probe(interview, chosen)
    # The neutral one would be asked of every point in the same words.
    is_said = any(turn.text == plain for turn in interview.current.turns_of(TurnKind.PROBE))
    return Unprobed() if is_said else Probed(chosen.id, plain)


def levels_so_far(interview: Interview) -> dict[str, Level]:
    """What the current attempt covers so far, by the lexical grader: it costs no model call."""
    grade = LexicalGrader().grade(interview.question, interview.current)
    return {verdict.criterion: verdict.level or Level.MISSING for verdict in grade.verdicts}


def trace_without_text(error: BaseException) -> str:
    """Where an error came from, without its message: that may hold an answer or a key."""
    parts: list[str] = []
    seen: BaseException | None = error
    while seen is not None:
        parts.append("".join(traceback.format_tb(seen.__traceback__)) + type(seen).__qualname__)
        seen = seen.__cause__ or seen.__context__
    return "\nwhich came of\n".join(parts)


def _in_time(seconds: float, work: Callable[[], T]) -> T | None:
    """What the work gives, if it gives it in time; else None, and a model that it asks is stopped."""
    call = ModelCall()
    try:
        return call.start(work).result(seconds)
    except TimeoutError:
        call.stop()  # a server that answers one at a time is needed for the gradings
        return None


def _looked_for(interview: Interview, look: Callable[[Interview, dict[str, Level]], T]) -> T | None:
    """What may be asked back, where the plan allows it; a bug in looking for it is logged and ends no interview."""
    if not may_probe(interview):
        return None
    try:
        return look(interview, levels_so_far(interview))
    except Exception as error:  # noqa: BLE001 - see above
        question = interview.current.question
        _log.error("no follow-up could be chosen for %s\n%s", question, trace_without_text(error))
        return None
