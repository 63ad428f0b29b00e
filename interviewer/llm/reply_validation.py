"""Reply validation: whether a completion is what was asked for."""

from typing import Any

from interviewer.domain.rubric import Localized
from interviewer.errors import LLMMalformed
from interviewer.llm.completion import Completion
from interviewer.llm.json_reply import UnusableReply, json_object
from interviewer.llm.protocol import Finish, OutputMode, Reply
from interviewer.text.messages import localized

_EXCERPT = 120
_ROUND = 256


def validated_reply(
    completion: Completion, schema: dict[str, Any] | None, mode: OutputMode, limit: int | None = None
) -> Reply:
    """The reply; if a schema was given, its text is the JSON object alone. Raises LLMMalformed with what is wrong.

    `limit` is how many tokens were asked for at most: a reply that was cut before it had them met a full context.
    """
    text = completion.text if schema is None else _object(completion, schema, limit)
    if not text.strip():
        raise LLMMalformed(_why_blank(completion, limit))
    return Reply(
        text,
        completion.finish,
        completion.usage,
        OutputMode.FREE if schema is None else mode,
        completion.reasoning,
        completion.model,
    )


def _object(completion: Completion, schema: dict[str, Any], limit: int | None) -> str:
    properties: dict[str, dict[str, Any]] = schema.get("properties", {})
    first, form = next(iter(properties.items()), ("", dict[str, Any]()))
    list_key = first if form.get("type") == "array" else ""
    if not completion.text.strip():
        # Some servers put a constrained reply where the thinking goes; a draft amid real thinking does not count.
        try:
            return json_object(completion.reasoning, complete=False)
        except ValueError:
            return ""
    try:
        return json_object(completion.text, complete=completion.finish is not Finish.LENGTH, list_key=list_key)
    except UnusableReply as error:
        if completion.finish is Finish.LENGTH:
            raise LLMMalformed(_why_cut(completion, "llm.reply_cut", limit)) from error
        line = " ".join(completion.text.split())
        excerpt = line if len(line) <= _EXCERPT else f"{line[:_EXCERPT]}…"
        raise LLMMalformed(localized("llm.no_json", reason=error.why, excerpt=excerpt)) from error


def _why_blank(completion: Completion, limit: int | None) -> Localized:
    if completion.finish is Finish.LENGTH:
        return _why_cut(completion, "llm.limit_before_reply", limit)
    return localized("llm.only_thought" if completion.reasoning else "llm.empty_reply")


def _why_cut(completion: Completion, key: str, limit: int | None) -> Localized:
    usage = completion.usage
    read, written = usage.prompt_tokens or 0, usage.completion_tokens or 0
    # Contexts come in round sizes, which a limit that a service has of its own rarely hits.
    if limit and 0 < written < limit and read and (read + written) % _ROUND in (0, 1, _ROUND - 1):
        model = completion.model or "?"
        return localized("llm.context_full", model=model, read=read, written=written)
    return localized(key, spent=_spent(completion))


def _spent(completion: Completion) -> Localized | str:
    tokens = completion.usage.completion_tokens
    return localized("llm.spent", count=tokens) if tokens else ""
