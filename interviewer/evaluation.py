"""Labelled answers put through a grader: each is graded as an interview would grade it, and what was graded is kept."""

import json
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from interviewer.compiling import compile_question
from interviewer.errors import BankError, InterviewerError
from interviewer.grade import Flag, Grade, Level, score
from interviewer.interview import Attempt, Saying, Turn
from interviewer.labelled import Row, question_in
from interviewer.rubric import Bank, Question
from interviewer.session import Grader

# Flags that a person should look at before believing the grade.
_SUSPECT = {Flag.INJECTION, Flag.STUFFING}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a grader made of a row: a share of the scale, or None where it could not tell or failed."""

    grade: float | None
    needs_review: bool
    levels: dict[str, Level | None]
    provenance: str
    failure: str = ""


@dataclass(frozen=True, slots=True)
class Graded:
    """A row, what was made of it, and the reference answers to its question."""

    row: Row
    outcome: Outcome
    references: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Run:
    """All rows graded; `seconds` is the time that the `fresh` ones took, the others having been kept from before."""

    graded: tuple[Graded, ...]
    seconds: float
    fresh: int


def questions_of(rows: Sequence[Row], bank: Bank | None) -> list[Question]:
    """The question of each row: the bank's, or one compiled from the row's reference. Raises BankError."""
    return [question_in(bank, row) if bank else _compiled(row) for row in rows]


def evaluate(
    rows: Sequence[Row],
    questions: Sequence[Question],
    grader: Grader,
    *,
    kept: Path | None = None,
    name: str = "",
    threads: int = 1,
    tick: Callable[[], None] = lambda: None,
) -> Run:
    """Grade every row against its question, in order, `threads` at a time.

    With `kept`, each outcome is written there as soon as it is known, and what stands there under the same grader
    name and rubric is not graded again. Raises BankError if that file cannot be used.
    """
    known = _read(kept) if kept else {}
    keys = [f"{name}|{question.rubric.digest}|{row.id}" for row, question in zip(rows, questions, strict=True)]
    start = time.perf_counter()
    fresh = [place for place, key in enumerate(keys) if key not in known]
    for place, outcome in _graded(rows, questions, grader, fresh, threads):
        known[keys[place]] = outcome
        if kept and not outcome.failure:
            _write(kept, keys[place], outcome)
        tick()
    graded = tuple(
        Graded(row, known[key], question.reference.both)
        for row, key, question in zip(rows, keys, questions, strict=True)
    )
    return Run(graded, time.perf_counter() - start, len(fresh))


def attempt_of(question: Question, answer: str) -> Attempt:
    """An attempt in which the question was asked and answered once."""
    turns = (Turn(Saying.QUESTION, question.text.both[0]), Turn(Saying.ANSWER, answer))
    return Attempt(question.id, 1, turns, is_closed=True)


def _graded(
    rows: Sequence[Row], questions: Sequence[Question], grader: Grader, places: Sequence[int], threads: int
) -> Iterator[tuple[int, Outcome]]:
    def one(place: int) -> Outcome:
        return _outcome(grader, questions[place], rows[place].answer)

    if threads == 1:
        yield from ((place, one(place)) for place in places)
        return
    with ThreadPoolExecutor(threads) as pool:
        yield from zip(places, pool.map(one, places), strict=True)


def _outcome(grader: Grader, question: Question, answer: str) -> Outcome:
    try:
        grade = grader.grade(question, attempt_of(question, answer))
    except InterviewerError as error:
        return Outcome(None, needs_review=True, levels={}, provenance="", failure=str(error))
    levels = {verdict.criterion: verdict.level for verdict in grade.verdicts}
    review = None in levels.values() or bool(_SUSPECT.intersection(grade.flags))
    return Outcome(score(question.rubric, grade.verdicts).value, review, levels, _signature(grade))


def _signature(grade: Grade) -> str:
    given = grade.provenance
    return " ".join(part for part in (given.grader, given.model, given.host, given.prompt) if part)


def _compiled(row: Row) -> Question:
    if not row.question.strip() or not row.reference.strip():
        missing = "question" if not row.question.strip() else "reference_answer"
        raise BankError(*row.where, f"{missing} is missing, and without --bank the rubric is compiled from it")
    return _compile(row.question, row.reference)


_compile = cache(compile_question)


def _read(path: Path) -> dict[str, Outcome]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    except (OSError, UnicodeDecodeError) as error:
        raise BankError(path.name, "", f"cannot be read: {error}") from error
    found: dict[str, Outcome] = {}
    for number, line in enumerate(lines, start=1):
        try:
            plain: dict[str, Any] = json.loads(line)
            levels = {name: Level(level) if level else None for name, level in plain["levels"].items()}
            found[plain["key"]] = Outcome(plain["grade"], plain["needs_review"], levels, plain["provenance"])
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            if number == len(lines):
                break  # the program was stopped while it wrote this line
            raise BankError(
                path.name, f"line {number}", "was not written by this program; name another file"
            ) from error
    return found


def _write(path: Path, key: str, outcome: Outcome) -> None:
    plain = {
        "key": key,
        "grade": outcome.grade,
        "needs_review": outcome.needs_review,
        "levels": outcome.levels,
        "provenance": outcome.provenance,
    }
    try:
        with path.open("a+b") as file:
            # A line that was cut off by a crash is ended before the next one begins.
            if file.tell() and not _ends_with_newline(path):
                file.truncate(_last_newline(path))
            file.write(json.dumps(plain, ensure_ascii=False).encode() + b"\n")
    except OSError as error:
        raise BankError(path.name, "", f"cannot be written: {error.strerror}") from error


def _ends_with_newline(path: Path) -> bool:
    return path.read_bytes().endswith(b"\n")


def _last_newline(path: Path) -> int:
    return path.read_bytes().rfind(b"\n") + 1
