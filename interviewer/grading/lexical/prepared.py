"""A question as the grader looks for it, worked out once."""

import re
import threading
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from interviewer.domain.rubric import Kind, Question
from interviewer.grading.lexical import opposites, polarity
from interviewer.grading.lexical.directions import Statement, statement
from interviewer.grading.lexical.terms import Runs, Term, Terms, is_negative, runs_of
from interviewer.text import tokenizer


@dataclass(frozen=True, eq=False)
class Prepared:
    """A question as the grader looks for it; there is one of each, so it is equal to itself alone."""

    question: Question

    @cached_property
    def asked(self) -> frozenset[str]:
        return frozenset(word for text in self.question.text.both for word in tokenizer.words(text))

    @cached_property
    def terms(self) -> Terms:
        return _terms(self.question)

    @cached_property
    def echoed(self) -> frozenset[Runs]:
        """The terms that the question itself says."""
        asked = [clause for text in self.question.text.both for clause in tokenizer.clauses(text)]
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
            frozenset(one for text in c.text.both for one in polarity.setting(tokenizer.fold(text)))
            for c in self.question.criteria
        )

    @cached_property
    def partners(self) -> tuple[frozenset[tuple[int, int]], ...]:
        """For each criterion, the partner of the one that it speaks of."""
        return tuple(
            frozenset((pair, 1 - side) for text in c.text.both for pair, side in opposites.roles(tokenizer.fold(text)))
            for c in self.question.criteria
        )

    @cached_property
    def statements(self) -> tuple[tuple[Statement, ...], ...]:
        """For each criterion, its own words as statements."""
        return tuple(tuple(statement(tokenizer.fold(text)) for text in c.text.both) for c in self.question.criteria)

    @cached_property
    def subjects(self) -> frozenset[str]:
        """The things of which a criterion says what they are."""
        texts = (tokenizer.fold(text) for criterion in self.question.criteria for text in criterion.text.both)
        return frozenset(filter(None, map(subject, texts)))

    @cached_property
    def verdict(self) -> bool | None:
        """What the reference says at once, yes or no."""
        found = {polarity.verdict(text) for text in self.question.reference.both} - {None}
        return found.pop() if len(found) == 1 else None


_SUBJECT = re.compile(
    r"^\W*(?:the |an? |而)?(?:([a-z][a-z0-9 -]{0,30}?) (?:is|are)(?! not)\b|([\u3400-\u9fffa-z0-9 ]{1,12}?)(?<!不)(?:就|才)?是(?!否|不是))"
)


def subject(text: str) -> str:
    """Of what a folded statement says what it is, or nothing."""
    found = _SUBJECT.match(text)
    return (found[1] or found[2]).strip() if found else ""


_prepared: dict[str, Prepared] = {}
_MOST_PREPARED = 256
# Answers are graded in several threads, and nothing may change a dict while another looks for its oldest key.
_preparing = threading.Lock()


def prepare(question: Question) -> Prepared:
    """What the grader needs of a question, worked out once."""
    found = _prepared.get(question.digest)
    if found is None:
        with _preparing:
            while len(_prepared) >= _MOST_PREPARED:
                del _prepared[next(iter(_prepared))]
            found = _prepared.setdefault(question.digest, Prepared(question))
    return found


def _terms(question: Question) -> Terms:
    homes: dict[Runs, list[tuple[int, int]]] = defaultdict(list)
    for place, criterion in enumerate(question.criteria):
        for group, aliases in enumerate(criterion.aliases):
            for alias in aliases:
                runs = runs_of(alias)
                if runs and (place, group) not in homes[runs]:
                    homes[runs].append((place, group))
    terms = [Term(runs, is_negative(runs), is_contrary=False, homes=tuple(found)) for runs, found in homes.items()]
    texts = [alias for criterion in question.criteria for aliases in criterion.aliases for alias in aliases]
    return Terms([*terms, *_contrary(question, terms)], texts)


def _contrary(question: Question, terms: Sequence[Term]) -> list[Term]:
    """The terms that deny a claim: turned aliases that neither the rubric nor the question nor its reference says."""
    said, claimed = Terms(terms, ()), {term.runs for term in terms}
    against: dict[Runs, list[tuple[int, int]]] = defaultdict(list)
    for place, criterion in enumerate(question.criteria):
        if criterion.kind is Kind.MISTAKE:
            continue
        turned = (
            (n, text) for n, group in enumerate(criterion.aliases) for alias in group for text in _opposites(alias)
        )
        for group, text in turned:
            runs, home = runs_of(text), (place, group)
            if _is_telling(runs) and runs not in claimed and not _says(said, text, home) and home not in against[runs]:
                against[runs].append(home)
    found = [
        Term(runs, is_negative(runs), is_contrary=True, homes=tuple(homes)) for runs, homes in against.items() if homes
    ]
    texts = [clause for text in (*question.reference.both, *question.text.both) for clause in tokenizer.clauses(text)]
    excused = {hit.term.runs for hit in Terms(found, ()).find(texts)}
    return [term for term in found if term.runs not in excused]


def _opposites(alias: str) -> Iterator[str]:
    yield from opposites.contraries(alias)
    bare = opposites.affirmative(alias)
    if bare:
        yield bare


def _says(said: Terms, turned: str, home: tuple[int, int]) -> bool:
    """Whether a turned term says what its own criterion claims anyway."""
    return any(home in hit.term.homes for hit in said.find(tokenizer.clauses(turned.replace("…", " "))))


def _is_telling(runs: Runs) -> bool:
    """Whether a turned term is long enough to mean what it says."""
    words = [word for run in runs for word in run]
    return len(words) > 1 and (len(words) >= _LEAST_TELLING or any(word.isascii() for word in words))


_LEAST_TELLING = 3
