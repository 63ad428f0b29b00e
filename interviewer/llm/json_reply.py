"""One JSON object out of what a model wrote."""

import json
import math
import re
from typing import Any

_FENCE = re.compile(r"```[ \t]*(?:json|JSON)?[ \t]*\r?\n(.*?)```", re.DOTALL)
_OBJECT_START = re.compile(r'\{\s*"')

# LaTeX in a JSON string: \frac would be read as a form feed, \theta as a tab, \alpha not at all.
# Only commands whose reading as an escape makes no sense are taken for LaTeX.
_LATEX = r"(?:tau|text\w*|theta|times|tanh?|tilde|to|top|triangle|rho|right\w*|rm|rangle|nabla|neq|notin)(?![a-zA-Z])"
_BACKSLASH = re.compile(
    rf'\\(?:(?P<latex>[bf](?=[a-zA-Z]{{2}})|(?={_LATEX})[trn])|(?P<good>["\\/bfnrt]|u[0-9a-fA-F]{{4}})|(?P<bad>.))',
    re.DOTALL,
)


def json_object(text: str, *, complete: bool = True) -> str:
    """The one JSON object in the text, as JSON that any parser reads the same way.

    Prose and fences around it are left out, and backslashes of LaTeX are doubled. Nothing else is mended:
    a text that was cut short (`complete=False`) has to be an object as it stands.
    Raises ValueError, saying what is wrong, for readers that are models.
    """
    text = text.strip().lstrip("\ufeff").strip()
    if not text:
        raise ValueError("the reply is empty")
    try:
        return _checked(text)
    except _NotAnObject:
        raise
    except ValueError as error:
        if not complete:
            raise ValueError("the reply was cut off before its JSON was complete") from error
    return _checked(_slice(text))


class _NotAnObject(ValueError):
    pass


def _checked(text: str) -> str:
    text = _double_backslashes(text)
    value = _load(text)
    if not isinstance(value, dict):
        raise _NotAnObject(f"the reply is a JSON {type(value).__name__}, not an object")
    json.dumps(value, ensure_ascii=False).encode()  # a lone surrogate cannot be written to any file
    try:
        json.loads(text)
    except ValueError:
        return json.dumps(value, ensure_ascii=False)  # it had raw line breaks in its strings
    return text


def _load(text: str) -> Any:
    try:
        return json.loads(
            text, strict=False, parse_constant=_no_constant, parse_float=_finite, object_pairs_hook=_no_duplicates
        )
    except RecursionError as error:
        raise ValueError("the JSON is nested too deeply") from error


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is not JSON")


def _finite(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise ValueError(f"{digits} is too large a number")
    return number


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("an object has the same key twice")
    return found


def _double_backslashes(text: str) -> str:
    return _BACKSLASH.sub(lambda match: match[0] if match["good"] else "\\" + match[0], text)


def _slice(text: str) -> str:
    """The stretch from the first brace that opens an object to its end; an error if more than one object stands there."""
    fenced: list[str] = _FENCE.findall(text)
    if len(fenced) == 1 and _OBJECT_START.match(fenced[0].strip()):
        return fenced[0].strip()
    start = _OBJECT_START.search(text)
    if start is None:
        raise ValueError("the reply has no JSON object")
    if text[: start.start()].rstrip().endswith("["):
        raise _NotAnObject("the reply is a JSON list, not an object")
    end = _end(text, start.start())
    if _OBJECT_START.search(text, end):
        raise ValueError("the reply has more than one JSON object")
    return text[start.start() : end]


def _end(text: str, start: int) -> int:
    depth, in_string, escaped = 0, False, False
    for place in range(start, len(text)):
        character = text[place]
        if in_string:
            in_string = escaped or character != '"'
            escaped = character == "\\" and not escaped
        elif character == '"':
            in_string, escaped = True, False
        elif character in "{[":
            depth += 1
        elif character in "}]":
            depth -= 1
            if depth == 0:
                return place + 1
    raise ValueError("the JSON object has no end")
