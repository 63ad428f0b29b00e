"""What the page says where something cannot be done: the view that is shown, or the words alone."""

from dataclasses import replace

from interviewer.domain.language import Language
from interviewer.errors import (
    BankError,
    InterviewerError,
    MovedOnElsewhere,
    NoSuchInterview,
    NotAllowed,
    OutOfTurn,
    OverLimit,
    StoreDamaged,
    StoreError,
    TranscriptError,
)
from interviewer.text.messages import say
from interviewer.web.view_model import Screen, View


def unreachable(error: InterviewerError, interview: str, language: Language) -> View:
    """What an open page says where its interview cannot be read; one that is only out of reach for now is asked for again."""
    if isinstance(error, NoSuchInterview):
        return at_start(error_text(error, language), language)
    is_for_ever = isinstance(error, StoreDamaged | TranscriptError)
    notice = say("play.unreadable" if is_for_ever else "play.away", language, reason=error.into(language))
    return View(Screen.START, language, interview, notice=notice, is_away=True, polls=not is_for_ever)


def at_start(notice: str, language: Language) -> View:
    """The start form, with something to say."""
    return View(Screen.START, language, notice=notice)


def not_begun(error: StoreError, language: Language) -> View:
    notice = say("start.not_saved", language, reason=error.into(language))
    return View(Screen.START, language, notice=notice, is_away=True, polls=True)


def error_text(error: Exception, language: Language) -> str:
    """What went wrong, for the person at the page."""
    match error:
        case NoSuchInterview():
            return say("play.gone", language)
        case MovedOnElsewhere():
            return say("play.moved_on", language)
        case StoreError():
            return say("play.store_failed", language, reason=error.into(language))
        case OutOfTurn():
            return say("play.not_now", language)
        case BankError() | OverLimit() | NotAllowed():
            return error.into(language)
    return say("play.not_now", language)


def with_unrecorded(refused: View, text: str) -> View:
    """What was typed and not recorded stays in the box; where there is no box now, it is shown."""
    if refused.is_away:
        return refused
    if refused.may_answer:
        return replace(refused, notice=f"{refused.notice} {say('play.in_box', refused.language)}")
    return replace(refused, unsent=text)
