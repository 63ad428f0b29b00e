"""The terms of a question's rubric, ready to be found in an answer in one pass over its words."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from interviewer.grading.lexical import polarity
from interviewer.text import tokenizer
from interviewer.text.tokenizer import Clause, Token

_GAP = 14
_SKIPPED = frozenset(("the", "a", "an", "of", "to", "its", "your", "our"))
_LONG_SLIP = 2

Runs = tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Term:
    """The runs of tokens of one alias, and which groups of which criteria it is in; `is_contrary` if it denies them."""

    runs: Runs
    is_negative: bool
    is_contrary: bool
    homes: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Hit:
    """A term found in a clause."""

    term: Term
    clause: int
    first: int
    last: int


@lru_cache(maxsize=65536)
def runs_of(term: str) -> Runs:
    """A term as the runs of tokens between its gaps."""
    runs = (tokenizer.words(part) for part in term.replace("...", "…").split("…"))
    return tuple(run for run in runs if run)


@lru_cache(maxsize=65536)
def _written_in(term: str) -> tuple[tuple[str, str], ...]:
    """The words of a term that can be misspelt, as they are written, with their stems."""
    stretch = [token for clause in tokenizer.clauses(term.replace("…", " ")) for token in clause.tokens]
    return tuple((t.word, t.text) for t in stretch if len(t.word) >= tokenizer.SHORTEST_MISSPELT and t.word.isascii())


def is_negative(runs: Runs) -> bool:
    """Whether a term has a negation in it."""
    return any(word in polarity.NEGATIONS or word.endswith("nt") for run in runs for word in run)


class Terms:
    """Terms by the words they begin with. By the texts that they were made of, misspelt words are known."""

    def __init__(self, terms: Sequence[Term], texts: Iterable[str]) -> None:
        self._by_word: dict[str, list[Term]] = defaultdict(list)
        self._by_pair: dict[tuple[str, str], list[Term]] = defaultdict(list)
        for term in terms:
            run = term.runs[0]
            if len(run) > 1 and not run[0].isascii() and not run[1].isascii():
                self._by_pair[run[0], run[1]].append(term)
            else:
                self._by_word[run[0]].append(term)
        words = {word for term in terms for run in term.runs for word in run}
        self._words = frozenset(words)
        self._fuzzy: dict[str, list[str]] = defaultdict(list)
        for word in words:
            if len(word) >= tokenizer.SHORTEST_FUZZY and word.isascii() and word.isalpha():
                self._fuzzy[word[0]].append(word)
        self._written: dict[str, dict[str, str]] = defaultdict(dict)
        for word, stem in (written for text in texts for written in _written_in(text)):
            self._written[word[0]][word] = stem
        self._alike: dict[str, tuple[str, ...]] = {}

    def find(self, clauses: Sequence[Clause]) -> list[Hit]:
        """Each place where the runs of a term stand in order within one clause, at most `_GAP` tokens apart."""
        return [hit for number, clause in enumerate(clauses) for hit in self._in_clause(number, clause.tokens)]

    def _in_clause(self, number: int, stretch: Sequence[Token]) -> Iterator[Hit]:
        words = [self._alternatives(token) for token in stretch]
        for first, alternatives in enumerate(words):
            for word in alternatives:
                candidates = self._by_word.get(word, ())
                for term in candidates:
                    last = _end(term.runs, words, stretch, first)
                    if last is not None:
                        yield Hit(term, number, first, last)
            if first + 1 < len(stretch) and (stretch[first].text, stretch[first + 1].text) in self._by_pair:
                for term in self._by_pair[stretch[first].text, stretch[first + 1].text]:
                    last = _end(term.runs, words, stretch, first)
                    if last is not None:
                        yield Hit(term, number, first, last)

    def _alternatives(self, token: Token) -> tuple[str, ...]:
        """The word itself, and the words of terms that it may be a slip of."""
        word = token.text
        if len(token.word) < tokenizer.SHORTEST_FUZZY or not (token.word.isascii() and token.word.isalpha()):
            return (word,)
        known = self._alike.get(token.word)
        if known is None:
            near = [
                other
                for other in self._fuzzy.get(word[0], ())
                if other != word and abs(len(other) - len(word)) <= _LONG_SLIP and tokenizer.same_word(word, other)
            ]
            if word not in self._words:
                written = self._written.get(word[0], {})
                near += [stem for other, stem in written.items() if tokenizer.misspelt(token.word, other)]
            known = tuple(dict.fromkeys((word, *near)))
            if len(self._alike) < 20_000:
                self._alike[token.word] = known
        return known


def found_in(term: str, text: str) -> bool:
    """Whether a text contains a term the way the grader would find it."""
    runs = runs_of(term)
    plain = Term(runs, is_negative=True, is_contrary=False, homes=())
    return bool(runs) and bool(Terms([plain], [term]).find(tokenizer.clauses(text)))


def _end(runs: Runs, words: Sequence[tuple[str, ...]], stretch: Sequence[Token], first: int) -> int | None:
    last = _run(runs[0], words, stretch, first)
    for run in runs[1:]:
        if last is None:
            return None
        near = range(last, min(len(stretch), last + _GAP + 1))
        last = next((end for place in near if (end := _run(run, words, stretch, place)) is not None), None)
    return last


def _run(run: Sequence[str], words: Sequence[tuple[str, ...]], stretch: Sequence[Token], first: int) -> int | None:
    """Where a run of tokens that begins at `first` ends, or None; small words may stand between English ones."""
    place = first
    for word in run:
        while place > first and place < len(stretch) and word not in words[place] and stretch[place].word in _SKIPPED:
            place += 1
        if place >= len(stretch) or word not in words[place]:
            return None
        place += 1
    return place
