"""Finds the terms of a rubric in an answer, in one pass over its words."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from interviewer.text import tokenizer
from interviewer.text.tokenizer import Clause, Token

# How many tokens may stand in the gap of a term ("reduce…rate").
_GAP = 14
# In one clause, so many places where a term begins are looked at: nobody says a thing so often who means it.
_MOST_TRIES = 32
_MOST_REMEMBERED = 20_000

Runs = tuple[tuple[str, ...], ...]


@dataclass(frozen=True, eq=False, slots=True)
class Term:
    """The runs of tokens of an alias, between its gaps, and the groups (criterion, group) that it stands in.

    `is_negative` if it has a negation in it.
    """

    runs: Runs
    homes: tuple[tuple[int, int], ...] = ()
    is_negative: bool = False


@dataclass(frozen=True, slots=True)
class TermHit:
    """A term found in a clause, in the tokens from `first` to `last` (exclusive)."""

    term: Term
    clause: int
    first: int
    last: int


@lru_cache(maxsize=65536)
def runs_of(term: str) -> Runs:
    """A term as the runs of tokens between its gaps."""
    runs = (tokenizer.words(part) for part in term.replace("...", "…").split("…"))
    return tuple(run for run in runs if run)


class Vocabulary:
    """The stems of a rubric's words, by which words of answers that are misspelt are recognised."""

    def __init__(self, texts: Iterable[str]) -> None:
        stems = (stem for text in texts for stem in tokenizer.words(text.replace("…", " ")))
        self._stems = frozenset(stem for stem in stems if tokenizer.may_be_misspelt(stem))
        self._alike: dict[str, tuple[str, ...]] = {}

    def alternatives(self, stem: str) -> tuple[str, ...]:
        """The stem itself, and those of the rubric that it may be a slip of."""
        if stem in self._stems or not tokenizer.may_be_misspelt(stem):
            return (stem,)
        known = self._alike.get(stem)
        if known is None:
            known = (stem, *(other for other in self._stems if tokenizer.same_word(stem, other)))
            if len(self._alike) < _MOST_REMEMBERED:
                self._alike[stem] = known
        return known


class TermIndex:
    """Terms by the one or two words that they begin with."""

    def __init__(self, terms: Sequence[Term], vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self._by_start: dict[tuple[str, ...], list[Term]] = defaultdict(list)
        for term in terms:
            self._by_start[term.runs[0][:2]].append(term)

    def find(self, clauses: Sequence[Clause]) -> list[TermHit]:
        """Each place where the runs of a term stand in order within one clause."""
        return [hit for number, clause in enumerate(clauses) for hit in self._in_clause(number, clause.tokens)]

    def _in_clause(self, number: int, tokens: Sequence[Token]) -> Iterator[TermHit]:
        stems = [self._vocabulary.alternatives(token.text) for token in tokens]
        tries = Counter[Term]()
        for first, (own, following) in enumerate(pairwise([*stems, ()])):
            starts = [(stem, *after) for stem in own for after in ((), *((other,) for other in following))]
            for term in (term for start in starts for term in self._by_start.get(start, ())):
                tries[term] += 1
                last = _end(term.runs, stems, first) if tries[term] <= _MOST_TRIES else None
                if last is not None:
                    yield TermHit(term, number, first, last)


def says_term(text: str, term: str) -> bool:
    """Whether a text contains a term the way the grader would find it."""
    runs = runs_of(term)
    return bool(runs) and bool(TermIndex([Term(runs)], Vocabulary([term])).find(tokenizer.clauses(text)))


def _end(runs: Runs, stems: Sequence[Collection[str]], first: int) -> int | None:
    """Where a term that begins at `first` ends, or None."""
    last = first + len(runs[0]) if _stands(runs[0], stems, first) else None
    for run in runs[1:]:
        if last is None:
            return None
        near = range(last, last + _GAP + 1)
        last = next((place + len(run) for place in near if _stands(run, stems, place)), None)
    return last


def _stands(run: Sequence[str], stems: Sequence[Collection[str]], place: int) -> bool:
    return place + len(run) <= len(stems) and all(stem in stems[place + n] for n, stem in enumerate(run))
