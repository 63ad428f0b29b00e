"""Chat completions as servers send them: read whole or event by event, well-formed or not."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from interviewer.errors import LLMMalformed, LLMRefused
from interviewer.llm.protocol import Finish, Usage
from interviewer.llm.thinking_tags import split_thinking
from interviewer.text.messages import localized

_FILTERED = ("content_filter", "sensitive", "safety", "blocked")
# What counts as a loop, in characters: how long the words are that come again, and how far they go on at the least.
# A line of hyphens may well be longer, and is none.
_LONGEST_PERIOD = 180
_FEWEST_TIMES = 4
_SHORTEST_LOOP = 60
_LONGEST_LINE = 200
_FINISH = {
    **dict.fromkeys(("stop", "eos", "stop_sequence", "end_turn"), Finish.STOP),
    **dict.fromkeys(("length", "max_tokens", "model_length"), Finish.LENGTH),
}


@dataclass(frozen=True, slots=True)
class Completion:
    """What a model wrote, before it is checked against what was asked for."""

    text: str
    reasoning: str = ""
    finish: Finish = Finish.STOP
    usage: Usage = field(default_factory=Usage)
    model: str = ""


def read_completion(body: object) -> Completion:
    """A whole chat completion. Raises LLMMalformed if it is none, LLMRefused if the server held it back."""
    match body:
        case {"choices": [dict(), *_]}:
            builder = CompletionBuilder()
            builder.add(body)
            return builder.completion()
        case _:
            raise LLMMalformed(localized("llm.no_choices"))


@dataclass(slots=True)
class CompletionBuilder:
    """A completion put together from the events of a stream."""

    is_done: bool = False
    """Whether the server has said that nothing more will come."""
    has_events: bool = False
    _text: str = ""
    _reasoning: str = ""
    _refusal: str = ""
    _finish: object = None
    _usage: Usage = field(default_factory=Usage)
    _model: str = ""
    _next_look: int = _SHORTEST_LOOP

    @property
    def length(self) -> int:
        """Characters that have come, of thinking too."""
        return len(self._text) + len(self._reasoning)

    @property
    def text(self) -> str:
        """What has come so far, without thinking that the server tells apart."""
        return self._text

    def repeated(self) -> str:
        """The same few words over and over at the end of the text, which a small model never leaves again; "" if none."""
        if len(self._text) < self._next_look:
            return ""
        self._next_look = len(self._text) + _SHORTEST_LOOP // 4
        for period in range(1, _LONGEST_PERIOD + 1):
            least = max(_FEWEST_TIMES * period, _SHORTEST_LOOP)
            tail = self._text[-least:]
            is_loop = len(tail) == least and tail[period:] == tail[:-period]
            if is_loop and (len(set(tail)) > 1 or self._text.endswith(tail[0] * _LONGEST_LINE)):
                return tail
        return ""

    def add(self, event: object) -> str:
        """Take in one event; returns the text that it adds."""
        self.has_events = True
        if not isinstance(event, dict):
            return ""
        self._model = self._model or _text(event.get("model"))
        if isinstance(usage := event.get("usage"), dict):
            self._usage = Usage(_count(usage.get("prompt_tokens")), _count(usage.get("completion_tokens")))
        match event:
            case {"choices": [dict() as choice, *_]}:
                return self._add_choice(choice)
            case _:
                return ""

    def _add_choice(self, choice: Mapping[str, Any]) -> str:
        delta = choice.get("delta") or choice.get("message")
        delta = delta if isinstance(delta, dict) else {}
        text = _text(delta.get("content")) or _text(choice.get("text"))
        self._text += text
        self._reasoning += _text(delta.get("reasoning")) or _text(delta.get("reasoning_content"))
        self._refusal += _text(delta.get("refusal"))
        if choice.get("finish_reason"):
            self._finish, self.is_done = choice["finish_reason"], True
        return text

    def completion(self) -> Completion:
        """All that came. Raises LLMRefused if the server or the model held the reply back."""
        if str(self._finish) in _FILTERED:
            raise LLMRefused(localized("llm.filtered"))
        text, thought = split_thinking(self._text)
        if self._refusal.strip() and not text.strip():
            raise LLMRefused(localized("llm.declined", text=self._refusal.strip()[:300]))
        reasoning = "\n".join(part for part in (self._reasoning, thought) if part)
        return Completion(text, reasoning, _FINISH.get(str(self._finish), Finish.UNKNOWN), self._usage, self._model)


def read_events(chunks: Iterable[bytes]) -> Iterator[object]:
    """The decoded events of a stream, and None for its end mark. Raises LLMMalformed for one that cannot be read.

    More lenient than the standard for server-sent events: a line of bare JSON counts as an event, since some servers
    report an error in that way once they have begun, and the last event needs no blank line after it.
    """
    for line in _lines(chunks):
        data = line.removeprefix(b"data:").strip()
        if data == b"[DONE]":
            yield None
        elif data and line.startswith((b"data:", b"{")):
            yield decode_json(data)


def decode_json(data: bytes) -> Any:
    """The bytes as JSON. Raises LLMMalformed."""
    try:
        return json.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise LLMMalformed(localized("llm.not_utf_eight")) from error
    except (ValueError, RecursionError) as error:
        raise LLMMalformed(localized("llm.not_json")) from error


def _lines(chunks: Iterable[bytes]) -> Iterator[bytes]:
    pending = b""
    for chunk in chunks:
        *lines, pending = (pending + chunk).split(b"\n")
        yield from map(bytes.strip, lines)
    yield pending.strip()


def _text(content: object) -> str:
    match content:
        case str():
            return content
        case list():
            return "".join(_text(part.get("text")) for part in content if isinstance(part, dict))
        case _:
            return ""


def _count(value: object) -> int | None:
    # A server that does not count says 0; no request has an empty prompt.
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else None
