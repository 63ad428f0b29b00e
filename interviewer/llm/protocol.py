"""The protocol of a language model, and the values that go into it and come out."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Literal, Protocol


class Finish(StrEnum):
    """Why the model stopped writing."""

    STOP = "stop"
    LENGTH = "length"
    UNKNOWN = "unknown"
    """The server did not say, or gave a reason of its own."""


class OutputMode(StrEnum):
    """How a server was asked for JSON, from the strictest way to none."""

    SCHEMA = "json_schema"
    OBJECT = "json_object"
    PROMPTED = "prompted"
    FREE = "free"
    """No JSON was asked for."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message of the conversation that the model is shown."""

    role: Literal["system", "user", "assistant"]
    content: str
    form: dict[str, Any] | None = field(default=None, hash=False)
    """A JSON schema to be written out at the end of this message in place of that of the call.

    Calls that are held to different schemas then begin with the same words, which a server need not read again.
    """


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens as the server counted them; None where it did not."""

    prompt_tokens: int | None = None
    completion_tokens: int | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """A whole reply. If a schema was given, `text` is exactly one JSON object (of whatever content)."""

    text: str
    finish: Finish = Finish.STOP
    usage: Usage = Usage()
    mode: OutputMode = OutputMode.FREE
    reasoning: str = ""
    model: str = ""
    """The name that the server gave, which need not be the one that was asked for."""


@dataclass(frozen=True, slots=True)
class ReplyChunk:
    """A stretch of text as it arrives; the last piece has no text and carries the whole reply."""

    text: str
    reply: Reply | None = None


class LLM(Protocol):
    """A language model. Both ways of asking raise LLMError and nothing else."""

    @property
    def name(self) -> str:
        """The model's name, for provenance."""

    @property
    def host(self) -> str:
        """Where the model runs, without path or credentials, for provenance."""

    def reply(self, messages: Sequence[Message], *, schema: dict[str, Any] | None = None) -> Reply:
        """The whole reply; with a schema, its text is one JSON object."""

    def stream(self, messages: Sequence[Message], *, schema: dict[str, Any] | None = None) -> Iterator[ReplyChunk]:
        """The reply as it arrives. With a schema, the pieces are raw and only the last one's reply is checked."""

    def close(self) -> None:
        """End the requests that are under way, from any thread: they and all later ones raise LLMUnreachable.

        A model that waits for no server has nothing to end.
        """


def as_stream(reply: Reply) -> Iterator[ReplyChunk]:
    """A reply that is there already, as a stream of one piece."""
    if reply.text:
        yield ReplyChunk(reply.text)
    yield ReplyChunk("", reply)
