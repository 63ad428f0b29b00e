"""Request options: what is put into a request to one model on one server, and what is learned from its refusals."""

import json
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from threading import Lock
from typing import Any, TypeVar

from interviewer.llm.endpoints import Endpoint
from interviewer.llm.error_translation import ServerError
from interviewer.llm.protocol import Message, OutputMode

_MODES = (OutputMode.SCHEMA, OutputMode.OBJECT, OutputMode.PROMPTED)
_OTHER_LIMIT = {"max_tokens": "max_completion_tokens", "max_completion_tokens": "max_tokens"}
_LEVELS = ("none", "minimal", "low")
_BOUNDS = ("maxItems", "minItems", "maxLength")
_MOST_LEARNED = 256
_FAILURE_SECONDS = 600.0
_THINKING_ROOM = 8192  # models were seen to think for 5,000 to 7,000 tokens at the lowest level


T = TypeVar("T")

_Identity = tuple[str, str, str, bool | None]
"""Base URL, model, kind of server, whether it is to think."""


@dataclass(frozen=True, slots=True)
class RequestOptions:
    """How one model on one server has to be asked."""

    mode: OutputMode
    limit: str = "max_tokens"
    """The parameter that limits the length of the reply."""
    thinking: Mapping[str, Any] | None = None
    """The parameters that turn thinking off; None where they are not sent."""
    temperature: bool = True
    stream_usage: bool = True
    bounds: bool = True
    """Whether schemas may limit lengths: without that a small model may never end, but hosted services refuse it."""
    always_thinks: bool = False
    """Whether thinking cannot be turned off, so that a reply needs more room."""


def default_options(endpoint: Endpoint) -> RequestOptions:
    profile = endpoint.profile
    return RequestOptions(
        mode=profile.modes[0],
        limit=profile.limit,
        thinking=profile.thinking_off if endpoint.thinking is False else None,
        temperature=profile.temperature,
        stream_usage=profile.stream_usage,
        bounds=endpoint.is_private,
    )


class LearnedOptions:
    """The options that turned out to work, and the models that none brought to write JSON. Any thread may use it.

    They are known as long as the program runs, failures for a while.
    """

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._lock = Lock()
        self._options: dict[_Identity, RequestOptions] = {}
        self._failures: dict[_Identity, tuple[int, float]] = {}

    def recall(self, endpoint: Endpoint) -> RequestOptions:
        with self._lock:
            known = self._options.get(_identity(endpoint))
        return known or default_options(endpoint)

    def learn(self, endpoint: Endpoint, options: RequestOptions) -> None:
        with self._lock:
            _keep(self._options, _identity(endpoint), options)

    def failures(self, endpoint: Endpoint) -> int:
        """How many questions in a row this model has not replied to in JSON, however it was asked."""
        with self._lock:
            count, until = self._failures.get(_identity(endpoint), (0, 0.0))
        return count if self._now() < until else 0

    def count_failure(self, endpoint: Endpoint) -> None:
        failures = self.failures(endpoint) + 1
        with self._lock:
            _keep(self._failures, _identity(endpoint), (failures, self._now() + _FAILURE_SECONDS))

    def forget_failures(self, endpoint: Endpoint) -> None:
        with self._lock:
            self._failures.pop(_identity(endpoint), None)

    def forget(self, endpoint: Endpoint) -> None:
        """Learn anew how this model is to be asked: there may be another one of its name by now."""
        of_model = (endpoint.base_url, endpoint.model)
        with self._lock:
            for learned in (self._options, self._failures):
                for identity in [one for one in learned if one[:2] == of_model]:
                    del learned[identity]


def _identity(endpoint: Endpoint) -> _Identity:
    # The last two decide the default, so what was learned from it holds for them alone.
    return endpoint.base_url, endpoint.model, endpoint.kind, endpoint.thinking


def _keep(learned: dict[_Identity, T], identity: _Identity, value: T) -> None:
    """As the newest; the oldest goes where there are too many, for a visitor may make up names of models."""
    learned.pop(identity, None)
    learned[identity] = value
    if len(learned) > _MOST_LEARNED:
        del learned[next(iter(learned))]


LEARNED = LearnedOptions()


def weaker_mode(mode: OutputMode, endpoint: Endpoint) -> OutputMode | None:
    """The next weaker way to ask for JSON that this server may know."""
    weaker = _MODES[_MODES.index(mode) + 1 :]
    return next((mode for mode in weaker if mode in endpoint.profile.modes), None)


def chat_request(
    endpoint: Endpoint,
    options: RequestOptions,
    messages: Sequence[Message],
    schema: dict[str, Any] | None,
    *,
    stream: bool = True,
) -> dict[str, Any]:
    """The request, as the `create` of the openai package takes it."""
    shown = messages if schema is None else _with_schema(messages, schema)
    body: dict[str, Any] = {
        "model": endpoint.model,
        "messages": [{"role": message.role, "content": _encodable(message.content)} for message in shown],
    }
    if endpoint.max_tokens is not None:
        body[options.limit] = _token_limit(endpoint.max_tokens, options, schema)
    if endpoint.temperature is not None and options.temperature:
        body["temperature"] = endpoint.temperature
    if schema is not None and options.mode is not OutputMode.PROMPTED:
        held_to = schema if options.bounds else _without_bounds(schema)
        body["response_format"] = _response_format(options.mode, held_to, endpoint)
    if stream:
        body["stream"] = True
        if options.stream_usage:
            body["stream_options"] = {"include_usage": True}
    if extra := {**endpoint.profile.extra, **(options.thinking or {})}:
        body["extra_body"] = extra
    return body


def adapted(
    options: RequestOptions, error: ServerError, body: Mapping[str, Any], endpoint: Endpoint
) -> RequestOptions | None:
    """The options that the server's error asks for, if it asks for any."""
    return next(_remedies(options, error, body, endpoint), None)


def _remedies(
    options: RequestOptions, error: ServerError, body: Mapping[str, Any], endpoint: Endpoint
) -> Iterator[RequestOptions]:
    if error.is_about_request:
        extra = body.get("extra_body", {})
        if "temperature" in body and error.names("temperature"):
            yield replace(options, temperature=False)
        if "stream_options" in body and error.names("stream_options"):
            yield replace(options, stream_usage=False)
        if options.limit in body and error.names(*_OTHER_LIMIT):
            yield replace(options, limit=_OTHER_LIMIT[options.limit])
        if options.thinking is not None and (error.names(*extra) or error.is_about_thinking):
            thinking = None if error.is_unknown_parameter else _more_thinking(options.thinking)
            yield replace(options, thinking=thinking, always_thinks=not error.is_unknown_parameter)
        if endpoint.thinking is False and "enable_thinking" not in extra and error.names("enable_thinking"):
            yield replace(options, thinking={"enable_thinking": False})
    if "response_format" in body and error.is_about_format and options.bounds and error.names(*_BOUNDS):
        yield replace(options, bounds=False)
    if "response_format" in body and error.is_about_format and (mode := weaker_mode(options.mode, endpoint)):
        yield replace(options, mode=mode)


def _more_thinking(thinking: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The next higher level of thinking, where the one below it was refused; None leaves it to the server."""
    match thinking:
        case {"reasoning_effort": "low"} | {"reasoning": {"effort": "low"}}:
            return None
        case {"reasoning_effort": str() as level}:
            return {"reasoning_effort": _LEVELS[_LEVELS.index(level) + 1]}
        case {"reasoning": {"effort": str() as level}}:
            return {"reasoning": {"effort": _LEVELS[_LEVELS.index(level) + 1]}}
        case _:
            return {"reasoning_effort": "low"}


def _token_limit(most: int, options: RequestOptions, schema: dict[str, Any] | None) -> int:
    """No more than a reply of this form can take; all of it where the model may think first."""
    if options.always_thinks:
        return most + _THINKING_ROOM
    needed = _most_tokens(schema) if schema is not None and options.thinking is not None else None
    return most if needed is None else min(most, needed)


def _most_tokens(part: Mapping[str, Any]) -> int | None:
    """Tokens that a value of this form can take; None if it may go on without end."""
    match part:
        case {"enum": [*values]}:
            return max(len(json.dumps(value)) for value in values)
        case {"type": "string", "maxLength": int() as length}:
            return length + 4
        case {"type": "array", "maxItems": int() as count, "items": dict() as items}:
            each = _most_tokens(items)
            return None if each is None else count * each + 4
        case {"type": "object", "properties": dict() as properties}:
            parts = [_most_tokens(value) for value in properties.values()]
            return None if None in parts else sum(part or 0 for part in parts) + 8 * len(parts) + 8
        case _:
            return None


def _without_bounds(part: Any) -> Any:
    match part:
        case dict():
            return {name: _without_bounds(value) for name, value in part.items() if name not in _BOUNDS}
        case list():
            return [_without_bounds(value) for value in part]
        case _:
            return part


def _encodable(text: str) -> str:
    """The text without lone surrogates, which no request can carry."""
    return text.encode("utf-8", errors="replace").decode("utf-8")


def _response_format(mode: OutputMode, schema: dict[str, Any], endpoint: Endpoint) -> dict[str, Any]:
    if mode is OutputMode.OBJECT:
        return {"type": "json_object", **({"schema": schema} if endpoint.profile.object_takes_schema else {})}
    name = re.sub(r"[^a-zA-Z0-9_-]", "_", str(schema.get("title", "reply")))[:64] or "reply"
    return {"type": "json_schema", "json_schema": {"name": name, "strict": True, "schema": schema}}


def _with_schema(messages: Sequence[Message], schema: dict[str, Any]) -> list[Message]:
    """The messages with the schema in words: some servers ignore `response_format`, others want the word JSON said.

    It goes to the end of the one system message, in which all calls about a question agree: some servers allow no second, and a system message is the last to be dropped
    when the context is full.
    """
    place = next((place for place, message in enumerate(messages) if message.form or message.role == "system"), None)
    shown = schema if place is None else messages[place].form or schema
    form = (
        "Reply with one JSON object and nothing else: no code fence, no words before or after it. "
        "Write a backslash inside a string as two backslashes. The object must match this JSON schema:\n"
        + json.dumps(_without_bounds(shown), ensure_ascii=False, separators=(",", ":"))
    )
    if place is None:
        return [Message("system", form), *messages]
    extended = Message("system", f"{messages[place].content}\n\n{form}")
    return [*messages[:place], extended, *messages[place + 1 :]]
