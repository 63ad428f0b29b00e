"""What a model that listens costs: `pytest tests/bench/test_follow_up_cost.py`. Nothing is asserted; the lines are read."""

import json
import threading
import time
from collections.abc import Callable
from statistics import median

import pytest
from printed import say

from interviewer.domain.interview import Mode
from interviewer.domain.language import Language
from interviewer.domain.rubric import Bank
from interviewer.grading import LLMGrader
from interviewer.llm.scripted import Request, ScriptedLLM
from interviewer.llm.token_count import count_prompt
from interviewer.sessions.interview_plan import make_plan
from interviewer.sessions.service import SessionService

SERVER = "http://model.example/v1"


def first_half(text: str) -> str:
    return text[: len(text) // 2]


def listening(request: Request) -> str:
    """A model that grades nothing as made and always asks back."""
    content = request.messages[-1].content
    if len(request.messages) > 1:
        return json.dumps({"verdicts": [], "opening": "", "gaps": [], "extras": [], "dispute": ""})
    point = content.split('{"id": "')[1].split('"')[0]
    answer = json.loads(content[content.rindex("[{") :])
    return json.dumps({"quote": answer[0]["text"][:40], "point": point, "question": "What makes you say so?"})


@pytest.mark.parametrize("language", Language)
def test_prompt_tokens_of_an_answered_question(
    capsys: pytest.CaptureFixture[str],
    make_service: Callable[..., SessionService],
    deep_learning: Bank,
    language: Language,
) -> None:
    for probes in (False, True):
        llm = ScriptedLLM(listening)
        service = make_service(LLMGrader(llm), llm, SERVER)
        first = make_plan(deep_learning, count=10, mode=Mode.INTERVIEW, probes=probes, seed=1, language=language)
        session = service.begin("me", first)
        while not (interview := session.interview()).is_over:
            session.answer(first_half(interview.question.reference.into(language)))
            session.run_due_and_wait()
        follow_ups = [request for request in llm.requests if len(request.messages) == 1]
        tokens = [count_prompt(request.messages, "scripted") for request in llm.requests]
        asked = sum(count_prompt(request.messages, "scripted") for request in follow_ups)
        line = f"prompt tokens an answered question, {language}, follow-ups {'on' if probes else 'off'}: {sum(tokens) / 10:.0f}"
        say(capsys, f"{line}, of them {asked / 10:.0f} for {len(follow_ups) / 10:.1f} follow-ups")


def test_an_answer_is_on_disk_while_the_model_hangs(
    capsys: pytest.CaptureFixture[str], make_service: Callable[..., SessionService], deep_learning: Bank
) -> None:
    release, took, usable = threading.Event(), [], []

    def never(_: Request) -> str:
        release.wait(60)
        return "{}"

    service = make_service(llm=ScriptedLLM(never), server=SERVER, follow_up_seconds=0.5)
    first = make_plan(deep_learning, count=10, mode=Mode.INTERVIEW, probes=True, seed=1, language=Language.EN)
    session = service.begin("me", first)
    while not (interview := session.interview()).is_over:
        start = time.perf_counter()
        session.answer(first_half(interview.question.reference.en))
        took.append(1000 * (time.perf_counter() - start))
        session.run_due_and_wait()
        usable.append(time.perf_counter() - start)
    release.set()
    say(
        capsys, f"the model hangs: an answer is on disk after {median(took):.0f} ms (median), {max(took):.0f} ms (most)"
    )
    say(capsys, f"the next step is usable after {max(usable):.2f} s at most, with a bound of 0.5 s")
