"""What the page shows of an interview, worked out from its recorded state, or says where it cannot. Knows nothing of gradio."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from interviewer import errors
from interviewer.domain.grade import Verdict
from interviewer.domain.interview import (
    Clarify,
    Interview,
    Phase,
    due,
    may_hint,
    may_undo_skip,
    next_question,
    shows_grades,
)
from interviewer.domain.language import Language
from interviewer.domain.rubric import Kind
from interviewer.errors import InterviewerError
from interviewer.llm.prompts import prompt
from interviewer.presentation.card import Badge, CardActions, card
from interviewer.presentation.chat import chat
from interviewer.presentation.interview_report import report
from interviewer.presentation.templating import render
from interviewer.sessions.coach_notes import CoachNote
from interviewer.sessions.comparison import QuestionComparison
from interviewer.text.messages import say

# How long before the end of a limited answer the candidate is warned.
_WARNING_SECONDS = 30


class Screen(StrEnum):
    START = "start"
    PLAY = "play"
    REPORT = "report"


@dataclass(frozen=True, slots=True)
class View:
    """Everything about the page that an interview decides.

    `clear` empties the answer box and `prefill` puts a text into it, which nothing else does. `polls` asks again for what comes in later. Where
    `is_away`, nothing could be read: the page stays as it is, above all what is being typed, and gives the notice.
    """

    screen: Screen
    language: Language
    interview: str = ""
    place: str = ""
    progress: str = ""
    notice: str = ""
    chat: str = ""
    card: str = ""
    report: str = ""
    may_answer: bool = False
    may_hint: bool = False
    may_undo_skip: bool = False
    is_reviewing: bool = False
    is_last: bool = False
    has_failures: bool = False
    clear: bool = False
    unsent: str = ""
    polls: bool = False
    is_away: bool = False
    prefill: str = ""


def view(
    name: str,
    interview: Interview,
    language: Language,
    badge: Badge,
    live: CardActions,
    verdicts: Sequence[Verdict] = (),
    seconds: float | None = None,
    compared: Sequence[QuestionComparison] = (),
    thinking_since: float | None = None,
    coach_notes: Sequence[CoachNote] = (),
) -> View:
    """What the page shows of the interview of this id.

    `verdicts` are those on the current attempt that are known already, `seconds` is how long its question has been
    open, and `thinking_since` when the interviewer began to word what comes next, in seconds since 1970.
    """
    shown, is_weighing = shows_grades(interview), interview.phase is Phase.WEIGHING
    said = chat(interview, language, may_copy=True)
    if is_weighing:
        is_asked = any(isinstance(effect, Clarify) for effect in due(interview))
        said += render("thinking.html", language, is_asked=is_asked, since=thinking_since)
    is_open = interview.phase is Phase.ANSWERING
    result = place = ""
    if interview.is_over:
        result = report(
            interview, language, badge=badge, exports_of=name, live=live, compared=compared, coach_notes=coach_notes
        )
    else:
        clock = {"is_open": is_open, "seconds": seconds, "warning": _WARNING_SECONDS}
        place = render("interview_place.html", language, name=name, interview=interview, **clock)
    return View(
        screen=Screen.REPORT if interview.is_over else Screen.PLAY,
        language=language,
        interview=name,
        place=interview.place,
        progress=place,
        chat=said,
        card=_card(interview, language, badge, live, verdicts),
        report=result,
        may_answer=is_open,
        may_hint=may_hint(interview),
        may_undo_skip=may_undo_skip(interview),
        is_reviewing=interview.phase is Phase.REVIEWING,
        is_last=next_question(interview) is None,
        has_failures=shown and any(attempt.failure for attempt in interview.attempts),
        polls=bool(due(interview)) and (shown or is_weighing),
    )


def _card(
    interview: Interview, language: Language, badge: Badge, live: CardActions, verdicts: Sequence[Verdict]
) -> str:
    current = interview.current
    if interview.phase is Phase.ANSWERING and current.number > 1:
        # What was said of the try before stays in view while it is made better; asked once more, one has to remember it.
        before = interview.attempt(current.question, current.number - 1)
        shown = card(interview, before, language, badge=badge, live=live)
        return render("folded_card.html", language, card=shown) if interview.again_place else shown
    if interview.phase is not Phase.REVIEWING:
        return ""
    known = () if current.grade else verdicts
    shown = card(interview, current, language, partial=known, badge=badge, live=live)
    return shown + _second_opinion(interview, language)


def _second_opinion(interview: Interview, language: Language) -> str:
    """A prompt about the current attempt that can be taken to any chat model."""
    question = interview.question
    points = [f"- {c.text.into(language)}" for c in question.criteria if c.kind is not Kind.MISTAKE]
    said = "\n\n".join(text for _, text in interview.current.answers)
    asked = prompt(f"second-opinion-{language}").fill(
        {
            "question": question.text.into(interview.plan.language),
            "criteria": "\n".join(points),
            "answer": json.dumps(said, ensure_ascii=False),
            "language": say("second.language", language),
        }
    )
    return render("second_opinion.html", language, asked=asked)


def unreachable(error: InterviewerError, interview: str, language: Language) -> View:
    """What an open page says where its interview cannot be read; one that is only out of reach for now is asked for again."""
    if isinstance(error, errors.NoSuchInterview):
        return at_start(error_text(error, language), language)
    is_for_ever = isinstance(error, errors.StoreDamaged | errors.TranscriptError)
    notice = say("play.unreadable" if is_for_ever else "play.away", language, reason=error.into(language))
    return View(Screen.START, language, interview, notice=notice, is_away=True, polls=not is_for_ever)


def at_start(notice: str, language: Language) -> View:
    return View(Screen.START, language, notice=notice)


def not_begun(error: errors.StoreError, language: Language) -> View:
    notice = say("start.not_saved", language, reason=error.into(language))
    return View(Screen.START, language, notice=notice, is_away=True, polls=True)


def error_text(error: Exception, language: Language) -> str:
    if isinstance(error, errors.BankError | errors.OverLimit | errors.NotAllowed):
        return error.into(language)
    keys = {
        errors.NoSuchInterview: "play.gone",
        errors.MovedOnElsewhere: "play.moved_on",
        errors.StoreError: "play.store_failed",
    }
    key = next((key for kind, key in keys.items() if isinstance(error, kind)), "play.not_now")
    return say(key, language, reason=error)


def with_unrecorded(refused: View, text: str) -> View:
    """What was typed and not recorded stays in the box; where there is no box now, it is shown."""
    if refused.is_away:
        return refused
    if refused.may_answer:
        return replace(refused, notice=f"{refused.notice} {say('play.in_box', refused.language)}")
    return replace(refused, unsent=text)
