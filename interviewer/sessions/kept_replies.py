"""A model whose replies are kept in the database with the list that they are for."""

import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from pydantic import TypeAdapter
from pydantic_core import PydanticSerializationError
from sqlalchemy.exc import IntegrityError

from interviewer.llm import LLM, Message, Reply, ReplyChunk
from interviewer.llm.model_call import current_call
from interviewer.llm.protocol import as_stream
from interviewer.llm.recorded import request_digest
from interviewer.sessions.database import Database
from interviewer.sessions.tables import compilation_replies

_REPLY = TypeAdapter(Reply)


class TurnIsOver(Exception):
    """A job has had its place at the server for long enough, and goes on after others."""


@dataclass(slots=True)
class KeptReplies:
    """A model whose replies are kept with a list, so that no process asks for one twice."""

    inner: LLM
    database: Database
    compilation: str
    turn: float | None
    """For how many seconds after the first new reply it may be asked for more; None for ever."""
    _known: dict[str, str] = field(init=False)
    _until: float | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        columns = compilation_replies.c.request, compilation_replies.c.reply
        kept = sa.select(*columns).where(compilation_replies.c.compilation == self.compilation)
        with self.database.read() as connection:
            self._known = {row.request: row.reply for row in connection.execute(kept)}

    @property
    def name(self) -> str:
        return self.inner.name

    @property
    def host(self) -> str:
        return self.inner.host

    def reply(self, messages: Sequence[Message], *, schema: dict[str, Any] | None = None) -> Reply:
        request = request_digest(self.name, messages, schema)
        if (known := self._known.get(request)) is not None:
            return _REPLY.validate_json(known)
        current_call().check()
        if self._until is not None and time.monotonic() > self._until:
            raise TurnIsOver
        reply = self.inner.reply(messages, schema=schema)
        if self.turn is not None and self._until is None:
            self._until = time.monotonic() + self.turn
        try:
            kept = self._known[request] = _REPLY.dump_json(reply).decode()
        except PydanticSerializationError:  # half a character, which no database keeps
            return reply
        row = {"compilation": self.compilation, "request": request, "reply": kept}
        with suppress(IntegrityError), self.database.write() as connection:  # the list is gone, or it was asked twice
            connection.execute(compilation_replies.insert().values(row))
        return reply

    def stream(self, messages: Sequence[Message], *, schema: dict[str, Any] | None = None) -> Iterator[ReplyChunk]:
        yield from as_stream(self.reply(messages, schema=schema))

    def close(self) -> None:
        self.inner.close()
