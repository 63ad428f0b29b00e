"""What is worth doing today, in words and bars."""

from markupsafe import Markup

from interviewer.domain.rubric import Language
from interviewer.presentation.templating import render
from interviewer.sessions.today import Today
from interviewer.text.messages import say


def today_card(today: Today, language: Language, grader: str) -> Markup:
    """What is due, what goes on, and how well each topic holds; `grader` names who grades, '' the offline estimate."""
    return render("today.html", language, today=today, grader=grader, parts=today_parts(today, language))


def today_parts(today: Today, language: Language) -> str:
    """The sitting in short: how many questions, of what kinds, for how long."""
    kinds = [
        say(f"today.{kind}", language, count=count)
        for kind, count in (("due", today.due), ("weak", today.weak), ("new", today.new))
        if count
    ]
    return say(
        "today.sitting",
        language,
        count=len(today.questions),
        kinds=say("today.comma", language).join(kinds),
        minutes=today.minutes,
    )


def begin_label(today: Today, language: Language) -> str:
    """The words of the button that starts the sitting, or another one where today's is done."""
    if not today.questions:
        return say("today.beyond", language)
    return say("today.first" if today.is_first_visit else "today.begin", language)
