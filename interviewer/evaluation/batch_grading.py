"""The answers of many candidates graded elsewhere: by way of a batch service, or by the workers of the queue."""

import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeAlias

from interviewer.domain.grade import Grade
from interviewer.domain.language import Language
from interviewer.domain.rubric import Bank, Question
from interviewer.evaluation.checkpoint import Checkpoint
from interviewer.evaluation.datasets import CandidateAnswer
from interviewer.evaluation.openai_batch import BatchedLLM, BatchResults, custom_id, request_body
from interviewer.evaluation.runner import GradedAnswer, GradingTask, tasks_in_bank
from interviewer.grading import CallShape, LLMGrader
from interviewer.grading.protocol import Grader
from interviewer.llm.endpoints import Endpoint
from interviewer.llm.scripted import ScriptedLLM
from interviewer.sessions.grading_batches import BatchResult

Task: TypeAlias = GradingTask[CandidateAnswer]
Marked: TypeAlias = GradedAnswer[CandidateAnswer]


def ungraded(tasks: Sequence[Task], checkpoint: Path | None, identity: str) -> list[Task]:
    """The tasks whose grade is not in the checkpoint yet."""
    known = Checkpoint(checkpoint).read() if checkpoint else {}
    return [task for task in tasks if task.key(identity) not in known]


def requests(tasks: Sequence[Task], endpoint: Endpoint, shape: CallShape) -> Iterator[tuple[str, dict[str, Any]]]:
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
    paths: Sequence[Path], tasks: Sequence[Task], endpoint: Endpoint, shape: CallShape
) -> Callable[[Task], Grader]:
    """Graders that find in the results of a batch what they would else ask the model.

    `tasks` are all that the batch was made for. Raises BankError for results of other requests than theirs.
    """
    known = {name for name, _ in requests(tasks, endpoint, shape)}
    results = BatchResults.read(paths, known)
    return lambda task: LLMGrader(BatchedLLM(endpoint, task.answer.id, results), shape)


def grade_row(grader: Grader, bank: Bank, language: Language, row: str) -> Grade:
    """The grade of an answer as `row_of` wrote it."""
    task = _task(bank, language, row)
    return grader.grade(task.question, task.attempt, task.language)


def row_of(task: Task) -> str:
    """A task's answer as it stands in the queue, without its bank and language."""
    return task.answer.model_dump_json()


def marked(result: BatchResult) -> tuple[Marked, ...]:
    """What became of the answers of a batch by now, without those that wait."""
    return tuple(
        GradedAnswer(_task(result.bank, result.language, row), grade, failure or "")
        for row, grade, failure in result.answers
        if grade or failure is not None
    )


def _task(bank: Bank, language: Language, row: str) -> Task:
    (task,) = tasks_in_bank([CandidateAnswer.model_validate_json(row)], bank, language)
    return task


def _nothing(question: Question) -> str:
    """A reply that brings about no further request."""
    verdicts = [{"id": c.id, "quotes": [], "reason": "", "verdict": "missing"} for c in question.criteria]
    return json.dumps({"verdicts": verdicts, "opening": "", "gaps": [], "extras": [], "dispute": ""})
