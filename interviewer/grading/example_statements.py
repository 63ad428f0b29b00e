"""Example statements: what people say who make the claim of a criterion, and what they say who do not."""

import csv
import hashlib
import io
from collections import defaultdict
from collections.abc import Iterable, Mapping
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import NamedTuple

from interviewer.domain.rubric import Question
from interviewer.errors import BankError
from interviewer.settings import shipped

LARGEST_FILE = 20_000_000
SUFFIX = ".examples.csv"
_COLUMNS = ["question_id", "criterion_id", "kind", "text"]


class ExampleKind(StrEnum):
    """What an example is to its criterion.

    `claim` is the text of the criterion itself, in one of its languages: the examples are of this claim and no other.
    `beside` is said on the topic of a question and makes none of its claims; `stuffed` strings keywords together.
    """

    CLAIM = "claim"
    SAYS = "says"
    NOT = "not"
    BESIDE = "beside"
    STUFFED = "stuffed"


class Example(NamedTuple):
    """One statement; `criterion` is empty where it belongs to the question as a whole."""

    criterion: str
    kind: ExampleKind
    text: str

    @property
    def makes_claim(self) -> bool:
        return self.kind in (ExampleKind.CLAIM, ExampleKind.SAYS)


ExamplesByQuestion = Mapping[str, tuple[Example, ...]]


def read_examples(path: Path) -> ExamplesByQuestion:
    """The examples of a CSV file (`question_id, criterion_id, kind, text`). Raises BankError with the line."""
    name = path.name
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise BankError(name, "", f"is larger than {LARGEST_FILE // 1_000_000} MB")
        rows = csv.reader(io.StringIO(path.read_bytes().decode("utf-8-sig"), newline=""), strict=True)
        if next(rows, None) != _COLUMNS:
            raise BankError(name, "line 1", f"must name the columns {', '.join(_COLUMNS)}")
        found: dict[str, list[Example]] = defaultdict(list)
        for row in filter(None, rows):
            try:
                question, example = _example(row)
            except ValueError as error:
                raise BankError(name, f"line {rows.line_num}", str(error)) from error
            found[question].append(example)
    except OSError as error:
        raise BankError(name, "", f"cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise BankError(name, f"byte {error.start}", "is not UTF-8 text") from error
    except csv.Error as error:
        raise BankError(name, f"line {rows.line_num}", str(error)) from error
    return {question: tuple(dict.fromkeys(examples)) for question, examples in found.items()}


def _example(row: list[str]) -> tuple[str, Example]:
    if len(row) != len(_COLUMNS):
        raise ValueError(f"has {len(row)} columns, not {len(_COLUMNS)}: a text with a comma stands in quotes")
    question, criterion, kind, text = (cell.strip() for cell in row)
    if kind not in tuple(ExampleKind):
        raise ValueError(f"kind is {', '.join(ExampleKind)}, not {kind!r}")
    if not question or not text:
        raise ValueError("names no question" if not question else "has no text")
    if bool(criterion) is (kind in (ExampleKind.BESIDE, ExampleKind.STUFFED)):
        raise ValueError("what is said beside the point belongs to no criterion" if criterion else "names no criterion")
    return question, Example(criterion, ExampleKind(kind), text)


@cache
def shipped_examples() -> ExamplesByQuestion:
    return _joined(map(read_examples, sorted(shipped("rubrics").glob(f"*{SUFFIX}"))))


_added: ExamplesByQuestion = {}


def extend(folder: Path | None) -> None:
    """Add the files of a folder of banks to those shipped, for the whole process; None takes them away. Raises BankError."""
    global _added  # noqa: PLW0603 - set once, when the settings are made into parts
    _added = _joined(map(read_examples, sorted(folder.glob(f"*{SUFFIX}")))) if folder else {}
    _claims_beside.cache_clear()


def own_digest() -> str:
    """Tells a process with examples of the user's from one without: empty there."""
    return hashlib.sha256(repr(sorted(_added.items())).encode()).hexdigest()[:8] if _added else ""


def _joined(files: Iterable[ExamplesByQuestion]) -> ExamplesByQuestion:
    found: dict[str, tuple[Example, ...]] = {}
    for questions in files:
        for question, examples in questions.items():
            found[question] = (*found.get(question, ()), *examples)
    return found


def examples_of(question: Question) -> tuple[Example, ...]:
    """The examples for a question's criteria, as far as they are of the claims that its rubric makes today.

    With them come the claims of the other questions: whoever makes those has answered another question.
    """
    every = (*shipped_examples().get(question.id, ()), *_added.get(question.id, ()))
    claims = {(one.criterion, one.text) for one in every if one.kind is ExampleKind.CLAIM}
    known = {c.id for c in question.criteria if any((c.id, text) in claims for text in c.text.both)}
    if not known:
        return ()
    own = [one for one in every if one.criterion in known or not one.criterion]
    return (*own, *(one for name, one in _claims_beside() if name != question.id))


@cache
def _claims_beside() -> tuple[tuple[str, Example], ...]:
    """The claims of every question, with its id, as what is said beside the point of another."""
    return tuple(
        (name, Example("", ExampleKind.BESIDE, one.text))
        for files in (shipped_examples(), _added)
        for name, examples in files.items()
        for one in examples
        if one.kind is ExampleKind.CLAIM
    )
