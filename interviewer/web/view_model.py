"""What the page shows of an interview, worked out from its recorded state. Knows nothing of gradio."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from markupsafe import Markup

from interviewer.domain.grade import Verdict
from interviewer.domain.interview import Interview, Mode, Phase, due, may_hint, next_question, shows_grades
from interviewer.domain.rubric import Kind, Language
from interviewer.domain.scoring import missed, score
from interviewer.grading.lexical import LexicalGrader
from interviewer.llm.prompts import prompt
from interviewer.presentation.card import Badge, card
from interviewer.presentation.chat import chat
from interviewer.presentation.report import report
from interviewer.presentation.templating import escaped, inline
from interviewer.presentation.wording import score_text
from interviewer.text.messages import say


class Screen(StrEnum):
    START = "start"
    PLAY = "play"
    REPORT = "report"


@dataclass(frozen=True, slots=True)
class View:
    """Everything about the page that an interview decides.

    `clear` empties the answer box, which nothing else does. `polls` asks again for what comes in later. Where
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
    is_reviewing: bool = False
    is_last: bool = False
    is_coach: bool = False
    has_failures: bool = False
    is_waiting: bool = False
    clear: bool = False
    unsent: str = ""
    polls: bool = False
    is_away: bool = False
    points: tuple[tuple[str, str], ...] = field(default=())


def view(name: str, interview: Interview, language: Language, badge: Badge, partial: Sequence[Verdict] = ()) -> View:
    """What the page shows of the interview of this id; `partial` are verdicts on the current attempt that are known already."""
    shown = shows_grades(interview)
    reviewing = interview.phase is Phase.REVIEWING
    is_coach = interview.plan.mode is Mode.COACH
    return View(
        screen=Screen.REPORT if interview.is_over else Screen.PLAY,
        language=language,
        interview=name,
        place=interview.place,
        progress=_progress(interview, language),
        chat=chat(interview, language) + _thinking(interview, language),
        card=_card(interview, language, badge, partial) if reviewing else "",
        report=report(interview, language, badge=badge, exports_of=name) if interview.is_over else "",
        may_answer=interview.phase is Phase.ANSWERING,
        may_hint=may_hint(interview),
        is_reviewing=reviewing,
        is_last=next_question(interview) is None,
        is_coach=is_coach,
        has_failures=shown and any(attempt.failure for attempt in interview.attempts),
        is_waiting=bool(due(interview)),
        polls=bool(due(interview)) and (shown or interview.phase is Phase.WEIGHING),
        points=_points(interview, language),
    )


def _thinking(interview: Interview, language: Language) -> Markup:
    if interview.phase is not Phase.WEIGHING:
        return Markup()
    return inline('<p class="quiet thinking" role="status">{{ say("play.thinking") }}</p>', language)


def _points(interview: Interview, language: Language) -> tuple[tuple[str, str], ...]:
    """The points whose verdicts may be contested, those that earned less first."""
    grade = interview.current.grade
    if grade is None:
        return ()
    rubric = interview.question.rubric
    lost = [criterion.id for criterion in missed(rubric, grade.verdicts)]
    listed = sorted(rubric.criteria, key=lambda c: lost.index(c.id) if c.id in lost else len(lost))
    return tuple((criterion.text.into(language), criterion.id) for criterion in listed)


def _progress(interview: Interview, language: Language) -> str:
    if interview.is_over:
        return ""
    question = interview.question
    return escaped(
        say(
            "play.progress",
            language,
            place=interview.position + 1,
            total=len(interview.questions),
            topic=interview.bank.topic_title(question.topic, language),
            difficulty=question.difficulty,
        )
    )


def _card(interview: Interview, language: Language, badge: Badge, partial: Sequence[Verdict]) -> str:
    current = interview.current
    parts: list[str] = [card(interview, current, language, partial=() if current.grade else partial, badge=badge)]
    if current.failure:
        # Under its own name beside the failure; it is in no score and no mean.
        estimate = LexicalGrader().grade(interview.question, current)
        found = score(interview.question.rubric, estimate.verdicts)
        text = score_text(found, language, is_estimate=True)
        parts.append(f'<p class="quiet">{say("card.estimate_beside", language)} {text}</p>')
    return "".join([*parts, _second_opinion(interview, language)])


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
