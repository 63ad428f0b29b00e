"""Whether a stretch of an answer makes a claim, learnt from example statements of it."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from interviewer.domain.rubric import Question
from interviewer.grading.evidence import unprompted
from interviewer.grading.example_statements import Example
from interviewer.grading.text_regression import ARRAYS, TextRegression
from interviewer.grading.trained_models import Arrays, kept
from interviewer.text import tokenizer
from interviewer.text.spellings import spellings
from interviewer.text.tokenizer import Clause, Token

# From which score on a claim is made, or made by half; chosen on answers that were written for it, not on the gold set.
MET_THRESHOLD = 0.0
HALF_THRESHOLD = -0.2
# A claim is learnt from so many statements that make it, and so many that do not, on; fewer tell nothing.
_LEAST_EXAMPLES = 10
# What a stretch scores of which nothing is known: most of what is said does not make a given claim.
_PRIOR = -0.8
# A stretch is so many neighbouring clauses at most, and so many tokens. A clause without punctuation goes on and on, so
# it is looked at in pieces.
_MOST_PIECES = 4
_MOST_TOKENS = 60
_PIECE = 15
# Of a stretch of which less than this share of units is known, nothing can be told.
_LEAST_KNOWN = 0.2


class Stretch(NamedTuple):
    """Where a claim is made most surely: from clause `first` to clause `last`, and `span` in the text."""

    score: float
    first: int
    last: int
    span: tuple[int, int]


class _Piece(NamedTuple):
    """A clause, given by its number, or a part of a long one."""

    clause: int
    tokens: Sequence[Token]


class ClaimClassifier:
    """Tells which claims of a question are made; of criteria without examples it knows nothing."""

    def __init__(self, question: Question, examples: Sequence[Example]) -> None:
        counts = Counter((one.criterion, one.makes_claim) for one in examples)
        enough = {
            one.id for one in question.criteria if min(counts[one.id, True], counts[one.id, False]) >= _LEAST_EXAMPLES
        }
        self.criteria = tuple(one.id for one in question.criteria if one.id in enough)
        if not self.criteria:
            return
        claims: dict[str, set[str]] = {one.text: set() for one in examples}
        for one in examples:
            claims[one.text] |= {one.criterion} if one.makes_claim else set()
        # Question, probes and hints make no claim: who says them back has not answered.
        asides = [text for c in question.criteria for one in (c.probe, *c.hints) if one for text in one.both]
        claims |= {text: set() for text in (*question.text.both, *asides)}
        made_of = ("\n".join((text, *sorted(made))) for text, made in claims.items())
        arrays = kept((*self.criteria, "", *made_of), (*ARRAYS, "stems"), lambda: self._train(claims))
        self._spellings = spellings(str(arrays["stems"]).split("\n"))
        self._regression = TextRegression(arrays)

    def _train(self, claims: Mapping[str, Collection[str]]) -> Arrays:
        clauses = [tokenizer.tokenize(text) for text in claims]
        stems = sorted({token.text for some in clauses for clause in some for token in clause.tokens})
        self._spellings = spellings(stems)
        texts = [[unit for clause in some for unit in self._units(clause.tokens)] for some in clauses]
        made = np.array([[1 if one in some else -1 for one in self.criteria] for some in claims.values()], np.float32)
        known = [stem for stem in stems if tokenizer.may_be_misspelt(stem)]
        return {
            **TextRegression.train(texts, made, np.full(len(self.criteria), _PRIOR)),
            "stems": np.array("\n".join(known)),
        }

    def best(self, clauses: Sequence[Clause], prompted: frozenset[str] = frozenset()) -> list[Stretch | None]:
        """For each criterion the stretch that makes its claim most surely; words the interviewer said first are left out."""
        if not self.criteria:
            return []
        pieces = list(_pieces(clauses))
        own = [unprompted(piece.tokens, prompted) if prompted else piece.tokens for piece in pieces]
        units = [self._units(tokens) for tokens in own]
        best: list[Stretch | None] = [None] * len(self.criteria)
        for first, last in _stretches(own):
            said = [unit for some in units[first : last + 1] for unit in some]
            for place, score in enumerate(self._regression.scores(said, _LEAST_KNOWN) or ()):
                found = best[place]
                if found is None or score > found.score:
                    span = (pieces[first].tokens[0].start, pieces[last].tokens[-1].end)
                    best[place] = Stretch(score, pieces[first].clause, pieces[last].clause, span)
        return best

    def _units(self, tokens: Sequence[Token]) -> list[str]:
        """The words of a clause and its pairs of neighbours: stems, or those that they are a slip of, and Chinese characters.

        Signs of formulas are left out: they stand in formulas of anything.
        """
        tokens = [token for token in tokens if token.text not in tokenizer.OPERATORS]
        words = [self._spellings(token.text)[:2][-1] for token in tokens]
        blanks = ("" if one.is_cjk and other.is_cjk else " " for one, other in pairwise(tokens))
        return words + [f"{one}{blank}{other}" for (one, other), blank in zip(pairwise(words), blanks, strict=True)]


def _pieces(clauses: Sequence[Clause]) -> Iterator[_Piece]:
    for number, clause in enumerate(clauses):
        size = _PIECE if len(clause.tokens) > 2 * _PIECE else len(clause.tokens)
        for start in range(0, len(clause.tokens), size):
            yield _Piece(number, clause.tokens[start : start + size])


def _stretches(pieces: Sequence[Sequence[Token]]) -> Iterator[tuple[int, int]]:
    """The first and the last piece of each stretch."""
    for first in range(len(pieces)):
        size = 0
        for last in range(first, min(first + _MOST_PIECES, len(pieces))):
            size += len(pieces[last])
            if last > first and size > _MOST_TOKENS:
                break
            yield first, last
