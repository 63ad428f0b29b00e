"""Example statements: what people say who make the claim of a criterion, and what they say who do not."""

import csv
import hashlib
import io
import logging
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, cached_property
from pathlib import Path
from typing import NamedTuple

from interviewer.domain.rubric import Question
from interviewer.errors import BankError
from interviewer.settings import shipped

LARGEST_FILE = 20_000_000
MOST_EXAMPLES = 3000
SUFFIX = ".examples.csv"
_log = logging.getLogger(__name__)
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
        found: dict[str, dict[Example, None]] = defaultdict(dict)
        for row in filter(None, rows):
            try:
                question, example = _example(row)
            except ValueError as error:
                raise BankError(name, f"line {rows.line_num}", str(error)) from error
            found[question][example] = None
            # Training takes memory that grows with the square of their number.
            if len(found[question]) > MOST_EXAMPLES:
                what = (
                    f"question {question} has more than {MOST_EXAMPLES} examples; leave out those that are much alike"
                )
                raise BankError(name, f"line {rows.line_num}", what)
    except OSError as error:
        raise BankError(name, "", f"cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise BankError(name, f"byte {error.start}", "is not UTF-8 text") from error
    except csv.Error as error:
        raise BankError(name, f"line {rows.line_num}", str(error)) from error
    return {question: tuple(examples) for question, examples in found.items()}


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


@dataclass(frozen=True)
class _Known:
    """The examples of some files, and what is wrong with those that cannot be read."""

    by_question: Mapping[str, tuple[Example, ...]]
    broken: tuple[BankError, ...] = ()

    @cached_property
    def digests(self) -> Mapping[str, str]:
        return {name: hashlib.sha256(repr(found).encode()).hexdigest()[:8] for name, found in self.by_question.items()}


def _read_all(paths: Iterable[Path]) -> _Known:
    """The examples by question; with them the claims of other questions of a file, which who makes has answered those."""
    found: dict[str, tuple[Example, ...]] = {}
    broken = []
    for path in paths:
        try:
            file = read_examples(path)
        except BankError as error:
            broken.append(error.with_traceback(None))
            continue
        claims = [(name, one.text) for name, listed in file.items() for one in listed if one.kind is ExampleKind.CLAIM]
        for name, listed in file.items():
            others = (Example("", ExampleKind.BESIDE, text) for other, text in claims if other != name)
            found[name] = (*found.get(name, ()), *listed, *others)
    return _Known(found, tuple(broken))


@cache
def _shipped() -> _Known:
    return _read_all(sorted(shipped("rubrics").glob(f"*{SUFFIX}")))


def shipped_examples() -> Mapping[str, tuple[Example, ...]]:
    return _shipped().by_question


_added = _Known({})


def extend(folders: Iterable[Path]) -> None:
    """Add the files in folders of banks to those shipped, for the whole process; no folders take them away.

    A file that cannot be read is left out, logged, and named by `broken`, as a bank is.
    """
    global _added  # noqa: PLW0603 - set once, when the settings are made into parts
    paths = []
    for folder in folders:
        try:
            # Names that begin so are those of shadows and locks that systems and office programs leave.
            paths += [one for one in sorted(folder.iterdir()) if one.name.endswith(SUFFIX) and one.name[0] not in ".~"]
        except FileNotFoundError:
            continue
        except OSError as error:
            _log.warning("no examples are read from %s: %s", folder, error.strerror)
    _added = _read_all(paths)
    for fault in _added.broken:
        _log.warning("examples are left out: %s", fault)


def broken() -> tuple[BankError, ...]:
    """What is wrong with the files of examples that are left out."""
    return _added.broken


def added_digest(question: str = "") -> str:
    """Tells what was added to the examples of a question, or of all, from what others added; empty for nothing."""
    if question:
        return _added.digests.get(question, "")
    return hashlib.sha256(repr(sorted(_added.digests.items())).encode()).hexdigest()[:8] if _added.digests else ""


def examples_of(question: Question) -> tuple[Example, ...]:
    """The examples for a question's criteria, as far as they are of the claims that its rubric makes today."""
    every = (*_shipped().by_question.get(question.id, ()), *_added.by_question.get(question.id, ()))
    known = criteria_of(question, every)
    return tuple(one for one in every if one.criterion in known or (known and not one.criterion))


def criteria_of(question: Question, examples: Iterable[Example]) -> set[str]:
    """The criteria of a question that examples are of: those whose text they repeat, in each of its languages."""
    claims = {(one.criterion, one.text) for one in examples if one.kind is ExampleKind.CLAIM}
    return {one.id for one in question.criteria if all((one.id, text.strip()) in claims for text in one.text.both)}
