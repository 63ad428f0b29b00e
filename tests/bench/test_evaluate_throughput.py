"""How near `evaluate` comes to what a slow model's server allows: `pytest tests/bench`. Nothing is asserted; the lines are read."""

import json
import math
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from printed import say

from interviewer.domain.rubric import Bank, Question
from interviewer.evaluation.datasets import LabelledAnswer
from interviewer.evaluation.runner import grade_answers, tasks_in_bank
from interviewer.grading import LLMGrader
from interviewer.llm.client import OpenAICompatible
from interviewer.llm.concurrency_limit import ConcurrencyLimit
from interviewer.llm.endpoints import Endpoint
from interviewer.llm.wrapped import WrappedLLM

ROWS, PAUSE, CONCURRENCY = 500, 0.5, 32
SAID = "Without an activation the layers collapse into one linear map, so depth buys nothing."


@contextmanager
def slow_model(reply: str) -> Iterator[str]:
    command = [sys.executable, str(Path(__file__).parent / "slow_model.py"), str(PAUSE), reply]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield f"http://127.0.0.1:{int(process.stdout.readline())}/v1"
        finally:
            process.kill()


def reply_to(question: Question) -> str:
    """A usual reply: one point made, with a quote that stands in every answer, the others missing."""
    verdicts = [
        {"id": c.id, "quote": SAID if n == 0 else "", "reason": "so it is", "verdict": "missing" if n else "met"}
        for n, c in enumerate(question.criteria)
    ]
    return json.dumps({"verdicts": verdicts, "opening": "Half of it.", "gaps": [], "extras": [], "dispute": ""})


def test_evaluate_keeps_a_slow_model_busy(
    capsys: pytest.CaptureFixture[str], deep_learning: Bank, tmp_path: Path
) -> None:
    question = deep_learning.questions[0]
    rows = [
        LabelledAnswer(
            id=str(n),
            where=("x", f"line {n}"),
            question_id=question.id,
            answer=f"{SAID} Number {n} adds this.",
            score=1,
            score_max=2,
        )
        for n in range(ROWS)
    ]
    tasks = tasks_in_bank(rows, deep_learning)
    ideal = ROWS / CONCURRENCY * PAUSE
    with slow_model(reply_to(question)) as url, OpenAICompatible(Endpoint(url, "slow")) as llm:
        grader = LLMGrader(WrappedLLM(llm, ConcurrencyLimit(CONCURRENCY).slot))
        for attempt in range(3):
            used = time.process_time()
            run = grade_answers(
                tasks, lambda _: grader, checkpoint=tmp_path / f"kept{attempt}.jsonl", threads=CONCURRENCY
            )
            used = time.process_time() - used
            assert not any(graded.failure for graded in run.graded)
            line = f"evaluate, {ROWS} answers, {PAUSE} s each, {CONCURRENCY} at a time: {run.seconds:.2f} s,"
            say(
                capsys,
                f"{line} {ideal / run.seconds:.2f} of the ideal {ideal:.2f} s (aim 0.85); whole rounds would take "
                f"{math.ceil(ROWS / CONCURRENCY) * PAUSE:.1f} s; own work {1000 * used / ROWS:.1f} ms an answer",
            )
