"""How the import tab, the editor and the preparation for a job say why something cannot be done."""

from interviewer.domain.language import Language
from interviewer.domain.rubric import Localized
from interviewer.errors import InterviewerError
from interviewer.presentation.templating import inline
from interviewer.text.messages import say

_REFUSED = """<div role="alert" class="card"><p class="failure">{{ text }}</p>
{% if detail %}<p class="quiet">{{ detail }}</p>{% endif %}</div>"""


def refusal(key: str, language: Language, error: InterviewerError | Localized | str = "", **values: object) -> str:
    """A reason, and what exactly is wrong: without the name of the edited text, and the options of the command."""
    detail = error if isinstance(error, str) else error.into(language)
    for internal in ("bank.yaml：", "bank.yaml: ", " (--id)", "（--id）", " (-o)", "（-o）"):
        detail = detail.replace(internal, "")
    return inline(_REFUSED, language, text=say(key, language, **values), detail=detail)
