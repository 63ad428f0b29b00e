"""Today, an owner's progress and the questions of all banks, as parts of the page."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from markupsafe import Markup

from interviewer.domain.language import Language
from interviewer.presentation import practice_text
from interviewer.presentation.templating import render
from interviewer.sessions.due_questions import Today
from interviewer.sessions.interview_plan import QuestionName
from interviewer.sessions.progress import Progress
from interviewer.sessions.question_mastery import QuestionMastery
from interviewer.sessions.question_notes import NO_NOTE, QuestionNote
from interviewer.text.messages import say

_WEEKS = 26
_MOST_SHOWN = 100


def today_card(today: Today, language: Language, grader: str) -> Markup:
    """What is due, what goes on, and how well each topic holds; `grader` names who grades, '' the offline estimate."""
    told = say("today.done", language, count=today.answered_today) if today.answered_today else ""
    headline = practice_text.headline(today, language) if today.questions or not told else told
    notes = practice_text.notes(today, language)
    return render("today.html", language, today=today, grader=grader, headline=headline, notes=notes)


def begin_label(today: Today, language: Language) -> str:
    """The words of the button that starts the sitting, or another one where today's is done."""
    if not today.questions:
        return say("today.beyond", language)
    return say("today.first" if today.is_first_visit else "today.begin", language)


def progress_page(progress: Progress, today: date, language: Language) -> Markup:
    """Days practised as a heat map that ends with this week, and topics over time; all of it in tables as well."""
    holds = "" if progress.holds is None else practice_text.holds_text(progress.held, progress.holds, language)
    return render("progress.html", language, progress=progress, weeks=_weeks(progress, today), holds=holds)


def questions_page(
    found: Sequence[QuestionMastery], notes: Mapping[QuestionName, QuestionNote], language: Language
) -> Markup:
    """The first of the questions that were found, each to be ticked or practised at once, with what is kept about it."""
    shown = [(one, notes.get(one.name, NO_NOTE)) for one in found[:_MOST_SHOWN]]
    return render("questions.html", language, found=len(found), shown=shown)


def _weeks(progress: Progress, today: date) -> list[list[tuple[date, int]]]:
    """The last half year, week by week from Monday, each day with its answers."""
    monday = today - timedelta(days=today.weekday(), weeks=_WEEKS - 1)
    days = [monday + timedelta(days=place) for place in range((today - monday).days + 1)]
    counted = [(day, progress.days.get(day, 0)) for day in days]
    return [counted[start : start + 7] for start in range(0, len(counted), 7)]
