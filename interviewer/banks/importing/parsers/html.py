"""The tags of HTML, found without a parser that could be bombed or hung."""

import html
import re
from collections.abc import Iterator

from interviewer.banks.importing.parsers import markers

_TAG = re.compile(r"</?([A-Za-z][A-Za-z0-9-]*)((?:[^<>\"']|\"[^\"<]*\"|'[^'<]*')*)>")
_ATTRIBUTE = re.compile(r"\b(alt|href|name|id)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))", re.IGNORECASE)

# Anything else between angle brackets is text: List<String>, #include <vector>.
TAGS = markers.WORDS.words("html.tags")
BREAKING = markers.WORDS.words("html.breaking")
UNREAD = frozenset({"script", "style"})


def tag(source: str) -> tuple[str, bool] | None:
    """The lower-case name of a tag that HTML knows, and whether it closes; None for any other text."""
    found = _TAG.match(source)
    is_known = found and found[1].lower() in TAGS
    return (found[1].lower(), source.startswith("</")) if found and is_known else None


def attribute(source: str, wanted: str) -> str:
    """The value of an attribute of a tag, or nothing."""
    for found in _ATTRIBUTE.finditer(source[:2000]):
        if found[1].lower() == wanted:
            return html.unescape(found[2] or found[3] or found[4] or "")
    return ""


def pieces(source: str) -> Iterator[tuple[str, bool]]:
    """The texts and the tags of HTML in turn, and whether a piece is a tag; comments are left out."""
    at = begun = 0
    comments_end = True
    while (at := source.find("<", at)) >= 0:
        found = _TAG.match(source, at)
        is_tag = found is not None and found[1].lower() in TAGS
        end = found.end() if found and is_tag else -1
        if comments_end and source.startswith("<!--", at):
            end = source.find("-->", at) + len("-->")
            comments_end = end >= len("-->")
            end = end if comments_end else -1
        if end <= at:
            at += 1
            continue
        yield html.unescape(source[begun:at]), False
        if is_tag:
            yield source[at:end], True
        at = begun = end
    yield html.unescape(source[begun:]), False


def tidy(text: str) -> str:
    """Without spaces at the ends of lines, cell ends without a cell, and more than one blank line."""
    lines = [line.strip(" \t\r\xa0").removesuffix(" |").rstrip() for line in text.split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
