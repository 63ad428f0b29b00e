"""The account of a file: every line that is not blank lies in exactly one block."""

from collections.abc import Iterable
from dataclasses import dataclass

from interviewer.banks.importing.document import Block, Item, Role, Source
from interviewer.domain.rubric import Language


@dataclass(frozen=True, slots=True)
class LineSpan:
    """What some lines were taken for. Of two marks on one line the first one counts."""

    role: Role
    first: int
    last: int
    item: int | None = None
    reason: str = ""


def to_blocks(text: str, marks: Iterable[LineSpan], unmarked: str) -> tuple[Block, ...]:
    """Blocks of neighbouring lines that were taken for the same. `unmarked` is the reason for lines without a mark.

    Lines without a mark within an answer (an empty list item, the end of a fold) are part of it.
    """
    lines = text.split("\n")
    taken: list[tuple[Role, int | None, str] | None] = [None] * len(lines)
    for mark in marks:
        for at in range(max(mark.first, 1) - 1, min(mark.last, len(lines))):
            if taken[at] is None:
                taken[at] = (mark.role, mark.item, mark.reason)
    spans: list[tuple[tuple[Role, int | None, str] | None, int, int]] = []
    for at, line in enumerate(lines):
        if not line.strip():
            continue
        if spans and spans[-1][0] == taken[at]:
            spans[-1] = (taken[at], spans[-1][1], at)
        else:
            spans.append((taken[at], at, at))
    return tuple(
        Block(role, first + 1, last + 1, "\n".join(lines[first : last + 1]), item, reason)
        for (role, item, reason), first, last in _joined(spans, (Role.LEFT_OUT, None, unmarked))
    )


def _joined(
    spans: list[tuple[tuple[Role, int | None, str] | None, int, int]], unmarked: tuple[Role, int | None, str]
) -> list[tuple[tuple[Role, int | None, str], int, int]]:
    joined: list[tuple[tuple[Role, int | None, str], int, int]] = []
    for place, (known, first, last) in enumerate(spans):
        above = joined[-1][0] if joined else None
        below = spans[place + 1][0] if place + 1 < len(spans) else None
        key = known or (above if above is not None and above == below else unmarked)
        if joined and joined[-1][0] == key:
            joined[-1] = (key, joined[-1][1], last)
        else:
            joined.append((key, first, last))
    return joined


def source(name: str, title: str, items: tuple[Item, ...], blocks: tuple[Block, ...]) -> Source:
    """What was read, in the language that most of its questions are in."""
    spoken = [item.question for item in items] or [block.text for block in blocks]
    return Source(name, title, language_of("\n".join(spoken)), items, blocks)


def language_of(text: str) -> Language:
    """Chinese if there are more Han characters than words in Latin letters."""
    han = sum("\u4e00" <= char <= "\u9fff" for char in text)
    latin = sum(word.isascii() and word.isalpha() for word in _words(text))
    return Language.ZH if han > latin else Language.EN


def _words(text: str) -> list[str]:
    return "".join(char if char.isascii() and char.isalpha() else " " for char in text).split()
