"""Whether what came back is a reply."""

from typing import Any

from interviewer.errors import LLMMalformed
from interviewer.llm.json_reply import json_object
from interviewer.llm.protocol import Finish, Reply, Rung
from interviewer.llm.response import Said

_EXCERPT = 120


def settle(said: Said, schema: dict[str, Any] | None, rung: Rung) -> Reply:
    """The reply, its JSON taken out if a schema was given. Raises LLMMalformed, saying what is wrong with it."""
    text = said.text if schema is None else _object(said)
    if not text.strip():
        raise LLMMalformed(_blank(said))
    return Reply(text, said.finish, said.usage, rung if schema is not None else Rung.FREE, said.reasoning, said.model)


def _object(said: Said) -> str:
    if not said.text.strip():
        # Some servers put a constrained reply where the thinking goes; drafts inside real thinking do not count.
        try:
            return json_object(said.reasoning, complete=False)
        except ValueError:
            return ""
    try:
        return json_object(said.text, complete=said.finish is not Finish.LENGTH)
    except ValueError as error:
        if said.finish is Finish.LENGTH:
            raise LLMMalformed(f"the reply was cut off at the token limit{_spent(said)}: raise max_tokens") from error
        raise LLMMalformed(f"no JSON object can be read from the reply ({error}): {_excerpt(said.text)}") from error


def _blank(said: Said) -> str:
    if said.finish is Finish.LENGTH:
        return f"the model used up the token limit{_spent(said)} before it said anything: raise max_tokens or switch thinking off"
    if said.reasoning:
        return "the model thought but said nothing: switch thinking off, or raise max_tokens"
    return "the model's reply is empty"


def _spent(said: Said) -> str:
    return f" ({said.usage.completion_tokens} tokens)" if said.usage.completion_tokens else ""


def _excerpt(text: str) -> str:
    line = " ".join(text.split())
    return f"“{line}”" if len(line) <= _EXCERPT else f"“{line[:_EXCERPT]}…”"
