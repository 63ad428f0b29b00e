"""CSV and TSV files, and the text export of Anki."""

import csv
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice

from interviewer.banks.importing.document import Role, Source
from interviewer.banks.importing.parsers import cell_text
from interviewer.banks.importing.parsers.columns import Columns
from interviewer.banks.importing.parsers.file_blocks import LineSpan
from interviewer.banks.importing.parsers.reasons import Reason
from interviewer.banks.importing.parsers.records import Record, from_records
from interviewer.banks.loader import at_line
from interviewer.errors import BankError
from interviewer.text.messages import localized

_DELIMITERS = (",", "\t", ";")
_LOOKED_AT = 50  # rows, to tell the delimiter
_SEPARATORS = {"tab": "\t", "comma": ",", "semicolon": ";", "pipe": "|", "colon": ":", "space": " "}
_OWN_COLUMNS = frozenset({"notetype column", "deck column", "tags column", "guid column"})
_COLUMN = re.compile("[1-9][0-9]{0,2}")
_SETTINGS = _OWN_COLUMNS | {"separator", "html", "columns", "notetype", "deck", "tags", "if matches"}


@dataclass(frozen=True, slots=True)
class _Row:
    first: int
    last: int
    cells: list[str]


def read_sheet(name: str, text: str) -> Source:
    """The questions of a CSV or TSV text. Raises BankError with the line of the first bad row."""
    delimiter = _delimiter(name, text)
    rows = list(_rows(name, text, delimiter))
    if not rows:
        raise BankError(name, "", localized("file.no_rows"))
    columns = Columns.named(rows[0].cells, pair=True)
    around = []
    if columns is None:
        columns = Columns(0, 1, count=len(rows[0].cells))
        if columns.count != 2:
            raise BankError(name, at_line(rows[0].first), localized("file.no_header", count=columns.count))
    else:
        reason = Reason.HEADER if columns.read == columns.count else Reason.MORE_COLUMNS
        around.append(LineSpan(Role.LEFT_OUT, rows[0].first, rows[0].last, None, reason))
        rows = rows[1:]
    return from_records(name, text, (_record(name, row, columns) for row in rows), around)


def _delimiter(name: str, text: str) -> str:
    """The one that makes a header of the first row, else the one that makes most rows of equal length."""
    points: dict[str, tuple[bool, int]] = {}
    for delimiter in _DELIMITERS:
        rows: list[list[str]] = []
        with suppress(BankError):  # what is wrong with the right one is said when it is read
            rows += (row.cells for row in islice(_rows(name, text, delimiter), _LOOKED_AT))
        same = sum(len(cells) == len(rows[0]) for cells in rows) if rows and len(rows[0]) > 1 else 0
        points[delimiter] = (bool(rows) and Columns.named(rows[0], pair=True) is not None, same)
    return max(points, key=lambda delimiter: points[delimiter])


def _rows(name: str, text: str, delimiter: str, skip: int = 0) -> Iterator[_Row]:
    """The rows that have any text."""
    lines = [line + "\n" for line in text.split("\n")][skip:]
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    first = 1
    while True:
        try:
            row = next(reader, None)
        except csv.Error as error:
            raise BankError(name, at_line(first + skip), localized("file.no_row", why=error)) from error
        if row is None:
            return
        if any(cell.strip() for cell in row):
            yield _Row(first + skip, reader.line_num + skip, row)
        first = reader.line_num + 1


def _record(name: str, row: _Row, columns: Columns) -> Record:
    least = 1 + max(columns.question, columns.answer or 0)
    if not least <= len(row.cells) <= columns.count:
        raise BankError(name, at_line(row.first), localized("file.cells", count=len(row.cells), expected=columns.count))
    question, answer, topic, number = columns.of(row.cells)
    if not question:
        raise BankError(name, at_line(row.first), localized("file.no_question"))
    return Record(row.first, row.last, question, answer, topic, number)


def is_anki(text: str) -> bool:
    """Whether a text file is an export of Anki: settings at its head, or nothing but lines with tabs."""
    first = text.lstrip("\n").split("\n", 1)[0]
    if first.startswith("#") and first[1:].partition(":")[0].strip().lower() in _SETTINGS and ":" in first:
        return True
    lines = [line for line in text.split("\n") if line.strip()]
    tabs = {line.count("\t") for line in lines}
    return len(tabs) == 1 and min(tabs) > 0 and not any(line.startswith(("\t", "#", "- ")) for line in lines)


def read_anki(name: str, text: str) -> Source:
    """The notes of an export of Anki, their first two fields as question and answer. Raises BankError."""
    settings, skip = _settings(text)
    separator = settings.get("separator", "tab")
    delimiter = _SEPARATORS.get(separator.lower(), separator[:1] or "\t")
    own = {key: int(settings[key]) - 1 for key in _OWN_COLUMNS if _COLUMN.fullmatch(settings.get(key, ""))}
    named = settings.get("columns", "").split(delimiter) if settings.get("columns") else []
    free = [place for place in range(max(2 + len(own), len(named))) if place not in own.values()]
    columns = Columns.named(named) if named else None
    places = (columns.question, columns.answer) if columns and columns.answer is not None else (free[0], free[1])
    records = (_note(name, row, places, own, settings) for row in _rows(name, text, delimiter, skip) if any(row.cells))
    around = [LineSpan(Role.LEFT_OUT, 1, skip, None, Reason.SETTINGS)] if skip else []
    return from_records(name, text, records, around)


def _settings(text: str) -> tuple[dict[str, str], int]:
    """The lines `#key:value` at the head, and how many lines the head has."""
    settings: dict[str, str] = {}
    count = 0
    for line in text.split("\n"):
        key, colon, value = line[1:].partition(":")
        if line.startswith("#") and colon and key.strip().lower() in _SETTINGS:
            settings[key.strip().lower()] = value.strip(" ") or value
        elif line.strip():
            break
        count += 1
    return settings, count


def _note(name: str, row: _Row, places: tuple[int, int], own: dict[str, int], settings: dict[str, str]) -> Record:
    if len(row.cells) <= places[0]:
        raise BankError(name, at_line(row.first), localized("file.fields", count=len(row.cells)))
    question, answer = (row.cells[place] if place < len(row.cells) else "" for place in places)
    if cell_text.has_cloze(question):
        # A text with gaps asks; the text itself answers.
        answer = "\n\n".join(
            part for part in (cell_text.without_cloze(question), cell_text.without_cloze(answer)) if part
        )
        question = cell_text.with_blanks(question)
    deck = own.get("deck column")
    topic = row.cells[deck] if deck is not None and deck < len(row.cells) else settings.get("deck", "")
    tags = own.get("tags column")
    if not topic and tags is not None and tags < len(row.cells):
        topic = (row.cells[tags].split() or [""])[0]
    is_html = settings.get("html", "false").lower() == "true"
    return Record(row.first, row.last, question, answer, topic.split("::")[-1], is_html=is_html)
