"""CSV and TSV files, and the text export of Anki."""

import csv
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import islice, takewhile

from interviewer.banks.importing.document import Source
from interviewer.banks.importing.parsers import markers
from interviewer.banks.importing.parsers.elements import Element, Reason, aside
from interviewer.banks.importing.parsers.records import Record, from_records, with_cloze
from interviewer.banks.importing.parsers.table_columns import Columns
from interviewer.banks.loader import at_line
from interviewer.errors import BankError
from interviewer.text.messages import localized

_DELIMITERS = (",", "\t", ";")
_MOST_TITLES = 5  # rows above the header
_LOOKED_AT = 50  # rows, to tell the delimiter
_SEPARATORS = {"tab": "\t", "comma": ",", "semicolon": ";", "pipe": "|", "colon": ":", "space": " "}
_OWN_COLUMNS = frozenset({"notetype column", "deck column", "tags column", "guid column"})
_TOPICS = ("deck column", "tags column")
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
    titles = _titles(rows)
    rows = rows[len(titles) :]
    columns = Columns.named(rows[0].cells, pair=True)
    around = [aside(row.first, row.last, Reason.TITLE) for row in titles]
    if columns is None:
        columns = Columns({"question": 0, "answer": 1}, count=len(rows[0].cells))
        if columns.count != 2:
            raise BankError(name, at_line(rows[0].first), localized("file.no_header", count=columns.count))
    else:
        reason = Reason.HEADER if len(columns.places) == columns.count else Reason.MORE_COLUMNS
        around.append(aside(rows[0].first, rows[0].last, reason))
        rows = rows[1:]
    return from_records(name, text, _records(name, rows, columns, around), around)


def _titles(rows: Sequence[_Row]) -> Sequence[_Row]:
    """The rows of one cell above a row that names its columns: what a sheet is called, and who may read it."""
    above = list(takewhile(lambda row: sum(bool(cell.strip()) for cell in row.cells) == 1, rows[:_MOST_TITLES]))
    below = rows[len(above) : len(above) + 1]
    return above if below and len(below[0].cells) > 1 and Columns.named(below[0].cells) else []


def _delimiter(name: str, text: str) -> str:
    """The one that makes a header of the first row, else the one that makes most rows of equal length."""
    points: dict[str, tuple[bool, int]] = {}
    for delimiter in _DELIMITERS:
        rows: list[list[str]] = []
        with suppress(BankError):  # what is wrong with the right one is said when it is read
            rows += (row.cells for row in islice(_rows(name, text, delimiter), _LOOKED_AT))
        first = rows[0] if rows else []
        same = sum(len(cells) == len(first) for cells in rows) if len(first) > 1 else 0
        points[delimiter] = (Columns.named(first, pair=True) is not None, same)
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


def _records(name: str, rows: Sequence[_Row], columns: Columns, around: list[Element]) -> list[Record]:
    """A record for each row with a question; a row of nothing but an answer goes on with the one of the row above."""
    found: list[Record] = []
    least = 1 + max(columns.places["question"], columns.places.get("answer", 0))
    for row in rows:
        count = len(row.cells)
        if not least <= count <= columns.count:
            raise BankError(name, at_line(row.first), localized("file.cells", count=count, expected=columns.count))
        texts = columns.of(row.cells)
        if texts["question"]:
            found.append(Record(row.first, row.last, texts))
        elif found and [text for cell in row.cells if (text := cell.strip())] == [texts.get("answer")]:
            above = found[-1]
            answer = f"{above.texts.get('answer', '')}\n{texts['answer']}".strip()
            found[-1] = replace(above, last=row.last, texts={**above.texts, "answer": answer})
        else:
            around.append(aside(row.first, row.last, Reason.NO_QUESTION))
    return found


def read_table(name: str, text: str) -> Source:
    """A sheet, or an export of flash cards under the name of one. Raises BankError."""
    return read_anki(name, text) if _settings(text)[0] else read_sheet(name, text)


def is_anki(text: str) -> bool:
    """Whether a text file is an export of flash cards: settings at its head, or lines with tabs, also below each other."""
    settings, skip = _settings(text)
    if settings:
        return True
    lines = [line for line in text.split("\n")[skip:] if line.strip()]
    tabs = {line.count("\t") for line in lines}
    is_table = len(tabs) == 1 and 0 not in tabs and not any(line.startswith(("\t", "#", "- ")) for line in lines)
    return is_table or _lack_backs(lines) or _is_of_long_cards(lines)


def _lack_backs(lines: Sequence[str]) -> bool:
    """Whether cards lack their backs here and there: a line has a tab or none, and most lines ask."""
    tabs = [line.count("\t") for line in lines]
    asking = sum(map(_asks, lines))
    return set(tabs) == {0, 1} and sum(tabs) > 1 and 3 * asking >= 2 * len(lines)


def _is_of_long_cards(lines: Sequence[str]) -> bool:
    """Whether cards have their later lines below them: a tab stands only behind what asks."""
    if _lack_backs(lines):
        return False
    cards = [line for line in lines if "\t" in line.strip()]
    has_more = any("\t" in line.partition("\t")[2].strip() for line in cards)
    return len(cards) > 1 and "\t" in lines[0].strip() and 3 * sum(map(_asks, cards)) >= 2 * len(cards) and not has_more


def _asks(line: str) -> bool:
    """Whether what stands before the first tab is a question."""
    return markers.is_asking(markers.numbered(line.partition("\t")[0].strip()).text)


def read_anki(name: str, text: str) -> Source:
    """The notes of an export of Anki, their first two fields as question and answer. Raises BankError."""
    settings, skip = _settings(text)
    separator = settings.get("separator", "tab")
    delimiter = _SEPARATORS.get(separator.lower(), separator[:1] or "\t")
    own = {key: int(settings[key]) - 1 for key in _OWN_COLUMNS if _COLUMN.fullmatch(settings.get(key, ""))}
    named = settings.get("columns", "").split(delimiter) if settings.get("columns") else []
    lines = [line for line in text.split("\n")[skip:] if line.strip()]
    is_long = delimiter == "\t" and len({line.count("\t") for line in lines}) > 1 and _is_of_long_cards(lines)
    rows = list(_long_cards(text, skip) if is_long else _rows(name, text, delimiter, skip))
    around = [aside(1, skip, Reason.SETTINGS)] if skip else []
    if not named and rows and Columns.named(rows[0].cells):
        named, header = rows[0].cells, rows.pop(0)
        around.append(aside(header.first, header.last, Reason.HEADER))
    free = [place for place in range(max(2 + len(own), len(named))) if place not in own.values()]
    columns = (Columns.named(named) if named else None) or Columns({"question": free[0], "answer": free[1]})
    return from_records(name, text, [_note(name, row, columns, own, settings) for row in rows], around)


def _long_cards(text: str, skip: int) -> Iterator[_Row]:
    card: _Row | None = None
    for number, line in enumerate(text.split("\n")[skip:], skip + 1):
        front, tab, back = line.partition("\t")
        if tab and line.strip():
            yield from [card] if card else []
            card = _Row(number, number, [front, back])
        elif card and line.strip():
            card = _Row(card.first, number, [card.cells[0], f"{card.cells[1]}\n{line}"])
    yield from [card] if card else []


def _settings(text: str) -> tuple[dict[str, str], int]:
    """The lines `#key:value` at the head, and how many lines the head has with its comments."""
    settings: dict[str, str] = {}
    for count, line in enumerate(text.split("\n")):
        key, colon, value = line[1:].partition(":")
        if line.startswith("#") and colon and key.strip().lower() in _SETTINGS:
            settings[key.strip().lower()] = value.strip(" ") or value
        elif line.strip() and ("\t" in line or not line.startswith("# ")):
            return settings, count
    return settings, text.count("\n") + 1


def _note(name: str, row: _Row, columns: Columns, own: dict[str, int], settings: dict[str, str]) -> Record:
    if len(row.cells) <= columns.places["question"]:
        raise BankError(name, at_line(row.first), localized("file.fields", count=len(row.cells)))
    texts = columns.of(row.cells)
    texts["question"], texts["answer"] = with_cloze(texts["question"], texts.get("answer", ""))
    deck, tags = (row.cells[own[key]] if own.get(key, len(row.cells)) < len(row.cells) else "" for key in _TOPICS)
    topic = deck or settings.get("deck", "") or texts.get("topic", "") or next(iter(tags.split()), "")
    is_html = settings.get("html", "false").lower() == "true"
    texts["topic"] = topic.split("::")[-1]
    return Record(row.first, row.last, texts, is_html)
