"""How a request is put to one server: what is sent at first, and what is learned when it is refused."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from threading import Lock
from typing import Any

from interviewer.llm.endpoints import Endpoint
from interviewer.llm.protocol import Message, Rung
from interviewer.llm.server_errors import Complaint

_LADDER = (Rung.SCHEMA, Rung.OBJECT, Rung.PROMPTED)
_OTHER_LIMIT = {"max_tokens": "max_completion_tokens", "max_completion_tokens": "max_tokens"}
_THINKING_WORDS = ("thinking", "reasoning", "reasoning_effort", "enable_thinking", "chat_template_kwargs", "extra_body")


@dataclass(frozen=True, slots=True)
class Manner:
    """How one model on one server has to be asked."""

    rung: Rung
    limit: str = "max_tokens"
    thinking: Mapping[str, Any] | None = None
    """The fields that turn thinking off; None where they are not sent."""
    temperature: bool = True
    stream_usage: bool = True
    stream_only: bool = False


def first_manner(endpoint: Endpoint) -> Manner:
    """How to ask before anything has been learned."""
    profile = endpoint.profile
    return Manner(
        rung=Rung(profile.rungs[0]),
        limit=profile.limit,
        thinking=profile.thinking_off if endpoint.thinking is False else None,
        temperature=profile.temperature,
        stream_usage=profile.stream_usage,
    )


class Memory:
    """What has been learned about a model on a server, for as long as the program runs. Any thread may use it."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._manners: dict[tuple[object, ...], Manner] = {}

    def recall(self, endpoint: Endpoint) -> Manner:
        with self._lock:
            known = self._manners.get(_identity(endpoint))
        return known or first_manner(endpoint)

    def learn(self, endpoint: Endpoint, manner: Manner) -> None:
        with self._lock:
            self._manners[_identity(endpoint)] = manner


def _identity(endpoint: Endpoint) -> tuple[object, ...]:
    # The last two decide how it is asked at first, so what was learned holds for them alone.
    return endpoint.base_url, endpoint.model, endpoint.kind, endpoint.thinking


MEMORY = Memory()


def lower(rung: Rung, endpoint: Endpoint) -> Rung | None:
    """The next rung down that this server may know."""
    below = _LADDER[_LADDER.index(rung) + 1 :]
    return next((rung for rung in below if rung.value in endpoint.profile.rungs), None)


def body(
    endpoint: Endpoint, manner: Manner, messages: Sequence[Message], schema: dict[str, Any] | None, *, stream: bool
) -> dict[str, Any]:
    """The request, as the SDK's `create` takes it."""
    shown = messages if schema is None else _with_schema(messages, schema)
    request: dict[str, Any] = {
        "model": endpoint.model,
        "messages": [{"role": message.role, "content": _encodable(message.content)} for message in shown],
    }
    if endpoint.max_tokens is not None:
        request[manner.limit] = endpoint.max_tokens
    if endpoint.temperature is not None and manner.temperature:
        request["temperature"] = endpoint.temperature
    if schema is not None and manner.rung is not Rung.PROMPTED:
        request["response_format"] = _response_format(manner.rung, schema, endpoint)
    if stream:
        request["stream"] = True
        if manner.stream_usage:
            request["stream_options"] = {"include_usage": True}
    extra = {**(endpoint.profile.extra or {}), **(manner.thinking or {})}
    if extra:
        request["extra_body"] = extra
    return request


def adapt(manner: Manner, complaint: Complaint, request: Mapping[str, Any], endpoint: Endpoint) -> Manner | None:
    """The manner that the complaint asks for, if it asks for one that differs."""
    if complaint.is_about_request:
        for applies, change in _ADAPTATIONS:
            if applies(manner, complaint, request):
                return change(manner)
        if (
            "enable_thinking" not in _extra(request)
            and endpoint.thinking is False
            and complaint.names("enable_thinking")
        ):
            return replace(manner, thinking={"enable_thinking": False})
    if "response_format" in request and complaint.is_about_format and (rung := lower(manner.rung, endpoint)):
        return replace(manner, rung=rung)
    return None


_Applies = Callable[[Manner, Complaint, Mapping[str, Any]], bool]
_Change = Callable[[Manner], Manner]

_ADAPTATIONS: tuple[tuple[_Applies, _Change], ...] = (
    (
        lambda _, complaint, request: "temperature" in request and complaint.names("temperature"),
        lambda manner: replace(manner, temperature=False),
    ),
    (
        lambda _, complaint, request: "stream_options" in request and complaint.names("stream_options"),
        lambda manner: replace(manner, stream_usage=False),
    ),
    (
        lambda manner, complaint, request: (
            manner.limit in request and (complaint.names(manner.limit) or complaint.names(_OTHER_LIMIT[manner.limit]))
        ),
        lambda manner: replace(manner, limit=_OTHER_LIMIT[manner.limit]),
    ),
    (
        lambda manner, complaint, request: (
            manner.thinking is not None and any(complaint.names(word) for word in {*_extra(request), *_THINKING_WORDS})
        ),
        lambda manner: replace(manner, thinking=None),
    ),
    (
        lambda manner, complaint, request: (
            not request.get("stream") and not manner.stream_only and complaint.wants_stream
        ),
        lambda manner: replace(manner, stream_only=True),
    ),
)


def _encodable(text: str) -> str:
    """The text without lone surrogates, which no request can carry."""
    return text.encode("utf-8", errors="replace").decode("utf-8")


def _extra(request: Mapping[str, Any]) -> Mapping[str, Any]:
    extra: Mapping[str, Any] = request.get("extra_body", {})
    return extra


def _response_format(rung: Rung, schema: dict[str, Any], endpoint: Endpoint) -> dict[str, Any]:
    if rung is Rung.OBJECT:
        return {"type": "json_object", **({"schema": schema} if endpoint.profile.object_takes_schema else {})}
    name = re.sub(r"[^a-zA-Z0-9_-]", "_", str(schema.get("title", "reply")))[:64] or "reply"
    return {"type": "json_schema", "json_schema": {"name": name, "strict": True, "schema": schema}}


def _with_schema(messages: Sequence[Message], schema: dict[str, Any]) -> list[Message]:
    """The schema in words too: some servers drop it without a word, others insist that the word JSON is said.

    It goes into the one system message, since some servers allow no second, and one that is dropped for space is dropped last.
    """
    form = (
        "Reply with one JSON object and nothing else: no code fence, no words before or after it. "
        "Write a backslash inside a string as two backslashes. The object must match this JSON schema:\n"
        + json.dumps(schema, ensure_ascii=False, separators=(",", ":"))
    )
    found = next((place for place, message in enumerate(messages) if message.role == "system"), None)
    if found is None:
        return [Message("system", form), *messages]
    system = messages[found]
    return [*messages[:found], Message("system", f"{system.content}\n\n{form}"), *messages[found + 1 :]]
