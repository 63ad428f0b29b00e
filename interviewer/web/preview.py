"""What a file of questions would become, as HTML: what was found, what was not and why, every question with its points."""

import json

from interviewer.banks.importing.pipeline import Preview
from interviewer.domain.rubric import Language
from interviewer.presentation.templating import render
from interviewer.web.guard import LARGEST_BODY

# What goes beyond is counted on the page, and written out by the command.
_MOST_SHOWN = 400
# Bytes of JSON, in which the text comes back to be saved.
_LONGEST_EDITED = LARGEST_BODY - 10_000


def preview_html(shown: Preview, language: Language) -> str:
    """What was found, what was not and why, and every question with its points."""
    return render(
        "import_preview.html",
        language,
        shown=shown,
        heading=_heading(shown),
        report=shown.report(language),
        is_too_long=is_too_long_to_edit(shown.yaml),
        most=_MOST_SHOWN,
    )


def _heading(shown: Preview) -> str:
    if shown.is_new:
        return "import.found"
    if shown.is_same:
        return "import.unchanged"
    return "import.update" if shown.source else "import.replaces"


def is_too_long_to_edit(yaml: str) -> bool:
    return len(json.dumps(yaml, ensure_ascii=False).encode()) > _LONGEST_EDITED
