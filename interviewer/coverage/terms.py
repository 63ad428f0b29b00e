"""The terms of a question's rubric, ready to be found in an answer in one pass over its words."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from interviewer import tokens
from interviewer.coverage import polarity
from interviewer.rubric import Question
from interviewer.tokens import Clause, Token

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
    runs = (tokens.words(part) for part in term.replace("...", "…").split("…"))
    return tuple(run for run in runs if run)


class Terms:
    """Terms by the words they begin with."""

    def __init__(self, terms: Sequence[Term]) -> None:
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
            if len(word) >= tokens.SHORTEST_FUZZY and word.isascii() and word.isalpha():
                self._fuzzy[word[0]].append(word)
        self._alike: dict[str, tuple[str, ...]] = {}

    def find(self, clauses: Sequence[Clause]) -> list[Hit]:
        """Each place where the runs of a term stand in order within one clause, at most `_GAP` tokens apart."""
        return [hit for number, clause in enumerate(clauses) for hit in self._in_clause(number, clause.tokens)]

    def _in_clause(self, number: int, stretch: Sequence[Token]) -> Iterator[Hit]:
        words = [self._alternatives(token.text) for token in stretch]
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

    def _alternatives(self, word: str) -> tuple[str, ...]:
        """The word itself, and the words of terms that it may be a slip of."""
        known = self._alike.get(word)
        if known is None:
            near: list[str] = []
            if len(word) >= tokens.SHORTEST_FUZZY and word.isascii() and word.isalpha():
                near = [
                    other
                    for other in self._fuzzy.get(word[0], ())
                    if other != word and abs(len(other) - len(word)) <= _LONG_SLIP and tokens.same_word(word, other)
                ]
            known = (word, *near)
            if len(self._alike) < 20_000:
                self._alike[word] = known
        return known


@dataclass(frozen=True)
class Prepared:
    """A question as the grader looks for it."""

    question: Question

    @cached_property
    def asked(self) -> frozenset[str]:
        return frozenset(word for text in self.question.text.both for word in tokens.words(text))

    @cached_property
    def terms(self) -> Terms:
        return Terms(_terms(self.question))

    @cached_property
    def echoed(self) -> frozenset[Runs]:
        """The terms that the question itself says."""
        asked = [clause for text in self.question.text.both for clause in tokens.clauses(text)]
        return frozenset(hit.term.runs for hit in self.terms.find(asked))

    @cached_property
    def negative(self) -> tuple[bool, ...]:
        """For each criterion, whether it says that something is not so."""
        return tuple(
            polarity.is_negative(criterion.text.en or criterion.text.zh) for criterion in self.question.criteria
        )

    @cached_property
    def unwanted(self) -> tuple[bool, ...]:
        """For each criterion, whether it is about doing away with something."""
        return tuple(any(polarity.is_unwanted(text) for text in c.text.both) for c in self.question.criteria)

    @cached_property
    def settings(self) -> tuple[frozenset[str], ...]:
        """For each criterion, whether it is about training or testing."""
        return tuple(
            frozenset(one for text in c.text.both for one in polarity.setting(tokens.fold(text)))
            for c in self.question.criteria
        )

    @cached_property
    def verdict(self) -> bool | None:
        """What the reference says at once, yes or no."""
        found = {polarity.verdict(text) for text in self.question.reference.both} - {None}
        return found.pop() if len(found) == 1 else None


_prepared: dict[tuple[object, ...], Prepared] = {}
_MOST_PREPARED = 256


def prepare(question: Question) -> Prepared:
    """What the grader needs of a question, worked out once."""
    key = (question.rubric.digest, question.text, question.reference)
    found = _prepared.get(key)
    if found is None:
        while len(_prepared) >= _MOST_PREPARED:
            _prepared.pop(next(iter(_prepared)), None)
        found = _prepared[key] = Prepared(question)
    return found


def found_in(term: str, text: str) -> bool:
    """Whether a text contains a term the way the grader would find it."""
    runs = runs_of(term)
    return bool(runs) and bool(Terms([_plain(runs)]).find(tokens.clauses(text)))


def _plain(runs: Runs) -> Term:
    return Term(runs, is_negative=True, is_contrary=False, homes=())


def _terms(question: Question) -> list[Term]:
    homes: dict[Runs, list[tuple[int, int]]] = defaultdict(list)
    against: dict[Runs, list[tuple[int, int]]] = defaultdict(list)
    for place, criterion in enumerate(question.criteria):
        for group, aliases in enumerate(criterion.aliases):
            for alias in aliases:
                runs = runs_of(alias)
                if runs and (place, group) not in homes[runs]:
                    homes[runs].append((place, group))
    terms = [Term(runs, _negative(runs), is_contrary=False, homes=tuple(found)) for runs, found in homes.items()]
    said = Terms(terms)
    for place, criterion in enumerate(question.criteria):
        if criterion.kind.value == "mistake":
            continue
        for group, aliases in enumerate(criterion.aliases):
            for alias in aliases:
                for turned in _opposites(alias):
                    runs = runs_of(turned)
                    if (
                        _is_telling(runs)
                        and runs not in homes
                        and not _claimed(said, turned, place, group)
                        and (place, group) not in against[runs]
                    ):
                        against[runs].append((place, group))
    references = [clause for text in (*question.reference.both, *question.text.both) for clause in tokens.clauses(text)]
    contrary = [
        Term(runs, _negative(runs), is_contrary=True, homes=tuple(found)) for runs, found in against.items() if found
    ]
    excused = {hit.term.runs for hit in Terms(contrary).find(references)} if contrary else set()
    return [*terms, *(term for term in contrary if term.runs not in excused)]


def _opposites(alias: str) -> Iterator[str]:
    yield from polarity.contraries(alias)
    bare = polarity.affirmative(alias)
    if bare:
        yield bare


def _claimed(said: Terms, turned: str, place: int, group: int) -> bool:
    """Whether the turned term says something that the same criterion, or another right one, claims anyway."""
    return any((place, group) in hit.term.homes for hit in said.find(tokens.clauses(turned.replace("…", " "))))


def _is_telling(runs: Runs) -> bool:
    """Whether a turned term is long enough to mean what it says."""
    words = [word for run in runs for word in run]
    return len(words) > 1 and (len(words) >= _LEAST_TELLING or any(word.isascii() for word in words))


_LEAST_TELLING = 3


def _negative(runs: Runs) -> bool:
    return any(word in polarity.NEGATIONS or word.endswith("nt") for run in runs for word in run)


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
