"""What a candidate said, cut into clauses, and a stretch of it read as a claim."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from interviewer.grading.lexical import polarity
from interviewer.grading.lexical.directions import Statement, statement
from interviewer.text import tokenizer
from interviewer.text.tokenizer import Clause

# Tokens of a sentence and clauses of a run, beyond which nothing is held against a claim.
_LONGEST_CLAIM = 200
_LONGEST_RUN = 4


@dataclass(frozen=True)
class Said:
    """One turn of the candidate, cut into clauses; only the screened stretches of it."""

    turn: int
    text: str
    clauses: tuple[Clause, ...]

    @cached_property
    def sentences(self) -> dict[int, str]:
        """The text of each sentence, folded."""
        ends: dict[int, tuple[int, int]] = {}
        for clause in self.clauses:
            start, _ = ends.get(clause.sentence, (clause.start, 0))
            ends[clause.sentence] = (start, clause.end)
        return {number: tokenizer.fold(self.text[start:end]) for number, (start, end) in ends.items()}

    @cached_property
    def folded(self) -> tuple[str, ...]:
        """The text of each clause, folded."""
        return tuple(tokenizer.fold(self.text[clause.start : clause.end]) for clause in self.clauses)

    @cached_property
    def denied(self) -> frozenset[int]:
        """The clauses that are said not to be so: from a word of denial to the end of its sentence, or to a "but"."""
        found = set()
        within = None
        for number, (clause, text) in enumerate(zip(self.clauses, self.folded, strict=True)):
            if polarity.denies(text):
                within = clause.sentence
            elif clause.sentence != within or polarity.resumes(text):
                within = None
            if within is not None:
                found.add(number)
        return frozenset(found)

    @cached_property
    def contrasts(self) -> tuple[int, ...]:
        """The clauses that begin to speak against what came before."""
        return tuple(n for n, text in enumerate(self.folded) if polarity.CONTRAST.search(text))

    @cached_property
    def is_hedged(self) -> bool:
        """Whether two sides are offered, and the choice between them is left to the reader."""
        return any(polarity.HEDGE.search(text) for text in self.sentences.values())

    @cached_property
    def retracted_at(self) -> int | None:
        """The last clause that takes back what came before it."""
        text = self.text
        found = None
        for number, clause in enumerate(self.clauses):
            end = self.clauses[number + 1].start if number + 1 < len(self.clauses) else len(text)
            if polarity.RETRACTION.search(tokenizer.fold(text[clause.start : end])):
                found = number
        return found

    @cached_property
    def words(self) -> dict[int, frozenset[str]]:
        """The words of each sentence that is no longer than anybody makes a claim."""
        found: dict[int, list[str]] = defaultdict(list)
        for clause in self.clauses:
            found[clause.sentence].extend(token.text for token in clause.tokens)
        return {sentence: frozenset(words) for sentence, words in found.items() if len(words) <= _LONGEST_CLAIM}

    def statement(self, sentence: int) -> Statement:
        """What a sentence states as a whole."""
        return statement(self.sentences[sentence])

    def runs(self, sentence: int) -> Iterator[Statement]:
        """What the clauses of a sentence state, alone and joined with their neighbours, fewest clauses first."""
        clauses = [self.clauses[number] for number in self.clauses_of(sentence)]
        for length in range(1, min(len(clauses), _LONGEST_RUN) + 1):
            for run in zip(clauses, clauses[length - 1 :], strict=False):
                yield statement(tokenizer.fold(self.text[run[0].start : run[1].end]))

    def clauses_of(self, sentence: int) -> tuple[int, ...]:
        """The numbers of the clauses of a sentence."""
        return tuple(number for number, clause in enumerate(self.clauses) if clause.sentence == sentence)


@dataclass(frozen=True, slots=True)
class Reading:
    """How much of a claim some clauses of an answer make; `is_reversed` if they say the contrary.

    `is_turned` if they are nearly the claim itself with one thing in it turned round.
    """

    said: Said
    share: float
    clauses: tuple[int, ...]
    is_reversed: bool
    is_turned: bool = False

    @property
    def rank(self) -> tuple[float, int]:
        return (self.share, -self.clauses[0])
