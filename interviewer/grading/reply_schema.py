"""What a model may say about an answer: the schemas it is asked for, and its replies as checked values."""

import json
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import jiter

from interviewer.domain.grade import Level
from interviewer.domain.scoring import MOST_EXTRAS

_LONGEST = 400
_MOST_GAPS = 3

_TEXT = {"type": "string", "maxLength": _LONGEST}

_PROPERTIES = {
    "id": {"type": "string"},
    "quote": _TEXT,
    "reason": _TEXT,
    "verdict": {"type": "string", "enum": [level.value for level in Level]},
}
_VERDICT = {
    "type": "object",
    "properties": _PROPERTIES,
    "required": ["id", "quote", "reason", "verdict"],
    "additionalProperties": False,
}

_REMARKS = {
    "opening": _TEXT,
    "gaps": {
        "type": "array",
        "maxItems": _MOST_GAPS,
        "items": {
            "type": "object",
            "properties": {"id": _TEXT, "why": _TEXT, "say": _TEXT},
            "required": ["id", "why", "say"],
            "additionalProperties": False,
        },
    },
    "extras": {
        "type": "array",
        "maxItems": MOST_EXTRAS,
        "items": {
            "type": "object",
            "properties": {"quote": _TEXT, "claim": _TEXT},
            "required": ["quote", "claim"],
            "additionalProperties": False,
        },
    },
    "dispute": _TEXT,
}

# Praise of the person, which helps nobody and which models like to open with.
_PRAISE = re.compile(
    r"(?i)\b(?:great|good|excellent|nice|well) (?:job|work|done|answer|effort)|\bimpressive\b|很棒|真棒|优秀|出色|干得好|答得(?:很)?好"
)


@dataclass(frozen=True, slots=True)
class CriterionReply:
    """One verdict as the model gave it; its quote is not checked yet."""

    id: str
    quote: str
    reason: str
    level: Level


@dataclass(frozen=True, slots=True)
class CriterionReplies:
    """The readable verdicts by id, and for each id what was wrong with the others."""

    verdicts: Mapping[str, CriterionReply]
    faults: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Remarks:
    """What a model said besides its verdicts, as plain text; nothing of it is checked against the answer yet."""

    opening: str = ""
    gaps: tuple[tuple[str, str, str], ...] = ()
    extras: tuple[tuple[str, str], ...] = ()
    dispute: str = ""


def schema(*, ids: Sequence[str], remarks: bool) -> dict[str, Any]:
    """The JSON schema of a reply about these points, in the few features that every server's grammar knows.

    Whatever is written to it comes to an end: no list and no text in it is without a limit.
    """
    asked = {**_VERDICT, "properties": {**_PROPERTIES, "id": {"type": "string", "enum": list(ids)}}}
    verdicts = {"type": "array", "maxItems": len(ids), "items": asked}
    properties: dict[str, Any] = {"verdicts": verdicts} if ids else {}
    properties |= _REMARKS if remarks else {}
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


# As it is shown in words, the same for all calls.
FORM: dict[str, Any] = {
    "type": "object",
    "properties": {"verdicts": {"type": "array", "items": _VERDICT}, **_REMARKS},
    "additionalProperties": False,
}

QUESTION_SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {"question": {"type": "string"}},
    "required": ["question"],
    "additionalProperties": False,
}


def read_verdicts(text: str, wanted: Collection[str]) -> CriterionReplies:
    """The verdicts in a reply (a JSON object). Each wanted id ends in exactly one of the two mappings."""
    listed = json.loads(text).get("verdicts")
    items = listed if isinstance(listed, list) else []
    found: dict[str, CriterionReply] = {}
    faults: dict[str, str] = {}
    for item in items:
        name = item.get("id") if isinstance(item, dict) else None
        if not isinstance(name, str) or name not in wanted:
            continue
        if name in found or name in faults:
            found.pop(name, None)
            faults[name] = "it is given more than once"
            continue
        given = _criterion_reply(name, item)
        if given is None:
            faults[name] = "its verdict is none of met, partial, missing, contradicted"
        else:
            found[name] = given
    faults |= {name: "it is missing" for name in wanted if name not in found and name not in faults}
    return CriterionReplies(found, faults)


def read_partial(text: str, wanted: Collection[str]) -> list[CriterionReply]:
    """The verdicts that are whole in a reply that is still being written; the one being written is left out."""
    start = text.find("{")
    try:
        data = jiter.from_json(text[start:].encode(), partial_mode=True) if start >= 0 else None
    except ValueError:
        return []
    listed = data.get("verdicts") if isinstance(data, dict) else None
    if not isinstance(listed, list):
        return []
    whole = [item for item in listed if isinstance(item, dict) and "verdict" in item]
    replies = [_criterion_reply(item["id"], item) for item in whole if item.get("id") in wanted]
    return [given for given in replies if given is not None]


def read_remarks(text: str) -> Remarks:
    """The remarks in a reply; whatever does not fit is left out, since nothing is computed from them."""
    data = json.loads(text)
    opening = _text(data.get("opening"))
    return Remarks(
        opening="" if _PRAISE.search(opening) else opening,
        gaps=tuple(_rows(data.get("gaps"), ("id", "why", "say")))[:_MOST_GAPS],  # type: ignore[arg-type]
        extras=tuple(_rows(data.get("extras"), ("quote", "claim"))),  # type: ignore[arg-type]
        dispute=_text(data.get("dispute")),
    )


def _criterion_reply(name: str, item: Mapping[str, Any]) -> CriterionReply | None:
    said = item.get("verdict")
    level = said.strip().lower() if isinstance(said, str) else said
    if level not in tuple(Level):
        return None
    return CriterionReply(name, _text(item.get("quote"), 2000), _text(item.get("reason")), Level(level))


def _rows(value: object, keys: Sequence[str]) -> list[tuple[str, ...]]:
    rows = value if isinstance(value, list) else []
    found = [tuple(_text(row.get(key)) for key in keys) for row in rows if isinstance(row, dict)]
    return [row for row in found if all(row)]


def _text(value: object, longest: int = _LONGEST) -> str:
    return value.strip()[:longest] if isinstance(value, str) else ""
