"""Reply validation: whether a completion is what was asked for."""

from typing import Any

from interviewer.domain.rubric import Localized
from interviewer.errors import LLMMalformed
from interviewer.llm.completion import Completion
from interviewer.llm.json_reply import json_object
from interviewer.llm.protocol import Finish, OutputMode, Reply
from interviewer.text.messages import localized

_EXCERPT = 120


def validated_reply(completion: Completion, schema: dict[str, Any] | None, mode: OutputMode) -> Reply:
    """The reply; if a schema was given, its text is the JSON object alone. Raises LLMMalformed with what is wrong."""
    text = completion.text if schema is None else _object(completion)
    if not text.strip():
        raise LLMMalformed(_why_blank(completion))
    return Reply(
        text,
        completion.finish,
        completion.usage,
        OutputMode.FREE if schema is None else mode,
        completion.reasoning,
        completion.model,
    )


def _object(completion: Completion) -> str:
    if not completion.text.strip():
        # Some servers put a constrained reply where the thinking goes; a draft amid real thinking does not count.
        try:
            return json_object(completion.reasoning, complete=False)
        except ValueError:
            return ""
    try:
        return json_object(completion.text, complete=completion.finish is not Finish.LENGTH)
    except ValueError as error:
        if completion.finish is Finish.LENGTH:
            raise LLMMalformed(localized("llm.reply_cut", spent=_spent(completion))) from error
        line = " ".join(completion.text.split())
        excerpt = line if len(line) <= _EXCERPT else f"{line[:_EXCERPT]}…"
        raise LLMMalformed(localized("llm.no_json", reason=error, excerpt=excerpt)) from error


def _why_blank(completion: Completion) -> Localized:
    if completion.finish is Finish.LENGTH:
        return localized("llm.limit_before_reply", spent=_spent(completion))
    return localized("llm.only_thought" if completion.reasoning else "llm.empty_reply")


def _spent(completion: Completion) -> Localized | str:
    tokens = completion.usage.completion_tokens
    return localized("llm.spent", count=tokens) if tokens else ""
