"""Answers in JSONL and CSV files: each row becomes a checked value, and the first bad one an error that names its line."""

import csv
import io
import json
import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, NamedTuple, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from interviewer.domain.grade import Level
from interviewer.domain.language import Language
from interviewer.domain.rubric import Bank, Question
from interviewer.errors import BankError
from interviewer.llm.json_reply import unique_keys

# What the csv module allows; the same for both formats.
LONGEST_FIELD = 131_072

Plain = Mapping[str, Any]
Where = tuple[str, str]
"""A file and a line of it, as an error names them."""


def _readable(value: object) -> object:
    for character in value if isinstance(value, str) else "":
        if character == "\0" or "\ud800" <= character <= "\udfff":
            raise ValueError(f"holds a character that is no text (U+{ord(character):04X})")
    return value


def _number(value: object) -> float:
    """A finite number, also where it is written as text, as it is in CSV."""
    try:
        number = math.nan if isinstance(value, bool) else float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        number = math.nan
    if not math.isfinite(number):
        raise ValueError(f"must be a number, not {value!r:.100}")
    return number


_Text = Annotated[str, Field(max_length=LONGEST_FIELD), BeforeValidator(_readable)]
_Name = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_FIELD), BeforeValidator(_readable)
]
_Number = Annotated[float, BeforeValidator(_number)]


class Answer(BaseModel):
    """What was answered to a question of a bank, and where it stands; columns that are not known are left out."""

    model_config = ConfigDict(frozen=True, serialize_by_alias=True)

    where: Where
    id: _Name
    question_id: _Name
    text: _Text = Field(alias="answer")
    lang: str | None = None

    def asked_in(self, default: Language) -> Language:
        return Language(self.lang) if self.lang in tuple(Language) else default


class CandidateAnswer(Answer):
    """An answer that is to be graded; without an id it is called by its file and line."""

    candidate: Annotated[str, StringConstraints(strip_whitespace=True), BeforeValidator(_readable)] = ""
    lang: Language | None = None

    @model_validator(mode="before")
    @classmethod
    def _with_id(cls, given: dict[str, Any]) -> dict[str, Any]:
        if str(given.get("id", "")).strip():
            return given
        file, line = given["where"]
        return {**given, "id": f"{file}:{line.removeprefix('line ')}"}


class LabelledAnswer(Answer):
    """An answer with the score that a labeller gave it; `levels` are the labels of single criteria, if there are any."""

    score_max: Annotated[_Number, Field(gt=0)]
    score: _Number
    levels: dict[str, Level] = Field(default={}, alias="labels")
    question: _Text = ""
    reference: _Text = Field(default="", alias="reference_answer")
    kind: _Text = ""
    lang: _Text = ""
    split: _Text = ""
    labeller: _Text = ""

    @model_validator(mode="after")
    def _on_the_scale(self) -> "LabelledAnswer":
        if not 0 <= self.score <= self.score_max:
            raise ValueError(f"score must be from 0 to score_max ({self.score_max:g}), not {self.score:g}")
        return self

    @property
    def label(self) -> float:
        """The score as a share of the scale."""
        return self.score / self.score_max


class FalseClaim(Answer):
    """The claim of a criterion made false by a person or a model, in words that are near those of the bank or are not."""

    criterion: _Name
    wording: _Name


_Row = TypeVar("_Row", bound=Answer)


class CandidateAnswers(NamedTuple):
    """The rows of some files, and the names of the columns that nothing was read from."""

    rows: list[CandidateAnswer]
    unused: list[str]


def read_labelled_answers(*paths: Path) -> list[LabelledAnswer]:
    """The rows of all files, whose ids are unique within one. Raises BankError for the first that cannot be read."""
    return [row for path in paths for row in _read_all([path], LabelledAnswer)[0]]


def read_candidate_answers(paths: Sequence[Path]) -> CandidateAnswers:
    """The rows of all files. Raises BankError for the first one that cannot be read, or whose id another row has."""
    return CandidateAnswers(*_read_all(paths, CandidateAnswer))


def read_false_claims(path: Path) -> list[FalseClaim]:
    """The rows of a file. Raises BankError for the first one that cannot be read."""
    return _read_all([path], FalseClaim)[0]


def find_question(bank: Bank, name: str, where: Where) -> Question:
    """The question of this id, or at this place of the bank (q01, q02, …). Raises BankError."""
    for question in bank.questions:
        if question.id == name:
            return question
    place = name.removeprefix("q")
    if place != name and place.isdecimal() and len(place) < 10 and 1 <= int(place) <= len(bank.questions):
        return bank.questions[int(place) - 1]
    raise BankError(*where, f"bank {bank.id} has no question {name!r}")


def read_records(path: Path) -> Iterator[tuple[int, Plain]]:
    """The objects of a JSONL or CSV file, each with the number of its first line. Raises BankError."""
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


def _read_all(paths: Sequence[Path], model: type[_Row]) -> tuple[list[_Row], list[str]]:
    """The rows, and the names of columns that the model does not know."""
    rows: dict[str, _Row] = {}
    known = {field.alias or name for name, field in model.model_fields.items()}
    unknown: dict[str, None] = {}
    names = Counter(path.name for path in paths)
    for path in paths:
        before = len(rows)
        # Of files with the same name, the folder is named too.
        file = path.name if names[path.name] == 1 else f"{path.resolve().parent.name}/{path.name}"
        for number, plain in read_records(path):
            where = (file, f"line {number}")
            unknown.update(dict.fromkeys(name for name in plain if name not in known))
            # An empty cell says as little as a column that is not there; an empty answer is one.
            given = {name: value for name, value in plain.items() if value is not None}
            given = {name: value for name, value in given.items() if value != "" or name == "answer"}
            try:
                row = model.model_validate({**given, "where": where})
            except ValidationError as error:
                raise BankError(*where, _fault(error)) from error
            if first := rows.get(row.id):
                there = first.where[1] if first.where[0] == file else f"{first.where[1]} of {first.where[0]}"
                raise BankError(*where, f"the id {row.id!r} stands in {there} already")
            rows[row.id] = row
        if len(rows) == before:
            raise BankError(path.name, "", "has no rows")
    return list(rows.values()), list(unknown)


_FAULTS = {
    "missing": "is missing",
    "string_type": "must be text, not {given}",
    "string_too_short": "is empty",
    "string_too_long": "is longer than the {max_length} characters that can be read",
    "dict_type": "must name a level for each criterion, not {given}",
    "enum": "must be {expected}, not {given}",
    "greater_than": "must be above {gt:g}, not {given}",
    "value_error": "{error}",
}


def _fault(error: ValidationError) -> str:
    """What is wrong with a row: the field, and what it must be."""
    first = error.errors()[0]
    what = _FAULTS.get(first["type"], "{message}")
    given = f"{first['input']!r:.100}"
    told = what.format(given=given, message=first["msg"], **first.get("ctx", {}))
    return f"{': '.join(map(str, first['loc']))} {told}".strip()


def _jsonl(content: str, name: str) -> Iterator[tuple[int, Plain]]:
    for line, written in enumerate(content.split("\n"), start=1):
        if not written.strip():
            continue
        try:
            plain = json.loads(written, object_pairs_hook=unique_keys)
        except RecursionError as error:
            raise BankError(name, f"line {line}", "is nested too deeply") from error
        except ValueError as error:
            raise BankError(name, f"line {line}", f"is not JSON: {error}") from error
        if not isinstance(plain, dict):
            raise BankError(name, f"line {line}", "is no object, which begins with { and names its fields")
        yield line, plain


def _csv(content: str, name: str) -> Iterator[tuple[int, Plain]]:
    reader = csv.reader(io.StringIO(content, newline=""), strict=True)
    columns: list[str] = []
    line = 1
    try:
        for cells in reader:
            if cells and not columns:
                columns = _column_names(cells, (name, f"line {line}"))
            elif cells and len(cells) != len(columns):
                what = f"has {len(cells)} columns, and the first line has {len(columns)}"
                raise BankError(name, f"line {line}", what)
            elif cells:
                yield line, dict(zip(columns, cells, strict=True))
            line = reader.line_num + 1
    except csv.Error as error:
        raise BankError(name, f"line {line}", f"is not CSV: {error}") from error


def _column_names(cells: Sequence[str], where: Where) -> list[str]:
    names = [cell.strip() for cell in cells]
    for sign, called in ((";", "semicolons"), ("\t", "tabs")):
        if len(names) == 1 and sign in cells[0]:
            raise BankError(*where, f"has its columns between {called}: save the file with commas between them")
    for name in names:
        if names.count(name) > 1:
            raise BankError(*where, f"has two columns called {name!r}")
    return names
