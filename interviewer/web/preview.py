"""What a file of questions would become, as HTML: what was found, and what was not and why."""

from interviewer.banks.importing.pipeline import Preview
from interviewer.domain.language import Language
from interviewer.presentation.templating import render

# What goes beyond is counted on the page, and written out by the command.
_MOST_SHOWN = 400


def preview_html(shown: Preview, draft: str, language: Language) -> str:
    """What was found and what was not, and why; the editor shows the questions of the `draft` of this name below it."""
    return render(
        "import_preview.html",
        language,
        shown=shown,
        draft=draft,
        heading=_heading(shown),
        report=shown.report(language),
        most=_MOST_SHOWN,
    )


def _heading(shown: Preview) -> str:
    if shown.is_new:
        return "import.found"
    if shown.is_same:
        return "import.unchanged"
    return "import.update" if shown.source else "import.replaces"
