"""A server's success, read: whole or in events, well-formed or not."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from interviewer.errors import LLMMalformed, LLMRefused
from interviewer.llm.protocol import Finish, Usage
from interviewer.llm.reasoning import split_thinking

_FILTERED = ("content_filter", "sensitive", "safety", "blocked")


@dataclass(frozen=True, slots=True)
class Said:
    """What came back, before anyone has asked whether it is any good."""

    text: str
    reasoning: str
    finish: Finish
    usage: Usage
    model: str


def read_completion(body: object) -> Said:
    """A whole chat completion. Raises LLMMalformed if it is none, LLMRefused if it was held back."""
    choice = _first_choice(body)
    if choice is None:
        raise LLMMalformed("the server answered with success, but without a reply in it (no choices)")
    assert isinstance(body, dict)
    message = choice.get("message")
    message = message if isinstance(message, dict) else {}
    return _said(
        _text(message.get("content")) or _text(choice.get("text")),
        _reasoning(message),
        _text(message.get("refusal")),
        choice.get("finish_reason"),
        _usage(body.get("usage")),
        _text(body.get("model")),
    )


@dataclass(slots=True)
class Gathering:
    """A streamed completion as it comes together."""

    _text: list[str] = field(default_factory=list)
    _reasoning: list[str] = field(default_factory=list)
    _refusal: list[str] = field(default_factory=list)
    _finish: object = None
    _usage: Usage = field(default_factory=Usage)
    _model: str = ""
    is_done: bool = False
    """Whether the server said in any way that this was all."""

    def add(self, event: object) -> str:
        """Take in one event; returns the text that it adds."""
        if not isinstance(event, dict):
            return ""
        self._model = self._model or _text(event.get("model"))
        if isinstance(event.get("usage"), dict):
            self._usage = _usage(event["usage"])
        choice = _first_choice(event)
        if choice is None:
            return ""
        delta = choice.get("delta") or choice.get("message")
        delta = delta if isinstance(delta, dict) else {}
        text = _text(delta.get("content"))
        self._text.append(text)
        self._reasoning.append(_reasoning(delta))
        self._refusal.append(_text(delta.get("refusal")))
        if choice.get("finish_reason"):
            self._finish, self.is_done = choice["finish_reason"], True
        return text

    def said(self) -> Said:
        return _said(
            "".join(self._text),
            "".join(self._reasoning),
            "".join(self._refusal),
            self._finish,
            self._usage,
            self._model,
        )


def events(chunks: Iterable[bytes]) -> Iterator[object]:
    """The decoded events of a stream, and None for its end mark. Raises LLMMalformed where one cannot be read.

    A line of bare JSON counts as an event too: that is how some servers report an error once they have begun.
    """
    for line in _lines(chunks):
        data = line.removeprefix(b"data:").strip()
        if not data or not (line.startswith((b"data:", b"{"))):
            continue
        if data == b"[DONE]":
            yield None
            continue
        yield decoded(data)


def decoded(data: bytes) -> Any:
    """The bytes as JSON. Raises LLMMalformed."""
    try:
        return json.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise LLMMalformed("the server's answer is not UTF-8") from error
    except (ValueError, RecursionError) as error:
        raise LLMMalformed("the server's answer is not JSON") from error


def _lines(chunks: Iterable[bytes]) -> Iterator[bytes]:
    held = b""
    for chunk in chunks:
        held += chunk
        *whole, held = held.replace(b"\r\n", b"\n").split(b"\n")
        yield from (line.strip() for line in whole)
    yield held.strip()


def _said(text: str, reasoning: str, refusal: str, finish: object, usage: Usage, model: str) -> Said:
    text, thought = split_thinking(text)
    if str(finish) in _FILTERED:
        raise LLMRefused("the server's content filter held the reply back")
    if refusal.strip() and not text.strip():
        raise LLMRefused(f"the model declined to answer: {refusal.strip()[:300]}")
    return Said(text, "\n".join(part for part in (reasoning, thought) if part), _finish(finish), usage, model)


def _finish(reason: object) -> Finish:
    match reason:
        case "stop" | "eos" | "stop_sequence" | "end_turn":
            return Finish.STOP
        case "length" | "max_tokens" | "model_length":
            return Finish.LENGTH
        case _:
            return Finish.UNKNOWN


def _first_choice(body: object) -> Mapping[str, Any] | None:
    match body:
        case {"choices": [dict() as choice, *_]}:
            return choice
        case _:
            return None


def _text(content: object) -> str:
    match content:
        case str():
            return content
        case list():
            return "".join(_text(part.get("text")) for part in content if isinstance(part, dict))
        case _:
            return ""


def _reasoning(message: Mapping[str, Any]) -> str:
    return _text(message.get("reasoning")) or _text(message.get("reasoning_content"))


def _usage(usage: object) -> Usage:
    if not isinstance(usage, dict):
        return Usage()
    return Usage(_count(usage.get("prompt_tokens")), _count(usage.get("completion_tokens")))


def _count(value: object) -> int | None:
    # A server that does not count says 0; no request has an empty prompt.
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else None
