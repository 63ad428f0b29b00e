"""A model that says what it was told to say: for demonstrations and tests."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Any

from interviewer.errors import LLMUnreachable
from interviewer.llm.completion import Completion
from interviewer.llm.protocol import Message, OutputMode, Reply, ReplyChunk, as_stream
from interviewer.llm.reply_validation import validated_reply
from interviewer.text.messages import localized


@dataclass(frozen=True, slots=True)
class Request:
    messages: tuple[Message, ...]
    schema: dict[str, Any] | None


Line = str | Reply | Exception
Script = Iterable[Line | Callable[[Request], Line]] | Callable[[Request], Line]


class ScriptedLLM:
    """Plays back a script, one line a request, or lets one function answer everything.

    A text passes the same check as a real model's; an exception is raised; after the last line it cannot be reached.
    """

    def __init__(self, script: Script, *, name: str = "scripted", host: str = "nowhere") -> None:
        self.name = name
        self.host = host
        self.requests: list[Request] = []
        self._answer = script if callable(script) else None
        self._lines = iter(()) if callable(script) else iter(script)
        self._lock = Lock()

    def reply(self, messages: Sequence[Message], *, schema: dict[str, Any] | None = None) -> Reply:
        request = Request(tuple(messages), schema)
        with self._lock:
            self.requests.append(request)
            line = self._answer or next(self._lines, LLMUnreachable(localized("llm.script_ended")))
        if callable(line):
            line = line(request)
        if isinstance(line, Exception):
            raise line
        if isinstance(line, Reply):
            return line
        return validated_reply(Completion(line, model=self.name), schema, OutputMode.PROMPTED)

    def stream(self, messages: Sequence[Message], *, schema: dict[str, Any] | None = None) -> Iterator[ReplyChunk]:
        yield from as_stream(self.reply(messages, schema=schema))

    def close(self) -> None:
        """Nothing is under way between two lines."""
