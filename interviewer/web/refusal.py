"""How the import tab, the editor and the preparation for a job say why something cannot be done."""

from interviewer.domain.language import Language
from interviewer.domain.rubric import Localized
from interviewer.errors import InterviewerError
from interviewer.presentation.templating import render
from interviewer.text.messages import say


def refusal(key: str, language: Language, error: InterviewerError | Localized | str = "", **values: object) -> str:
    """A reason, and what exactly is wrong: without the name of the edited text, and the options of the command."""
    detail = error if isinstance(error, str) else error.into(language)
    for internal in ("bank.yaml：", "bank.yaml: ", " (--id)", "（--id）", " (-o)", "（-o）"):
        detail = detail.replace(internal, "")
    return render("refusal.html", language, text=say(key, language, **values), detail=detail)
