"""Units as plain text."""

import unicodedata
from collections.abc import Sequence

from interviewer.banks.importing.parsers.units import CallShape, Unit

_WRAPPED_AT = 50  # columns; a line that breaks off before is meant to end there
_ENDS = tuple("。．.!?！？:：;；,，、…")
_STARTS = ("- ", "* ", "•", "·", "(", "（")


def render(units: Sequence[Unit]) -> str:
    """One text: list items begin with `- ` or their number, paragraphs are apart by a blank line."""
    said = [unit for unit in units if unit.text]
    if not said:
        return ""
    base = min(unit.depth for unit in said)
    # Text of the item that the question opens stands at the margin, text of an item of the answer does not.
    floor = base - 1 if base and next(unit for unit in said if unit.depth == base).marker else base
    parts: list[str] = []
    before: Unit | None = None
    for unit in said:
        indent = "  " * max(0, unit.depth - floor - bool(unit.marker))
        shown = _indented(unit.marker + unit.text, indent)
        parts.append(f"{_between(before, unit)}{shown}" if before else shown)
        before = unit
    return "".join(parts).strip("\n")


def _between(before: Unit, unit: Unit) -> str:
    if before.block == unit.block and unit.shape is CallShape.LINE and before.last < unit.first:
        return _joint(before.text, unit.text) if not unit.marker else "\n"
    if before.block == unit.block:
        return "\n"
    if unit.marker:
        return "\n\n" if before.shape is CallShape.CODE else "\n"
    return "\n" if before.marker and unit.depth >= before.depth and unit.shape is CallShape.LINE else "\n\n"


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
