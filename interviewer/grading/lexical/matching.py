"""Finds the terms of a rubric in an answer, in one pass over its words."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from interviewer.text import tokenizer
from interviewer.text.tokenizer import Clause, Token

# How many tokens may stand in the gap of a term ("reduce…rate").
_GAP = 14
_SKIPPED = frozenset(("the", "a", "an", "of", "to", "its", "your", "our"))
_MOST_SKIPPED = 4
# A term that is said over and over in one clause says no more than this many times.
_MOST_HITS = 4
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
    """The words of a rubric, by which words of answers that are misspelt or inflected oddly are recognised."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._stems: dict[str, dict[str, str]] = defaultdict(dict)
        for clause in (clause for text in texts for clause in tokenizer.clauses(text.replace("…", " "))):
            for token in clause.tokens:
                if token.word.isascii() and token.word.isalpha() and len(token.text) >= tokenizer.SHORTEST_FUZZY:
                    self._stems[token.word[0]][token.word] = token.text
        self._alike: dict[str, tuple[str, ...]] = {}

    def alternatives(self, token: Token) -> tuple[str, ...]:
        """The stem itself, and the stems of the words that it may be a slip of."""
        if len(token.text) < tokenizer.SHORTEST_FUZZY or not (token.word.isascii() and token.word.isalpha()):
            return (token.text,)
        known = self._alike.get(token.word)
        if known is None:
            near = self._stems.get(token.word[0], {})
            slips = () if token.word in near else (stem for word, stem in near.items() if _is_slip(token, word, stem))
            known = tuple(dict.fromkeys((token.text, *slips)))
            if len(self._alike) < _MOST_REMEMBERED:
                self._alike[token.word] = known
        return known


def _is_slip(token: Token, word: str, stem: str) -> bool:
    return tokenizer.same_word(token.text, stem) or tokenizer.misspelt(token.word, word)


class TermIndex:
    """Terms by the words they begin with."""

    def __init__(self, terms: Sequence[Term], vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self._by_first: dict[str, list[Term]] = defaultdict(list)
        for term in terms:
            self._by_first[term.runs[0][0]].append(term)

    def find(self, clauses: Sequence[Clause]) -> list[TermHit]:
        """Each place where the runs of a term stand in order within one clause; of a repeated term the first few."""
        return [hit for number, clause in enumerate(clauses) for hit in self._in_clause(number, clause.tokens)]

    def _in_clause(self, number: int, tokens: Sequence[Token]) -> Iterator[TermHit]:
        stems = [self._vocabulary.alternatives(token) for token in tokens]
        hits = Counter[Term]()
        for first, alternatives in enumerate(stems):
            for stem in alternatives:
                for term in self._by_first.get(stem, ()):
                    last = _end(term.runs, stems, tokens, first) if hits[term] < _MOST_HITS else None
                    if last is not None:
                        hits[term] += 1
                        yield TermHit(term, number, first, last)


def says_term(text: str, term: str) -> bool:
    """Whether a text contains a term the way the grader would find it."""
    runs = runs_of(term)
    return bool(runs) and bool(TermIndex([Term(runs)], Vocabulary([term])).find(tokenizer.clauses(text)))


def _end(runs: Runs, stems: Sequence[tuple[str, ...]], tokens: Sequence[Token], first: int) -> int | None:
    last = _run(runs[0], stems, tokens, first)
    for run in runs[1:]:
        if last is None:
            return None
        near = range(last, min(len(tokens), last + _GAP + 1))
        last = next((end for place in near if (end := _run(run, stems, tokens, place)) is not None), None)
    return last


def _run(run: Sequence[str], stems: Sequence[tuple[str, ...]], tokens: Sequence[Token], first: int) -> int | None:
    """Where a run of tokens that begins at `first` ends, or None; small words may stand between English ones."""
    place, skipped = first, 0
    for stem in run:
        while (
            first < place < len(tokens)
            and skipped < _MOST_SKIPPED
            and stem not in stems[place]
            and tokens[place].word in _SKIPPED
        ):
            place += 1
            skipped += 1
        if place >= len(tokens) or stem not in stems[place]:
            return None
        place += 1
    return place
