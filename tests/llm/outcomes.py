"""What comes of each way a server behaves: a reply, or an error in such words."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from misbehaving import OBJECT, Server
from stopped_time import Time

from interviewer.errors import LLMError, LLMMalformed, LLMRefused, LLMUnreachable
from interviewer.llm import Finish, Message, OutputMode, Reply
from interviewer.llm.client import OpenAICompatible
from interviewer.llm.endpoints import Endpoint, Timeouts
from interviewer.llm.request_options import LearnedOptions
from interviewer.llm.retry import Clock

SCHEMA = {
    "title": "grade",
    "type": "object",
    "properties": {"id": {"type": "string"}, "verdict": {"enum": ["met", "missing"]}},
    "required": ["id", "verdict"],
    "additionalProperties": False,
}
QUESTION = [Message("system", "You grade."), Message("user", "Grade this: 线性")]
TIMEOUTS = Timeouts(connect=1, silence=5, loading=20, busy=30)
SECRET = "sk-secret-1234"


@dataclass(frozen=True)
class Row:
    behaviour: str
    outcome: str | type[LLMError]
    """The reply's text, or the error."""
    words: tuple[str, ...] = ()
    schema: bool = True
    requests: int | None = 1
    mode: OutputMode | None = None
    finish: Finish | None = None
    endpoint: dict[str, Any] = field(default_factory=dict)
    slept: float | None = None


def row(behaviour: str, outcome: str | type[LLMError], *words: str, **rest: Any) -> Any:
    label = rest.pop("label", behaviour)
    return pytest.param(Row(behaviour, outcome, words, **rest), id=label)


PLAIN = {"schema": False}

REPLIES = [
    row("plain_text", "Why is that so?", **PLAIN, mode=OutputMode.FREE),
    row("good_json", OBJECT, mode=OutputMode.SCHEMA),
    row("fenced_json", OBJECT),
    row("prose_around_json", OBJECT),
    row("trailing_prose", OBJECT),
    row("byte_order_mark", OBJECT),
    row("think_tags_with_braces", OBJECT),
    row("think_closed_only", OBJECT),
    row("reasoning_field", OBJECT),
    row("reasoning_content_field", OBJECT),
    row("json_in_reasoning_field", OBJECT),
    row("latex_in_strings", r'{"id": "a", "reason": "\\frac{1}{2} of \\theta and \\alpha"}'),
    row("raw_newline_in_string", r'{"id": "a\nb"}'),
    row("content_in_parts", OBJECT),
    row("wrong_content_type", OBJECT),
    row("no_finish_reason", OBJECT, finish=Finish.UNKNOWN),
    row("complete_though_length", OBJECT, finish=Finish.LENGTH),
    row("truncated_text", "It is so bec", **PLAIN, finish=Finish.LENGTH),
    row("blank_once", OBJECT, requests=2, mode=OutputMode.SCHEMA),
    row("prose_once", OBJECT, requests=2, mode=OutputMode.OBJECT),
    row("no_choices_once", OBJECT, requests=2),
    row("schema_not_enforced", OBJECT, requests=2, mode=OutputMode.OBJECT),
    row("json_only_if_asked_in_words", OBJECT, requests=3, mode=OutputMode.PROMPTED),
]

MALFORMED = [
    row("thought_only", LLMMalformed, "thought but said nothing", **PLAIN, requests=2),
    row("schema_ignored", LLMMalformed, "no JSON object", "quite good", requests=3),
    row("two_objects", LLMMalformed, "more than one", requests=3),
    row("not_a_number", LLMMalformed, "NaN", requests=3),
    row("a_list", LLMMalformed, requests=3),
    row("blank", LLMMalformed, "empty", requests=2),
    row("blank", LLMMalformed, "empty", **PLAIN, requests=2, label="blank_text"),
    row("whitespace", LLMMalformed, "empty", **PLAIN, requests=2),
    row("null_content", LLMMalformed, "empty", **PLAIN, requests=2),
    row("truncated", LLMMalformed, "cut off", "7 tokens", "INTERVIEWER_MAX_TOKENS"),
    row("thought_to_the_limit", LLMMalformed, "before it said anything", "INTERVIEWER_MAX_TOKENS", requests=2),
    row("choices_null", LLMMalformed, "choices", requests=2),
    row("choices_empty", LLMMalformed, "choices", requests=2),
    row("choices_of_text", LLMMalformed, "choices", requests=2),
    row("body_a_number", LLMMalformed, "choices", requests=2),
    row("not_json_200", LLMMalformed, "not JSON", requests=2),
    row("not_json_typed_json", LLMMalformed, "not JSON", requests=2),
    row("deeply_nested", LLMMalformed, "not JSON", requests=2),
    row("invalid_utf8", LLMMalformed, "UTF-8", requests=2),
    row("huge_body", LLMMalformed, "larger than 100000 bytes"),
    row("huge_error", LLMMalformed, "larger than 100000 bytes"),
]

REFUSALS = [
    row("filtered", LLMRefused, "content filter"),
    row("declined", LLMRefused, "declined", "I will not grade this."),
    row("page_200", LLMRefused, "web page", "base URL"),
    row("page_without_type", LLMRefused, "web page"),
    row("quota_in_200", LLMRefused, "balance or quota"),
    row("nested_error", LLMRefused, "400", "out of this world", endpoint={"temperature": None}),
    row("string_error", LLMRefused, "No models loaded"),
    row("flat_error", LLMRefused, "Model does not exist"),
    row("object_error", LLMRefused, "this was flat"),
    row("list_error", LLMRefused, 'Unknown name "thinker"'),
    row("detail_text", LLMRefused, "Method Not Alloyed"),
    row("detail_list", LLMRefused, "422", "messages.0: field required"),
    row("plain_error", LLMRefused, "upstream is unhappy"),
    row("page_error", LLMRefused, "404 Not Found", "base URL"),
    row("empty_error", LLMRefused, "400"),
    row("odd_json_error", LLMRefused, "no reason"),
    row("chinese_error", LLMRefused, "longer than", "过长"),
    row("key_echoed", LLMRefused, "API key", "Incorrect"),
    row("unauthorized", LLMRefused, "API key", "Invalid token"),
    row("no_balance", LLMRefused, "balance", "Insufficient Balance"),
    row("forbidden", LLMRefused, "right", "real-name"),
    row("model_not_found", LLMRefused, "'tiny'", "try pulling it first"),
    row("too_large", LLMRefused, "too large"),
    row("too_long", LLMRefused, "longer than", "4096"),
    row("too_long_with_max_tokens", LLMRefused, "longer than", "8192"),
    row("unprocessable", LLMRefused, "422", "cannot process"),
    row("quota", LLMRefused, "balance or quota", "exceeded"),
    row("arrears", LLMRefused, "balance or quota", "欠费"),
    row("redirect", LLMRefused, "https://elsewhere.example/v1/chat/completions", "base URL"),
    row("stubborn_about_limits", LLMRefused, "value is odd", requests=2),
    row("forbidden_schema", LLMRefused, "paid plan"),
]

UNREACHABLE = [
    row("error_in_200", LLMUnreachable, "502", "Provider returned error", requests=4),
    row("rate_limited_long", LLMUnreachable, "slow down", "3000 s", slept=0),
    row("rate_limited_for_ever", LLMUnreachable, "429", "slow down", requests=4, slept=14),
    row("timeout_408", LLMUnreachable, "408", requests=4),
    row("broken_500", LLMUnreachable, "500", "CUDA out of memory", requests=4),
    row("loading_for_ever", LLMUnreachable, "still loading", "'tiny'", requests=11, slept=20),
    row(
        "slow_first_byte",
        LLMUnreachable,
        "sent nothing for too long",
        endpoint={"timeouts": Timeouts(1, 0.05, 1, 1)},
    ),
    row("reset", LLMUnreachable, "broke off", requests=3),
    row("error_only_unstreamed", LLMRefused, "longer than", "8192", requests=2),
    row("cut_in_body", LLMUnreachable, "broke off", requests=3),
    row("bad_gzip", LLMUnreachable, "unpacked", requests=3),
]

RECOVERIES = [
    row("rate_limited_short", OBJECT, requests=2, slept=2),
    row("broken_once", OBJECT, requests=2, slept=0.5),
    row("loading_then_ready", OBJECT, requests=6, slept=10),
    row("busy_then_ready", OBJECT, requests=3),
    row("reset_once", OBJECT, requests=2),
    row("wants_max_completion_tokens", OBJECT, requests=2),
    row("wants_max_tokens", OBJECT, requests=2, endpoint={"kind": "openai"}),
    row("no_temperature", OBJECT, requests=2),
    row("no_thinking_switch", OBJECT, requests=2, endpoint={"kind": "ollama"}),
    row("no_chat_template_kwargs", OBJECT, requests=2, endpoint={"kind": "vllm"}),
    row("wants_enable_thinking_false", OBJECT, requests=2),
    row("stream_only", OBJECT),
    row("no_json_schema", OBJECT, requests=2, mode=OutputMode.OBJECT),
    row("no_schema_422", OBJECT, requests=2, mode=OutputMode.OBJECT),
    row("no_schema_500", OBJECT, requests=2, mode=OutputMode.OBJECT, slept=0),
    row("no_schema_404", OBJECT, requests=2, mode=OutputMode.OBJECT),
    row("no_schema_501", OBJECT, requests=2, mode=OutputMode.OBJECT),
    row("bad_grammar", OBJECT, requests=2, mode=OutputMode.OBJECT),
    row("no_format_at_all", OBJECT, requests=3, mode=OutputMode.PROMPTED),
    row("no_schema_plain", OBJECT, requests=3, mode=OutputMode.PROMPTED),
    row("no_json_object", OBJECT, mode=OutputMode.SCHEMA),
    row(
        "no_json_object", OBJECT, mode=OutputMode.SCHEMA, endpoint={"kind": "lmstudio"}, label="no_json_object_lmstudio"
    ),
]

STREAMED = [
    row("plain_text", "Why is that so?", **PLAIN),
    row("stream_with_comments", "Why so?", **PLAIN),
    row("stream_without_done", "Why?", **PLAIN),
    row("stream_done_without_finish", "Why?", **PLAIN, finish=Finish.UNKNOWN),
    row("stream_odd_events", "Why?", **PLAIN),
    row("stream_answered_whole", "Why?", **PLAIN),
    row("stream_with_thinking", "Why?", **PLAIN),
    row("stream_of_less_than", "<th", **PLAIN),
    row("stream_cut_before_text", OBJECT, requests=2),
    row("reply_only_unstreamed", OBJECT, requests=2),
    row("good_json", OBJECT, mode=OutputMode.SCHEMA),
    row("fenced_json", OBJECT),
    row("no_stream_options", OBJECT, requests=2),
    row("no_json_schema", OBJECT, requests=2, mode=OutputMode.OBJECT),
    row("blank_once", OBJECT, requests=2),
    row("loading_then_ready", OBJECT, requests=6),
    row("stream_cut", LLMUnreachable, "broke off", **PLAIN),
    row("stream_error_event", LLMUnreachable, "Provider disconnected", **PLAIN),
    row("stream_error_line", LLMUnreachable, "model runner has stopped", **PLAIN),
    row("stream_empty", LLMUnreachable, "broke off", **PLAIN, requests=3),
    row("stream_bad_utf8", LLMMalformed, "UTF-8", **PLAIN, requests=2),
    row("stream_bad_json", LLMMalformed, "not JSON", **PLAIN, requests=2),
    row("schema_ignored", LLMMalformed, "no JSON object"),
    row("blank", LLMMalformed, "empty", **PLAIN, requests=2),
    row("page_200", LLMRefused, "web page", **PLAIN),
    row("filtered", LLMRefused, "content filter", **PLAIN),
    row("unauthorized", LLMRefused, "API key", **PLAIN),
    row("reset", LLMUnreachable, "broke off", **PLAIN, requests=3),
    row("huge_body", LLMMalformed, "larger than", **PLAIN),
]

Asked = Callable[..., tuple[Reply, Server]]


def model(server: Server, time: Time, **endpoint: Any) -> OpenAICompatible:
    settings = {"model": "tiny", "key": SECRET, "temperature": 0.2, "timeouts": TIMEOUTS} | endpoint
    clock = Clock(time.clock, time.sleep)
    return OpenAICompatible(Endpoint(server.url, **settings), learned=LearnedOptions(), clock=clock, max_bytes=100_000)
