"""A model that is asked inside a block: to wait for its turn, or to be measured."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any

from interviewer.llm.protocol import LLM, Message, Reply, ReplyChunk


@dataclass(frozen=True, slots=True)
class WrappedLLM:
    """Another model, each request inside the block of `within`; `heard` is told each reply that has come whole."""

    inner: LLM
    within: Callable[[], AbstractContextManager[None]] = field(repr=False)
    heard: Callable[[Reply], object] = field(default=lambda _: None, repr=False)

    @property
    def name(self) -> str:
        return self.inner.name

    @property
    def host(self) -> str:
        return self.inner.host

    def reply(self, messages: Sequence[Message], *, schema: dict[str, Any] | None = None) -> Reply:
        with self.within():
            reply = self.inner.reply(messages, schema=schema)
        self.heard(reply)
        return reply

    def stream(self, messages: Sequence[Message], *, schema: dict[str, Any] | None = None) -> Iterator[ReplyChunk]:
        with self.within():
            for piece in self.inner.stream(messages, schema=schema):
                if piece.reply is not None:
                    self.heard(piece.reply)
                yield piece

    def close(self) -> None:
        self.inner.close()
