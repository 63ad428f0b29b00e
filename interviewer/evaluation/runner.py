"""Labelled answers put through a grader: each is graded as an interview would grade it, and what was graded is kept."""

import hashlib
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from interviewer.banks.importing.rubric_from_reference import compile_question
from interviewer.domain.grade import Flag, Grade, Level
from interviewer.domain.interview import Attempt, Saying, Turn
from interviewer.domain.rubric import Bank, Language, Question
from interviewer.domain.scoring import score
from interviewer.errors import BankError, InterviewerError
from interviewer.evaluation.checkpoint import Kept, worked_off
from interviewer.evaluation.labelled import Row
from interviewer.evaluation.rows import question_in
from interviewer.grading.protocol import Grader

# Flags that a person should look at before believing the grade.
_SUSPECT = {Flag.INJECTION, Flag.STUFFING}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a grader made of a row: a share of the scale, or None where it could not tell or failed.

    `tokens` is what it cost, prompt and completion together, as the server counted them.
    """

    grade: float | None
    needs_review: bool
    levels: dict[str, Level | None]
    provenance: str
    failure: str = ""
    tokens: int = 0


@dataclass(frozen=True, slots=True)
class Graded:
    """A row, the question that it was graded against, and what was made of it."""

    row: Row
    question: Question
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Run:
    """All rows graded; `seconds` is the time that the `fresh` ones took, the others having been kept from before."""

    graded: tuple[Graded, ...]
    seconds: float
    fresh: int


# Makes the questions of texts and references, in order.
Compile = Callable[[Sequence[tuple[str, str]]], Sequence[Question]]


def questions_of(rows: Sequence[Row], bank: Bank | None, compiled: Compile | None = None) -> list[Question]:
    """The question of each row: the bank's, or one compiled from the row's reference. Raises BankError.

    `compiled` is asked once, for each question with its reference once; without it they are compiled offline.
    """
    if bank:
        return [_question_of(row, bank) for row in rows]
    pairs = list(dict.fromkeys(_pair(row) for row in rows))
    questions = compiled(pairs) if compiled else [compile_question(*pair) for pair in pairs]
    found = dict(zip(pairs, questions, strict=True))
    return [found[_pair(row)] for row in rows]


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
    name, question and answer is not graded again. Raises BankError if that file cannot be used.
    """
    keys = [
        key_of(f"{name}|{_asked_in(row)}", question, row.id, row.answer)
        for row, question in zip(rows, questions, strict=True)
    ]
    start = time.perf_counter()
    outcomes, fresh = worked_off(
        keys,
        lambda place: _outcome(grader, questions[place], rows[place]),
        kept=Kept(kept, _to_plain, _from_plain) if kept else None,
        threads=threads,
        tick=tick,
    )
    graded = tuple(
        Graded(row, question, outcome) for row, question, outcome in zip(rows, questions, outcomes, strict=True)
    )
    return Run(graded, time.perf_counter() - start, fresh)


def key_of(grader: str, question: Question, row: str, answer: str) -> str:
    """What a kept result is found by: it changes with anything that the result depends on."""
    said = hashlib.sha256(answer.encode()).hexdigest()[:12]
    return f"{grader}|{question.digest}|{row}|{said}"


def attempt_of(question: Question, answer: str, language: Language = Language.ZH) -> Attempt:
    """An attempt in which the question was asked, in this language if it can be, and answered once."""
    turns = (Turn(Saying.QUESTION, question.text.into(language)), Turn(Saying.ANSWER, answer))
    return Attempt(question.id, 1, turns, is_closed=True)


def is_doubtful(grade: Grade) -> bool:
    """Whether a person should look at a grade before anybody relies on it, be it an estimate or not."""
    unknown = any(verdict.level is None for verdict in grade.verdicts)
    return grade.needs_review or unknown or bool(_SUSPECT.intersection(grade.flags))


def _outcome(grader: Grader, question: Question, row: Row) -> Outcome:
    try:
        grade = grader.grade(question, attempt_of(question, row.answer, _asked_in(row)))
    except InterviewerError as error:
        return Outcome(None, needs_review=True, levels={}, provenance="", failure=str(error))
    levels = {verdict.criterion: verdict.level for verdict in grade.verdicts}
    value = score(question.rubric, grade.verdicts).value
    spent = grade.spent.prompt + grade.spent.completion
    return Outcome(value, is_doubtful(grade), levels, grade.provenance.signature, tokens=spent)


def _asked_in(row: Row) -> Language:
    return Language(row.lang) if row.lang in tuple(Language) else Language.ZH


def _question_of(row: Row, bank: Bank) -> Question:
    question = question_in(bank, row.question_id, row.where)
    strangers = set(row.levels) - {criterion.id for criterion in question.criteria}
    if strangers:
        what = f"labels: question {question.id} has no criterion {', '.join(sorted(strangers))}"
        raise BankError(*row.where, what)
    return question


def _pair(row: Row) -> tuple[str, str]:
    if not row.question.strip() or not row.reference.strip():
        missing = "question" if not row.question.strip() else "reference_answer"
        raise BankError(*row.where, f"{missing} is missing, and without --bank the rubric is compiled from it")
    return row.question, row.reference


def _to_plain(outcome: Outcome) -> dict[str, Any] | None:
    if outcome.failure:
        return None
    return {
        "grade": outcome.grade,
        "needs_review": outcome.needs_review,
        "levels": outcome.levels,
        "provenance": outcome.provenance,
        "tokens": outcome.tokens,
    }


def _from_plain(plain: dict[str, Any]) -> Outcome:
    levels = {name: Level(level) if level else None for name, level in plain["levels"].items()}
    return Outcome(plain["grade"], plain["needs_review"], levels, plain["provenance"], tokens=plain["tokens"])
