"""How much of a criterion's own text an answer says, for criteria without aliases: shared stems and character pairs."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from interviewer.grading.evidence import unprompted
from interviewer.grading.lexical import negation
from interviewer.grading.lexical.answer import AnswerTurn, ClaimMatch
from interviewer.grading.lexical.matching import Vocabulary
from interviewer.text import tokenizer
from interviewer.text.glossary import Glossary
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
    terms: Mapping[int, Units]
    is_chinese: bool


@dataclass(frozen=True, slots=True)
class _ClauseUnits:
    """The units of one clause, those of them that are negated, and its entries of the glossary.

    `own_units` and `own_terms` are without what the interviewer had said before.
    """

    units: Units
    negated: Units
    terms: frozenset[int]
    own_units: Units
    own_terms: frozenset[int]
    chinese_surplus: int


def units_in(texts: Iterable[str]) -> frozenset[str]:
    """The units of all of some texts."""
    return frozenset(unit for text in texts for clause in tokenizer.clauses(text) for unit, _ in _units(clause.tokens))


def claim_text(text: str, asked: Collection[str], known: Glossary) -> ClaimText:
    """A claim of a rubric; the units of its question count little in it."""
    units: dict[str, bool] = {}
    terms: dict[int, Units] = defaultdict(frozenset)
    clauses = tokenizer.clauses(text)
    for clause in clauses:
        units.update(_units(clause.tokens))
        for mention in known.mentions(clause.tokens):
            terms[mention.entry] |= dict(_units(clause.tokens[mention.first : mention.last])).keys()
    weights = {
        unit: (_WORD_IN_PAIRS if unit.isascii() else 1.0) * (_ASKED_WEIGHT if unit in asked else 1.0) for unit in units
    }
    negated = frozenset(unit for unit, is_negated in units.items() if is_negated)
    known_terms = {entry: found & weights.keys() for entry, found in terms.items() if found & weights.keys()}
    return ClaimText(weights, negated, known_terms, sum(map(_chinese_surplus, clauses)) >= 0)


def overlaps(
    claims: Sequence[Sequence[ClaimText]], answer: AnswerTurn, vocabulary: Vocabulary, known: Glossary
) -> list[list[ClaimMatch]]:
    """For each criterion (given by its texts), the places in two neighbouring sentences that say something of it."""
    if not any(claims):
        return [[] for _ in claims]
    clauses = [_clause_units(clause, vocabulary, known, answer.prompted) for clause in answer.clauses]
    windows = list(_windows(answer.clauses))
    return [[match for claim in texts for match in _matches(claim, answer, windows, clauses)] for texts in claims]


def _matches(
    claim: ClaimText, answer: AnswerTurn, windows: Sequence[range], clauses: Sequence[_ClauseUnits]
) -> Iterator[ClaimMatch]:
    said = [_said(claim, clause) for clause in clauses]
    for window in windows:
        if any(said[number] for number in window):
            match = _match(claim, answer, {number: said[number] for number in window}, clauses)
            if match:
                yield match


def _windows(clauses: Sequence[Clause]) -> Iterator[range]:
    """The numbers of the clauses of each sentence and the one after it."""
    starts = [n for n, clause in enumerate(clauses) if not n or clauses[n - 1].sentence != clause.sentence]
    for start, end in zip(starts, [*starts[2:], len(clauses), len(clauses)], strict=False):
        yield range(start, end)


def _match(
    claim: ClaimText, answer: AnswerTurn, said: Mapping[int, Units], clauses: Sequence[_ClauseUnits]
) -> ClaimMatch | None:
    """What the clauses of a window, with what each says of the claim, amount to."""
    covered = set[str]().union(*said.values())
    is_chinese = sum(clauses[number].chinese_surplus for number in said) >= 0
    share = _share(claim, covered) if is_chinese is claim.is_chinese else _share_across(claim, covered)
    if share < HALF:
        return None
    chosen = _fewest(said)
    negated = set[str]().union(*(clauses[number].negated for number in chosen))
    is_denied = _share(claim, covered & (negated ^ claim.negated)) > _DENIED * _share(claim, covered)
    is_own = any(clauses[n].own_units & claim.weights.keys() or clauses[n].own_terms & claim.terms.keys() for n in said)
    if not (is_own or is_denied):
        return None
    return ClaimMatch(answer, 1.0 if share >= MET else 0.5, chosen, is_denied)


def _said(claim: ClaimText, clause: _ClauseUnits) -> Units:
    """The units of a claim that a clause says, as they stand or by a term that means the same."""
    translated = (units for entry, units in claim.terms.items() if entry in clause.terms)
    return (claim.weights.keys() & clause.units).union(*translated)


def _share(claim: ClaimText, covered: Units) -> float:
    return sum(claim.weights[unit] for unit in covered) / sum(claim.weights.values())


def _share_across(claim: ClaimText, covered: Units) -> float:
    """How much of a claim in another language is said: of its terms and of the names that both languages write alike."""
    terms = set[str]().union(*claim.terms.values())
    comparable = terms | {unit for unit in claim.weights if claim.is_chinese and unit.isascii()} | covered
    total = sum(claim.weights[unit] for unit in comparable)
    share = sum(claim.weights[unit] for unit in covered) / total
    reach = total / sum(claim.weights.values())
    share *= min(1.0, reach / _TERMS_OF_A_CLAIM)
    found = sum(units <= covered for units in claim.terms.values())
    if found <= 1 and _share(claim, covered) < _NEARLY_ALL:
        share = min(share, _NAMED_ONLY)
    return share


def _fewest(said: Mapping[int, Units]) -> tuple[int, ...]:
    """The clauses that say all that is said, those that say most first, so that no more is quoted than needed."""
    chosen: list[int] = []
    left = set[str]().union(*said.values())
    for number in sorted(said, key=lambda number: -len(said[number])):
        if said[number] & left:
            chosen.append(number)
            left -= said[number]
    return tuple(sorted(chosen))


def _clause_units(clause: Clause, vocabulary: Vocabulary, known: Glossary, prompted: Collection[str]) -> _ClauseUnits:
    units = dict(_units(clause.tokens))
    slips = {unit: set(vocabulary.alternatives(unit)) for unit in units if unit.isascii()}
    own = units.keys() - prompted
    mentions = {mention.entry: clause.tokens[mention.first : mention.last] for mention in known.mentions(clause.tokens)}
    return _ClauseUnits(
        units.keys() | set[str]().union(*slips.values()),
        frozenset(unit for unit, is_negated in units.items() if is_negated),
        frozenset(mentions),
        own | set[str]().union(*(found for unit, found in slips.items() if unit in own)),
        frozenset(entry for entry, tokens in mentions.items() if unprompted(tokens, prompted)),
        _chinese_surplus(clause),
    )


def _units(tokens: Sequence[Token]) -> Iterator[tuple[str, bool]]:
    """The stems of words with content and the pairs of neighbouring Chinese characters; whether each is negated."""
    for place, token in enumerate(tokens):
        unit = token.text
        if token.is_cjk and place + 1 < len(tokens) and tokens[place + 1].is_cjk:
            unit += tokens[place + 1].text
        elif not tokenizer.is_content(unit) or (token.is_cjk and len(tokens) > 1):
            continue
        yield unit, negation.negates(tokens, place)


def _chinese_surplus(clause: Clause) -> int:
    """How many Chinese characters a clause has more than words in Latin letters, little words among them.

    A sentence is Chinese from as many on: "用 AOF 和 RDB" has terms of English in it, and no English.
    """
    return sum(1 if token.is_cjk else -token.text.isascii() for token in clause.tokens)
