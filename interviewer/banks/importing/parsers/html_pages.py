"""What a page of HTML says becomes Markdown, so that it is read as every list in Markdown is."""

import re

from interviewer.banks.importing.parsers import html, markers
from interviewer.banks.importing.parsers.decoding import MOST_LINES

_UNREAD = frozenset(markers.WORDS.words("html.unread"))
_KEPT = frozenset({"a", "b", "strong", "img", "sup"})  # the reader of Markdown knows these as they are
_FLAT = frozenset({"pre", "summary", "tr", "dt", "dd", "h1", "h2", "h3", "h4", "h5", "h6"})  # but `dd`, which ends one
_BLOCK = ("\n\n", "\n\n")
_WRITTEN = {f"h{level}": (f"\n\n{'#' * level} ", "\n\n") for level in range(1, 7)} | {
    "br": ("<br>", ""),
    "details": ("\n\n<details>\n\n", "\n\n</details>\n\n"),
    "summary": ("\n\n<summary>", "</summary>\n\n"),
    "dt": ("\n\n<b>", "</b>\n\n"),
    "pre": ("\n\n```\n", "\n```\n\n"),
    "tr": ("\n", " |"),
    "td": (" | ", ""),
    "th": (" | ", ""),
    "hr": ("\n\n---\n\n", ""),
}
_DEEPEST = 12  # lists in lists
_SIGNS = re.compile(r"[\\`*_\[\]<>#|~$&]")
_SIGN_OF_LINK = re.compile(r"\s*[#¶§🔗]\s*")
_BLANK_LINES = re.compile(r"\n(?: *\n){2,}")


def markdown_of(page: str) -> str:
    """The headings, paragraphs, lists, tables, folds and code of a page, without what stands around its text."""
    said = [""]
    unread, within = "", 0  # the tag of a part that nobody reads, and how many of its name are open
    lists: list[int] = []  # the items so far of each list that is open; negative where they have no numbers
    flat, has_main, row = "", False, 0
    for piece, is_tag in html.pieces(page):
        name, closes = (html.tag(piece) if is_tag else None) or ("", False)
        margin, mark = "\n" + "    " * min(len(lists), _DEEPEST), ""
        if unread:
            within += (-1 if closes else 1) * (name == unread)
            unread = unread if within else ""
        elif not name:
            mark = _text(piece, flat, margin)
        elif not closes and (name in _UNREAD or (name == "header" and not has_main) or _is_badge(name, flat, said[-1])):
            unread, within = name, 1
        elif name in _KEPT:
            mark = "" if flat == "pre" else piece
        elif flat and name not in (flat, "td", "th", "dd"):
            mark = " " if flat != "pre" and name in html.BREAKING else ""
        elif name in ("ul", "ol"):
            mark = "" if lists and not closes else "\n\n"
            lists[len(lists) - closes :] = [] if closes else [0 if name == "ol" else -MOST_LINES]
        elif name == "li" and lists and not closes:
            lists[-1] += 1
            mark = margin[:-4] + ("- " if lists[-1] < 0 else f"{lists[-1]}. ")
        else:
            flat = ("" if closes or name == "dd" else name) if name in _FLAT else flat
            has_main = has_main or name in ("main", "article")
            mark = _WRITTEN.get(name, _BLOCK if name in html.BREAKING else ("", ""))[closes].replace("\n", margin)
            if name == "tr" and closes and row:
                mark += f"{margin}|{'---|' * said[row:].count(' | ')}"
            row = len(said) if name == "table" else 0 if name == "tr" and closes else row
            # What an item begins with stands in its line.
            mark = mark.lstrip() if re.fullmatch(r"\n *(?:-|\d+\.) ", said[-1]) else mark
        said += [mark] if mark else []
    return _BLANK_LINES.sub("\n\n", "".join(said))


def _text(piece: str, flat: str, margin: str) -> str:
    if flat == "pre":
        return piece.replace("\n", margin)
    is_apart = piece.startswith("<!") or (flat and _SIGN_OF_LINK.fullmatch(piece))
    return "" if is_apart else _SIGNS.sub(r"\\\g<0>", re.sub(r"\s+", " ", piece))


def _is_badge(name: str, flat: str, before: str) -> bool:
    """Whether a span goes on behind the question mark of a heading or of a fold: `easy`, an arrow."""
    return name == "span" and flat not in ("", "pre", "tr") and before.rstrip().endswith(("?", "？"))
