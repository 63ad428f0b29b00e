"""Whether a stretch of an answer makes a claim, learnt from example statements of it."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from interviewer.domain.rubric import Question
from interviewer.grading.evidence import unprompted
from interviewer.grading.example_statements import Example
from interviewer.grading.text_regression import TextRegression
from interviewer.grading.trained_models import Arrays, kept
from interviewer.text import tokenizer
from interviewer.text.spellings import spellings
from interviewer.text.tokenizer import Clause, Token

# From where on a claim is made, or made by half; chosen on answers that were written for it, not on those of the gold set.
MET = 0.0
HALF = -0.2
# A stretch is so many neighbouring clauses at most, and so many tokens.
_MOST_CLAUSES = 4
_MOST_TOKENS = 60
# Of a stretch of which no more than this share of units is known, nothing can be told.
_LEAST_KNOWN = 0.2


class Stretch(NamedTuple):
    """Neighbouring clauses, from `first` to `last`, and how surely they make a claim."""

    score: float
    first: int
    last: int


class ClaimClassifier:
    """Tells which claims of a question are made; of criteria without examples it knows nothing."""

    def __init__(self, question: Question, examples: Sequence[Example]) -> None:
        known = {one.criterion for one in examples if one.makes_claim}
        self.criteria = tuple(c.id for c in question.criteria if c.id in known)
        if not self.criteria:
            return
        claims: dict[str, set[str]] = {one.text: set() for one in examples}
        for one in examples:
            claims[one.text] |= {one.criterion} if one.makes_claim else set()
        # Question, probes and hints make no claim: who says them back has not answered.
        asides = [text for c in question.criteria for one in (c.probe, *c.hints) if one for text in one.both]
        claims |= {text: set() for text in (*question.text.both, *asides)}
        made_of = ("\n".join((text, *sorted(made))) for text, made in claims.items())
        arrays = kept((*self.criteria, "", *made_of), lambda: self._train(claims))
        self._spellings = spellings(str(arrays["stems"]).split("\n"))
        self._regression = TextRegression(arrays)

    def _train(self, claims: Mapping[str, Collection[str]]) -> Arrays:
        clauses = [tokenizer.tokenize(text) for text in claims]
        stems = sorted({token.text for some in clauses for clause in some for token in clause.tokens})
        self._spellings = spellings(stems)
        texts = [[unit for clause in some for unit in self._units(clause.tokens)] for some in clauses]
        made = np.array([[1 if one in some else -1 for one in self.criteria] for some in claims.values()], np.float32)
        known = [stem for stem in stems if tokenizer.may_be_misspelt(stem)]
        return {**TextRegression.train(texts, made), "stems": np.array("\n".join(known))}

    def best(self, clauses: Sequence[Clause], prompted: frozenset[str] = frozenset()) -> list[Stretch | None]:
        """For each criterion the stretch that makes its claim most surely; words the interviewer said first are left out."""
        if not self.criteria:
            return []
        own = [unprompted(clause.tokens, prompted) if prompted else clause.tokens for clause in clauses]
        units = [self._units(tokens) for tokens in own]
        best: list[Stretch | None] = [None] * len(self.criteria)
        for first, last in _stretches(own):
            said = [unit for some in units[first : last + 1] for unit in some]
            scores = self._regression.scores(said, _LEAST_KNOWN) or ()
            for place, score in enumerate(scores):
                found = best[place]
                if found is None or score > found.score:
                    best[place] = Stretch(score, first, last)
        return best

    def _units(self, tokens: Sequence[Token]) -> list[str]:
        """The words of a clause and its pairs of neighbours: stems, or those that they are a slip of, and Chinese characters."""
        words = [self._spellings(token.text)[-1] for token in tokens]
        blanks = ("" if one.is_cjk and other.is_cjk else " " for one, other in pairwise(tokens))
        return words + [f"{one}{blank}{other}" for (one, other), blank in zip(pairwise(words), blanks, strict=True)]


def _stretches(clauses: Sequence[Sequence[Token]]) -> Iterator[tuple[int, int]]:
    """The first and the last clause of each stretch."""
    for first in range(len(clauses)):
        size = 0
        for last in range(first, min(first + _MOST_CLAUSES, len(clauses))):
            size += len(clauses[last])
            if last > first and size > _MOST_TOKENS:
                break
            yield first, last
