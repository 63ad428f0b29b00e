"""How fast it is, as ratios within one run: `pytest tests/bench`. Nothing here is asserted; what is printed is read."""

import resource
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from statistics import median, quantiles

import pytest
from fakes import begun
from printed import say
from pytest_benchmark.fixture import BenchmarkFixture

from interviewer.domain.interview import Mode
from interviewer.domain.rubric import Bank
from interviewer.evaluation.datasets import read_labelled_answers
from interviewer.evaluation.runner import attempt_of
from interviewer.grading.lexical import LexicalGrader
from interviewer.sessions.interview_plan import make_plan
from interviewer.sessions.service import SessionService
from interviewer.settings import shipped

ROOT = Path(__file__).parent.parent.parent
BARE_PAGE = (
    "import gradio as gr\n"
    "with gr.Blocks(analytics_enabled=False) as demo: gr.Markdown('hello')\n"
    "demo.launch(server_port={port}, quiet=True)\n"
)
ROUNDS = 5


def first_page(command: list[str], port: int) -> float:
    """Seconds from the start of a process to its first answered page."""
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        while True:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5) as page:
                    page.read()
                return time.perf_counter() - start
            except OSError:
                time.sleep(0.01)
    finally:
        process.kill()
        process.wait()


def free_port() -> int:
    import socket

    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def seconds_of(command: list[str]) -> float:
    start = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - start


def test_first_page_against_a_bare_gradio_page(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    ours, bare = [], []
    for _ in range(ROUNDS):
        port = free_port()
        bare.append(first_page([sys.executable, "-c", BARE_PAGE.format(port=port)], port))
        port = free_port()
        ours.append(first_page([sys.executable, str(ROOT / "app.py"), "--port", str(port)], port))
    ratio = median(ours) / median(bare)
    say(capsys, f"first page: {median(ours):.2f} s, bare gr.Blocks {median(bare):.2f} s, ratio {ratio:.2f} (aim 1.25)")


def test_help_against_importing_typer(capsys: pytest.CaptureFixture[str]) -> None:
    ours, bare = [], []
    for _ in range(ROUNDS * 2):
        bare.append(seconds_of([sys.executable, "-c", "import typer"]))
        ours.append(seconds_of([sys.executable, "-m", "interviewer", "--help"]))
    say(capsys, f"interviewer --help: ratio to `import typer` {median(ours) / median(bare):.2f} (aim 2)")


def test_a_turn(capsys: pytest.CaptureFixture[str], service: SessionService, deep_learning: Bank) -> None:
    first = make_plan(deep_learning, mode=Mode.INTERVIEW, probes=False, seed=1)
    took = []
    for _ in range(4):
        session = service.begin("me", first)
        time.sleep(2)  # nobody answers before reading the question; meanwhile the planned ones are got ready
        while not (interview := session.interview()).is_over:
            said = interview.question.reference.into(interview.plan.language)
            start = time.perf_counter()
            session.answer(said, interview.place)
            session.run_due_and_wait()
            took.append((time.perf_counter() - start) * 1000)
    p95 = quantiles(took, n=20)[-1]
    say(capsys, f"a turn (record, weigh, grade): median {median(took):.1f} ms, p95 {p95:.1f} ms (aim 20)")


def test_loading_an_interview_of_200_turns(
    benchmark: BenchmarkFixture, capsys: pytest.CaptureFixture[str], make_service: Callable[..., SessionService]
) -> None:
    session = make_service().begin("me", begun())
    while len(session.history()) < 200:
        session.answer("it is switched off, otherwise predictions are random")
        session.run_due_and_wait()
        session.retry()
    turns = sum(len(attempt.turns) for attempt in session.interview().attempts)
    cold = make_service().resume(session.id, "me")
    benchmark(cold.interview)
    say(
        capsys,
        f"loading {len(session.history())} events, {turns} turns: {benchmark.stats['mean'] * 1000:.1f} ms (aim 50)",
    )


def test_coverage_grader(capsys: pytest.CaptureFixture[str], deep_learning: Bank) -> None:
    """Answers nobody has graded before, after the questions were graded once."""
    grader, rows = LexicalGrader(), read_labelled_answers(shipped("rubrics") / "deep-learning.gold.jsonl")
    for row in rows:
        grader.grade(deep_learning[row.question_id], attempt_of(deep_learning[row.question_id], row.text))
    start = time.process_time()
    for round_ in range(ROUNDS):
        for row in rows:
            question = deep_learning[row.question_id]
            grader.grade(question, attempt_of(question, f"{row.text} {round_}"))
    speed = ROUNDS * len(rows) / (time.process_time() - start)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    say(capsys, f"coverage grader: {speed:.0f} answers/s on one core (aim 500), peak {peak:.0f} MB (aim 300)")
