"""An answer as the grader reads it: one turn of the candidate, cut into clauses."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from interviewer.text import tokenizer
from interviewer.text.tokenizer import Clause
from interviewer.text.word_lists import WordLists

WORDS = WordLists(Path(__file__).with_name("negation_and_stuffing_words.toml"))


@dataclass(frozen=True, eq=False)
class AnswerTurn:
    """One turn of the candidate; only those of its clauses that are to be graded.

    `prompted` are the units that the interviewer said before it: repeated, they earn nothing by themselves.
    """

    turn: int
    text: str
    clauses: tuple[Clause, ...]
    prompted: frozenset[str] = frozenset()

    @cached_property
    def folded(self) -> tuple[str, ...]:
        """The text of each clause with the mark of punctuation after it, folded."""
        return tuple(tokenizer.fold(self.text[clause.start : clause.end + 1]) for clause in self.clauses)


@dataclass(frozen=True, slots=True)
class ClaimMatch:
    """Where in an answer a criterion is spoken of: how much of it is said (0 to 1) and in which clauses.

    `is_negated` if what is said there is the contrary.
    """

    answer: AnswerTurn
    share: float
    clauses: tuple[int, ...]
    is_negated: bool
