"""Rows of answers, written to files and graded."""

import json
import urllib.request
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from fakes import BANK

from interviewer.domain.language import Language
from interviewer.domain.rubric import Question
from interviewer.evaluation.batch_grading import Marked, Task
from interviewer.evaluation.datasets import LabelledAnswer, read_candidate_answers
from interviewer.evaluation.runner import GradingTask, Run, grade_answers, tasks_in_bank
from interviewer.grading.protocol import Grader

ROW = {
    "id": "a",
    "question_id": "dropout",
    "answer": "Well, it is switched off, else it would be random.",
    "lang": "en",
}
ROWS = [
    ROW,
    {"id": "b", "candidate": "Ada", "question_id": "q02", "answer": "The batches would be correlated otherwise."},
    {"id": "c", "candidate": "Ada", "question_id": "dropout", "answer": "  "},
    {"id": "d: 'é' 中文/\n", "question_id": "dropout", "answer": ROW["answer"], "lang": "en"},
]


def written(path: Path, *rows: object) -> Path:
    """The rows as a JSONL file; a row that is text is a line as it stands."""
    path.write_text("".join(f"{row if isinstance(row, str) else json.dumps(row)}\n" for row in rows), encoding="utf-8")
    return path


def tasks(tmp_path: Path, *rows: dict[str, str], language: Language = Language.EN) -> list[Task]:
    path = written(tmp_path / "rows.jsonl", *(rows or ROWS))
    return tasks_in_bank(read_candidate_answers([path]).rows, BANK, language)


def marked(todo: list[Task], grader: Grader, **options: Any) -> list[Marked]:
    return list(grade_answers(todo, lambda _: grader, **options).graded)


def evaluate(
    rows: Sequence[LabelledAnswer], questions: Sequence[Question], grader: Grader, **options: Any
) -> Run[LabelledAnswer]:
    """The rows graded, each against its question."""
    todo = [GradingTask(row, question) for row, question in zip(rows, questions, strict=True)]
    return grade_answers(todo, lambda _: grader, **options)


def served(line: dict[str, Any], url: str) -> dict[str, Any]:
    """The result that a batch service would write for a request."""
    request = urllib.request.Request(f"{url}/chat/completions", json.dumps(line["body"]).encode())
    with urllib.request.urlopen(request, timeout=10) as response:
        body = json.load(response)
    return {"id": "r", "custom_id": line["custom_id"], "response": {"status_code": 200, "body": body}, "error": None}
