"""An answer as it is searched, and the terms of a rubric that are found in it, in one pass over its words."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from operator import contains
from typing import NamedTuple

from interviewer.text import tokenizer
from interviewer.text.spellings import Spellings
from interviewer.text.tokenizer import Clause

# How many tokens may stand in the gap of a term ("reduce…rate").
_GAP = 14
# In one clause, so many places where a term begins are looked at: nobody says a thing so often who means it.
_MOST_TRIES = 32

Home = tuple[int, int]
"""The criterion that a term belongs to, and the alias group."""
Runs = tuple[tuple[str, ...], ...]
"""The tokens of a term, in the runs between its gaps."""


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


class ClaimMatch(NamedTuple):
    """Where an answer speaks of a criterion: how much is said (0 to 1), in which clauses, or the contrary.

    `span` is the part of the text where it is said, if that is not the clauses as a whole.
    """

    answer: AnswerTurn
    share: float
    clauses: tuple[int, ...]
    is_negated: bool
    span: tuple[int, int] | None = None


class TermHit(NamedTuple):
    """A term found in a clause, in the tokens from `first` to `last` (exclusive)."""

    runs: Runs
    homes: Collection[Home]
    clause: int
    first: int
    last: int


class TermIndex:
    """Terms by the one or two words that they begin with."""

    def __init__(self, terms: Iterable[tuple[str, Home]], alternatives: Spellings) -> None:
        self._alternatives = alternatives
        # The homes of each are a dict for their order, which counts where several terms begin at one place.
        self._by_start: dict[tuple[str, ...], dict[Runs, dict[Home, None]]] = defaultdict(lambda: defaultdict(dict))
        for term, home in terms:
            runs = tuple(filter(None, map(tokenizer.words, term.replace("...", "…").split("…"))))
            if runs:
                self._by_start[runs[0][:2]][runs][home] = None

    def find(self, clauses: Sequence[Clause]) -> Iterator[TermHit]:
        """Each place where the runs of a term stand in order within one clause."""
        for number, clause in enumerate(clauses):
            stems = [self._alternatives(token.text) for token in clause.tokens]
            tries = Counter[Runs]()
            for first, (own, following) in enumerate(pairwise([*stems, ()])):
                starts = [(stem, *after) for stem in own for after in ((), *((other,) for other in following))]
                for runs, homes in (term for start in starts for term in self._by_start.get(start, {}).items()):
                    tries[runs] += 1
                    last = _end(runs, stems, first) if tries[runs] <= _MOST_TRIES else None
                    if last is not None:
                        yield TermHit(runs, homes, number, first, last)


def _end(runs: Runs, stems: Sequence[Collection[str]], first: int) -> int | None:
    last, places = first, range(first, first + 1)
    for run in runs:
        size = len(run)
        ends = (
            at + size for at in places if at + size <= len(stems) and all(map(contains, stems[at : at + size], run))
        )
        last = next(ends, -1)
        if last < 0:
            return None
        places = range(last, last + _GAP + 1)
    return last
