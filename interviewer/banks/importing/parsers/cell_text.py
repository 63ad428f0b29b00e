"""The text of one field of a table or a record, whatever markup it carries."""

import re
from dataclasses import dataclass

from interviewer.banks.importing.parsers import html, markers
from interviewer.banks.importing.parsers.markdown_elements import elements_of
from interviewer.banks.importing.parsers.markdown_grammar import parse
from interviewer.banks.importing.parsers.reasons import Reason
from interviewer.banks.importing.parsers.rendering import render

_MARKUP = re.compile(
    r"```|\*\*\S|`[^`\n]+`|\]\(|^ {0,3}(?:#{1,6} |[-*+] |\d{1,3}[.)] |> |~~~)|&(?:#\d+|#x[0-9a-f]+|[a-z]+);"
    r"|</?(?:br|p|b|i|a|div|span|ul|ol|li|code|pre|strong|em|img|sup|sub)\b",
    re.MULTILINE | re.IGNORECASE,
)
_CLOZE = re.compile(r"\{\{c\d{1,3}::((?:[^{}]|\{(?!\{)|\}(?!\}))*)\}\}")
_SOUND = re.compile(r"\[sound:[^\]\n]{0,300}\]")
_IMAGE = re.compile(r"<img\b|!\[[^\]\n]{0,300}\]\(", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class CellText:
    """A field as plain text; `reason` says why a field with something in it has no text to grade by."""

    text: str
    reason: Reason | None = None


def field(name: str, source: str, until: float, *, is_html: bool = False) -> CellText:
    """The text of a field, read before the processor's clock says `until`. A field without signs of Markdown or HTML stays as it is: `a*b*c` in a sheet is no italics."""
    text = _plain(name, source, until, is_html=is_html)
    if _IMAGE.search(source) and not re.sub(
        r"[\W_]", "", _plain(name, _IMAGE_WHOLE.sub("", source), until, is_html=is_html)
    ):
        return CellText("", Reason.IMAGE_ONLY)
    if markers.has_url(source) and markers.points_only(text):
        return CellText("", Reason.LINK_ONLY)
    return CellText(text)


_IMAGE_WHOLE = re.compile(r"<img\b[^<>]*>|!\[[^\]\n]{0,300}\]\([^()\n]{0,2000}\)", re.IGNORECASE)


def _plain(name: str, source: str, until: float, *, is_html: bool) -> str:
    if is_html:
        return html.plain(_SOUND.sub("", source).replace("\n", "<br>"))
    if _MARKUP.search(source):
        return render([element for element in elements_of(*parse(source, name, until)) if element.says])
    return html.tidy(source)


def has_cloze(source: str) -> bool:
    return bool(_CLOZE.search(source))


def with_blanks(source: str) -> str:
    """A text with gaps where its hidden words stand, or the hints that are given for them."""
    return _CLOZE.sub(lambda found: f"[{hint}]" if (hint := found[1].partition("::")[2]) else "____", source)


def without_cloze(source: str) -> str:
    """A text with its hidden words shown."""
    return _CLOZE.sub(lambda found: found[1].partition("::")[0], source)
