"""The answers of many candidates put through a grader: each ends as a whole grade, or as the reason why there is none."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from interviewer.domain.grade import Flag, Grade
from interviewer.domain.interview import Attempt
from interviewer.domain.rubric import Bank, Language, Question
from interviewer.domain.scoring import Score, score
from interviewer.errors import InterviewerError
from interviewer.evaluation.answers import Answer
from interviewer.evaluation.checkpoint import Kept, worked_off
from interviewer.evaluation.openai_batch import BatchedLLM, Results, custom_id, request_body
from interviewer.evaluation.rows import question_in
from interviewer.evaluation.runner import attempt_of, is_doubtful, key_of
from interviewer.grading import LLMGrader, Shape
from interviewer.grading.protocol import Grader
from interviewer.llm.endpoints import Endpoint
from interviewer.llm.scripted import ScriptedLLM
from interviewer.sessions.serialization import grade_from_plain, grade_to_plain


@dataclass(frozen=True, slots=True)
class Task:
    """An answer, the question that it is an answer to, and the language that its reasons are to be in."""

    answer: Answer
    question: Question
    language: Language

    @property
    def attempt(self) -> Attempt:
        return attempt_of(self.question, self.answer.text, self.answer.lang or self.language)


@dataclass(frozen=True, slots=True)
class Marked:
    """A task and what came of it: a grade, or the text of the failure. A failed grading is not a bad grade."""

    task: Task
    grade: Grade | None
    failure: str = ""

    @property
    def answer(self) -> Answer:
        return self.task.answer

    @property
    def question(self) -> Question:
        return self.task.question

    @property
    def score(self) -> Score | None:
        if self.grade is None:
            return None
        return score(self.question.rubric, self.grade.verdicts, len(self.grade.extras))

    @property
    def needs_review(self) -> bool:
        return self.grade is None or is_doubtful(self.grade)

    @property
    def is_blank(self) -> bool:
        return self.grade is not None and Flag.BLANK in self.grade.flags


def tasks_of(answers: Sequence[Answer], bank: Bank, language: Language) -> list[Task]:
    """A task for each answer. Raises BankError for a question that the bank does not have."""
    return [Task(answer, question_in(bank, answer.question_id, answer.where), language) for answer in answers]


def mark(
    tasks: Sequence[Task],
    grader_of: Callable[[Task], Grader],
    *,
    kept: Path | None = None,
    name: str = "",
    threads: int = 1,
    tick: Callable[[], None] = lambda: None,
) -> list[Marked]:
    """Grade every answer, `threads` at a time.

    With `kept`, each grade is written there as soon as it is known, and what stands there under the same grader `name`,
    language, question and answer is not graded again. Raises BankError if that file cannot be used.
    """
    grades, _ = worked_off(
        [_key(name, task) for task in tasks],
        lambda place: _grade(grader_of(tasks[place]), tasks[place]),
        kept=_kept(kept) if kept else None,
        threads=threads,
        tick=tick,
    )
    return [Marked(task, *grade) for task, grade in zip(tasks, grades, strict=True)]


def ungraded(tasks: Sequence[Task], kept: Path | None, name: str) -> list[Task]:
    """The tasks whose grade is not kept yet."""
    known = _kept(kept).read() if kept else {}
    return [task for task in tasks if _key(name, task) not in known]


def requests(tasks: Sequence[Task], endpoint: Endpoint, shape: Shape) -> Iterator[tuple[str, dict[str, Any]]]:
    """What the model grader would ask at first, with the id of each request; nothing is sent.

    An answer with nothing in it to be graded needs no request.
    """
    for task in tasks:
        llm = ScriptedLLM(lambda _, task=task: _nothing(task.question), name=endpoint.model, host=endpoint.host)  # type: ignore[misc]
        LLMGrader(llm, shape).grade(task.question, task.attempt, task.language)
        for asked in llm.requests:
            body = request_body(endpoint, asked.messages, asked.schema)
            yield custom_id(task.answer.id, body), body


def read_back(
    paths: Sequence[Path], tasks: Sequence[Task], endpoint: Endpoint, shape: Shape
) -> Callable[[Task], Grader]:
    """Graders that find in the results of a batch what they would else ask the model.

    `tasks` are all that the batch was made for. Raises BankError for results of other requests than theirs.
    """
    known = {name for name, _ in requests(tasks, endpoint, shape)}
    results = Results.read(paths, known)
    return lambda task: LLMGrader(BatchedLLM(endpoint, task.answer.id, results), shape)


def _grade(grader: Grader, task: Task) -> tuple[Grade | None, str]:
    try:
        return grader.grade(task.question, task.attempt, task.language), ""
    except InterviewerError as error:
        return None, str(error)


def _key(name: str, task: Task) -> str:
    asked = task.answer.lang or task.language
    return key_of(f"{name}|{task.language}|{asked}", task.question, task.answer.id, task.answer.text)


def _kept(path: Path) -> Kept[tuple[Grade | None, str]]:
    return Kept(path, _to_plain, _from_plain)


def _to_plain(found: tuple[Grade | None, str]) -> dict[str, Any] | None:
    grade, _ = found
    return {"ledger": grade_to_plain(grade)} if grade else None


def _from_plain(plain: Mapping[str, Any]) -> tuple[Grade | None, str]:
    return grade_from_plain(plain["ledger"]), ""


def _nothing(question: Question) -> str:
    """A reply that brings about no further request."""
    verdicts = [{"id": c.id, "quote": "", "reason": "", "verdict": "missing"} for c in question.criteria]
    return json.dumps({"verdicts": verdicts, "opening": "", "gaps": [], "extras": [], "dispute": ""})
