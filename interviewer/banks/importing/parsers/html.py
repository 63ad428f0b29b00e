"""HTML as plain text, without a parser that could be bombed or hung."""

import html
import re

_TAG = re.compile(r"</?([A-Za-z][A-Za-z0-9-]*)((?:[^<>\"']|\"[^\"<]*\"|'[^'<]*')*)>")
_ATTRIBUTE = re.compile(r"\b(alt|href|name|id)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))", re.IGNORECASE)

# Anything else between angle brackets is text: List<String>, #include <vector>.
TAGS = frozenset(
    "a abbr acronym address area article aside audio b base basefont bdi bdo big blink blockquote body br button canvas "
    "caption center cite code col colgroup data dd del details dfn dialog dir div dl dt em embed fieldset figcaption "
    "figure font footer form frame frameset h1 h2 h3 h4 h5 h6 head header hgroup hr html i iframe img input ins kbd "
    "label legend li link main map mark menu meta nav nobr noscript object ol optgroup option p picture pre progress q "
    "rp rt ruby s samp script section select small source span strike strong style sub summary sup svg table tbody td "
    "template textarea tfoot th thead time title tr tt u ul var video wbr".split()
)
BREAKING = frozenset(
    "address article aside blockquote body br center dd details dialog dl dt fieldset figcaption figure footer form h1 "
    "h2 h3 h4 h5 h6 head header hr html li main nav ol p pre section summary table tbody tfoot thead title tr ul div".split()
)
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
