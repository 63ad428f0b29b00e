"""JSON replies: the one JSON object in what a model wrote."""

import ast
import json
import re
from typing import Any

from interviewer.text.messages import localized

_FENCE = re.compile(r"```[ \t]*(?:json|JSON)?[ \t]*\r?\n(.*?)```", re.DOTALL)
_OBJECT_START = re.compile(r'\{\s*"')

# LaTeX in a JSON string: \frac would be read as a form feed, \theta as a tab, \alpha not at all.
# Only commands whose reading as an escape makes no sense are taken for LaTeX.
_LATEX = r"(?:tau|text\w*|theta|times|tanh?|tilde|to|top|triangle|rho|right\w*|rm|rangle|nabla|neq|notin)(?![a-zA-Z])"
_BACKSLASH = re.compile(
    rf'\\(?:(?P<latex>[bf](?=[a-zA-Z]{{2}})|(?={_LATEX})[trn])|(?P<good>["\\/bfnrt]|u[0-9a-fA-F]{{4}})|(?P<bad>.))',
    re.DOTALL,
)


def object_schema(**properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


class UnusableReply(ValueError):
    """No JSON object can be read from a reply: why not, in the languages of people; `str` of it is for models."""

    def __init__(self, key: str, **values: object) -> None:
        self.why = localized(key, **values)
        super().__init__(self.why.en)


def json_object(text: str, *, complete: bool = True, list_key: str = "") -> str:
    """The one JSON object in the text, as JSON that any parser reads the same way.

    Prose and fences around it are left out, backslashes of LaTeX are doubled, an object in the manner of Python is read,
    and a list alone becomes the value of `list_key`. Nothing else is mended: a text that was cut short
    (`complete=False`) has to be an object as it stands.
    Raises UnusableReply.
    """
    text = _double_backslashes(text.strip().lstrip("\ufeff").strip())
    if not text:
        raise UnusableReply("json_reply.empty")
    try:
        value, end = _decode(text, 0)
    except ValueError:
        value, end = None, 0
    if end == len(text) and not (list_key and isinstance(value, list)):
        return _checked(text, value)
    if not complete:
        raise UnusableReply("json_reply.cut")
    if end == len(text):
        return _checked("", {list_key: value})
    try:
        return _object_within(text)
    except ValueError:
        alone = _FENCE.fullmatch(text)
        literal = _literal(alone[1].strip() if alone else text)
        if list_key and isinstance(literal, list):
            literal = {list_key: literal}
        if not isinstance(literal, dict):
            raise
        return _checked("", literal)


def unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """For `json.loads(object_pairs_hook=…)`: raises UnusableReply for an object that has a key twice."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise UnusableReply("json_reply.twice")
    return found


# Line breaks inside strings are read (`strict=False`): many models write them.
_DECODER = json.JSONDecoder(strict=False, object_pairs_hook=unique_keys)


def _decode(text: str, start: int) -> tuple[Any, int]:
    """The JSON value that begins there, and where it ends."""
    try:
        return _DECODER.raw_decode(text, start)
    except (json.JSONDecodeError, UnusableReply):
        raise
    except (RecursionError, ValueError) as error:  # nested too deep, or a number of thousands of digits
        raise UnusableReply("json_reply.too_deep") from error


def _literal(text: str) -> Any:
    """The value that the whole text is in Python, which knows single quotes and trailing commas; None if it is none."""
    try:
        tree = ast.parse(text, mode="eval")
        for node in ast.walk(tree):
            if isinstance(node, ast.Dict):
                keys = [ast.literal_eval(key) for key in node.keys if key is not None]
                if not all(isinstance(key, str) for key in keys) or len(set(keys)) < len(keys):
                    return None
        return ast.literal_eval(tree)
    except (ValueError, SyntaxError, TypeError, RecursionError, MemoryError):
        return None


def _object_within(text: str) -> str:
    """The object amid prose or in a fence; an error if there are several."""
    fenced: list[str] = _FENCE.findall(text)
    if len(fenced) == 1 and _OBJECT_START.match(fenced[0].strip()):
        text = fenced[0].strip()
    found = _OBJECT_START.search(text)
    if found is None:
        raise UnusableReply("json_reply.none")
    if text[: found.start()].rstrip().endswith("["):
        raise UnusableReply("json_reply.no_object", kind="list")
    try:
        value, end = _decode(text, found.start())
    except json.JSONDecodeError as error:
        raise UnusableReply("json_reply.broken", place=error.pos + 1) from error
    if _OBJECT_START.search(text, end):
        raise UnusableReply("json_reply.several")
    return _checked(text[found.start() : end], value)


def _checked(text: str, value: Any) -> str:
    if not isinstance(value, dict):
        raise UnusableReply("json_reply.no_object", kind=type(value).__name__)
    try:
        written = json.dumps(value, ensure_ascii=False, allow_nan=False)
        written.encode()  # a lone surrogate cannot be written to any file
    except ValueError as error:
        raise UnusableReply("json_reply.unwritable") from error
    try:
        json.loads(text)
    except ValueError:
        return written  # it had line breaks in its strings
    return text


def _double_backslashes(text: str) -> str:
    return _BACKSLASH.sub(lambda match: match[0] if match["good"] else "\\" + match[0], text)
