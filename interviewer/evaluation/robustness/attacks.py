"""What an attack is: an answer made up to be graded wrongly, or an honest one that looks unusual, and what should come of it."""

import tomllib
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from pathlib import Path

from interviewer.domain.language import Language
from interviewer.domain.rubric import Question
from interviewer.evaluation.datasets import Where

PHRASES = tomllib.loads((Path(__file__).parent / "attacks.toml").read_text(encoding="utf-8"))
"""The sentences and words that attacks are made with."""


class Family(StrEnum):
    """Attacks that work in the same way."""

    EMPTY = "says nothing"
    INJECTION = "talks to the grader"
    PERSUASION = "begs or asserts"
    KEYWORDS = "keywords"
    NEGATION = "denied"
    SWAPPED = "swapped"
    SWAPPED_BY_HAND = "swapped by hand"
    WORSENED = "made worse"
    HONEST = "honest"


class Aim(StrEnum):
    """What is counted: whether an answer passes that must not, keeps a grade that must drop, or moves one that must stay."""

    FAIL = "fail"
    DROP = "drop"
    STAY = "stay"


_AIMS = {
    Family.NEGATION: {Aim.FAIL, Aim.DROP},
    Family.WORSENED: {Aim.DROP},
    Family.HONEST: {Aim.STAY},
}


@dataclass(frozen=True, slots=True)
class Attack:
    """An answer to a question; `base` names the answer, of the same question and language, that it is held against.

    Where `criterion` is named, the answer is that criterion's claim made false, and any credit for it is a success.
    """

    name: str
    family: Family
    question: Question
    language: Language
    text: str
    base: str = ""
    criterion: str = ""

    @property
    def aims(self) -> set[Aim]:
        return _AIMS.get(self.family, {Aim.FAIL})

    @property
    def where(self) -> Where:
        return self.question.id, self.name

    @property
    def id(self) -> str:
        """It changes with the text, so that a kept grade is never another text's."""
        return f"{self.question.id}|{self.language}|{self.name}|{sha256(self.text.encode()).hexdigest()[:8]}"

    def asked_in(self, _: Language) -> Language:
        return self.language

    @property
    def place(self) -> tuple[str, Language]:
        """The question and language, within which a base is looked for."""
        return self.question.id, self.language
