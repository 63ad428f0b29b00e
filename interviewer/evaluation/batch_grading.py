"""The answers of many candidates graded by way of a batch service: the requests written out, the replies read back."""

import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeAlias

from interviewer.domain.rubric import Question
from interviewer.evaluation.checkpoint import Checkpoint
from interviewer.evaluation.datasets import CandidateAnswer
from interviewer.evaluation.openai_batch import BatchedLLM, BatchResults, custom_id, request_body
from interviewer.evaluation.runner import GradedAnswer, GradingTask
from interviewer.grading import CallShape, LLMGrader
from interviewer.grading.protocol import Grader
from interviewer.llm.endpoints import Endpoint
from interviewer.llm.scripted import ScriptedLLM

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


def _nothing(question: Question) -> str:
    """A reply that brings about no further request."""
    verdicts = [{"id": c.id, "quotes": [], "reason": "", "verdict": "missing"} for c in question.criteria]
    return json.dumps({"verdicts": verdicts, "opening": "", "gaps": [], "extras": [], "dispute": ""})
