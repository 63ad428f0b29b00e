"""A model is pulled through Ollama's API: well, slowly, broken off, refused and stopped."""

import threading
import time

import pytest
from misbehaving import Behaviour, Exchange, serving
from ollama_answers import DONE, GOOD, ollama

from interviewer.errors import LLMError, LLMMalformed, LLMRefused, LLMUnreachable
from interviewer.llm.model_call import ModelCall
from interviewer.llm.ollama import PullProgress, pull


@pytest.mark.parametrize("pause", [0.0, 0.05])
def test_a_pull_tells_its_progress_to_the_end(pause: float) -> None:
    with serving(ollama(*GOOD, *DONE, pause=pause)) as server:
        told = list(pull(server.url, "qwen3:4b"))
    [asked] = server.exchanges
    assert (asked.method, asked.path, asked.body) == ("POST", "/api/pull", {"model": "qwen3:4b", "stream": True})
    assert told[0] == PullProgress("pulling manifest")
    assert [one.share for one in told] == [None, 0.0, 0.25, 1.0, None, None]
    assert told[-1].status == "success"


def fails(exchange: Exchange) -> None:
    exchange.json(500, {"error": "disk is full"})


@pytest.mark.parametrize(
    "behaviour, kind, words",
    [
        (ollama(*GOOD), LLMUnreachable, "kept"),
        (ollama(GOOD[0], {"error": "pull model manifest: file does not exist"}), LLMRefused, "file does not exist"),
        (ollama(GOOD[0], b"<html>\n"), LLMMalformed, "JSON"),
        (ollama(b"5\n"), LLMMalformed, "JSON"),
        (lambda exchange: exchange.reset(), LLMUnreachable, "kept"),
        (fails, LLMError, "disk is full"),
    ],
)
def test_a_pull_that_comes_to_nothing_says_why(behaviour: Behaviour, kind: type[LLMError], words: str) -> None:
    with serving(behaviour) as server, pytest.raises(kind, match=words):
        list(pull(server.url, "qwen3:4b"))


def test_where_nobody_listens_the_address_is_named() -> None:
    with pytest.raises(LLMUnreachable, match=r"127\.0\.0\.1:9"):
        list(pull("http://127.0.0.1:9/v1", "qwen3:4b"))


def test_a_pull_is_stopped_while_it_waits() -> None:
    call, begun = ModelCall(), time.monotonic()
    with serving(ollama(*GOOD, pause=20)) as server, call.running():
        threading.Timer(0.5, call.stop).start()
        with pytest.raises(LLMUnreachable, match="stopped"):
            list(pull(server.url, "qwen3:4b"))
    assert time.monotonic() - begun < 10
