"""The turns of an interview as a chat."""

from markupsafe import Markup

from interviewer.domain.interview import Interview, shows_grades
from interviewer.domain.language import Language
from interviewer.presentation.templating import render


def chat(interview: Interview, language: Language, *, may_copy: bool = False, candidate: str = "") -> Markup:
    """All turns so far, as a list that a screen reader reads as a log; `may_copy` where a script makes buttons work.

    `candidate` is the name of who answered, empty where they read it themselves.
    """
    places = {question: place for place, question in enumerate(interview.plan.questions, start=1)}
    return render(
        "chat.html",
        language,
        interview=interview,
        places=places,
        shows_grades=shows_grades(interview),
        may_copy=may_copy,
        candidate=candidate,
    )
