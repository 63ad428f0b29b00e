"""What the page shows of an interview, worked out from its recorded state. Knows nothing of gradio."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from markupsafe import Markup

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
from interviewer.llm.prompts import prompt
from interviewer.presentation.card import Badge, CardActions, card
from interviewer.presentation.chat import chat
from interviewer.presentation.interview_report import report
from interviewer.presentation.templating import escaped, inline
from interviewer.sessions.coach_notes import CoachNote
from interviewer.sessions.comparison import QuestionComparison
from interviewer.text.messages import say


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
    partial: Sequence[Verdict] = (),
    seconds: float | None = None,
    compared: Sequence[QuestionComparison] = (),
    thinking_since: float | None = None,
    coach_notes: Sequence[CoachNote] = (),
) -> View:
    """What the page shows of the interview of this id.

    `partial` are verdicts on the current attempt that are known already; `seconds` is how long its question has been
    open; `compared` is how the questions went last time; `thinking_since` is the time from which the interviewer has
    been wording what comes next, in seconds since 1970; `coach_notes` is what coaches wrote to the
    candidate.
    """
    shown = shows_grades(interview)
    reviewing = interview.phase is Phase.REVIEWING
    return View(
        screen=Screen.REPORT if interview.is_over else Screen.PLAY,
        language=language,
        interview=name,
        place=interview.place,
        progress=_progress(name, interview, language, seconds),
        chat=chat(interview, language, may_copy=True) + _thinking(interview, language, thinking_since),
        card=_card(interview, language, badge, live, partial),
        report=report(
            interview, language, badge=badge, exports_of=name, live=live, compared=compared, coach_notes=coach_notes
        )
        if interview.is_over
        else "",
        may_answer=interview.phase is Phase.ANSWERING,
        may_hint=may_hint(interview),
        may_undo_skip=may_undo_skip(interview),
        is_reviewing=reviewing,
        is_last=next_question(interview) is None,
        has_failures=shown and any(attempt.failure for attempt in interview.attempts),
        polls=bool(due(interview)) and (shown or interview.phase is Phase.WEIGHING),
    )


# What a model wants to say is shown when all of it was checked, so until then only the time goes on. It is no part of the
# sentence, which a screen reader would else say every second.
_THINKING = """<p class="quiet thinking"><span role="status">{{ say("play.thinking_reply" if is_asked else "play.thinking") }}</span>
{% if since is not none %}<span aria-hidden="true" data-since="{{ since }}" data-line="{{ say("play.seconds", seconds="#") }}"></span>{% endif %}</p>"""


def _thinking(interview: Interview, language: Language, since: float | None) -> Markup:
    if interview.phase is not Phase.WEIGHING:
        return Markup()
    is_asked = any(isinstance(effect, Clarify) for effect in due(interview))
    return inline(_THINKING, language, is_asked=is_asked, since=since)


# How long before the end of a limited answer the candidate is warned.
_WARNING_SECONDS = 30

_PROGRESS = """<div class="place"><p role="status" data-interview="{{ name }}" data-draft="{{ draft }}" data-language="{{ spoken }}">{{ text }}</p>
{% if is_open and seconds is not none %}<p class="clock" role="timer" data-seconds="{{ seconds }}" data-limit="{{ limit or "" }}" data-warn-at="{{ warning }}" data-warning="{{ say("play.time_warning", seconds=warning) }}" data-over="{{ say("play.time_over") }}">&nbsp;</p>{% endif %}</div>
<progress max="{{ total }}" value="{{ done }}" aria-label="{{ text }}"></progress>
{% if is_open and limit %}<p class="clock-said" role="alert"></p>{% endif %}"""


def _progress(name: str, interview: Interview, language: Language, seconds: float | None) -> str:
    """Where the interview stands, and the clock of the open question; the page's script goes by what is said here."""
    if interview.is_over:
        return ""
    question, current, total = interview.question, interview.current, len(interview.questions)
    topic = interview.bank.topic_title(question.topic, language)
    text = say(
        "play.progress",
        language,
        place=interview.plan_place,
        total=len(interview.plan.questions),
        topic=topic,
        difficulty=question.difficulty,
    )
    if interview.again_place:
        text += " · " + say("play.once_more", language, place=interview.again_place, total=len(interview.again))
    return inline(
        _PROGRESS,
        language,
        name=name,
        draft=f"{interview.position}.{current.number}.{len(current.answers)}",
        spoken=interview.plan.language,
        text=text,
        total=total,
        done=interview.position,
        is_open=interview.phase is Phase.ANSWERING,
        seconds=seconds,
        limit=interview.plan.answer_seconds,
        warning=_WARNING_SECONDS,
    )


def _card(interview: Interview, language: Language, badge: Badge, live: CardActions, partial: Sequence[Verdict]) -> str:
    current = interview.current
    if interview.phase is Phase.ANSWERING and current.number > 1:
        # What was said of the try before stays in view while it is made better.
        return card(
            interview, interview.attempt(current.question, current.number - 1), language, badge=badge, live=live
        )
    if interview.phase is not Phase.REVIEWING:
        return ""
    shown = card(interview, current, language, partial=() if current.grade else partial, badge=badge, live=live)
    return "".join((shown, _second_opinion(interview, language)))


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
    return (
        f'<details class="second"><summary>{say("card.second_opinion", language)}</summary>'
        f'<p class="quiet">{say("card.second_opinion_info", language)}</p><pre tabindex="0">{escaped(asked)}</pre></details>'
    )
