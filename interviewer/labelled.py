"""The only reader of labelled answers: JSONL or CSV files whose rows carry an answer and the score that it was given."""

import csv
import io
import json
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from interviewer.errors import BankError
from interviewer.grade import Level
from interviewer.rubric import Bank, Question

_PLACE = re.compile(r"q0*([1-9]\d*)")


@dataclass(frozen=True, slots=True)
class Row:
    """An answer with its label, a share of the scale; `levels` are the labels of single criteria, where there are any."""

    id: str
    where: tuple[str, str]
    question_id: str
    answer: str
    label: float
    question: str = ""
    reference: str = ""
    kind: str = ""
    lang: str = ""
    split: str = ""
    labeller: str = ""
    levels: Mapping[str, Level] = field(default_factory=dict)


def read_rows(path: Path) -> list[Row]:
    """The rows of a file. Raises BankError with the line of the first one that cannot be read."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise BankError(path.name, "", f"cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise BankError(path.name, f"byte {error.start}", "is not UTF-8 text") from error
    read = _csv if path.suffix.lower() == ".csv" else _jsonl
    rows: list[Row] = []
    first_seen: dict[str, int] = {}
    for line, plain in read(text, path.name):
        try:
            row = _row(plain, (path.name, f"line {line}"))
        except ValueError as error:
            raise BankError(path.name, f"line {line}", str(error)) from error
        if row.id in first_seen:
            raise BankError(path.name, f"line {line}", f"the id {row.id!r} stands in line {first_seen[row.id]} already")
        first_seen[row.id] = line
        rows.append(row)
    if not rows:
        raise BankError(path.name, "", "has no rows")
    return rows


def question_in(bank: Bank, row: Row) -> Question:
    """The question of a row, by its id or by its place in the bank (q01, q02, …). Raises BankError."""
    for question in bank.questions:
        if question.id == row.question_id:
            return question
    place = _PLACE.fullmatch(row.question_id)
    if place and int(place[1]) <= len(bank.questions):
        return bank.questions[int(place[1]) - 1]
    raise BankError(*row.where, f"bank {bank.id} has no question {row.question_id!r}")


def _jsonl(text: str, name: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            plain = json.loads(line)
        except ValueError as error:
            raise BankError(name, f"line {number}", f"is not JSON: {error}") from error
        if not isinstance(plain, dict):
            raise BankError(name, f"line {number}", "is no object with an id, an answer and a score")
        yield number, plain


def _csv(text: str, name: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    try:
        before = reader.line_num
        for plain in reader:
            number = before + 1 if before else reader.line_num
            before = reader.line_num
            if None in plain or None in plain.values():
                raise BankError(name, f"line {number}", "has more or fewer columns than the first line")
            yield number, plain
    except csv.Error as error:
        raise BankError(name, f"line {reader.line_num}", f"is not CSV: {error}") from error


def _row(plain: Mapping[str, Any], where: tuple[str, str]) -> Row:
    most = _number(plain, "score_max")
    if most <= 0:
        raise ValueError(f"score_max must be above 0, not {most:g}")
    given = _number(plain, "score")
    if not 0 <= given <= most:
        raise ValueError(f"score must be from 0 to score_max ({most:g}), not {given:g}")
    levels = plain.get("labels") or {}
    if not isinstance(levels, dict):
        raise ValueError(f"labels must name a level for each criterion, not {levels!r}")  # noqa: TRY004
    return Row(
        id=_text(plain, "id", needed=True),
        where=where,
        question_id=_text(plain, "question_id", needed=True),
        answer=_text(plain, "answer"),
        label=given / most,
        question=_text(plain, "question", optional=True),
        reference=_text(plain, "reference_answer", optional=True),
        kind=_text(plain, "kind", optional=True),
        lang=_text(plain, "lang", optional=True),
        split=_text(plain, "split", optional=True),
        labeller=_text(plain, "labeller", optional=True),
        levels={str(name): Level(level) for name, level in levels.items()},
    )


def _text(plain: Mapping[str, Any], key: str, *, needed: bool = False, optional: bool = False) -> str:
    value = plain.get(key)
    if value is None and optional:
        return ""
    if not isinstance(value, str):
        raise ValueError(f"{key} is missing" if value is None else f"{key} must be text, not {value!r}")  # noqa: TRY004
    if needed and not value.strip():
        raise ValueError(f"{key} is empty")
    return value


def _number(plain: Mapping[str, Any], key: str) -> float:
    value = plain.get(key)
    if value is None or value == "":
        raise ValueError(f"{key} is missing")
    try:
        number = math.nan if isinstance(value, bool) else float(value)
    except (TypeError, ValueError):
        number = math.nan
    if not math.isfinite(number):
        raise ValueError(f"{key} must be a number, not {value!r}")
    return number
