"""What a model may say about an answer: the schemas it is asked for, and its replies as checked values."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import jiter

from interviewer.domain.grade import Level
from interviewer.domain.language import Language
from interviewer.domain.rubric import Kind, Localized
from interviewer.domain.scoring import MOST_EXTRAS
from interviewer.grading.guardrails import praises
from interviewer.llm.json_reply import object_schema
from interviewer.text.messages import localized

_LONGEST = 400
_MOST_GAPS = 3
_MOST_QUOTES = 3
# Of what a server holds a model to, in characters: well above the 25 words or 40 Chinese characters that are asked for.
# A model that never finds an end fills every bound, and whoever waits for it reads none of it.
_LONGEST_REASON = {Language.EN: 240, Language.ZH: 120}
# One of them is taken: a server compiles each schema anew. A quote that is cut there is still the candidate's own words.
_LONGEST_QUOTE = (40, 80, 160)
_LONGEST_ID = 80

# A misconception is made or it is not: it has a scale of its own, in a list of its own.
_SCALE = {level.value: level for level in Level}
_MISTAKE_SCALE = {"made": Level.MET, "not_made": Level.MISSING}
# How earlier prompts asked for it, and how models like to write it.
_ALSO_READ = {"not made": Level.MISSING, "met": Level.MET, "missing": Level.MISSING}

_LISTS = ("verdicts", "misconceptions")


def _list_of(items: dict[str, Any], most: int | None) -> dict[str, Any]:
    return {"type": "array", "items": items} | ({} if most is None else {"maxItems": most})


@dataclass(frozen=True, slots=True)
class _Texts:
    """The schemas of the texts in a reply: what a model says itself, and what it quotes."""

    said: dict[str, Any]
    quote: dict[str, Any]

    def verdicts(self, scale: Collection[str], ids: Sequence[str] = ()) -> dict[str, Any]:
        """A list of verdicts, bounded where the `ids` asked for are known."""
        item = object_schema(
            id={"type": "string", "enum": list(ids)} if ids else {"type": "string"},
            quotes=_list_of(self.quote, _MOST_QUOTES),
            reason=self.said,
            verdict={"type": "string", "enum": list(scale)},
        )
        return _list_of(item, len(ids) or None)

    def remarks(self) -> dict[str, Any]:
        sentence = _text_of(_LONGEST)  # no length is asked of these
        return {
            "opening": sentence,
            "gaps": _list_of(object_schema(id=_text_of(_LONGEST_ID), why=self.said, say=sentence), _MOST_GAPS),
            "extras": _list_of(object_schema(quote=self.quote, claim=sentence), MOST_EXTRAS),
            "dispute": sentence,
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
    faults: Mapping[str, Localized]


@dataclass(frozen=True, slots=True)
class Remarks:
    """What a model said besides its verdicts, as plain text; nothing of it is checked against the answer yet."""

    opening: str = ""
    gaps: tuple[tuple[str, str, str], ...] = ()
    extras: tuple[tuple[str, str], ...] = ()
    dispute: str = ""


def schema(wanted: Mapping[str, Kind], language: Language, longest: int, *, remarks: bool) -> dict[str, Any]:
    """The JSON schema of a reply about these criteria, in the few features that every server's grammar knows.

    Whatever is written to it comes to an end: no list and no text in it is without a limit. Reasons are in `language`,
    and no quote is longer than the answer, of `longest` characters.
    """
    quoted = next((limit for limit in _LONGEST_QUOTE if limit >= longest), _LONGEST_QUOTE[-1])
    texts = _Texts(_text_of(_LONGEST_REASON[language]), _text_of(quoted))
    claims = [name for name, kind in wanted.items() if kind is not Kind.MISTAKE]
    mistakes = [name for name, kind in wanted.items() if kind is Kind.MISTAKE]
    properties: dict[str, Any] = {"verdicts": texts.verdicts(_SCALE, claims)} if claims else {}
    properties |= {"misconceptions": texts.verdicts(_MISTAKE_SCALE, mistakes)} if mistakes else {}
    properties |= texts.remarks() if remarks else {}
    return object_schema(**properties)


def _text_of(longest: int) -> dict[str, Any]:
    return {"type": "string", "maxLength": longest}


def _form() -> dict[str, Any]:
    """The schema as it is shown in words, the same for all calls."""
    texts = _Texts(_text_of(_LONGEST), _text_of(_LONGEST))
    properties = {
        "verdicts": texts.verdicts(_SCALE),
        "misconceptions": texts.verdicts(_MISTAKE_SCALE),
        **texts.remarks(),
    }
    return {"type": "object", "properties": properties, "additionalProperties": False}


FORM = _form()


def read_verdicts(text: str, wanted: Mapping[str, Kind]) -> CriterionReplies:
    """The verdicts in a reply (a JSON object). Each wanted id ends in exactly one of the two mappings.

    A verdict is read in either of the two lists, since what it may be depends on the kind of its criterion.
    """
    found: dict[str, CriterionReply] = {}
    faults: dict[str, Localized] = {}
    for item in _listed(json.loads(text)):
        name = item.get("id")
        if not isinstance(name, str) or name not in wanted:
            continue
        if name in found or name in faults:
            found.pop(name, None)
            faults[name] = localized("reply_fault.twice")
            continue
        given = _criterion_reply(name, wanted[name], item)
        if given is None:
            faults[name] = localized("reply_fault.off_scale", scale=", ".join(_scale(wanted[name])))
        else:
            found[name] = given
    faults |= {name: localized("reply_fault.missing") for name in wanted if name not in found and name not in faults}
    return CriterionReplies(found, faults)


def read_partial(text: str, wanted: Mapping[str, Kind]) -> list[CriterionReply]:
    """The verdicts that are whole in a reply that is still being written; the one being written is left out."""
    start = text.find("{")
    try:
        data = jiter.from_json(text[start:].encode(), partial_mode=True) if start >= 0 else None
    except ValueError:
        return []
    return _readable([item for item in _listed(data) if "verdict" in item], wanted)


def read_cut(text: str, wanted: Mapping[str, Kind]) -> list[CriterionReply]:
    """The verdicts that count of a reply that broke off: not the one that was being written, nor any that was given twice.

    Nothing counts of a text that begins with anything else than the reply, such as thinking without its opening tag.
    """
    text = text.lstrip()
    if not text.startswith(("{", "```")):
        return []
    try:
        data = jiter.from_json(text[text.find("{") :].encode(), partial_mode="trailing-strings")
    except ValueError:
        return []
    items = _listed(data)
    if isinstance(data, dict) and next(reversed(data), "") in _LISTS:
        cut = data[next(reversed(data))]
        items = [item for item in items if not (isinstance(cut, list) and cut and item is cut[-1])]
    given = _readable(items, wanted)
    return [one for one in given if sum(item.get("id") == one.id for item in items) == 1]


def _readable(items: Sequence[Mapping[str, Any]], wanted: Mapping[str, Kind]) -> list[CriterionReply]:
    named = [(name, item) for item in items if isinstance(name := item.get("id"), str) and name in wanted]
    replies = [_criterion_reply(name, wanted[name], item) for name, item in named]
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
