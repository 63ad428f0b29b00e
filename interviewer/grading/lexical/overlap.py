"""How much of a criterion's own text an answer says, for criteria without aliases: shared stems and character pairs."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import NamedTuple

from interviewer.grading.evidence import unprompted
from interviewer.grading.lexical import negation
from interviewer.grading.lexical.matching import AnswerTurn, ClaimMatch
from interviewer.text import tokenizer
from interviewer.text.glossary import Glossary
from interviewer.text.spellings import Spellings
from interviewer.text.tokenizer import Clause, Token

# The share of a claim from which it is said, and from which it is said by half.
MET = 0.6
HALF = 0.25
# A claim is denied where more than this share of what is said of it points the other way.
_DENIED = 0.5
# What a word of the question counts.
_ASKED_WEIGHT = 0.25
# A word in Latin letters counts as much as this many pairs of Chinese characters.
_WORD_IN_PAIRS = 2.0
# Of a claim in another language only the terms of the glossary can be recognised. They stand for all of it where they
# make up this much of its words, and one of them alone names what it is about, which is no more than a part.
_TERMS_OF_A_CLAIM = 0.3
_NAMED_ONLY = 0.3
_NEARLY_ALL = 0.6

Units = AbstractSet[str]


@dataclass(frozen=True, eq=False)
class ClaimText:
    """A claim as it is compared: its units (word stems and pairs of Chinese characters) with their weights.

    `negated` are the units with a negation before them, `terms` the entries of the glossary that it mentions, with the
    units that they stand for.
    """

    weights: Mapping[str, float]
    negated: Units
    terms: Mapping[str, Units]
    is_chinese: bool

    def weight(self, units: Iterable[str]) -> float:
        return sum(self.weights[unit] for unit in units)

    def share(self, units: Iterable[str]) -> float:
        return self.weight(units) / sum(self.weights.values())


class _ClauseUnits(NamedTuple):
    """The units of one clause and its entries of the glossary; `own` are those that the interviewer had not said before."""

    units: Units
    own: Units
    negated: Units
    chinese_surplus: int


def claim_text(text: str, asked: Collection[str], known: Glossary) -> ClaimText:
    """A claim of a rubric; the units of its question count little in it."""
    units: dict[str, bool] = {}
    terms: dict[str, set[str]] = defaultdict(set)
    clauses = tokenizer.clauses(text)
    for clause in clauses:
        units |= _units(clause.tokens)
        for entry, tokens in _mentioned(clause, known):
            terms[entry] |= _units(tokens).keys()
    weights = {
        unit: (_WORD_IN_PAIRS if unit.isascii() else 1.0) * (_ASKED_WEIGHT if unit in asked else 1.0) for unit in units
    }
    known_terms = {entry: both for entry, found in terms.items() if (both := found & weights.keys())}
    negated = frozenset(filter(units.get, units))
    return ClaimText(weights, negated, known_terms, sum(map(_chinese_surplus, clauses)) >= 0)


def overlaps(
    claims: Sequence[Sequence[ClaimText]], answer: AnswerTurn, alternatives: Spellings, known: Glossary
) -> list[list[ClaimMatch]]:
    """For each criterion (given by its texts), the places in two neighbouring sentences that say something of it."""
    if not any(claims):
        return [[] for _ in claims]
    clauses = [_clause_units(clause, alternatives, known, answer.prompted) for clause in answer.clauses]
    sentences = [clause.sentence for clause in answer.clauses]
    starts = [n for n, sentence in enumerate(sentences) if not n or sentences[n - 1] != sentence]
    windows = [range(*ends) for ends in zip(starts, [*starts[2:], len(clauses), len(clauses)], strict=False)]
    return [[match for claim in texts for match in _matches(claim, answer, windows, clauses)] for texts in claims]


def _matches(
    claim: ClaimText, answer: AnswerTurn, windows: Sequence[range], clauses: Sequence[_ClauseUnits]
) -> Iterator[ClaimMatch]:
    said = [_said(claim, clause) for clause in clauses]
    for window in windows:
        covered = set[str]().union(*(said[number] for number in window))
        if not covered:
            continue
        is_chinese = sum(clauses[number].chinese_surplus for number in window) >= 0
        share = claim.share(covered) if is_chinese is claim.is_chinese else _share_across(claim, covered)
        if share < HALF:
            continue
        chosen = _fewest(window, said)
        negated = set[str]().union(*(clauses[number].negated for number in chosen))
        is_denied = claim.share(covered & (negated ^ claim.negated)) > _DENIED * claim.share(covered)
        if is_denied or any(clauses[n].own & (claim.weights.keys() | claim.terms.keys()) for n in window):
            yield ClaimMatch(answer, 1.0 if share >= MET else 0.5, chosen, is_denied)


def _said(claim: ClaimText, clause: _ClauseUnits) -> Units:
    """The units of a claim that a clause says, as they stand or by a term that means the same."""
    translated = (units for entry, units in claim.terms.items() if entry in clause.units)
    return (claim.weights.keys() & clause.units).union(*translated)


def _share_across(claim: ClaimText, covered: set[str]) -> float:
    """How much of a claim in another language is said: of its terms and of the names that both languages write alike."""
    names = [unit for unit in claim.weights if claim.is_chinese and unit.isascii()]
    comparable = covered.union(names, *claim.terms.values())
    share = claim.weight(covered) / claim.weight(comparable) * min(1.0, claim.share(comparable) / _TERMS_OF_A_CLAIM)
    found = sum(units <= covered for units in claim.terms.values())
    return min(share, _NAMED_ONLY) if found <= 1 and claim.share(covered) < _NEARLY_ALL else share


def _fewest(window: Sequence[int], said: Sequence[Units]) -> tuple[int, ...]:
    """The clauses that say all that is said, those that say most first, so that no more is quoted than needed."""
    chosen: list[int] = []
    for number in sorted(window, key=lambda number: -len(said[number])):
        if not said[number] <= set[str]().union(*(said[other] for other in chosen)):
            chosen.append(number)
    return tuple(sorted(chosen))


def _clause_units(clause: Clause, alternatives: Spellings, known: Glossary, prompted: Collection[str]) -> _ClauseUnits:
    units = _units(clause.tokens)
    entries = dict(_mentioned(clause, known))
    own = {form for unit in units.keys() - prompted for form in alternatives(unit)}
    own |= {entry for entry, tokens in entries.items() if unprompted(tokens, prompted)}
    every = {form for unit in units for form in alternatives(unit)}
    return _ClauseUnits(every | entries.keys(), own, frozenset(filter(units.get, units)), _chinese_surplus(clause))


def _mentioned(clause: Clause, known: Glossary) -> Iterator[tuple[str, Sequence[Token]]]:
    """The entries of the glossary in a clause, named like no unit, with the words that mention them."""
    for mention in known.mentions(clause.tokens):
        yield f"#{mention.entry}", clause.tokens[mention.first : mention.last]


def _units(tokens: Sequence[Token]) -> dict[str, bool]:
    """The stems of words with content and the pairs of neighbouring Chinese characters; whether each is negated."""
    found = {}
    for place, (token, pair) in enumerate(zip(tokens, [*tokenizer.character_pairs(tokens), ""], strict=True)):
        if pair or (tokenizer.is_content(token.text) and not (token.is_cjk and len(tokens) > 1)):
            found[pair or token.text] = negation.negates(tokens, place)
    return found


def _chinese_surplus(clause: Clause) -> int:
    """How many Chinese characters a clause has more than words in Latin letters, little words among them.

    A sentence is Chinese from as many on: "用 AOF 和 RDB" has terms of English in it, and no English.
    """
    return sum(1 if token.is_cjk else -token.text.isascii() for token in clause.tokens)
