"""Requests that show a model what somebody else wrote, as data between markers, and want a list back."""

import json
from collections.abc import Sequence
from typing import Any

from interviewer.domain.language import Language
from interviewer.errors import LLMMalformed
from interviewer.llm import LLM, Message
from interviewer.llm.json_reply import object_schema
from interviewer.llm.prompts import between_markers, prompt
from interviewer.text.messages import localized, say

_MOST_LISTED = 48
_NUMBERS = ("requirement",)


def list_schema(items: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": items}


def request_list(
    llm: LLM, name: str, shown: object, key: str, fields: Sequence[str], language: Language, **values: str
) -> list[dict[str, Any]]:
    """The list under `key` of what a model replies to the prompt of this name about `shown`; its objects have `fields`.

    Nothing of it is checked yet, not even that the fields are there. Raises LLMError.
    """
    kinds = {field: {"type": "integer" if field in _NUMBERS else "string"} for field in fields}
    schema = object_schema(**{key: list_schema(object_schema(**kinds))})
    system = prompt(name).fill({"language": say("second.language", language), **values})
    asked = prompt("marked-data").fill({**between_markers(shown), "task": f'Write "{key}".'})
    reply = llm.reply([Message("system", system), Message("user", asked)], schema=schema)
    listed = json.loads(reply.text).get(key)
    if not isinstance(listed, list):
        raise LLMMalformed(localized("job.no_list", model=llm.name, list=key))
    return [one for one in listed[:_MOST_LISTED] if isinstance(one, dict)]


def in_one_line(said: object, longest: int) -> str:
    """One line of what a model wrote, without what could speak to a terminal; "" where it wrote no text."""
    if not isinstance(said, str):
        return ""
    return " ".join("".join(sign for sign in said if sign.isprintable() or sign.isspace()).split())[:longest]
