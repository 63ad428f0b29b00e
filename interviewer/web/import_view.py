"""What the Import tab shows: how far a file is, what it would become, and why not."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from interviewer.domain.language import Language
from interviewer.domain.rubric import Localized
from interviewer.errors import InterviewerError
from interviewer.presentation.templating import inline, render
from interviewer.web.refusal import refusal

if TYPE_CHECKING:
    from interviewer.banks.importing.pipeline import Preview

# What goes beyond is counted on the page, and written out by the command.
_MOST_SHOWN = 400

_PROGRESS = """<div class="import-progress"><p role="status">{{ say("import." ~ stage) }}{% if total is not none %} {{ done }} / {{ total }}{% endif %}</p>
<progress aria-label="{{ say("import." ~ stage) }}"{% if total is not none %} max="{{ total }}" value="{{ done }}"{% endif %}></progress>
<button type="button" class="stop-task" data-task="import">{{ say("import.stop") }}</button></div>"""

BANK_DELETED = """<p role="status">{{ say("import.bank_deleted", title=title.into(language)) }}
<button type="button" class="put-back" data-bank="{{ name }}">{{ say("list.undo") }}</button></p>"""


@dataclass(frozen=True, slots=True)
class ImportView:
    """What the tab then shows; `saved` is a bank's id, and `base` the version that now stands on the disk."""

    html: str
    saved: str = ""
    base: str = ""


def preview_html(shown: "Preview", draft: str, language: Language) -> str:
    """What was found and what was not, and why; the editor shows the questions of the `draft` of this name below it."""
    report = shown.report(language)
    return render("import_preview.html", language, shown=shown, draft=draft, report=report, most=_MOST_SHOWN)


def progress_view(stage: str, done: int | None, total: int | None, language: Language) -> ImportView:
    return ImportView(inline(_PROGRESS, language, stage=stage, done=done, total=total))


def refused_view(
    key: str, language: Language, error: InterviewerError | Localized | str = "", **values: object
) -> ImportView:
    return ImportView(refusal(key, language, error, **values))
