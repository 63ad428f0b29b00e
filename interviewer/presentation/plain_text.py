"""Text that a terminal shows and does not obey, and tables of it."""

import json
import unicodedata
from collections.abc import Sequence

# What JSON itself leaves as it is: delete, and the control characters above it, by which some terminals are ruled.
_CONTROLS = {code: f"\\u{code:04x}" for code in range(0x7F, 0xA0)}


def printable(text: str) -> str:
    """Text on one line, every character that is not to be seen replaced by a dot."""
    return "".join(sign if sign.isprintable() else "·" for sign in " ".join(text.split()))


def json_line(plain: object) -> str:
    """One line of JSON in which no control character stands as it is."""
    return escaped_controls(json.dumps(plain, ensure_ascii=False)) + "\n"


def escaped_controls(text: str) -> str:
    """JSON that says the same, in which no control character stands as it is."""
    return text.translate(_CONTROLS)


def aligned(rows: Sequence[Sequence[str]], *, figures: bool = False) -> list[str]:
    """The rows of a table as lines; with `figures`, all columns but the first end at their right edge."""
    widths = [max(map(_width, column)) for column in zip(*rows, strict=True)]
    return ["  ".join(_padded(row, widths, figures=figures)).rstrip() for row in rows]


def _padded(row: Sequence[str], widths: Sequence[int], *, figures: bool) -> list[str]:
    gaps = [" " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True)]
    return [
        gap + cell if figures and place else cell + gap for place, (cell, gap) in enumerate(zip(row, gaps, strict=True))
    ]


def _width(text: str) -> int:
    """Columns in a terminal, where Chinese characters take two."""
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)
