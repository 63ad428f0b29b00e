"""One row for each way a server behaves: what comes out of the door, or which error in which words."""

import json
import re
from collections.abc import Callable, Iterator
from time import monotonic, sleep
from typing import Any

import pytest
from misbehaving import BEHAVIOURS, JSON, OBJECT, Exchange, chunk, serving
from outcomes import (
    MALFORMED,
    QUESTION,
    RECOVERIES,
    REFUSALS,
    REPLIES,
    SCHEMA,
    SECRET,
    STREAMED,
    UNREACHABLE,
    Row,
    model,
)
from stopped_time import Time

from interviewer.domain.language import Language
from interviewer.errors import LLMError, LLMMalformed, LLMUnreachable
from interviewer.llm import Message, OutputMode, Reply, ReplyChunk
from interviewer.llm.client import OpenAICompatible
from interviewer.llm.endpoints import Endpoint, Timeouts
from interviewer.llm.request_options import LearnedOptions
from interviewer.llm.retry import Clock

CHINESE = re.compile(r"[\u4e00-\u9fff]{2}")


def check(expected: Row, ask: Callable[[OpenAICompatible, dict[str, Any] | None], Reply], time: Time) -> None:
    schema = SCHEMA if expected.schema else None
    with serving(expected.behaviour) as server, model(server, time, **expected.endpoint) as llm:
        if isinstance(expected.outcome, str):
            reply = ask(llm, schema)
            assert reply.text == expected.outcome
            assert expected.mode in (None, reply.mode)
            assert expected.finish in (None, reply.finish)
            if schema is not None:
                assert isinstance(json.loads(reply.text), dict)
        else:
            with pytest.raises(LLMError) as raised:
                ask(llm, schema)
            assert type(raised.value) is expected.outcome, raised.value
            for word in expected.words:
                assert word in str(raised.value)
            english, chinese = (raised.value.into(language) for language in (Language.EN, Language.ZH))
            assert english == str(raised.value)
            assert CHINESE.search(chinese)
            for told in (english, chinese):
                assert SECRET not in told
                assert "s3cret" not in told
        assert len(server.exchanges) == expected.requests
        assert expected.slept in (None, sum(time.slept))


def whole_stream(llm: OpenAICompatible, schema: dict[str, Any] | None) -> Reply:
    *pieces, last = llm.stream(QUESTION, schema=schema)
    assert last.text == ""
    assert last.reply is not None
    assert all(piece.reply is None and piece.text for piece in pieces)
    if schema is None:
        assert "".join(piece.text for piece in pieces).strip() == last.reply.text
    return last.reply


@pytest.mark.parametrize("expected", REPLIES + MALFORMED + REFUSALS + UNREACHABLE + RECOVERIES)
def test_a_reply_or_an_error(expected: Row, time: Time) -> None:
    check(expected, lambda llm, schema: llm.reply(QUESTION, schema=schema), time)


@pytest.mark.parametrize("expected", STREAMED)
def test_a_stream_or_an_error(expected: Row, time: Time) -> None:
    check(expected, whole_stream, time)


@pytest.mark.parametrize("name", ["slow_drip", "pings_for_ever"])
def test_an_answer_that_drips_without_end_is_stopped(name: str) -> None:
    endpoint = {"timeouts": Timeouts(1, 0.15, 1, 1)}
    with serving(name) as server:
        settings = {"model": "tiny", **endpoint}
        with (
            OpenAICompatible(Endpoint(server.url, **settings), learned=LearnedOptions()) as llm,
            pytest.raises(LLMError, match="sent nothing"),
        ):
            list(llm.stream(QUESTION)) if name == "pings_for_ever" else llm.reply(QUESTION)


def test_a_model_that_writes_slowly_is_never_called_silent() -> None:
    def seven_tokens_a_second(exchange: Exchange) -> None:
        def slowly() -> Iterator[object]:
            for letter in OBJECT:
                sleep(0.03)
                yield chunk(letter)
            yield chunk(None, "stop")

        exchange.sse(slowly())

    endpoint = {"model": "tiny", "timeouts": Timeouts(connect=1, silence=0.4, loading=1, busy=1)}
    with (
        serving(seven_tokens_a_second) as server,
        OpenAICompatible(Endpoint(server.url, **endpoint), learned=LearnedOptions()) as llm,
    ):
        begun = monotonic()
        assert llm.reply(QUESTION, schema=SCHEMA).text == OBJECT
        assert monotonic() - begun > 2 * 0.4


def test_a_server_that_is_not_there_is_named(time: Time) -> None:
    with serving("good_json") as server:
        pass
    with model(server, time) as llm, pytest.raises(LLMUnreachable, match="is the server running"):
        llm.reply(QUESTION)


@pytest.mark.parametrize(
    "name, again",
    [
        ("no_format_at_all", 1),
        ("schema_not_enforced", 1),
        ("wants_max_completion_tokens", 1),
        ("no_temperature", 1),
    ],
)
def test_what_was_learned_is_remembered(name: str, again: int, time: Time) -> None:
    with serving(name) as server, model(server, time) as llm:
        llm.reply(QUESTION, schema=SCHEMA)
        learning = len(server.exchanges)
        llm.reply(QUESTION, schema=SCHEMA)
        assert len(server.exchanges) - learning == again


def test_nothing_is_learned_from_a_model_that_cannot_write_json(time: Time) -> None:
    with serving("schema_ignored") as server, model(server, time) as llm:
        with pytest.raises(LLMMalformed):
            llm.reply(QUESTION, schema=SCHEMA)
        server.behaviour = BEHAVIOURS["good_json"]
        assert llm.reply(QUESTION, schema=SCHEMA).mode is OutputMode.SCHEMA


def test_a_model_known_to_write_no_json_is_asked_less_often_but_gets_its_chance(time: Time) -> None:
    learned = LearnedOptions(time.clock)

    def calls(*, fails: bool = True) -> int:
        before = len(server.exchanges)
        if fails:
            with pytest.raises(LLMMalformed):
                llm.reply(QUESTION, schema=SCHEMA)
        else:
            assert llm.reply(QUESTION, schema=SCHEMA).mode is OutputMode.SCHEMA
        return len(server.exchanges) - before

    with serving("schema_ignored") as server:
        endpoint = Endpoint(server.url, "tiny")
        with OpenAICompatible(endpoint, learned=learned, clock=Clock(time.clock, time.sleep)) as llm:
            assert [calls() for _ in range(4)] == [3, 2, 1, 1]
            time.sleep(601)
            assert [calls() for _ in range(3)] == [3, 2, 1]
            server.behaviour = BEHAVIOURS["good_json"]
            assert calls(fails=False) == 1
            server.behaviour = BEHAVIOURS["schema_ignored"]
            assert [calls() for _ in range(3)] == [3, 2, 1]
            learned.forget(endpoint)
            assert calls() == 3
    for number in range(300):
        learned.count_failure(Endpoint(server.url, f"made up {number}"))
    assert learned.failures(endpoint) == 0  # the oldest are dropped
    assert learned.failures(Endpoint(server.url, "made up 299")) == 1


def test_a_flawed_reply_is_shown_to_the_model(time: Time) -> None:
    with serving("prose_once") as server, model(server, time) as llm:
        llm.reply(QUESTION, schema=SCHEMA)
    *_, flawed, correction = server.exchanges[1].body["messages"]
    assert flawed == {"role": "assistant", "content": "Sure!"}
    assert "no JSON object" in correction["content"]


def test_the_request_says_what_it_must(time: Time) -> None:
    with serving("good_json") as server, model(server, time, max_tokens=99) as llm:
        llm.reply(QUESTION, schema=SCHEMA)
    [exchange] = server.exchanges
    system, user = exchange.body["messages"]
    assert system["content"].startswith("You grade.")
    assert "JSON" in system["content"]
    assert json.dumps(SCHEMA, separators=(",", ":")) in system["content"]
    assert user == {"role": "user", "content": "Grade this: 线性"}
    assert exchange.body["response_format"] == {
        "type": "json_schema",
        "json_schema": {"name": "grade", "strict": True, "schema": SCHEMA},
    }
    assert exchange.body["max_tokens"] == 99
    assert exchange.body["temperature"] == 0.2


def test_usage_and_model_are_reported_whole_and_streamed(time: Time) -> None:
    with serving("plain_text") as server, model(server, time) as llm:
        for reply in (llm.reply(QUESTION), whole_stream(llm, None)):
            assert (reply.usage.prompt_tokens, reply.usage.completion_tokens, reply.model) == (11, 7, "served")


def test_reasoning_is_kept_apart(time: Time) -> None:
    with serving("stream_with_thinking") as server, model(server, time) as llm:
        assert [piece.text for piece in llm.stream(QUESTION)] == ["Why", "?", ""]
    with serving("think_tags_with_braces") as server, model(server, time) as llm:
        assert llm.reply(QUESTION).reasoning == 'maybe {"id": "draft"}?'


def test_an_abandoned_stream_is_closed(time: Time) -> None:
    with serving("plain_text") as server, model(server, time) as llm:
        stream = llm.stream(QUESTION)
        assert next(stream) == ReplyChunk("Why is ")
        stream.close()  # type: ignore[attr-defined]
        assert llm.reply(QUESTION).text == "Why is that so?"


def test_a_lone_surrogate_in_an_answer_does_not_stop_the_request(time: Time) -> None:
    with serving("plain_text") as server, model(server, time) as llm:
        assert llm.reply([Message("user", "a\ud800b")]).text
    assert server.exchanges[0].body["messages"][0]["content"] == "a?b"


def test_every_behaviour_is_tested() -> None:
    tested = {
        parameter.values[0].behaviour
        for parameter in REPLIES + MALFORMED + REFUSALS + UNREACHABLE + RECOVERIES + STREAMED
    }
    elsewhere = {"slow_drip", "pings_for_ever", "rate_limited_until_date"}
    assert set(BEHAVIOURS) == tested | elsewhere
    assert json.loads(OBJECT) == JSON
