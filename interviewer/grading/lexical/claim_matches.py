"""Where an answer speaks of each criterion of a question, and whether it affirms or denies it there."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import chain, groupby
from threading import Lock

from interviewer.domain.rubric import Criterion, Kind, Question
from interviewer.grading.claim_classifier import HALF_THRESHOLD, MET_THRESHOLD, ClaimClassifier
from interviewer.grading.evidence import unprompted
from interviewer.grading.example_statements import examples_of
from interviewer.grading.lexical import negation
from interviewer.grading.lexical.matching import AnswerTurn, ClaimMatch, TermHit, TermIndex
from interviewer.grading.lexical.overlap import claim_text, overlaps
from interviewer.text import tokenizer
from interviewer.text.glossary import Glossary
from interviewer.text.spellings import spellings, stems_of

_HitsBySentence = Mapping[int, Sequence[tuple[int, TermHit, bool]]]
"""The group of each hit, the hit, and whether it is negated."""


class PreparedQuestion:
    """The terms and claims of a question, ready to be found in answers."""

    def __init__(self, question: Question, known: Glossary, added: str) -> None:
        del added  # tells one set of examples from another, for the cache
        self.question, self._glossary = question, known
        self._classifier = ClaimClassifier(question, examples_of(question))
        self.learnt = self._classifier.criteria
        self._places = {criterion.id: place for place, criterion in enumerate(question.criteria)}
        self._asked = frozenset(word for text in question.text.both for word in tokenizer.words(text))
        aliases = [
            (alias, (place, number))
            for place, criterion in enumerate(question.criteria)
            if criterion.id not in self.learnt
            for number, group in enumerate(criterion.aliases)
            for alias in group
        ]
        claims = [() if c.aliases or c.id in self.learnt else c.text.both for c in question.criteria]
        self._spellings = spellings(stems_of([*(alias for alias, _ in aliases), *chain(*claims)]))
        self._terms = TermIndex(aliases, self._spellings)
        asked = {unit for text in question.text.both for unit in claim_text(text, (), known).weights}
        self._claims = [[claim_text(text, asked, known) for text in some] for some in claims]
        # What sounds like a denial of a criterion tells nothing where the reference itself seems to deny it.
        self._denied = frozenset[str]()
        found = chain(*(self.settled(matches_in_text(self, text)) for text in question.reference.both))
        self._denied = frozenset(c.id for c, _, is_denied in found if is_denied and c.kind is not Kind.MISTAKE)

    def matches(self, answers: Iterable[AnswerTurn]) -> list[list[ClaimMatch]]:
        matches: list[list[ClaimMatch]] = [[] for _ in self.question.criteria]
        for answer in answers:
            by_overlap = overlaps(self._claims, answer, self._spellings, self._glossary)
            for found, one, other in zip(matches, self._by_terms(answer), by_overlap, strict=True):
                found += [*one, *other]
            for criterion, match in self._by_example(answer):
                matches[self._places[criterion]].append(match)
        return matches

    def settled(self, matches: Sequence[Sequence[ClaimMatch]]) -> Iterator[tuple[Criterion, ClaimMatch | None, bool]]:
        """For each criterion, the match that counts, and whether the answer denies the claim or takes it back."""
        for criterion, found in zip(self.question.criteria, matches, strict=True):
            plain, negated = (_best(one for one in found if one.is_negated is side) for side in (False, True))
            if criterion.id in self._denied:
                yield criterion, _best(found), False
            elif negated and negated.share >= 1:
                yield criterion, negated, True
            else:
                yield criterion, plain, plain is not None and negation.is_taken_back(plain, self._asked)

    def _by_example(self, answer: AnswerTurn) -> Iterator[tuple[str, ClaimMatch]]:
        """What is most like the examples of each criterion, and what is said of it in clauses that are denied as a whole."""
        denied = set(negation.denied_clauses(answer))
        for is_denied, run in groupby(range(len(answer.clauses)), key=denied.__contains__):
            numbers = list(run)
            best = self._classifier.best([answer.clauses[number] for number in numbers], answer.prompted)
            for criterion, found in zip(self.learnt, best, strict=True):
                if found and found.score >= HALF_THRESHOLD:
                    share = 1.0 if found.score >= MET_THRESHOLD else 0.5
                    clauses = tuple(numbers[found.first : found.last + 1])
                    yield criterion, ClaimMatch(answer, share, clauses, is_denied, found.span)

    def _by_terms(self, answer: AnswerTurn) -> Iterator[Iterator[ClaimMatch]]:
        """For each criterion with aliases, what each two neighbouring sentences say of it."""
        denied = set(negation.denied_clauses(answer))
        hits: dict[int, dict[int, list[tuple[int, TermHit, bool]]]] = defaultdict(lambda: defaultdict(list))
        for hit in self._terms.find(answer.clauses):
            clause, is_negated = answer.clauses[hit.clause], hit.clause in denied
            if not is_negated and negation.NEGATIONS.isdisjoint(word for run in hit.runs for word in run):
                is_negated = negation.negates(clause.tokens, hit.first)
            for place, group in hit.homes:
                hits[place][clause.sentence].append((group, hit, is_negated))
        for place, criterion in enumerate(self.question.criteria):
            yield self._in_windows(answer, len(criterion.aliases), hits[place])

    def _in_windows(self, answer: AnswerTurn, groups: int, hits: _HitsBySentence) -> Iterator[ClaimMatch]:
        """The matches in two neighbouring sentences; a claim is denied by one negated part of it with all others said."""
        for sentence in sorted({number - before for number in hits for before in (0, 1)}):
            window = [*hits.get(sentence, ()), *hits.get(sentence + 1, ())]
            for is_negated in {against for _, _, against in window}:
                used = sorted((one for one in window if is_negated or not one[2]), key=lambda one: not one[2])
                found = {group: hit for group, hit, _ in reversed(used)}
                spans = [answer.clauses[hit.clause].tokens[hit.first : hit.last] for _, hit, _ in used]
                # Words of the question alone are worth nothing, nor are those of a follow-up unless they are denied.
                if any(token.text not in self._asked for span in spans for token in span) and (
                    is_negated or any(unprompted(span, answer.prompted) for span in spans)
                ):
                    clauses = tuple(sorted({hit.clause for hit in found.values()}))
                    yield ClaimMatch(answer, len(found) / groups, clauses, is_negated)


_prepared = lru_cache(maxsize=256)(PreparedQuestion)
_preparing: dict[str, Lock] = {}


def prepare(question: Question, known: Glossary, added: str) -> PreparedQuestion:
    """A question made ready, which may take a third of a second: whoever asks meanwhile waits and does not begin again."""
    with _preparing.setdefault(question.id, Lock()):
        return _prepared(question, known, added)


@lru_cache(maxsize=16)
def matches_in_text(prepared: PreparedQuestion, text: str) -> list[list[ClaimMatch]]:
    """The matches in a text that is no attempt; a bank's check asks for those in a reference twice in a row."""
    return prepared.matches([AnswerTurn(0, text, tokenizer.clauses(text))])


def _best(matches: Iterable[ClaimMatch]) -> ClaimMatch | None:
    return max(matches, key=lambda match: (match.share, -match.clauses[0]), default=None)
