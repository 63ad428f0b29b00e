"""A model call tells what it is doing, and is stopped alone."""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import pytest
from misbehaving import Exchange, chunk, error, serving

from interviewer.errors import LLMUnreachable
from interviewer.llm import Message
from interviewer.llm.client import OpenAICompatible
from interviewer.llm.concurrency_limit import ConcurrencyLimit
from interviewer.llm.endpoints import Endpoint
from interviewer.llm.model_call import CallPhase, ModelCall, current_call
from interviewer.llm.request_options import LearnedOptions
from interviewer.llm.retry import Clock
from interviewer.llm.wrapped import WrappedLLM

QUESTION = [Message("user", "Why?")]


def model(url: str, clock: Clock | None = None) -> OpenAICompatible:
    return OpenAICompatible(Endpoint(url, "m"), learned=LearnedOptions(), clock=clock)


def asked(call: ModelCall, llm: OpenAICompatible | WrappedLLM) -> str:
    with call.running():
        return llm.reply(QUESTION).text


def until(is_so: Callable[[], object]) -> None:
    for _ in range(500):
        if is_so():
            return
        time.sleep(0.01)
    raise AssertionError("it never came")


def phase(call: ModelCall) -> CallPhase | None:
    return call.progress.phase if call.progress else None


def test_loading_reading_thinking_and_writing_are_told_apart() -> None:
    go_on = {name: threading.Event() for name in ("loaded", "read", "thought", "written")}
    tries: list[Exchange] = []

    def slow(exchange: Exchange) -> None:
        tries.append(exchange)
        if len(tries) == 1:
            exchange.json(503, error("Loading model", code=503))
            return

        def events() -> Iterator[object]:
            go_on["read"].wait(10)
            yield {"choices": [{"index": 0, "delta": {"reasoning_content": "Let me see."}}]}
            go_on["thought"].wait(10)
            yield chunk("Because")
            go_on["written"].wait(10)
            yield chunk(None, "stop")
            yield "[DONE]"

        exchange.sse(events())

    call = ModelCall()
    with serving(slow) as server, ThreadPoolExecutor(1) as pool:
        assert call.progress is None
        clock = Clock(sleep=lambda _: go_on["loaded"].wait(10))
        reply = pool.submit(asked, call, model(server.url, clock))
        seen = []
        for name, expected in zip(go_on, ("loading", "reading", "thinking", "writing"), strict=True):
            until(lambda expected=expected: phase(call) == expected)
            assert call.progress is not None
            seen.append(call.progress)
            go_on[name].set()
        assert reply.result(5) == "Because"
    assert [one.since for one in seen] == sorted(one.since for one in seen)
    assert all(one.seconds < 10 for one in seen)


def test_the_seconds_of_a_phase_go_on_over_a_short_interruption(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1000.0
    monkeypatch.setattr("interviewer.llm.model_call.time.time", lambda: now)
    call = ModelCall()
    for at, entered in (
        (1000, "loading"),
        (1002, "reading"),
        (1002.1, "loading"),
        (1005, "reading"),
        (1090, "writing"),
    ):
        now = at
        call.enter(CallPhase(entered))
        if at == 1002.1:
            assert call.progress is not None
            assert (call.progress.since, call.progress.seconds) == (1000, 2)
    now = 1097.5
    assert call.progress is not None
    assert (call.progress.phase, call.progress.seconds) == ("writing", 7)


def test_one_call_is_stopped_and_the_others_go_on() -> None:
    end = threading.Event()

    def says_nothing(exchange: Exchange) -> None:
        end.wait(20)
        exchange.sse([chunk("yes"), chunk(None, "stop"), "[DONE]"])

    calls = [ModelCall() for _ in range(3)]
    with serving(says_nothing) as server, ThreadPoolExecutor(3) as pool:
        llm = model(server.url)
        replies: list[Future[str]] = [pool.submit(asked, call, llm) for call in calls]
        until(lambda: len(server.exchanges) == 3)
        begun = time.monotonic()
        calls[1].stop()
        with pytest.raises(LLMUnreachable, match="stopped before the model had finished"):
            replies[1].result(5)
        assert time.monotonic() - begun < 2
        assert not replies[0].done()
        end.set()
        assert [replies[0].result(5), replies[2].result(5)] == ["yes", "yes"]
        with pytest.raises(LLMUnreachable), calls[1].running():
            llm.reply(QUESTION)  # what is asked later is not even sent
        assert len(server.exchanges) == 3
        assert asked(ModelCall(), llm) == "yes"  # the connection that was cut is made anew


def test_a_stopped_call_waits_for_no_loading_model() -> None:
    with serving(lambda exchange: exchange.json(503, error("Loading model"), retry_after="25")) as server:
        call = ModelCall()
        with ThreadPoolExecutor(1) as pool:
            reply = pool.submit(asked, call, model(server.url))
            until(lambda: phase(call) == "loading")
            call.stop()
            with pytest.raises(LLMUnreachable, match="stopped"):
                reply.result(2)


def test_a_gate_lets_calls_through_in_their_order_and_a_stopped_one_makes_room() -> None:
    begun: list[str] = []
    end = threading.Event()

    def behave(exchange: Exchange) -> None:
        begun.append(exchange.body["messages"][0]["content"])
        end.wait(10)
        exchange.sse([chunk("yes"), chunk(None, "stop"), "[DONE]"])

    calls = {name: ModelCall() for name in ("first", "second", "third")}
    with serving(behave) as server, ThreadPoolExecutor(3) as pool:
        gated = WrappedLLM(model(server.url), ConcurrencyLimit(1).slot)

        def ask(name: str) -> str:
            with calls[name].running():
                return gated.reply([Message("user", name)]).text

        replies = {}
        for name, call in calls.items():
            replies[name] = pool.submit(ask, name)
            until(lambda call=call: call.progress)
        assert [phase(call) for call in calls.values()] == ["reading", "queueing", "queueing"]
        calls["second"].stop()
        with pytest.raises(LLMUnreachable, match="stopped"):
            replies["second"].result(2)
        end.set()
        assert [replies[name].result(5) for name in ("first", "third")] == ["yes", "yes"]
    assert begun == ["first", "third"]


def test_a_gate_is_as_wide_as_the_server_is_known_to_take() -> None:
    width = 2
    limit = ConcurrencyLimit(lambda: width)
    with limit.slot(), limit.slot():
        width = 1
    with limit.slot(), ThreadPoolExecutor(1) as pool:

        def pass_too() -> bool:
            with limit.slot():
                return True

        waits = pool.submit(pass_too)
        with pytest.raises(TimeoutError):
            waits.result(0.2)
        width = 2
        with limit.slot():  # the place is new; when it is given back, whoever waits goes in
            pass
        assert waits.result(2)


def test_nobody_has_to_look_at_a_call() -> None:
    assert current_call().progress is None
    call = ModelCall()
    with call.running():
        assert current_call() is call
    assert current_call() is not call
