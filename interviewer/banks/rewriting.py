"""A bank file changed in place: comments and layout of what does not change survive."""

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from itertools import pairwise
from typing import Any

import yaml

from interviewer.banks.loader import parse_bank
from interviewer.banks.writer import bank_to_mapping, bank_to_yaml, dump
from interviewer.domain.rubric import Bank
from interviewer.errors import BankError
from interviewer.text.messages import localized

# The lists whose items have an id, by which an item is known again wherever it stands.
_LISTS = ("questions", "groups", "criteria")
_REMARK = re.compile(r"[|>0-9+-]*([ \t]+#.*)")
_DASH = re.compile(r"^[ \t]*-(?=\s)", re.MULTILINE)
_COMMENT = re.compile(r"(?<!\S)#.*")


def rewritten(text: str, name: str, bank: Bank) -> str:
    """The text of a bank file, changed so that it holds this bank. Raises BankError if it is none.

    Comments of what is taken out go to the end of the file. A file whose language changes is spelled anew.
    """
    old = parse_bank(text, name)
    if old == bank:
        return text
    if old.language is not bank.language:
        return bank_to_yaml(bank)
    plain = text.removeprefix("\ufeff").replace("\r\n", "\n")
    root = _composed(plain)
    new = bank_to_mapping(bank)
    if root.flow_style:
        changed = dump(new)
    else:
        changed = _changed(plain, 0, root, bank_to_mapping(old), new) + plain[_end(plain, root) :]
    with suppress(BankError):
        if parse_bank(changed, name) == bank:
            if missing := Counter(_COMMENT.findall(plain)) - Counter(_COMMENT.findall(changed)):
                lost = Counter(_comments(plain, root)) & missing
                changed = "\n".join([changed.removesuffix("\n"), *lost.elements(), ""])
            return changed.replace("\n", "\r\n") if "\r\n" in text else changed
    raise BankError(name, "", localized("bank.not_in_place"))


def _composed(text: str) -> yaml.CollectionNode:
    """The nodes of a text that was read as a bank before, each with its place in the text."""
    root = yaml.compose(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    assert isinstance(root, yaml.MappingNode)
    return root


def _changed(text: str, begin: int, node: yaml.CollectionNode, old: Any, new: Any) -> str:
    """The text from `begin` to the end of the line in which a block ends, which spells `old` and then spells `new`.

    A block is a mapping, or a list whose items have an id. Comments right above an entry of it belong to that entry.
    """
    is_list = isinstance(new, list)
    if is_list:
        old, new = ({item["id"]: item for item in listed} for listed in (old, new))
    names = list(old) if is_list else [key.value for key, _ in node.value]
    parts = list(_parts(text, node))
    starts = [_above(text, at) for at, _, _ in parts]
    pad = "\n" + " " * (parts[0][0] - _line_start(text, parts[0][0]))
    bodies: dict[str, str] = {}
    between: dict[str, str] = {}
    for name, (at, inside, value), (start, stop) in zip(
        names, parts, pairwise([*starts, _end(text, node)]), strict=True
    ):
        end = _end(text, value)
        bodies[name], between[name] = text[start:end], text[end:stop] or pad
        was, now = old.get(name), new.get(name)
        if now is None or was == now:
            continue
        are_blocks = name in _LISTS or (isinstance(was, dict) and isinstance(now, dict))
        if are_blocks and isinstance(value, yaml.CollectionNode) and not value.flow_style:
            bodies[name] = text[start:inside] + _changed(text, inside, value, was, now)
        else:
            first, *more = _spelled([now] if is_list else {name: now}, pad).partition("\n")
            bodies[name] = text[start:at] + first + _remark(text, value) + "".join(more)
    order = list(new) if is_list else [name for name in names if name in new or name not in old]
    for place, name in enumerate(new):
        if name not in bodies and old.get(name) != new[name]:
            bodies[name] = _spelled([new[name]] if is_list else {name: new[name]}, pad)
            if not is_list:
                earlier = [known for known in list(new)[:place] if known in order]
                order.insert(order.index(earlier[-1]) + 1 if earlier else 0, name)
    *others, last = order
    joined = "".join(bodies[name] + between.get(name, pad) for name in others)
    return text[begin : starts[0]] + joined + bodies[last] + between.get(last, "").rstrip()


def _spelled(value: Any, pad: str) -> str:
    return re.sub(r"\n(?=.)", pad, dump(value).rstrip("\n"))


def _parts(text: str, node: yaml.CollectionNode) -> Iterator[tuple[int, int, yaml.Node]]:
    """Where each entry of a block begins, where what stands behind its key or its dash begins, and the node of this."""
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            start = key.start_mark.index  # before which a very long key has a sign of its own
            yield start - 2 * text.startswith("? ", start - 2), key.end_mark.index, value
        return
    after = _line_start(text, node.start_mark.index)
    for item in node.value:
        *_, dash = _DASH.finditer(text[after : item.start_mark.index])
        yield after + dash.end() - 1, after + dash.end(), item
        after = _end(text, item)


def _line_start(text: str, at: int) -> int:
    return text.rfind("\n", 0, at) + 1


def _above(text: str, at: int) -> int:
    """Where the comments begin that stand right above a place and in its column."""
    start = _line_start(text, at)
    column, is_alone = at - start, not text[start:at].strip()
    while is_alone and start:
        above = _line_start(text, start - 1)
        if text[above : above + column].strip() or text[above + column] != "#":
            break
        start = above
    return start + column


def _end(text: str, node: yaml.Node) -> int:
    """The end of the line in which a node ends; its own end may be that of blank lines and comments below it."""
    while isinstance(node, yaml.CollectionNode) and not node.flow_style:
        last = node.value[-1]
        node = last[1] if isinstance(last, tuple) else last
    start = node.start_mark.index
    end = text.find("\n", start + len(text[start : node.end_mark.index].rstrip()))
    return end if end >= 0 else len(text)


def _remark(text: str, node: yaml.Node) -> str:
    """The comment behind a value, or behind the mark of a text that stands below."""
    start = node.start_mark.index
    is_block = isinstance(node, yaml.ScalarNode) and node.style in ("|", ">")
    after = start if is_block else start + len(text[start : node.end_mark.index].rstrip())
    found = _REMARK.match(text, after)
    return found[1] if found else ""


def _comments(text: str, root: yaml.Node) -> Iterator[str]:
    """The comments of a text, in order: what looks like one and stands in none of the scalars."""
    nodes: list[Any] = [root]
    spans = [(len(text), len(text))]
    while nodes:
        node = nodes.pop()
        if isinstance(node, yaml.ScalarNode):
            start, end = node.start_mark.index, node.end_mark.index
            spans.append((text.find("\n", start) if node.style in ("|", ">") else start, end))
        else:
            nodes += node.value if isinstance(node, yaml.CollectionNode) else node
    after = 0
    for start, end in sorted(spans):
        yield from (found[0] for found in _COMMENT.finditer(text, after, start))
        after = end
