"""The batch format of OpenAI: requests written one a line, and results read back in whatever order they come.

A request's `custom_id` holds a digest of the row it is for and one of the request itself, so that a result is used for
nothing but the request that it answers, to the letter.
"""

import hashlib
import json
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from interviewer.errors import BankError, LLMError, LLMMalformed, LLMUnreachable
from interviewer.evaluation.datasets import Plain, Where, read_records
from interviewer.llm.completion import Completion, read_completion
from interviewer.llm.endpoints import Endpoint
from interviewer.llm.error_translation import error_in_success, read_error, to_llm_error
from interviewer.llm.protocol import Message, Reply, ReplyChunk, as_stream
from interviewer.llm.reply_validation import validated_reply
from interviewer.llm.request_options import chat_request, default_options
from interviewer.text.messages import localized

URL = "/v1/chat/completions"
_MOST_NAMED = 5


def request_body(endpoint: Endpoint, messages: Sequence[Message], schema: dict[str, Any] | None) -> dict[str, Any]:
    """The request as a server is sent it at first, before it has refused anything."""
    body = chat_request(endpoint, default_options(endpoint), messages, schema, stream=False)
    # The openai package takes extra parameters apart from the others; in the request they stand beside them.
    extra = body.pop("extra_body", {})
    return {**body, **extra}


def custom_id(row: str, request: Mapping[str, Any]) -> str:
    """The id of a request: at most 56 letters, digits, `_` and `-`, whatever characters the row's id has."""
    readable = re.sub(r"[^A-Za-z0-9]+", "_", row).strip("_")[:24] or "row"
    return f"{readable}-{_digest(row)[:12]}-{_digest(json.dumps(request, sort_keys=True))[:16]}"


def request_line(name: str, request: Mapping[str, Any]) -> str:
    return json.dumps({"custom_id": name, "method": "POST", "url": URL, "body": request}, ensure_ascii=False) + "\n"


@dataclass(frozen=True, slots=True)
class BatchResults:
    """The lines of result and error files by their `custom_id`, each with where it stands."""

    lines: Mapping[str, Sequence[tuple[Where, Plain]]]
    files: str

    @classmethod
    def read(cls, paths: Sequence[Path], known: Collection[str]) -> "BatchResults":
        """The results of all files. Raises BankError for a line that is none, or that nobody here has asked for."""
        lines: dict[str, list[tuple[Where, Plain]]] = {}
        for path in paths:
            for number, plain in read_records(path):
                name = plain.get("custom_id")
                if not isinstance(name, str):
                    raise BankError(path.name, f"line {number}", "is no result of a batch: it has no custom_id")
                lines.setdefault(name, []).append(((path.name, f"line {number}"), plain))
        files = ", ".join(path.name for path in paths)
        if strangers := [name for name in lines if name not in known]:
            more = f" and {len(strangers) - _MOST_NAMED} more" if len(strangers) > _MOST_NAMED else ""
            raise BankError(
                *lines[strangers[0]][0][0],
                f"{', '.join(f'{name!r:.80}' for name in strangers[:_MOST_NAMED])}{more} belong to no request for these answers: give the same "
                "files, bank, language and model settings that the batch was made with",
            )
        return cls(lines, files)

    def completion(self, name: str, endpoint: Endpoint) -> Completion:
        """What the model said to this request. Raises LLMError where that is missing, an error or ambiguous.

        A request that failed in one file and was answered in another has been answered.
        """
        found: list[Completion] = []
        failures: list[LLMError] = []
        lines = self.lines.get(name, ())
        for _, plain in lines:
            try:
                found.append(_completion(plain, endpoint))
            except LLMError as error:
                failures.append(error)
        if len({completion.text for completion in found}) > 1:
            places = ", ".join(" ".join(where) for where, _ in lines)
            raise LLMMalformed(localized("llm.batch_ambiguous", name=name, places=places))
        if found:
            return found[0]
        if failures:
            raise failures[-1]
        raise LLMUnreachable(localized("llm.batch_missing", files=self.files, name=name))


@dataclass(frozen=True, slots=True)
class BatchedLLM:
    """A model that was asked in a batch, for the answer of one row; it says nothing that it has not said there."""

    endpoint: Endpoint
    row: str
    results: BatchResults

    @property
    def name(self) -> str:
        return self.endpoint.model

    @property
    def host(self) -> str:
        return self.endpoint.host

    def reply(self, messages: Sequence[Message], *, schema: dict[str, Any] | None = None) -> Reply:
        if any(message.role == "assistant" for message in messages):
            raise LLMMalformed(localized("llm.batch_no_correction"))
        name = custom_id(self.row, request_body(self.endpoint, messages, schema))
        completion = self.results.completion(name, self.endpoint)
        return validated_reply(completion, schema, default_options(self.endpoint).mode)

    def stream(self, messages: Sequence[Message], *, schema: dict[str, Any] | None = None) -> Iterator[ReplyChunk]:
        yield from as_stream(self.reply(messages, schema=schema))

    def close(self) -> None:
        """Nothing is under way: the batch was answered before."""


def _completion(plain: Plain, endpoint: Endpoint) -> Completion:
    response = plain.get("response")
    if not isinstance(response, dict):
        error = read_error(None, plain)
        reason = error.text or error.code or localized("llm.batch_no_reason")
        raise LLMUnreachable(localized("llm.batch_failed", reason=reason))
    status, content = response.get("status_code"), response.get("body")
    if isinstance(status, int) and status >= 400:
        raise to_llm_error(read_error(status, content), endpoint)
    if (error_within := error_in_success(content)) is not None:
        raise to_llm_error(error_within, endpoint)
    return read_completion(content)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
