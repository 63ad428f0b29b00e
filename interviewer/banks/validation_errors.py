"""What the validation of a bank finds wrong, and the keys that lead there, in words for whoever wrote the file."""

from collections.abc import Iterator
from typing import Any

from interviewer.domain.rubric import InvalidBank, Localized
from interviewer.text.messages import localized

_LONGEST_SHOWN = 80

# What a place in these lists is called, by the id of what stands there.
_NAMED_LISTS = {"questions": "bank.question", "criteria": "bank.criterion", "groups": "bank.group"}

# pydantic's kinds of errors, and the sentences for them.
_USUAL_SLIPS = {
    "unexpected_keyword_argument": "bank.unknown_key",
    "extra_forbidden": "bank.unknown_key",
    "missing": "bank.missing_key",
    "missing_argument": "bank.missing_key",
    "tuple_type": "bank.no_list",
    "float_parsing": "bank.no_number",
    "int_parsing": "bank.no_number",
    "string_type": "bank.wrong_type",
    "dataclass_type": "bank.wrong_type",
    "dict_type": "bank.wrong_type",
    "enum": "bank.not_one_of",
}

KeyPath = tuple[str | int, ...]


def named_steps(place: KeyPath, plain: Any) -> Iterator[str | Localized]:
    """`question 'gan'` for a step into a list of things with ids, else the key itself or `number 3`."""
    at: Any = plain
    key = ""
    for part in place:
        if isinstance(part, int):
            at = at[part] if isinstance(at, list) and part < len(at) else None
            named = isinstance(at, dict) and "id" in at
            name = repr(at["id"]) if named else localized("bank.number", number=part + 1)
            if key in _NAMED_LISTS:
                yield localized(_NAMED_LISTS[key], name=name)
            else:
                yield localized("bank.item", list=key, name=name) if key else localized("bank.single", name=name)
            key = ""
        else:
            if key:
                yield key
            at = at.get(part) if isinstance(at, dict) else None
            key = part
    if key:
        yield key


def explained(error: Any) -> str | Localized:
    """What pydantic finds in a bank, in both languages where it is a usual slip."""
    context = error.get("ctx", {})
    if isinstance(context.get("error"), InvalidBank):
        return localized(context["error"].key, **context["error"].values)
    if error["type"] in _USUAL_SLIPS:
        expected = context.get("expected", "")
        return localized(_USUAL_SLIPS[error["type"]], given=_shown(error.get("input")), expected=expected)
    return str(error["msg"][:1].lower() + error["msg"][1:])


def _shown(given: object) -> str:
    text = repr(given)
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…"
