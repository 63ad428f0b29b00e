"""What is logged of calls that fail, and what is never logged."""

import logging

import pytest
from misbehaving import serving
from stopped_time import Time

from interviewer.errors import LLMError
from interviewer.llm import Message
from interviewer.llm.client import OpenAICompatible
from interviewer.llm.endpoints import Endpoint, Timeouts
from interviewer.llm.request_options import LearnedOptions
from interviewer.llm.retry import Clock

KEY, ANSWER, PROMPT = "sk-secret-9876", "sentinel-of-the-reply", "sentinel-of-the-candidate"
TIMEOUTS = Timeouts(connect=1, silence=5, loading=20, busy=30)


def call(server_url: str, time: Time, *, streamed: bool) -> None:
    clock = Clock(time.clock, time.sleep)
    with OpenAICompatible(
        Endpoint(server_url, "tiny", KEY, timeouts=TIMEOUTS), learned=LearnedOptions(), clock=clock
    ) as llm:
        question = [Message("user", PROMPT)]
        list(llm.stream(question, schema={})) if streamed else llm.reply(question, schema={})


def echoing(status: int):  # noqa: ANN201
    def answer(exchange) -> None:  # noqa: ANN001
        if status == 200:
            exchange.say(f"{ANSWER} {KEY}")
        else:
            exchange.json(status, {"error": {"message": f"{ANSWER}: wrong key {KEY} for {PROMPT}"}})

    return answer


@pytest.mark.parametrize("streamed", [False, True])
@pytest.mark.parametrize(
    "status, kind", [(200, "LLMMalformed"), (401, "LLMRefused"), (400, "LLMRefused"), (500, "LLMUnreachable")]
)
def test_a_failed_call_is_logged_without_key_prompt_or_reply(
    caplog: pytest.LogCaptureFixture, time: Time, status: int, kind: str, streamed: bool
) -> None:
    caplog.set_level(logging.DEBUG, logger="interviewer")
    with serving(echoing(status)) as server, pytest.raises(LLMError):
        call(server.url, time, streamed=streamed)
    [failed] = [record for record in caplog.records if record.levelno == logging.WARNING]
    assert failed.name == "interviewer.llm.retry"
    assert (failed.error, failed.model) == (kind, "tiny")
    assert failed.host == f"127.0.0.1:{server.port}"
    assert failed.status == (None if status == 200 else status)
    assert failed.seconds == pytest.approx(sum(time.slept), abs=0.1)
    ours = [record for record in caplog.records if record.name.startswith("interviewer")]
    logged = caplog.text + "".join(str(vars(record)) for record in ours)
    assert not [secret for secret in (KEY, ANSWER, PROMPT) if secret in logged]


@pytest.mark.parametrize(
    "behaviour, words, times",
    [
        ("loading_then_ready", "is loading the model: asking tiny again in 2.0 s", 5),
        ("busy_then_ready", "is busy (503): asking tiny again in", 2),
        ("reset_once", "failed: asking tiny again in 0.5 s", 1),
        ("no_json_schema", "asking tiny with other options", 1),
    ],
)
def test_each_new_try_is_logged(
    caplog: pytest.LogCaptureFixture, time: Time, behaviour: str, words: str, times: int
) -> None:
    caplog.set_level(logging.INFO, logger="interviewer")
    with serving(behaviour) as server:
        call(server.url, time, streamed=False)
    told = [record.getMessage() for record in caplog.records if record.name == "interviewer.llm.retry"]
    assert len(told) == times
    assert all(words in line for line in told)
