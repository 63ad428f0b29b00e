"""A model with recordings: replies are kept on disk, so that the same question is asked of a model only once."""

import hashlib
import json
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from interviewer.errors import LLMMalformed, LLMUnreachable
from interviewer.llm.protocol import LLM, Message, Reply, ReplyChunk, as_stream
from interviewer.text.messages import localized

_REPLY = TypeAdapter(Reply)


class RecordedLLM:
    """Another model with recordings: one JSON file for each request, named by the request's digest."""

    def __init__(self, folder: Path, llm: LLM) -> None:
        self._folder, self._llm = folder, llm
        self.name, self.host = llm.name, llm.host

    def reply(self, messages: Sequence[Message], *, schema: dict[str, Any] | None = None) -> Reply:
        path = self.path(messages, schema)
        if (recorded := _read(path)) is not None:
            return recorded
        reply = self._llm.reply(messages, schema=schema)
        self._keep(path, messages, schema, reply)
        return reply

    def stream(self, messages: Sequence[Message], *, schema: dict[str, Any] | None = None) -> Iterator[ReplyChunk]:
        path = self.path(messages, schema)
        if path.exists():
            yield from as_stream(self.reply(messages, schema=schema))
            return
        for piece in self._llm.stream(messages, schema=schema):
            if piece.reply is not None:
                self._keep(path, messages, schema, piece.reply)
            yield piece

    def close(self) -> None:
        self._llm.close()

    def path(self, messages: Sequence[Message], schema: dict[str, Any] | None) -> Path:
        """Where the reply to this request is or would be kept."""
        return self._folder / f"{request_digest(self.name, messages, schema)}.json"

    def _keep(self, path: Path, messages: Sequence[Message], schema: dict[str, Any] | None, reply: Reply) -> None:
        record = {"request": _request(self.name, messages, schema), "reply": asdict(reply)}
        draft = path.with_suffix(f".{secrets.token_hex(4)}.tmp")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            draft.write_text(json.dumps(record, ensure_ascii=True, indent=1), encoding="utf-8")
            draft.replace(path)
        except OSError as error:
            raise LLMUnreachable(
                localized("llm.not_kept", folder=self._folder, reason=error.strerror or error)
            ) from error


def request_digest(model: str, messages: Sequence[Message], schema: dict[str, Any] | None) -> str:
    """What a recorded reply is found by: 32 hex digits that change with anything that is asked."""
    canonical = json.dumps(_request(model, messages, schema), sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(canonical.encode()).hexdigest()[:32]


def _request(model: str, messages: Sequence[Message], schema: dict[str, Any] | None) -> dict[str, Any]:
    return {"model": model, "messages": [_plain(message) for message in messages], "schema": schema}


def _plain(message: Message) -> dict[str, Any]:
    """The message as it has always been recorded: a form of its own is named only where there is one."""
    return {name: value for name, value in asdict(message).items() if value is not None}


def _read(path: Path) -> Reply | None:
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))["reply"]
        if "rung" in kept:  # its name in recordings of version 0.1
            kept["mode"] = kept.pop("rung")
        return _REPLY.validate_python(kept)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError, KeyError, TypeError, ValidationError) as error:
        raise LLMMalformed(localized("llm.damaged_recording", path=path)) from error
