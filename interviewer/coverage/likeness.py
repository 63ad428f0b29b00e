"""How much of a criterion's text some clauses say, for criteria without aliases, and whether they turn it round."""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from interviewer import tokens
from interviewer.coverage import opposites, polarity, senses
from interviewer.glossary import Glossary, glossary
from interviewer.tokens import Clause, Token

_NUMBERS = {
    "one": "1",
    "two": "2",
    "three": "3",
    "four": "4",
    "five": "5",
    "six": "6",
    "seven": "7",
    "eight": "8",
    "nine": "9",
}
_NAMED_A = re.compile(
    r"\band a\b(?!\s+[a-z]{2})|\ba and [b-z]\b|\ba, [b-z]\b|\b[a-z]{4,}s? a(?=\s*(?:[,.;]|$|\b(?:is|are|was|will|and|or|has|to)\b))"
)
_MISNAMED = 0.5
# A name that a pronoun may stand for is as good as half said.
_MEANT = 0.5


# Of a claim in another language only the terms can be recognised. They stand for all of it where they make up this
# much of its words; and one term alone names what it is about, which is no more than a part, unless it is nearly all.
_TERMS_OF_A_CLAIM = 0.3
_NEARLY_ALL = 0.6
_NAMED_ONLY = 0.3

# The longer a claim, the more of it people say in other words: beyond so many words, less of them will do.
_SHORT = 7
_SPARED_A_WORD = 0.05
_MOST_SPARED = 0.4


@dataclass(frozen=True, eq=False)
class Claim:
    """A text as it is compared.

    `signs` are its content words, each with 1 where it is plain and -1 where it is negated; `names` the letters and
    numbers that it names; `terms` the entries of the glossary that it mentions, with the words that mention them;
    `refused` are those of the entries that it negates. `points` says that a pronoun stands for something.
    """

    signs: Mapping[str, frozenset[int]]
    shingles: frozenset[str]
    names: frozenset[str]
    terms: Mapping[int, frozenset[str]]
    refused: frozenset[int]
    points: bool

    @cached_property
    def kinds(self) -> frozenset[str]:
        return frozenset(self.signs)

    @cached_property
    def negated(self) -> frozenset[str]:
        return frozenset(word for word, signs in self.signs.items() if -1 in signs)

    @cached_property
    def sides(self) -> Mapping[int, frozenset[int]]:
        """For each pair of contraries that it speaks of, the sides that it takes: what is not open is closed."""
        found: dict[int, set[int]] = defaultdict(set)
        for word, signs in self.signs.items():
            for pair, side in senses.sides(word).items():
                found[pair].update(side * sign for sign in signs)
        return {pair: frozenset(taken) for pair, taken in found.items()}

    @property
    def is_han(self) -> bool:
        return 2 * sum(not word.isascii() for word in self.kinds) > len(self.kinds)


def likeness(text: str, clauses: Sequence[Clause], window: str, asked: frozenset[str]) -> tuple[float, bool]:
    """From 0 to 1, how much of the text the clauses say, whose folded text is `window`; and whether they deny it.

    Words of the question count less than others. Who names other things than the text says less, and so does who says
    the contrary of one word of it. Terms that mean the same in the glossary are the same; a text in another language
    is known by them alone.
    """
    known = glossary()
    claim = _claim_of(text, known)
    said = _claim(clauses, window, tokens.shingles(window), known)
    if not claim.kinds or not said.kinds:
        return 0.0, False
    asked = frozenset(map(senses.sense, asked))
    if claim.is_han is not said.is_han:
        return _across(claim, said, asked)
    translated = {word for term, words in claim.terms.items() if term in said.terms for word in words}
    own = [word for word in claim.kinds if word not in asked] or list(claim.kinds)
    # One Chinese character says little: it counts where it stands beside the same neighbour.
    beside = {character for pair in claim.shingles & said.shingles for character in pair}
    others = said.names - claim.names - asked
    found = {
        word: 1.0 if word in translated else _is_said(word, claim, said) * (word.isascii() or word in beside)
        for word in claim.kinds
    }
    if said.points and not others:
        found.update({word: _MEANT for word in claim.names & claim.kinds if not found[word]})
    recall = sum(found[word] for word in own) / len(own)
    whole = sum(found.values()) / len(claim.kinds)
    alike = sum(1.0 if word in said.kinds else found[word] for word in claim.kinds)
    dice = 2 * alike / (len(claim.kinds) + len(said.kinds))
    cosine = 0.0
    if claim.shingles and said.shingles:
        cosine = len(claim.shingles & said.shingles) / float(len(claim.shingles) * len(said.shingles)) ** 0.5
    turned = _turned(own, claim, said)
    if len(claim.kinds) == 1:
        return 0.0 if turned else whole, False
    spared = min(_MOST_SPARED, _SPARED_A_WORD * max(0, len(claim.kinds) - _SHORT))
    share = min(1.0, (recall + whole + min(1.0, dice) + cosine) / 4 / (1 - spared))
    if others and not claim.names <= said.names:
        share *= _MISNAMED
    spoken = sum(word in said.kinds or word in turned or (found[word] > 0 and word not in translated) for word in own)
    if len(turned) > _DENIED_SHARE * spoken and (said.names <= claim.names or not claim.names):
        return share, True
    # Chinese is compared by single characters, of which none has a contrary.
    against = opposites.points_against([tokens.fold(text)], window) if claim.is_han else any(map(senses.sides, turned))
    return share * (_TURNED if against else 1), False


def _across(claim: Claim, said: Claim, asked: frozenset[str]) -> tuple[float, bool]:
    """How much of a claim is said in another language: its terms, and the names that both languages write alike."""
    units: list[tuple[frozenset[str], bool, bool]] = [
        (words, term in said.terms, term in said.refused and term not in claim.refused)
        for term, words in claim.terms.items()
    ]
    mentioned = {word for words in claim.terms.values() for word in words}
    units.extend(
        (frozenset([word]), word in said.kinds, word in said.negated and word not in claim.negated)
        for word in claim.kinds - mentioned
        if word.isascii() and len(word) > 1 and (claim.is_han or word in said.kinds)
    )
    own = [unit for unit in units if not unit[0] <= asked]
    found = [unit for unit in own if unit[1]]
    if not found:
        return 0.0, False
    spoken = {word for words, *_ in units for word in words}
    reach = len(spoken) / len(claim.kinds)
    share = len(found) / len(own) * min(1.0, reach / _TERMS_OF_A_CLAIM)
    if len(found) == 1 and len(found[0][0] - asked) < _NEARLY_ALL * len(claim.kinds - asked):
        share = min(share, _NAMED_ONLY)
    # What is said instead of something else denies one term and affirms another; a denial reaches most of a claim.
    return share, 2 * sum(is_denied for *_, is_denied in found) > len(found)


@lru_cache(maxsize=4096)
def _claim_of(text: str, known: Glossary) -> Claim:
    return _claim(tokens.clauses(text), tokens.fold(text), tokens.shingles(text), known)


def _claim(clauses: Sequence[Clause], folded: str, shingles: frozenset[str], known: Glossary) -> Claim:
    signs: dict[str, set[int]] = defaultdict(set)
    names: set[str] = set()
    terms: dict[int, set[str]] = defaultdict(set)
    refused: set[int] = set()
    points = False
    for clause in clauses:
        for place, token in enumerate(clause.tokens):
            points = points or token.word in senses.PRONOUNS
            if token.text[0].isdigit() or token.text in _NUMBERS:
                names.add(_NUMBERS.get(token.text, token.text))
            elif len(token.text) == 1 and token.text.isascii() and token.text.isalpha() and token.text not in "ais":
                names.add(token.text)
            if _is_compared(clause.tokens, place):
                signs[senses.sense(token.text)].add(-1 if polarity.negates(clause.tokens, place) else 1)
        for mention in known.mentions(clause.tokens):
            places = range(mention.first, mention.last)
            terms[mention.entry].update(
                senses.sense(clause.tokens[place].text) for place in places if _is_compared(clause.tokens, place)
            )
            if polarity.negates(clause.tokens, mention.first):
                refused.add(mention.entry)
    if _NAMED_A.search(folded):
        names.add("a")
    return Claim(
        {word: frozenset(found) for word, found in signs.items()},
        shingles,
        frozenset(names),
        {entry: frozenset(words) for entry, words in terms.items() if words},
        frozenset(refused),
        points,
    )


def _is_compared(stretch: Sequence[Token], place: int) -> bool:
    text = stretch[place].text
    if text == "longer" and place and stretch[place - 1].text == "no":
        return False
    return tokens.is_content(text) and text not in polarity.NEGATIONS


def _is_said(word: str, claim: Claim, said: Claim) -> bool:
    return (
        word in said.kinds
        or any(tokens.same_word(word, other) for other in said.kinds)
        or any(sides & said.sides.get(pair, frozenset()) for pair, sides in _sides_of(word, claim))
    )


# A claim is denied where more than this share of its words points the other way. Where fewer do, and one of them has a
# contrary, it is said by half.
_DENIED_SHARE = 1 / 3
_TURNED = 0.5


def _turned(own: Sequence[str], claim: Claim, said: Claim) -> list[str]:
    """The words of the claim that the other says the contrary of.

    Who says that something is open, where the claim says that it is not closed, needs no negation, and who says it of
    one word of a claim need not say it of all.
    """
    turned = [word for word in own if _is_turned(word, claim, said)]
    reworded = any(
        word in claim.negated or word not in said.kinds or not claim.signs[word] & said.signs[word]
        for word in claim.kinds
        if any(sides & said.sides.get(pair, frozenset()) for pair, sides in _sides_of(word, claim))
    )
    return [word for word in turned if word not in said.kinds] if reworded else turned


def _is_turned(word: str, claim: Claim, said: Claim) -> bool:
    """Whether a word of the claim is said only negated, or not, where the claim says it the other way; or its contrary."""
    heard = [sides & said.sides[pair] for pair, sides in _sides_of(word, claim) if pair in said.sides]
    if heard:
        return not any(heard)
    return word in said.kinds and not claim.signs[word] <= said.signs[word]


def _sides_of(word: str, claim: Claim) -> list[tuple[int, frozenset[int]]]:
    """The sides that the claim takes with a word, by the pair of contraries."""
    return [
        (pair, frozenset(side * sign for sign in claim.signs[word])) for pair, side in senses.sides(word).items()
    ]
