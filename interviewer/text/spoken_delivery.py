"""Spoken delivery: how long somebody spoke, how fast, and with how many filler words and pauses. None of it is graded."""

from dataclasses import dataclass
from pathlib import Path

from interviewer.domain.interview import Interview
from interviewer.text.tokenizer import clauses
from interviewer.text.word_lists import WordLists

_LISTS = WordLists(Path(__file__).with_suffix(".toml"))


@dataclass(frozen=True, slots=True)
class Delivery:
    """Sums over recordings; a term in Latin letters counts as one word also among Chinese characters."""

    seconds: float
    characters: int
    words: int
    fillers: int
    pauses: int

    @property
    def is_chinese(self) -> bool:
        return self.characters > self.words

    @property
    def pace(self) -> int:
        """Characters and words a minute."""
        return round(60 * (self.characters + self.words) / self.seconds)


def delivery(interview: Interview) -> Delivery | None:
    """How the answers were spoken; None where nothing was."""
    spoken = [turn.spoken for attempt in interview.attempts for turn in attempt.turns if turn.spoken]
    if (seconds := sum(one.seconds for one in spoken)) <= 0:
        return None
    tokens = [token for one in spoken for clause in clauses(one.text) for token in clause.tokens]
    characters = sum(token.is_cjk for token in tokens)
    return Delivery(
        seconds=seconds,
        characters=characters,
        words=sum(token.text.isalnum() for token in tokens) - characters,
        fillers=sum(len(_LISTS.phrases("fillers.all").findall(one.text.casefold())) for one in spoken),
        pauses=sum(one.pauses for one in spoken),
    )
