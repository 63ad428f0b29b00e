"""HTML as plain text, without a parser that could be bombed or hung."""

import html
import re

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
    if not found or found[1].lower() not in TAGS:
        return None
    return found[1].lower(), source.startswith("</")


def attribute(source: str, wanted: str) -> str:
    """The value of an attribute of a tag, or nothing."""
    for found in _ATTRIBUTE.finditer(source[:2000]):
        if found[1].lower() == wanted:
            return html.unescape(found[2] or found[3] or found[4] or "")
    return ""


def plain(source: str, *, as_it_stands: bool = False) -> str:
    """The text of HTML: blocks are lines, list items begin with `- `, scripts, styles and comments are dropped.

    `as_it_stands` keeps all spaces and line ends, as `<pre>` does.
    """
    parts: list[str] = []
    at, comments_end = 0, True
    unread = ""
    while (opens := source.find("<", at)) >= 0:
        if not unread:
            parts.extend(filter(None, [_text(source[at:opens], as_it_stands)]))
        at = opens + 1
        if comments_end and source.startswith("<!--", opens):
            end = source.find("-->", opens)
            comments_end = end >= 0
            at = end + 3 if comments_end else at
            if comments_end:
                continue
        found = _TAG.match(source, opens)
        name = found[1].lower() if found else ""
        if not found or name not in TAGS:
            parts.append("" if unread else "<")
            continue
        at = found.end()
        closes = source.startswith("</", opens)
        if name in UNREAD:
            unread = "" if closes else name
        elif not unread:
            instead = _instead(name, closes, found[0])
            # Blocks side by side are one line end apart, however many of them begin and end here.
            is_more = name != "br" and instead.startswith("\n") and parts and parts[-1].endswith("\n")
            parts.append(instead.lstrip("\n") if is_more else instead)
    if not unread:
        parts.append(_text(source[at:], as_it_stands))
    joined = "".join(parts)
    return joined.strip("\n") if as_it_stands else tidy(joined)


def _text(source: str, as_it_stands: bool) -> str:
    text = html.unescape(source)
    return text if as_it_stands else re.sub(r"[\r\n]+", "\n", text)


def _instead(name: str, closes: bool, source: str) -> str:
    if name == "li":
        return "" if closes else "\n- "
    if name in ("td", "th"):
        return " | " if closes else ""
    if name == "img":
        return attribute(source, "alt")
    if name == "sup":
        return "" if closes else "^"
    if name == "p":
        return "\n\n"
    return "\n" if name in BREAKING else ""


def tidy(text: str) -> str:
    """Without spaces at the ends of lines, cell ends without a cell, and more than one blank line."""
    lines = [line.strip(" \t\r\xa0").removesuffix(" |").rstrip() for line in text.split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
