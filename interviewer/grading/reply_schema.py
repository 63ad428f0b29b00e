"""What a model may say about an answer: the schemas it is asked for, and its replies as checked values."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import jiter

from interviewer.domain.grade import Level
from interviewer.domain.rubric import Kind
from interviewer.domain.scoring import MOST_EXTRAS
from interviewer.grading.guardrails import praises

_LONGEST = 400
_MOST_GAPS = 3
_MOST_QUOTES = 3

# A misconception is made or it is not: it has a scale of its own, in a list of its own.
_SCALE = {level.value: level for level in Level}
_MISTAKE_SCALE = {"made": Level.MET, "not_made": Level.MISSING}
# How earlier prompts asked for it, and how models like to write it.
_ALSO_READ = {"not made": Level.MISSING, "met": Level.MET, "missing": Level.MISSING}

_TEXT = {"type": "string", "maxLength": _LONGEST}


def _verdicts_on(scale: Collection[str], ids: Sequence[str] = ()) -> dict[str, Any]:
    """The schema of a list of verdicts, bounded where the `ids` asked for are known."""
    item = {
        "type": "object",
        "properties": {
            "id": {"type": "string", "enum": list(ids)} if ids else {"type": "string"},
            "quotes": {"type": "array", "maxItems": _MOST_QUOTES, "items": _TEXT},
            "reason": _TEXT,
            "verdict": {"type": "string", "enum": list(scale)},
        },
        "required": ["id", "quotes", "reason", "verdict"],
        "additionalProperties": False,
    }
    return {"type": "array", "items": item} | ({"maxItems": len(ids)} if ids else {})


_LISTS = ("verdicts", "misconceptions")

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


@dataclass(frozen=True, slots=True)
class CriterionReply:
    """One verdict as the model gave it; its quotes are not checked yet."""

    id: str
    quotes: tuple[str, ...]
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


def schema(wanted: Mapping[str, Kind], *, remarks: bool) -> dict[str, Any]:
    """The JSON schema of a reply about these criteria, in the few features that every server's grammar knows.

    Whatever is written to it comes to an end: no list and no text in it is without a limit.
    """
    claims = [name for name, kind in wanted.items() if kind is not Kind.MISTAKE]
    mistakes = [name for name, kind in wanted.items() if kind is Kind.MISTAKE]
    properties: dict[str, Any] = {"verdicts": _verdicts_on(_SCALE, claims)} if claims else {}
    properties |= {"misconceptions": _verdicts_on(_MISTAKE_SCALE, mistakes)} if mistakes else {}
    properties |= _REMARKS if remarks else {}
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


# As it is shown in words, the same for all calls.
FORM: dict[str, Any] = {
    "type": "object",
    "properties": {
        "verdicts": _verdicts_on(_SCALE),
        "misconceptions": _verdicts_on(_MISTAKE_SCALE),
        **_REMARKS,
    },
    "additionalProperties": False,
}


def read_verdicts(text: str, wanted: Mapping[str, Kind]) -> CriterionReplies:
    """The verdicts in a reply (a JSON object). Each wanted id ends in exactly one of the two mappings.

    A verdict is read in either of the two lists, since what it may be depends on the kind of its criterion.
    """
    found: dict[str, CriterionReply] = {}
    faults: dict[str, str] = {}
    for item in _listed(json.loads(text)):
        name = item.get("id")
        if not isinstance(name, str) or name not in wanted:
            continue
        if name in found or name in faults:
            found.pop(name, None)
            faults[name] = "it is given more than once"
            continue
        given = _criterion_reply(name, wanted[name], item)
        if given is None:
            faults[name] = f"its verdict is none of {', '.join(_scale(wanted[name]))}"
        else:
            found[name] = given
    faults |= {name: "it is missing" for name in wanted if name not in found and name not in faults}
    return CriterionReplies(found, faults)


def read_partial(text: str, wanted: Mapping[str, Kind]) -> list[CriterionReply]:
    """The verdicts that are whole in a reply that is still being written; the one being written is left out."""
    start = text.find("{")
    try:
        data = jiter.from_json(text[start:].encode(), partial_mode=True) if start >= 0 else None
    except ValueError:
        return []
    whole = [item for item in _listed(data) if "verdict" in item]
    replies = [_criterion_reply(item["id"], wanted[item["id"]], item) for item in whole if item.get("id") in wanted]
    return [given for given in replies if given is not None]


def read_remarks(text: str) -> Remarks:
    """The remarks in a reply; whatever does not fit is left out, since nothing is computed from them."""
    data = json.loads(text)
    opening = _text(data.get("opening"))
    return Remarks(
        opening="" if praises(opening) else opening,
        gaps=tuple(_rows(data.get("gaps"), ("id", "why", "say")))[:_MOST_GAPS],  # type: ignore[arg-type]
        extras=tuple(_rows(data.get("extras"), ("quote", "claim"))),  # type: ignore[arg-type]
        dispute=_text(data.get("dispute")),
    )


def _listed(data: object) -> list[Mapping[str, Any]]:
    """The items of both lists of verdicts that have the form of one."""
    lists = [data.get(name) for name in _LISTS] if isinstance(data, dict) else []
    return [item for listed in lists if isinstance(listed, list) for item in listed if isinstance(item, dict)]


def _scale(kind: Kind) -> Mapping[str, Level]:
    return _MISTAKE_SCALE if kind is Kind.MISTAKE else _SCALE


def _criterion_reply(name: str, kind: Kind, item: Mapping[str, Any]) -> CriterionReply | None:
    said = item.get("verdict")
    verdict = said.strip().lower() if isinstance(said, str) else ""
    scale = {**_ALSO_READ, **_MISTAKE_SCALE} if kind is Kind.MISTAKE else _SCALE
    if verdict not in scale:
        return None
    return CriterionReply(name, _quotes(item), _text(item.get("reason")), scale[verdict])


def _quotes(item: Mapping[str, Any]) -> tuple[str, ...]:
    """The quotes of a verdict; a model may give one as a plain string, as earlier prompts asked for it."""
    given = item.get("quotes", item.get("quote"))
    listed = given if isinstance(given, list) else [given]
    return tuple(filter(None, (_text(one, 2000) for one in listed)))[:_MOST_QUOTES]


def _rows(value: object, keys: Sequence[str]) -> list[tuple[str, ...]]:
    rows = value if isinstance(value, list) else []
    found = [tuple(_text(row.get(key)) for key in keys) for row in rows if isinstance(row, dict)]
    return [row for row in found if all(row)]


def _text(value: object, longest: int = _LONGEST) -> str:
    return value.strip()[:longest] if isinstance(value, str) else ""
