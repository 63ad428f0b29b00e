"""What a model replies that was asked for the points of a reference: the schema, and the reply as values."""

import json
from dataclasses import dataclass
from typing import Any

from interviewer.banks.importing.identifiers import slug, words_of
from interviewer.banks.marked_request import in_one_line, list_schema
from interviewer.domain.rubric import Group, Kind, Localized
from interviewer.errors import LLMMalformed
from interviewer.llm.json_reply import object_schema
from interviewer.text import tokenizer
from interviewer.text.messages import localized

_LONGEST_CLAIM = 200
_LONGEST_DISPUTE = 400
_LONGEST_QUOTE = 600
_LONGEST_TERM = 40
_MOST_GROUPS = 3
_MOST_TERMS = 16
_HEAVIEST = 3
# A model that was asked for seven and goes on like this is repeating itself.
_MOST_READ = 40

_TEXT = {"type": "string"}
_WHOLE = {"type": "integer"}
SCHEMA = object_schema(
    points=list_schema(
        object_schema(
            quote=_TEXT,
            id=_TEXT,
            zh=_TEXT,
            en=_TEXT,
            kind=_TEXT | {"enum": [kind.value for kind in Kind]},
            importance=_WHOLE,
            why_zh=_TEXT,
            why_en=_TEXT,
            group=_TEXT,
            aliases=list_schema(list_schema(_TEXT)),
        )
    ),
    groups=list_schema(object_schema(id=_TEXT, choose=_WHOLE, zh=_TEXT, en=_TEXT)),
    dispute=_TEXT,
)


@dataclass(frozen=True, slots=True)
class DraftedPoint:
    """A point as the model gave it; nothing of it is checked against the reference yet.

    `kind` is None where it is none; aliases that could be no terms are left out already. Only a mistake has a `why`, and
    only a core point may be of a `group`.
    """

    id: str
    quote: str
    zh: str
    en: str
    kind: Kind | None
    weight: float
    aliases: tuple[tuple[str, ...], ...]
    why: Localized | None = None
    group: str = ""


def read_reply(text: str) -> tuple[list[DraftedPoint], dict[str, Group], str]:
    """The points of a reply (a JSON object), the first forty; its choices between some of them, by id; what it doubts.

    Raises LLMMalformed if there are no points.
    """
    said = json.loads(text)
    listed = said.get("points")
    points = [
        _point(number, point)
        for number, point in enumerate(listed[:_MOST_READ] if isinstance(listed, list) else [], start=1)
        if isinstance(point, dict)
    ]
    if not points:
        raise LLMMalformed(localized("llm.no_points"))
    return points, _groups(said.get("groups")), _text(said.get("dispute"), _LONGEST_DISPUTE)


def _groups(value: object) -> dict[str, Group]:
    """The choices that can be read, each id once."""
    found: dict[str, Group] = {}
    for said in value[:_MOST_READ] if isinstance(value, list) else []:
        if isinstance(said, dict) and (name := _id(said.get("id"))):
            choose, zh, en = said.get("choose"), _text(said.get("zh")), _text(said.get("en"))
            if isinstance(choose, int) and 0 < choose < _MOST_READ:
                found.setdefault(name, Group(name, choose, text=Localized(zh, en) if zh or en else None))
    return found


def _point(number: int, said: dict[str, Any]) -> DraftedPoint:
    importance = said.get("importance")
    kind = Kind(said["kind"]) if said.get("kind") in tuple(Kind) else None
    zh, en = (_text(said.get(f"why_{language}")) for language in ("zh", "en"))
    return DraftedPoint(
        _id(said.get("id")) or _id(said.get("en")) or f"point-{number}",
        _text(said.get("quote"), _LONGEST_QUOTE),
        _text(said.get("zh")),
        _text(said.get("en")),
        kind,
        float(min(max(importance, 1), _HEAVIEST)) if isinstance(importance, int) else 1.0,
        _aliases(said.get("aliases")),
        Localized(zh, en) if kind is Kind.MISTAKE and (zh or en) else None,
        _id(said.get("group")) if kind is Kind.CORE else "",
    )


def _aliases(value: object) -> tuple[tuple[str, ...], ...]:
    groups = [group for group in (value[:_MOST_READ] if isinstance(value, list) else []) if isinstance(group, list)]
    terms = [tuple(dict.fromkeys(filter(None, map(_term, group[:_MOST_READ]))))[:_MOST_TERMS] for group in groups]
    return tuple(filter(None, terms))[:_MOST_GROUPS]


def _term(value: object) -> str:
    term = _text(value)
    return term if len(term) <= _LONGEST_TERM and any(map(tokenizer.is_content, tokenizer.words(term))) else ""


def _id(value: object) -> str:
    return slug(words_of(_text(value))[:6])


def _text(value: object, longest: int = _LONGEST_CLAIM) -> str:
    return in_one_line(value, longest)
