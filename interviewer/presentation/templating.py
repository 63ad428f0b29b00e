"""Templates that escape whatever is put into them: the one way in which text becomes HTML or Markdown."""

import html
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from markupsafe import Markup

from interviewer import __version__
from interviewer.domain.language import Language
from interviewer.domain.rubric import Localized
from interviewer.errors import InterviewerError
from interviewer.presentation import wording
from interviewer.presentation.export_formats import ExportFormat
from interviewer.presentation.plain_text import aligned, printable
from interviewer.text.messages import ALL, colon, say

if TYPE_CHECKING:
    from collections.abc import Callable

    from jinja2 import Environment, Template

    from interviewer.presentation.highlighting import Marks

# What templates may call as it is.
_WORDINGS = ("bar_ends", "duration", "level_key", "level_sign", "moment", "ruled_levels", "ruling_key", "sign")

FOLDER = Path(__file__).parent / "templates"

# Gradio's HTML component reads these as template code, so they never reach it as they are.
_TEMPLATE_SIGNS = {ord(sign): f"&#{ord(sign)};" for sign in "{}$`\\"}

# Zero-width characters and those that turn the direction of what follows; a reader would not see them.
_HIDDEN = (*range(8203, 8208), *range(8234, 8239), *range(8288, 8293), *range(8294, 8298), 65279, 173)
# Control characters but tab and line feed: a terminal that is shown a file would obey them.
_CONTROL = tuple(code for code in (*range(32), *range(127, 160)) if chr(code) not in "\t\n\r")
UNSEEN = frozenset((*_HIDDEN, *_CONTROL))

_IN_HTML = _TEMPLATE_SIGNS | dict.fromkeys(UNSEEN, "<span class='unseen'>·</span>")
_REFERENCES = _TEMPLATE_SIGNS | {sign: f"&#{sign};" for sign in UNSEEN}
# Most texts hold none of these, and looking for them takes a tenth of the time of replacing them.
_REPLACED = re.compile("[" + re.escape("&<>\"'" + "".join(map(chr, _REFERENCES))) + "]")
_IN_MARKDOWN = dict.fromkeys(UNSEEN, "·")


def escaped(text: str) -> Markup:
    """Text as HTML that shows it and nothing else, also inside a template of Gradio. Not for attributes."""
    return Markup(html.escape(text).translate(_IN_HTML) if _REPLACED.search(text) else text)  # noqa: S704 - escaped here


def attribute(text: str) -> Markup:
    """Text as the value of an HTML attribute, from which a script reads it exactly as it was written."""
    return Markup(html.escape(text).translate(_REFERENCES) if _REPLACED.search(text) else text)  # noqa: S704 - escaped here


def literal(text: str) -> Markup:
    """Text as Markdown that shows it and nothing else; its lines stay lines."""
    text = text.translate(_IN_MARKDOWN).replace("\r\n", "\n").replace("\r", "\n")
    # '(' ')' ':' '-' only matter after other signs that are escaped already; a line's first sign may still start a list.
    text = re.sub(r"([\\`*_\[\]<>|~$&#@])", r"\\\1", text)
    text = re.sub(r"(?m)^(\s*)([-+=:])", r"\1\\\2", text)
    text = re.sub(r"(?m)^(\s*\d+)([.)])", r"\1\\\2", text)
    text = text.replace("://", ":\\/\\/").replace("!\\[", "\\!\\[")
    return Markup(re.sub(r"(?i)\b(www)\.", r"\1\\.", text))  # noqa: S704 - escaped here


def one_line(text: str) -> Markup:
    return literal(" ".join(text.split()))


def _printed(text: str) -> Markup:
    return Markup(printable(text))  # noqa: S704 - plain text, in which no sign has a meaning


_ESCAPES = {"html": escaped, "md": one_line, "txt": _printed}


def render(template: str, language: Language, **values: object) -> Markup:
    """A template filled in for a reader of this language, in which a `Localized` value or an error is printed.

    Every value is escaped, in `*.html` as HTML, in `*.md` as Markdown on one line, in `*.txt` for a terminal. Raises where a value is missing or None.
    """
    environment = _environment(_ESCAPES[template.rpartition(".")[2]], language)
    return Markup(environment.get_template(template).render(values))  # noqa: S704 - all values were escaped


def inline(source: str, language: Language, **values: object) -> Markup:
    """A template of a line or two, written where it is used; else like an HTML template of `render`."""
    return Markup(_compiled(source, language).render(values))  # noqa: S704 - as above


@cache
def _compiled(source: str, language: Language) -> "Template":
    return _environment(escaped, language).from_string(source)


@cache
def stylesheet(*names: str) -> Markup:
    return Markup("".join((FOLDER / f"{name}.css").read_text(encoding="utf-8") for name in names))  # noqa: S704 - our own files


@cache
def _environment(escape: "Callable[[str], Markup]", language: Language) -> "Environment":
    """One for each language, so that what templates import from each other is made once and not at every filling in."""
    # Imported here: whoever asks the command for help need not wait for it.
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    from interviewer.presentation.rich_text import rich_line, rich_text

    def spoken(text: str | Localized) -> str:
        return text.into(language) if isinstance(text, Localized) else text

    def printed(value: object) -> object:
        if isinstance(value, Markup):
            return value
        if value is None:
            raise TypeError("a template prints None")
        return escape(value.into(language) if isinstance(value, Localized | InterviewerError) else str(value))

    def rich(text: str | Localized, marked: "Marks" = (), *, is_typed: bool = False) -> Markup:
        return rich_text(spoken(text), language, marked, is_typed=is_typed)

    environment = Environment(
        loader=FileSystemLoader(FOLDER),
        undefined=StrictUndefined,
        autoescape=True,
        finalize=printed,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    plain = (attribute, stylesheet, *map(wording.__dict__.__getitem__, _WORDINGS))
    environment.globals.update(
        {function.__name__: function for function in plain},
        language=language,
        say=lambda key, **values: say(key, language, **values),
        colon=lambda: Markup(colon(language)),  # noqa: S704 - punctuation
        score_text=lambda score, is_estimate: wording.score_text(score, language, is_estimate=is_estimate),
        provenance_text=lambda grade: wording.provenance_text(grade, language),
        rich=rich,
        rich_line=lambda text: rich_line(spoken(text), language),
        aligned=lambda rows: Markup("\n".join(aligned(rows, figures=True))),  # noqa: S704 - for `*.txt`
        is_phrase=ALL.__contains__,
        version=__version__,
        export_formats=tuple(ExportFormat),
    )
    return environment
