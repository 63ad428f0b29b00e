"""Rows of JSONL and CSV files: every row is read, or the first bad one is an error that names its line."""

import csv
import io
import json
import math
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol, TypeVar

from interviewer.domain.rubric import Bank, Question
from interviewer.errors import BankError

# What the csv module allows; the same for both formats.
LONGEST_FIELD = 131_072

Plain = Mapping[str, Any]
Where = tuple[str, str]

_PLACE = re.compile(r"q0*([1-9]\d{0,5})")
_UNREADABLE = re.compile("[\x00\ud800-\udfff]")


class _Identified(Protocol):
    @property
    def id(self) -> str: ...

    @property
    def where(self) -> Where: ...


_Row = TypeVar("_Row", bound=_Identified)


def read_all(paths: Sequence[Path], make: Callable[[Plain, Where], _Row]) -> list[_Row]:
    """The rows of all files, made by `make`, which raises ValueError for a bad one.

    Raises BankError with the line of the first row that cannot be read, or whose id stands somewhere already. Of files
    with the same name, `where` names the folder too.
    """
    made: list[_Row] = []
    first_seen: dict[str, Where] = {}
    names = Counter(path.name for path in paths)
    for path in paths:
        before = len(made)
        called = path.name if names[path.name] == 1 else f"{path.resolve().parent.name}/{path.name}"
        for line, plain in read(path):
            where = (called, f"line {line}")
            try:
                row = make(plain, where)
            except ValueError as error:
                raise BankError(*where, str(error)) from error
            if row.id in first_seen:
                file, place = first_seen[row.id]
                there = place if file == called else f"{place} of {file}"
                raise BankError(*where, f"the id {row.id!r} stands in {there} already")
            first_seen[row.id] = where
            made.append(row)
        if len(made) == before:
            raise BankError(path.name, "", "has no rows")
    return made


def read(path: Path) -> Iterator[tuple[int, Plain]]:
    """The rows of a file, each with the number of its first line. Raises BankError."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise BankError(path.name, "", f"cannot be read: {error.strerror}") from error
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise BankError(path.name, f"line {line}", "is not UTF-8 text: save the file as UTF-8") from error
    yield from (_csv if path.suffix.lower() == ".csv" else _jsonl)(text, path.name)


def question_in(bank: Bank, name: str, where: Where) -> Question:
    """The question of this id, or at this place of the bank (q01, q02, …). Raises BankError."""
    for question in bank.questions:
        if question.id == name:
            return question
    place = _PLACE.fullmatch(name)
    if place and int(place[1]) <= len(bank.questions):
        return bank.questions[int(place[1]) - 1]
    raise BankError(*where, f"bank {bank.id} has no question {name!r}")


def text(plain: Plain, key: str, *, needed: bool = False, optional: bool = False) -> str:
    """The text of a field; `needed` ones may not be blank, `optional` ones may be absent. Raises ValueError."""
    value = plain.get(key)
    if value is None and optional:
        return ""
    if not isinstance(value, str):
        raise ValueError(f"{key} is missing" if value is None else f"{key} must be text, not {value!r:.100}")  # noqa: TRY004
    if needed and not value.strip():
        raise ValueError(f"{key} is empty")
    if len(value) > LONGEST_FIELD:
        raise ValueError(f"{key} has {len(value)} characters, at most {LONGEST_FIELD} can be read")
    if found := _UNREADABLE.search(value):
        raise ValueError(f"{key} holds a character that is no text (U+{ord(found[0]):04X})")
    return value


def number(plain: Plain, key: str) -> float:
    """The finite number of a field, also where it is written as text. Raises ValueError."""
    value = plain.get(key)
    if value is None or value == "":
        raise ValueError(f"{key} is missing")
    try:
        found = math.nan if isinstance(value, bool) else float(value)
    except (TypeError, ValueError, OverflowError):
        found = math.nan
    if not math.isfinite(found):
        raise ValueError(f"{key} must be a number, not {value!r:.100}")
    return found


def _jsonl(content: str, name: str) -> Iterator[tuple[int, Plain]]:
    for line, written in enumerate(content.split("\n"), start=1):
        if not written.strip():
            continue
        try:
            plain = json.loads(written, object_pairs_hook=_unique)
        except RecursionError as error:
            raise BankError(name, f"line {line}", "is nested too deeply") from error
        except ValueError as error:
            raise BankError(name, f"line {line}", f"is not JSON: {error}") from error
        if not isinstance(plain, dict):
            raise BankError(name, f"line {line}", "is no object, which begins with { and names its fields")
        yield line, plain


def _csv(content: str, name: str) -> Iterator[tuple[int, Plain]]:
    reader = csv.reader(io.StringIO(content, newline=""), strict=True)
    heads: list[str] = []
    line = 1
    try:
        for cells in reader:
            if cells:
                if not heads:
                    heads = _heads(cells, (name, f"line {line}"))
                elif len(cells) != len(heads):
                    what = f"has {len(cells)} columns, and the first line has {len(heads)}"
                    raise BankError(name, f"line {line}", what)
                else:
                    yield line, dict(zip(heads, cells, strict=True))
            line = reader.line_num + 1
    except csv.Error as error:
        raise BankError(name, f"line {line}", f"is not CSV: {error}") from error


def _heads(cells: Sequence[str], where: Where) -> list[str]:
    heads = [cell.strip() for cell in cells]
    for sign, name in ((";", "semicolons"), ("\t", "tabs")):
        if len(heads) == 1 and sign in cells[0]:
            raise BankError(*where, f"has its columns between {name}: save the file with commas between them")
    for head in heads:
        if heads.count(head) > 1:
            raise BankError(*where, f"has two columns called {head!r}")
    return heads


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("an object has the same key twice")
    return found
