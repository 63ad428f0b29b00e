import json
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from odd_bodies import ANYTHING

from interviewer.errors import LLMError, LLMMalformed, LLMRefused, LLMUnreachable
from interviewer.evaluation.openai_batch import BatchedLLM, BatchResults, custom_id, request_body
from interviewer.llm import Message
from interviewer.llm.endpoints import Endpoint

ENDPOINT = Endpoint("https://api.openai.com/v1", "m")
ASKED = [Message("system", "Grade."), Message("user", "It is off.")]
SCHEMA = {"type": "object", "properties": {}}
NAME = custom_id("row", request_body(ENDPOINT, ASKED, SCHEMA))


def model(*lines: object, row: str = "row") -> BatchedLLM:
    return BatchedLLM(
        ENDPOINT,
        row,
        BatchResults({NAME: [(("r.jsonl", f"line {n}"), line) for n, line in enumerate(lines, 1)]}, "r.jsonl"),
    )  # type: ignore[misc, arg-type]


def result(content: str) -> dict[str, object]:
    body = {"choices": [{"finish_reason": "stop", "message": {"content": content}}], "usage": {"prompt_tokens": 9}}
    return {"custom_id": NAME, "response": {"status_code": 200, "body": body}, "error": None}


def test_a_reply_is_found_by_the_row_and_the_request() -> None:
    reply = model(result('Sure: {"a": 1}')).reply(ASKED, schema=SCHEMA)
    assert (reply.text, reply.usage.prompt_tokens) == ('{"a": 1}', 9)
    assert [piece.text for piece in model(result('{"a": 1}')).stream(ASKED, schema=SCHEMA)] == ['{"a": 1}', ""]
    for other in (model(result("{}"), row="other"), model()):
        with pytest.raises(LLMUnreachable, match=r"r\.jsonl has no result for"):
            other.reply(ASKED, schema=SCHEMA)
    with pytest.raises(LLMUnreachable):
        model(result("{}")).reply([*ASKED, Message("user", "More.")], schema=SCHEMA)


def test_nothing_can_be_asked_again() -> None:
    with pytest.raises(LLMMalformed, match="cannot be corrected"):
        model(result("{}")).reply([*ASKED, Message("assistant", "{}"), Message("user", "No.")], schema=SCHEMA)


def test_an_error_is_told_as_a_servers_error_is() -> None:
    refused = {"custom_id": NAME, "response": {"status_code": 401, "body": {"error": {"message": "bad key"}}}}
    busy = {"custom_id": NAME, "response": {"status_code": 503, "body": "overloaded"}}
    with pytest.raises(LLMRefused, match="bad key"):
        model(refused).reply(ASKED, schema=SCHEMA)
    with pytest.raises(LLMUnreachable, match="overloaded"):
        model(busy).reply(ASKED, schema=SCHEMA)


@given(ANYTHING, ANYTHING, st.none() | st.integers(0, 599) | st.text(max_size=3))
def test_whatever_a_file_holds_ends_in_a_reply_or_an_error_of_the_model(
    body: object, error: object, status: object
) -> None:
    for response in (body, {"status_code": status, "body": body}):
        with suppress(LLMError):
            model({"custom_id": NAME, "response": response, "error": error}).reply(ASKED, schema=SCHEMA)


@given(st.text(max_size=200))
def test_an_id_is_short_and_plain_whatever_the_row_is_called(row: str) -> None:
    name = custom_id(row, {"a": 1})
    assert len(name) <= 64
    assert name.isascii()
    assert name.replace("-", "").replace("_", "").isalnum()
    assert name == custom_id(row, {"a": 1})
    assert len({name, custom_id(row + "x", {"a": 1}), custom_id(row, {"a": 2})}) == 3


def test_what_the_sdk_sends_beside_stands_beside_in_the_body() -> None:
    deepseek = Endpoint("https://api.deepseek.com/v1", "m")
    body = request_body(deepseek, ASKED, SCHEMA)
    assert body["thinking"] == {"type": "disabled"}
    assert "extra_body" not in body
    assert body["response_format"] == {"type": "json_object"}  # its first rung, as live


def test_results_are_read_from_any_number_of_files(tmp_path: Path) -> None:
    paths = [tmp_path / "a.jsonl", tmp_path / "b.jsonl"]
    for number, path in enumerate(paths):
        path.write_text(json.dumps({"custom_id": f"x{number}"}) + "\n", encoding="utf-8")
    results = BatchResults.read(paths, {"x0", "x1", "x2"})
    assert results.files == "a.jsonl, b.jsonl"
    assert results.lines["x1"][0][0] == ("b.jsonl", "line 1")
