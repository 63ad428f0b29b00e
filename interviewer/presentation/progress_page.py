"""An owner's progress and the questions of all banks, as parts of the page."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from markupsafe import Markup

from interviewer.domain.language import Language
from interviewer.presentation.practice_text import holds_text
from interviewer.presentation.templating import render
from interviewer.sessions.interview_plan import QuestionName
from interviewer.sessions.progress import Progress
from interviewer.sessions.question_mastery import QuestionMastery
from interviewer.sessions.question_notes import NO_NOTE, QuestionNote

_WEEKS = 26
_MOST_SHOWN = 100


def progress_page(progress: Progress, today: date, language: Language) -> Markup:
    """Days practised as a heat map that ends with this week, and topics over time; all of it in tables as well."""
    holds = "" if progress.holds is None else holds_text(progress.held, progress.holds, language)
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
