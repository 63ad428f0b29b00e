"""Questions and answers as they were found in someone's file: every line that is not blank lies in one block of it."""

import hashlib
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import groupby
from operator import itemgetter

from interviewer.domain.language import Language

_LATIN_WORD = re.compile("[A-Za-z]+")
_LINE_ENDS = str.maketrans(dict.fromkeys("\r\x0b\x0c\x85\u2028\u2029", "\n") | {"\t": " "})


class Role(StrEnum):
    """What a block of a file was read as."""

    QUESTION = "question"
    ANSWER = "answer"
    TOPIC = "topic"
    NAVIGATION = "navigation"
    LEFT_OUT = "left_out"


@dataclass(frozen=True, slots=True)
class Block:
    """Some lines of a file, counted from 1, both ends included.

    `item` is the place in `Source.items` of the question that the block belongs to. `reason` is the key of a sentence that
    says why the block was read so; a block that is left out always has one.
    """

    role: Role
    first_line: int
    last_line: int
    text: str
    item: int | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """A question with its answer, plain text without markup; an empty answer means that the file has none.

    `number` is the number that the file gives the question, as it stands there.
    """

    question: str
    answer: str
    first_line: int
    topic: str = ""
    number: str = ""
    difficulty: int = 1

    @property
    def digest(self) -> str:
        """Changes when the question or its answer changes; moving it within the file changes nothing."""
        return hashlib.sha256(f"{self.question}\n\n{self.answer}".encode()).hexdigest()[:12]


@dataclass(frozen=True, slots=True)
class Source:
    """What a file holds. `name` is the file's name without its folder."""

    name: str
    title: str
    language: Language
    items: tuple[Item, ...]
    blocks: tuple[Block, ...]


LineUse = tuple[Role, int | None, str]
"""What a line was taken for: its role, the place of its item, and the reason, as in a `Block`."""


def to_blocks(text: str, uses: Mapping[int, LineUse], unmarked: str) -> tuple[Block, ...]:
    """Blocks of neighbouring lines that were taken for the same. `unmarked` is the reason for lines without a use.

    Lines without a use within an answer (an empty list item, the end of a fold) are part of it.
    """
    lines = text.split("\n")
    said = [at for at, line in enumerate(lines) if line.strip()]
    runs = [(known, list(run)) for known, run in groupby(said, lambda at: uses.get(at + 1))]
    named: list[tuple[LineUse, int]] = []
    for place, (known, run) in enumerate(runs):
        above = named[-1][0] if named else None
        below = runs[place + 1][0] if place + 1 < len(runs) else None
        key = known or (above if above is not None and above == below else (Role.LEFT_OUT, None, unmarked))
        named += [(key, at) for at in run]
    blocks: list[Block] = []
    for (role, item, reason), group in groupby(named, itemgetter(0)):
        first, *_, last = [at for _, at in group] * 2
        blocks.append(Block(role, first + 1, last + 1, "\n".join(lines[first : last + 1]), item, reason))
    return tuple(blocks)


def source(name: str, title: str, items: tuple[Item, ...], blocks: tuple[Block, ...]) -> Source:
    """What was read, without what no bank may hold, in the language that most of its questions are in."""
    items = tuple(
        replace(one, question=clean(one.question), answer=clean(one.answer), topic=clean(one.topic).replace("\n", " "))
        for one in items
    )
    spoken = [item.question for item in items] or [block.text for block in blocks]
    return Source(name, title, language_of("\n".join(spoken)), items, blocks)


def clean(text: str) -> str:
    """A text as a bank may hold it: one kind of line ends, no control characters and no halves of signs."""
    text = text.replace("\r\n", "\n").translate(_LINE_ENDS)
    text = "".join(sign for sign in text if sign == "\n" or unicodedata.category(sign) not in ("Cc", "Cs"))
    return "\n".join(line.rstrip() for line in text.split("\n")).strip()


def language_of(text: str) -> Language:
    """Chinese if there are more Han characters than words in Latin letters."""
    han = sum("\u4e00" <= char <= "\u9fff" for char in text)
    return Language.ZH if han > len(_LATIN_WORD.findall(text)) else Language.EN
