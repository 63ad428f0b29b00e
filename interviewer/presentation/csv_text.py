"""Rows as CSV that a spreadsheet shows and does not calculate."""

import csv
import io
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

# A cell that begins with one of these is a formula to a spreadsheet (the wide ones to those of East Asia).
_FORMULA = frozenset("=+-@|%＝＋－＠｜％")


def csv_text(rows: Sequence[Mapping[str, Any]]) -> str:
    """The rows below the names of their columns, an apostrophe before what a spreadsheet would take for a formula."""
    file = io.StringIO()
    file.write("\ufeff")  # without it, spreadsheets misread Chinese
    # All text is quoted: of its own accord the csv module leaves a lone carriage return bare, and what follows it would
    # begin a row, perhaps as a formula.
    writer = csv.DictWriter(file, rows[0] if rows else (), lineterminator="\n", quoting=csv.QUOTE_NONNUMERIC)
    writer.writeheader()
    writer.writerows({name: _safe(cell) for name, cell in row.items()} for row in rows)
    return file.getvalue()


def _safe(cell: object) -> object:
    return f"'{cell}" if isinstance(cell, str) and _is_formula(cell) else cell


def _is_formula(cell: str) -> bool:
    """Whether a spreadsheet might calculate this cell: some drop spaces and what cannot be seen before they look."""
    for character in cell:
        if character in "\t\r\n":
            return True
        if not (character.isspace() or unicodedata.category(character) in ("Cf", "Cc")):
            return character in _FORMULA
    return False
