"""What grading by a model costs, as ratios within one run: `pytest tests/bench`. Nothing is asserted; the lines are read."""

import contextlib
import json
import time
from collections.abc import Callable
from itertools import pairwise
from statistics import median, quantiles

import pytest
from misbehaving import serving
from model_server import MODEL, Character, model_server
from printed import say

from interviewer import wiring
from interviewer.domain.interview import Attempt, Mode, Turn, TurnKind
from interviewer.domain.language import Language
from interviewer.domain.rubric import Bank, Question
from interviewer.errors import LLMMalformed
from interviewer.grading import CallShape, LLMGrader
from interviewer.llm.client import OpenAICompatible
from interviewer.llm.endpoints import Endpoint
from interviewer.llm.scripted import Request, ScriptedLLM
from interviewer.llm.token_count import count_prompt, estimate_tokens
from interviewer.sessions.interview_plan import make_plan
from interviewer.sessions.service import SessionService
from interviewer.settings import read_settings

NAIVE_RULES = (
    "You are an expert grader. Read the question, the reference answer, the whole rubric and the transcript, then decide "
    "whether the criterion below is met. Explain your reasoning and answer with JSON."
)


def attempt(question: Question) -> Attempt:
    text = question.reference.en
    return Attempt(
        question.id, 1, (Turn(TurnKind.QUESTION, question.text.en), Turn(TurnKind.ANSWER, text)), is_closed=True
    )


def nothing_met(request: Request) -> str:
    return json.dumps({"verdicts": [], "opening": "", "gaps": [], "extras": [], "dispute": ""})


def prompts(question: Question, shape: CallShape) -> list[Request]:
    """The requests of one grade, without the corrections that this model's empty replies bring about."""
    llm = ScriptedLLM(nothing_met)
    with contextlib.suppress(LLMMalformed):
        LLMGrader(llm, shape).grade(question, attempt(question), Language.EN)
    return [request for request in llm.requests if len(request.messages) == 2]


def naive(question: Question) -> int:
    """Tokens of a grader that sends reference, rubric and transcript once per criterion."""
    rubric = "\n".join(criterion.text.en for criterion in question.criteria)
    whole = [NAIVE_RULES, question.text.en, question.reference.en, rubric, question.reference.en]
    each = sum(estimate_tokens(part) for part in whole)
    return sum(each + estimate_tokens(criterion.text.en) for criterion in question.criteria)


def uncached(requests: list[Request], model: str) -> int:
    """Tokens that a server with a prefix cache has to read: everything once, then what is new in each further prompt."""
    texts = ["".join(message.content for message in request.messages) for request in requests]
    total = estimate_tokens(texts[0])
    for before, after in pairwise(texts):
        shared = next(
            (n for n, (a, b) in enumerate(zip(before, after, strict=False)) if a != b), min(len(before), len(after))
        )
        total += estimate_tokens(after[shared:])
    return total


def test_prompt_tokens(capsys: pytest.CaptureFixture[str], deep_learning: Bank) -> None:
    baseline = sum(naive(question) for question in deep_learning.questions)
    for shape in CallShape:
        requests = [prompts(question, shape) for question in deep_learning.questions]
        sent = sum(count_prompt(request.messages, MODEL) for one in requests for request in one)
        fresh = sum(uncached(one, MODEL) for one in requests)
        line = f"prompt tokens, {shape}: {sent / len(requests):.0f} a grade, ratio to the naive grader {sent / baseline:.2f}"
        say(capsys, f"{line}; with a prefix cache {fresh / len(requests):.0f}, ratio {fresh / baseline:.2f}")


def test_own_overhead(capsys: pytest.CaptureFixture[str], deep_learning: Bank) -> None:
    question = deep_learning.questions[0]
    verdicts = [{"id": c.id, "quote": "", "reason": "no", "verdict": "missing"} for c in question.criteria]
    reply = json.dumps({"verdicts": verdicts, "opening": "", "gaps": [], "extras": [], "dispute": ""})
    with serving(lambda exchange: exchange.say(reply)) as server, OpenAICompatible(Endpoint(server.url, MODEL)) as llm:
        grader, took = LLMGrader(llm), []
        for _ in range(60):
            start = time.perf_counter()
            grader.grade(question, attempt(question), Language.EN)
            took.append((time.perf_counter() - start) * 1000)
    p95 = quantiles(took[10:], n=20)[-1]
    say(
        capsys,
        f"own overhead of a grade, with the server's: median {median(took[10:]):.1f} ms, p95 {p95:.1f} ms (aim 25)",
    )


def test_the_end_of_an_interview_costs_no_more_than_one_grade(
    capsys: pytest.CaptureFixture[str], make_service: Callable[..., SessionService], deep_learning: Bank
) -> None:
    """Time runs five times as fast: a model that takes one second, and a candidate who takes 0.6 s for an answer."""
    first = make_plan(deep_learning, count=10, mode=Mode.INTERVIEW, probes=False, seed=1)
    with model_server(Character(pause=1.0)) as server:
        gate = wiring.make_grader_registry(read_settings(base_url=server.url, model=MODEL))
        service = make_service(gate.grader("me"))
        session = service.begin("me", first)
        while not (interview := session.interview()).is_over:
            time.sleep(0.6)
            session.answer(interview.question.reference.zh)
            session.run_due()
        start = time.perf_counter()
        session.run_due_and_wait()
        waited = time.perf_counter() - start
        alone = time.perf_counter()
        gate.grader("me").grade(deep_learning.questions[0], attempt(deep_learning.questions[0]), Language.ZH)
        one = time.perf_counter() - alone
    say(capsys, f"wait after the last of ten answers: {waited / one:.2f} of one grade (aim 1.2)")
