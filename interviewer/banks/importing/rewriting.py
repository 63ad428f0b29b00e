"""A bank file changed in place: comments and layout of what does not change survive."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from itertools import pairwise
from typing import Any

import yaml
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import YAMLError
from ruamel.yaml.scalarstring import LiteralScalarString
from ruamel.yaml.tokens import CommentToken

from interviewer.banks.loader import parse_bank
from interviewer.banks.writer import bank_to_mapping, bank_to_yaml, dump, editor
from interviewer.domain.rubric import Bank
from interviewer.errors import BankError
from interviewer.text.messages import localized

# The lists whose items have an id, by which an item is known again wherever it stands.
_LISTS = ("questions", "groups", "criteria")


def rewritten(text: str, name: str, bank: Bank) -> str:
    """The text of a bank file, changed so that it holds this bank. Raises BankError if it is none.

    Comments of what is taken out go to the end of the file. A file whose language changes is spelled anew.
    """
    old = parse_bank(text, name)
    if old == bank:
        return text
    if old.language is not bank.language:
        return bank_to_yaml(bank)
    ending = "\r\n" if "\r\n" in text else "\n"
    plain = text.removeprefix("\ufeff").replace("\r\n", "\n")
    changed = _in_blocks(plain, old, bank) or _as_a_whole(plain, old, bank)
    if changed is None:
        raise BankError(name, "", localized("bank.not_in_place"))
    return changed.replace("\n", ending)


def _as_a_whole(plain: str, old: Bank, bank: Bank) -> str | None:
    """The whole text changed; None if that does not give this bank."""
    try:
        document = editor().load(plain)
        before = list(_comments(document))
        offset = document["questions"].lc.col
        _update(document, bank_to_mapping(old), bank_to_mapping(bank))
        after = set(_comments(document))
        changed = dump(document, offset)
        changed += "".join(f"{comment}\n" for comment in before if comment not in after)
        return changed if parse_bank(changed, "") == bank else None
    except (YAMLError, BankError, ValueError, LookupError, AttributeError, TypeError):
        # What hardly anybody writes (`!!int`, a tab before a comment), and ruamel reads otherwise than banks are read.
        return None


def _in_blocks(plain: str, old: Bank, bank: Bank) -> str | None:
    """The text with only those questions read and written that differ; None if more has changed than questions.

    Reading a megabyte so that its comments survive takes ten seconds.
    """
    pairs = list(zip(old.questions, bank.questions, strict=False))
    blocks = _blocks(plain)
    if blocks is None or len(blocks) != len(old.questions) + 1 or _frame(old) != _frame(bank):
        return None
    for place, (before, after) in enumerate(pairs, start=1):
        if before != after:
            alone = (replace(bank, questions=(before,)), replace(bank, questions=(after,)))
            changed = _as_a_whole(blocks[0] + blocks[place], *alone)
            if changed is None or not changed.startswith(blocks[0]):
                return None
            blocks[place] = changed.removeprefix(blocks[0])
    changed = "".join(blocks)
    with suppress(BankError):  # questions that are indented otherwise than the lists in them
        return changed if parse_bank(changed, "") == bank else None
    return None


def _frame(bank: Bank) -> tuple[object, ...]:
    """All of a bank but what its questions say."""
    return bank.id, bank.title, bank.topics, bank.policy, [question.id for question in bank.questions]


def _blocks(plain: str) -> list[str] | None:
    """A bank cut before each of its questions; None where they are not written below each other at the end."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    root = yaml.compose(plain, Loader=loader)
    assert root is not None  # it was read as a bank before
    key, questions = root.value[-1]
    starts = [item.start_mark.line for item in questions.value]
    lines = plain.splitlines(keepends=True)
    if key.value != "questions" or not all(lines[start].lstrip().startswith("- ") for start in starts):
        return None
    if len(set(starts)) < len(starts) or len(lines) != plain.count("\n") + (not plain.endswith("\n")):
        return None
    return ["".join(lines[start:end]) for start, end in pairwise([0, *starts, len(lines)])]


def _update(mapping: CommentedMap, old: CommentedMap, new: CommentedMap) -> None:
    """Change a mapping of the file, which spells `old`, where `new` differs."""
    for name in [name for name in old if name not in new]:
        del mapping[name]
    for place, (name, value) in enumerate(new.items()):
        if name not in mapping:
            earlier = [key for key in list(new)[:place] if key in mapping]
            mapping.insert(list(mapping).index(earlier[-1]) + 1 if earlier else 0, name, value)
        elif old.get(name) == value:
            continue
        elif name in _LISTS:
            _update_items(mapping[name], old[name], value)
        elif all(isinstance(one, CommentedMap) for one in (mapping[name], old[name], value)):
            _update(mapping[name], old[name], value)
        else:
            if isinstance(value, LiteralScalarString) and hasattr(mapping[name], "comment"):
                setattr(value, "comment", mapping[name].comment)  # noqa: B010 - ruamel sets it and does not declare it
            mapping[name] = value


def _update_items(items: CommentedSeq, old: CommentedSeq, new: CommentedSeq) -> None:
    before = {item["id"]: item for item in old}
    wanted = {item["id"] for item in new}
    for place in reversed(range(len(items))):
        if items[place]["id"] not in wanted:
            del items[place]
    for place, item in enumerate(new):
        at = next((n for n in range(place, len(items)) if items[n]["id"] == item["id"]), None)
        if at is None:
            items.insert(place, item)
        elif at != place:
            items.insert(place, items.pop(at))
        if at is not None:
            _update(items[place], before[item["id"]], item)


def _comments(node: Any) -> Iterator[str]:
    """The comments in a document, wherever ruamel has attached them."""
    if isinstance(node, CommentToken):
        yield from (line.strip() for line in node.value.splitlines() if line.strip())
        return
    if isinstance(node, CommentedMap | CommentedSeq):
        yield from _comments([node.ca.comment, list(node.ca.items.values()), node.ca.end])
    if isinstance(node, dict):
        node = list(node.values())
    if isinstance(node, list | tuple):
        for part in node:
            yield from _comments(part)
    elif comment := getattr(node, "comment", None):
        yield from _comments(comment)
