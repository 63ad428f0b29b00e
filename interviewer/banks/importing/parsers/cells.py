"""The text of one field of a table or a record, whatever markup it carries."""

import re
from dataclasses import dataclass

from interviewer.banks.importing.parsers import html, marks
from interviewer.banks.importing.parsers.flattening import units_of
from interviewer.banks.importing.parsers.grammar import parse
from interviewer.banks.importing.parsers.rendering import render
from interviewer.banks.importing.parsers.why import Why

_MARKUP = re.compile(
    r"```|\*\*\S|`[^`\n]+`|\]\(|^ {0,3}(?:#{1,6} |[-*+] |\d{1,3}[.)] |> |~~~)|&(?:#\d+|#x[0-9a-f]+|[a-z]+);"
    r"|</?(?:br|p|b|i|a|div|span|ul|ol|li|code|pre|strong|em|img|sup|sub)\b",
    re.MULTILINE | re.IGNORECASE,
)
_CLOZE = re.compile(r"\{\{c\d{1,3}::((?:[^{}]|\{(?!\{)|\}(?!\}))*)\}\}")
_SOUND = re.compile(r"\[sound:[^\]\n]{0,300}\]")
_IMAGE = re.compile(r"<img\b|!\[[^\]\n]{0,300}\]\(", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Field:
    """A field as plain text; `why` says why a field with something in it has no text to grade by."""

    text: str
    why: Why | None = None


def field(name: str, source: str, until: float, *, is_html: bool = False) -> Field:
    """The text of a field, read before the processor's clock says `until`. A field without signs of Markdown or HTML stays as it is: `a*b*c` in a sheet is no italics."""
    text = _plain(name, source, until, is_html=is_html)
    if _IMAGE.search(source) and not re.sub(
        r"[\W_]", "", _plain(name, _IMAGE_WHOLE.sub("", source), until, is_html=is_html)
    ):
        return Field("", Why.IMAGE_ONLY)
    if marks.has_url(source) and marks.points_only(text):
        return Field("", Why.LINK_ONLY)
    return Field(text)


_IMAGE_WHOLE = re.compile(r"<img\b[^<>]*>|!\[[^\]\n]{0,300}\]\([^()\n]{0,2000}\)", re.IGNORECASE)


def _plain(name: str, source: str, until: float, *, is_html: bool) -> str:
    if is_html:
        return html.plain(_SOUND.sub("", source).replace("\n", "<br>"))
    if _MARKUP.search(source):
        return render([unit for unit in units_of(*parse(source, name, until)) if unit.says])
    return html.tidy(source)


def has_cloze(source: str) -> bool:
    return bool(_CLOZE.search(source))


def with_blanks(source: str) -> str:
    """A text with gaps where its hidden words stand, or the hints that are given for them."""
    return _CLOZE.sub(lambda found: f"[{hint}]" if (hint := found[1].partition("::")[2]) else "____", source)


def without_cloze(source: str) -> str:
    """A text with its hidden words shown."""
    return _CLOZE.sub(lambda found: found[1].partition("::")[0], source)
