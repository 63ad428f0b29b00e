"""Multiple choice in tables and JSON: the options stand in fields of their own, and the answer names the right one."""

import re
from collections.abc import Mapping, Sequence

LETTERS = "ABCDEFGH"

_MARK = re.compile(r"(?:-|[(（]?[A-H]\s*[)）.、:：])\s*(?=\S)")
_BEFORE_MARK = re.compile(r"\s+(?=[(（]?[B-H]\s*[)）.、:：]\s*\S)")
_SEPARATOR = re.compile(r"\s*[|｜;；]\s*")
_NAMED = re.compile(r"[(（\[]?([A-H](?:[\s,，、;；|和&]*[A-H])*)[)）\]]?[.。:：、]?(?:\s+|$)")
_FEWEST = 2


def options_of(texts: Mapping[str, str]) -> list[str]:
    """The options of a record without their letters: of one field, or of a field each; empty where it has none."""
    each = [texts[f"option{letter}"] for letter in LETTERS if texts.get(f"option{letter}", "").strip()]
    listed = texts.get("options", "").strip()
    for cut in (str.splitlines, _BEFORE_MARK.split, _SEPARATOR.split):
        parts = each or [part.strip() for part in cut(listed) if part.strip()]
        if len(parts) >= _FEWEST:
            return [_MARK.sub("", part.strip(), count=1) for part in parts[: len(LETTERS)]]
    return []


def with_options(question: str, options: Sequence[str]) -> str:
    """The question with its options below it."""
    return "\n".join([question, *(f"{letter}. {option}" for letter, option in zip(LETTERS, options, strict=False))])


def right_options(answer: str, options: Sequence[str], explanation: str) -> str:
    """The text of the right options with what explains them; prose that names none stays, and a bare sign says nothing.

    Numbers are left alone: some lists count from nought and some from one.
    """
    named = _NAMED.match(answer)
    lines = [_MARK.sub("", line.strip(), count=1) for line in answer.splitlines() if line.strip()] or [""]
    letters = [line for line in lines if _NAMED.fullmatch(line)]
    if len(letters) == len(lines):
        right, rest = _at("".join(letters), options), ""
    elif all(_plain(line) in map(_plain, options) for line in lines):
        right, rest = [one for one in options if _plain(one) in map(_plain, lines)], ""
    elif named:
        right, rest = _at(named[1], options), answer[named.end() :].strip()
        rest = "" if _plain(rest) in map(_plain, right) else rest
    else:
        right, rest = [], answer if len(answer.split()) > 1 or len(answer) > len("99.") else ""
    if not right:
        return rest
    return "\n\n".join(filter(None, ["\n".join(right), rest, explanation]))


def _at(letters: str, options: Sequence[str]) -> list[str]:
    return [option for letter, option in zip(LETTERS, options, strict=False) if letter in letters]


def _plain(text: str) -> str:
    return " ".join(text.split()).strip(" .。`").casefold()
