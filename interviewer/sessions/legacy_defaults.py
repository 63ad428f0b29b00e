"""The defaults that the first version of this program left out of its records, frozen for ever.

What was recorded with a field left out meant the value that stands here, whatever the default of today is. A field that
is added later gets an entry with the value it has in records from before it.
"""

import json
from dataclasses import is_dataclass
from functools import cache
from pathlib import Path
from typing import Any, get_args, get_type_hints

LEGACY_DEFAULTS: dict[str, dict[str, Any]] = json.loads(Path(__file__).with_suffix(".json").read_text(encoding="utf-8"))
"""By the name of a dataclass and that of a field."""


def with_legacy_defaults(kind: Any, plain: object) -> Any:
    """Nested dicts and lists with every field that was left out, as far as they look like this dataclass."""
    if not isinstance(plain, dict):
        return plain
    whole = {**LEGACY_DEFAULTS.get(kind.__name__, {}), **plain}
    for name, inner in _inner(kind).items():
        value = whole.get(name)
        if isinstance(value, list):
            whole[name] = [with_legacy_defaults(inner, one) for one in value]
        elif isinstance(value, dict) and not _is_mapping(kind, name):
            whole[name] = with_legacy_defaults(inner, value)
        elif isinstance(value, dict):
            whole[name] = {key: with_legacy_defaults(inner, one) for key, one in value.items()}
    return whole


@cache
def _inner(kind: Any) -> dict[str, Any]:
    """The fields of a dataclass that hold other dataclasses: one, many, or perhaps none."""
    found = {name: _dataclass_in(hint) for name, hint in get_type_hints(kind).items()}
    return {name: inner for name, inner in found.items() if inner is not None}


@cache
def _is_mapping(kind: Any, name: str) -> bool:
    return "dict[" in str(get_type_hints(kind)[name])


def _dataclass_in(hint: Any) -> Any:
    if is_dataclass(hint):
        return hint
    return next((found for inner in get_args(hint) if (found := _dataclass_in(inner)) is not None), None)
