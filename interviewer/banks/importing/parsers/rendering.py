"""Units as plain text."""

import unicodedata
from collections.abc import Sequence

from interviewer.banks.importing.parsers.elements import Element, ElementKind

_WRAPPED_AT = 50  # columns; a line that breaks off before is meant to end there
_ENDS = tuple("。．.!?！？:：;；,，、…")
_STARTS = ("- ", "* ", "•", "·", "(", "（")


def render(elements: Sequence[Element]) -> str:
    """One text: list items begin with `- ` or their number, paragraphs are apart by a blank line."""
    said = [element for element in elements if element.text]
    if not said:
        return ""
    base = min(element.depth for element in said)
    # Text of the item that the question opens stands at the margin, text of an item of the answer does not.
    floor = base - 1 if base and next(element for element in said if element.depth == base).marker else base
    parts: list[str] = []
    before: Element | None = None
    for element in said:
        indent = "  " * max(0, element.depth - floor - bool(element.marker))
        shown = _indented(element.marker + element.text, indent)
        parts.append(f"{_between(before, element)}{shown}" if before else shown)
        before = element
    return "".join(parts).strip("\n")


def _between(before: Element, element: Element) -> str:
    if before.block == element.block and element.shape is ElementKind.LINE and before.last < element.first:
        return _joint(before.text, element.text) if not element.marker else "\n"
    if before.block == element.block:
        return "\n"
    if element.marker:
        return "\n\n" if before.shape is ElementKind.CODE else "\n"
    return "\n" if before.marker and element.depth >= before.depth and element.shape is ElementKind.LINE else "\n\n"


def _joint(above: str, below: str) -> str:
    """Between two lines of a paragraph: a sentence that only had no room goes on, any other line end stays."""
    if _columns(above) < _WRAPPED_AT or above.endswith(_ENDS) or below.startswith(_STARTS) or below[:1].isdigit():
        return "\n"
    return "" if _is_wide(above[-1]) and _is_wide(below[0]) else " "


def _columns(text: str) -> int:
    return sum(2 if _is_wide(char) else 1 for char in text[:100])


def _is_wide(char: str) -> bool:
    return unicodedata.east_asian_width(char) in "WF"


def _indented(text: str, indent: str) -> str:
    return "\n".join(indent + line if line else line for line in text.split("\n"))
