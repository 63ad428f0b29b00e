"""A criterion said in its own words: as they stand, or with something in them turned round."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from interviewer.domain.rubric import Criterion, Kind
from interviewer.grading.lexical.directions import REPEATED, Statement
from interviewer.grading.lexical.said import Reading, Said


@dataclass(frozen=True, slots=True)
class Stated:
    """The numbers of the sentences that say a criterion plainly, and of those that turn it round."""

    plainly: frozenset[int]
    turned: frozenset[int]


def stated(criterion: Criterion, claims: Sequence[Statement], said: Said) -> Stated:
    """Where a criterion is said, whose text in each language is one of the claims.

    A criterion without aliases is known by its words alone, so a sentence that turns it must say nothing else.
    """
    plainly, turned = set(), set()
    for sentence, words in said.words.items():
        for claim in claims:
            if len(claim.words & words) < REPEATED * len(claim.words):
                continue
            whole = said.statement(sentence)
            if any(run.says(claim) for run in said.runs(sentence)):
                plainly.add(sentence)
            elif whole.turns(claim) and (criterion.aliases or whole.is_close_to(claim)):
                turned.add(sentence)
    return Stated(frozenset(plainly - turned), frozenset(turned))


def by_own_words(criterion: Criterion, where: Stated, said: Said) -> Iterator[Reading]:
    """A claim turned round is denied, whatever terms are in it; a mistake is made by whoever says it as it stands."""
    if criterion.kind is Kind.MISTAKE:
        for sentence in where.plainly:
            yield Reading(said, 1.0, said.clauses_of(sentence), is_reversed=False)
        return
    for sentence in where.turned:
        yield Reading(said, 1.0, said.clauses_of(sentence), is_reversed=True, is_turned=True)
