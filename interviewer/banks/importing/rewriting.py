"""A bank file changed in place: what does not change stays to the letter, comments and all."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import yaml
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import YAMLError

from interviewer.banks.loader import parse_bank
from interviewer.banks.writer import bank_to_yaml, dump, editor, spell_bank
from interviewer.domain.rubric import Bank
from interviewer.errors import BankError

# The lists whose items have an id, and are cut out and changed one by one.
_LISTS = ("questions", "criteria")


def rewritten(text: str, name: str, bank: Bank) -> str:
    """The text of a bank file, changed so that it holds this bank. Raises BankError if it is none.

    A file that is not written line by line (`{id: …}`), or whose language changes, is spelled anew.
    """
    old = parse_bank(text, name)
    if old == bank:
        return text
    ending = "\r\n" if "\r\n" in text else "\n"
    plain = text.removeprefix("\ufeff").replace("\r\n", "\n")
    plain += "" if plain.endswith("\n") else "\n"
    if old.language is not bank.language:
        return bank_to_yaml(bank)
    try:
        changed = _mapping(plain, spell_bank(old), spell_bank(bank))
    except _NotLineByLine:
        return bank_to_yaml(bank)
    except _Unusual:
        changed = ""
    if not changed or parse_bank(changed, name) != bank:
        raise BankError(name, "", "cannot be changed without losing your comments: write to another file (-o)")
    return changed.replace("\n", ending)


class _Unusual(Exception):
    """Something is written as hardly anybody does (`? questions`, `criteria: !!seq`, a tab before a comment)."""


class _NotLineByLine(Exception):
    """A list stands in brackets, so there are no lines to cut."""


@dataclass(frozen=True, slots=True)
class _Cut:
    """The text of a mapping without the items of its list, and these by id, each with the comments above it.

    The mapping's keys stand at column `column`, the dashes of the items at `dash`.
    """

    rest: str
    items: dict[str, str]
    column: int
    dash: int


def _mapping(text: str, old: CommentedMap, new: CommentedMap, dash: int = -1) -> str:
    """The text of a mapping, changed; as an item of a list its dash stands at column `dash`."""
    key = next((key for key in _LISTS if key in old), "")
    if not key:
        return _with_fields(text, old, new, "", dash)
    cut = _cut(text, key, is_item=dash >= 0)
    rest = _with_fields(cut.rest, old, new, key, dash)
    before = {item["id"]: item for item in old[key]}
    gap = "\n" if any(piece.startswith("\n") for piece in cut.items.values()) else ""
    listed: list[str] = []
    for item in new[key]:
        if item["id"] not in before:
            listed.append(gap + dump(CommentedSeq([item]), cut.dash))
        elif before[item["id"]] == item:
            listed.append(cut.items[item["id"]])
        else:
            comments, body = _parted(cut.items[item["id"]], cut.dash)
            try:
                listed.append(comments + _mapping(body, before[item["id"]], item, cut.dash))
            except _NotLineByLine:
                listed.append(comments + dump(CommentedSeq([item]), cut.dash))
    left = {item["id"] for item in new[key]}
    listed += [_comments(piece, cut.dash) for name, piece in cut.items.items() if name not in left]
    head, tail = _around(rest, key, cut.column if rest is cut.rest else dash + 2 if dash >= 0 else 0)
    return head + "".join(listed) + tail


def _cut(text: str, key: str, *, is_item: bool) -> _Cut:
    root: Any = yaml.compose(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    mapping = root.value[0] if is_item else root
    node = next(value for name, value in mapping.value if name.value == key)
    if mapping.flow_style or node.flow_style:
        raise _NotLineByLine
    lines = text.splitlines(keepends=True)
    dash = node.start_mark.column
    begins: list[int] = []
    end = next(name.start_mark.line for name, _ in mapping.value if name.value == key) + 1
    for item in node.value:
        first = item.start_mark.line
        while lines[first][dash : dash + 1] != "-" or lines[first][:dash].strip():
            first -= 1
            if first < end:
                raise _Unusual
        begins.append(_first_comment(lines, end, first, dash))
        end = _end(item) + 1
    stop = _first_comment(lines, end, len(lines), dash) if end < len(lines) else end
    bounds = [*begins, stop]
    pieces = ["".join(lines[start:after]) for start, after in pairwise(bounds)]
    names = [next(value.value for name, value in item.value if name.value == "id") for item in node.value]
    rest = "".join(lines[: bounds[0]] + lines[stop:])
    return _Cut(rest, dict(zip(names, pieces, strict=True)), mapping.start_mark.column, dash)


def _first_comment(lines: Sequence[str], start: int, end: int, dash: int) -> int:
    """Where the comments begin that belong to what stands at `end`: those that are not indented deeper than it."""
    own = end
    for place in range(start, end):
        line = lines[place]
        indent = len(line) - len(line.lstrip())
        if line.strip() and not line.lstrip().startswith("#"):
            return place
        if line.strip() and indent <= dash:
            return min(own, place)
        own = end if line.strip() else min(own, place)
    return own


def _end(node: Any) -> int:
    """The last line of a node, counted from 0."""
    if isinstance(node, yaml.ScalarNode) or node.flow_style or not node.value:
        mark = node.end_mark
        return int(mark.line - (mark.column == 0 and mark.line > node.start_mark.line))
    last = node.value[-1]
    return _end(last[1] if isinstance(last, tuple) else last)


def _parted(piece: str, dash: int) -> tuple[str, str]:
    """The comments above an item, and the item."""
    place = re.search(rf"^ {{{dash}}}-(?=\s)", piece, re.MULTILINE)
    assert place
    return piece[: place.start()], piece[place.start() :]


def _comments(piece: str, column: int) -> str:
    """The comments of an item that is taken out, which no value may swallow: they stand where its dash stood."""
    lines = (line.strip() for line in piece.splitlines())
    return "".join(f"{' ' * column}{line}\n" for line in lines if line.startswith("#"))


def _around(rest: str, key: str, column: int) -> tuple[str, str]:
    """The text up to the line of the list's key, and what follows it."""
    place = re.search(rf"^[ -]{{{column}}}(['\"]?){key}\1[ \t]*:[ \t]*(?:#.*)?\n", rest, re.MULTILINE)
    if place is None:
        raise _Unusual
    return rest[: place.end()], rest[place.end() :]


def _with_fields(text: str, old: Mapping[str, Any], new: CommentedMap, skip: str, dash: int) -> str:
    """The text of a mapping whose values are exchanged where they differ; the list `skip` has been cut out of it."""
    if all(old.get(name) == new.get(name) for name in {**old, **new} if name != skip):
        return text
    try:
        document = editor().load(text)
    except (YAMLError, ValueError, LookupError) as error:
        raise _Unusual from error
    _exchange(document[0] if dash >= 0 else document, old, new, skip)
    return dump(document, dash if dash >= 0 else 2)


def _exchange(mapping: CommentedMap, old: Mapping[str, Any], new: CommentedMap, skip: str = "") -> None:
    order = list(new)
    for name in {**old, **new}:
        if name == skip or old.get(name) == new.get(name):
            continue
        if name not in new:
            del mapping[name]
        elif name not in mapping:
            earlier = [key for key in order[: order.index(name)] if key in mapping]
            place = list(mapping).index(earlier[-1]) + 1 if earlier else 0
            mapping.insert(place, name, new[name])
        elif all(isinstance(value, CommentedMap) for value in (mapping[name], old[name], new[name])):
            _exchange(mapping[name], old[name], new[name])
        else:
            mapping[name] = new[name]
