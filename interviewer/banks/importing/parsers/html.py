"""The tags of HTML, found without a parser that could be bombed or hung."""

import html
import re
from collections.abc import Iterator

from interviewer.banks.importing.parsers import markers

_TAG = re.compile(r"(</?[A-Za-z][A-Za-z0-9-]*(?:[^<>\"']|\"[^\"<]*\"|'[^'<]*')*>)")
_NAME = re.compile("[A-Za-z][A-Za-z0-9-]*")
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)

# Anything else between angle brackets is text: List<String>, #include <vector>.
TAGS = markers.WORDS.words("html.tags")
BREAKING = markers.WORDS.words("html.breaking")
UNREAD = frozenset({"script", "style"})


def tag(source: str) -> tuple[str, bool] | None:
    """The lower-case name of a tag that HTML knows, and whether it closes; None for any other text."""
    closes = source.startswith("</")
    found = _NAME.match(source, 1 + closes) if _TAG.match(source) else None
    return (found[0].lower(), closes) if found and found[0].lower() in TAGS else None


def attribute(source: str, wanted: str) -> str:
    """The value of an attribute of a tag, or nothing."""
    value = r"(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))"
    found = re.search(rf"\b{wanted}\s*=\s*{value}", source[:2000], re.IGNORECASE)
    return html.unescape(found[1] or found[2] or found[3] or "") if found else ""


def pieces(source: str) -> Iterator[tuple[str, bool]]:
    """The texts and the tags of HTML in turn, and whether a piece is a tag; comments are left out."""
    end = source.rfind("-->") + len("-->")  # behind the last one, a search for an end would begin again and again
    for place, piece in enumerate(_TAG.split(_COMMENT.sub("", source[:end]) + source[end:])):
        is_tag = place % 2 == 1 and tag(piece) is not None
        yield piece if is_tag else html.unescape(piece), is_tag


def tidy(text: str) -> str:
    """Without spaces at the ends of lines, cell ends without a cell, and more than one blank line."""
    lines = [line.strip(" \t\r\xa0").removesuffix(" |").rstrip() for line in text.split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
