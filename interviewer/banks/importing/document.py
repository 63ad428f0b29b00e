"""Questions and answers as they were found in someone's file, with what every block of it was read as."""

import hashlib
from dataclasses import dataclass
from enum import StrEnum

from interviewer.domain.rubric import Language


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
