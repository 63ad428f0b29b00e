"""Models that always think: asked at the lowest level they take, with more room, and remembered."""

from typing import Any

import pytest
from misbehaving import OBJECT, Exchange, chunk, serving
from outcomes import QUESTION, SCHEMA, model
from stopped_time import Time

from interviewer.errors import LLMMalformed, LLMRepeats
from interviewer.llm import Message

REFUSALS = [
    "Reasoning is mandatory for this endpoint and cannot be disabled.",
    "THINKING LEVEL IS UNSUPPORTED",
    "Unsupported value: 'reasoning_effort' does not support 'none' with this model.",
    "Invalid Reasoning_Effort: please use low, high, or max",
]


def always_thinking(refusal: str, lowest: str) -> Any:
    def behaviour(exchange: Exchange) -> None:
        effort = exchange.body.get("reasoning_effort") or exchange.body.get("reasoning", {}).get("effort")
        if effort == lowest:
            exchange.say(OBJECT)
        else:
            exchange.json(400, {"error": {"message": refusal}})

    return behaviour


@pytest.mark.parametrize("kind", ["ollama", "openrouter", "moonshot", "openai"])
@pytest.mark.parametrize("refusal", REFUSALS)
def test_the_lowest_level_that_is_taken_is_found_and_remembered(refusal: str, kind: str, time: Time) -> None:
    with serving(always_thinking(refusal, "low")) as server, model(server, time, kind=kind, max_tokens=1000) as llm:
        llm.reply(QUESTION, schema=SCHEMA)
        learning = len(server.exchanges)
        llm.reply(QUESTION, schema=SCHEMA)
    assert learning <= 4
    assert len(server.exchanges) == learning + 1
    body = server.exchanges[-1].body
    assert body.get("max_tokens", body.get("max_completion_tokens")) > 5000


def test_a_model_without_a_switch_is_asked_without_one(time: Time) -> None:
    def plain(exchange: Exchange) -> None:
        if "reasoning_effort" in exchange.body:
            exchange.json(400, {"error": {"message": "Unrecognized request argument supplied: reasoning_effort"}})
        else:
            exchange.say(OBJECT)

    with serving(plain) as server, model(server, time, kind="openai", max_tokens=1000) as llm:
        llm.reply(QUESTION, schema=SCHEMA)
    assert len(server.exchanges) == 2
    assert server.exchanges[-1].body["max_completion_tokens"] == 1000


def test_a_limit_used_up_by_thinking_is_raised_once(time: Time) -> None:
    def deep(exchange: Exchange) -> None:
        if exchange.body["max_tokens"] > 5000:
            exchange.say(OBJECT)
        else:
            exchange.say("", "length", reasoning="hm")

    with serving(deep) as server, model(server, time, max_tokens=1000) as llm:
        llm.reply(QUESTION, schema=SCHEMA)
        llm.reply(QUESTION, schema=SCHEMA)
    assert len(server.exchanges) == 3


def test_a_model_that_repeats_itself_is_cut(time: Time) -> None:
    def loop(exchange: Exchange) -> None:
        exchange.sse(chunk('{"gap": "the same again"}, ') for _ in range(3000))

    with serving(loop) as server, model(server, time) as llm, pytest.raises(LLMMalformed, match="repeated"):
        llm.reply(QUESTION, schema=SCHEMA)
    assert len(server.exchanges) == 1


@pytest.mark.parametrize(
    "said",
    ["任住了" * 40, "so it is off. " * 6, "-" * 300],
    ids=["Chinese", "a sentence", "one sign"],
)
def test_a_loop_inside_one_text_is_cut_soon_unless_the_prompt_has_it_too(said: str, time: Time) -> None:
    def loop(exchange: Exchange) -> None:
        exchange.sse([*(chunk(sign) for sign in f'{{"word": "Well, {said}"}}'), chunk(None, "stop"), "[DONE]"])

    with serving(loop) as server, model(server, time) as llm:
        with pytest.raises(LLMRepeats) as raised:
            llm.reply(QUESTION, schema=SCHEMA)
        assert raised.value.written.startswith('{"word": "Well, ')
        copied = [*QUESTION, Message("user", f"Quote this: {said}")]
        assert said in llm.reply(copied, schema=SCHEMA).text
    assert len(server.exchanges) == 2


def test_a_line_of_hyphens_is_no_loop(time: Time) -> None:
    def table(exchange: Exchange) -> None:
        exchange.sse([*(chunk(sign) for sign in OBJECT + " " * 150), chunk(None, "stop"), "[DONE]"])

    with serving(table) as server, model(server, time) as llm:
        assert llm.reply(QUESTION, schema=SCHEMA).text.strip() == OBJECT


def test_a_full_context_is_told_from_a_token_limit(time: Time) -> None:
    def full(exchange: Exchange) -> None:
        usage = {"prompt_tokens": 1405, "completion_tokens": 643}
        exchange.sse([chunk('{"id": "a'), chunk(None, "length"), {"choices": [], "usage": usage}, "[DONE]"])

    with (
        serving(full) as server,
        model(server, time) as llm,
        pytest.raises(LLMMalformed, match=r"context of .* was full \(1405 \+ 643 tokens"),
    ):
        llm.reply(QUESTION, schema=SCHEMA)
