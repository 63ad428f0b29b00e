"""The account of a file: every line that is not blank lies in exactly one block."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter

from interviewer.banks.importing.document import Block, Item, Role, Source
from interviewer.domain.rubric import Language

_Taken = tuple[Role, int | None, str]


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
    taken: list[_Taken | None] = [None] * len(lines)
    for mark in marks:
        for at in range(max(mark.first, 1) - 1, min(mark.last, len(lines))):
            taken[at] = taken[at] or (mark.role, mark.item, mark.reason)
    runs = [
        (known, list(run))
        for known, run in groupby((n for n, line in enumerate(lines) if line.strip()), taken.__getitem__)
    ]
    named: list[tuple[_Taken, int]] = []
    for place, (known, run) in enumerate(runs):
        above = named[-1][0] if named else None
        below = runs[place + 1][0] if place + 1 < len(runs) else None
        key = known or (above if above is not None and above == below else (Role.LEFT_OUT, None, unmarked))
        named += [(key, at) for at in run]
    blocks: list[Block] = []
    for (role, item, reason), group in groupby(named, itemgetter(0)):
        places = [at for _, at in group]
        said = "\n".join(lines[places[0] : places[-1] + 1])
        blocks.append(Block(role, places[0] + 1, places[-1] + 1, said, item, reason))
    return tuple(blocks)


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
