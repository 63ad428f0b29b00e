"""What is worth doing today, in words and bars."""

from markupsafe import Markup

from interviewer.domain.language import Language
from interviewer.presentation import practice_text
from interviewer.presentation.templating import render
from interviewer.sessions.due_questions import Today
from interviewer.text.messages import say


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
