"""How much of a criterion's text some clauses say, for criteria without aliases, and whether they turn it round."""

from collections.abc import Sequence

from interviewer.grading.lexical import opposites, senses
from interviewer.grading.lexical.compared import Compared, of_clauses, of_text
from interviewer.text import tokenizer
from interviewer.text.glossary import glossary
from interviewer.text.tokenizer import Clause

_MISNAMED = 0.6
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

# A claim is denied where more than this share of its words points the other way; a short one also where so much of it
# is said, and one word by its contrary. Where there is a contrary and no denial, the claim is said by half.
_DENIED_SHARE = 1 / 3
_WHOLE = 0.5
_TURNED = 0.5
# Where there are pairs of contraries by number, a negation; and how many of them turn a claim back again.
_NEGATION = -1
_TWICE = 2
# What is said less than this is not said at all.
HEARD = 0.25


def likeness(text: str, clauses: Sequence[Clause], window: str, asked: frozenset[str]) -> tuple[float, bool]:
    """From 0 to 1, how much of the text the clauses say, whose folded text is `window`; and whether they deny it.

    Words of the question count less than others. Who names other things than the text says less, and so does who says
    the contrary of one word of it. Terms that mean the same in the glossary are the same; a text in another language
    is known by them alone.
    """
    known = glossary()
    claim = of_text(text, known)
    said = of_clauses(clauses, window, known)
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
    # Whether a thing is so may be all that is asked; Chinese characters of the question are too often part of other words.
    judged = own if claim.is_han else list(claim.kinds)
    turned = _turned(judged, claim, said)
    if len(claim.kinds) == 1:
        return 0.0 if turned else whole, False
    spared = min(_MOST_SPARED, _SPARED_A_WORD * max(0, len(claim.kinds) - _SHORT))
    share = min(1.0, (recall + whole + min(1.0, dice) + cosine) / 4 / (1 - spared))
    if others and not claim.names <= said.names:
        share *= _MISNAMED
    spoken = sum(
        word in said.kinds or word in turned or (found[word] > 0 and word not in translated)
        for word in judged
        if word not in claim.names
    )
    contrary = any(map(senses.sides, turned))
    is_turned_whole = contrary and len(claim.kinds) <= _SHORT and share >= _WHOLE
    if (is_turned_whole or len(turned) > _DENIED_SHARE * spoken) and _is_of(claim, said):
        return share, True
    # Chinese is compared by single characters, of which none has a contrary.
    if claim.is_han and share >= HEARD:
        contrary = opposites.points_against([tokenizer.fold(text)], window)
    return share * (_TURNED if contrary else 1), False


def _across(claim: Compared, said: Compared, asked: frozenset[str]) -> tuple[float, bool]:
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


def _is_of(claim: Compared, said: Compared) -> bool:
    """Whether all that is named is named in the claim, so that what is denied is the claim; who "they" are is not known."""
    return said.names <= claim.names or not (claim.names or claim.points)


def _is_said(word: str, claim: Compared, said: Compared) -> bool:
    return (
        word in said.kinds
        or any(_is_slip(word, other, claim, said) for other in said.kinds)
        or any(sides & said.sides.get(pair, frozenset()) for pair, sides in claim.sides_of(word))
    )


def _is_slip(word: str, other: str, claim: Compared, said: Compared) -> bool:
    return tokenizer.same_word(word, other) or any(
        tokenizer.misspelt(one, another) for one in claim.written[word] for another in said.written[other]
    )


def _turned(judged: Sequence[str], claim: Compared, said: Compared) -> list[str]:
    """The words of the claim that the other says the contrary of.

    A negation of what went before has no word that it certainly reaches: where there is one, nobody can tell.
    Who says that something is open, where the claim says that it is not closed, needs no negation, and who says it of
    one word of a claim need not say it of all. Who turns two things round says the same again.
    """
    if claim.trails or said.trails:
        return []
    turned = [word for word in judged if _is_turned(word, claim, said)]
    if _is_turned_back(turned, claim, said):
        return []
    if any(word.isascii() for word in claim.negated & said.negated):
        return [word for word in turned if word not in said.kinds]
    reworded = any(
        word in claim.negated or word not in said.kinds or not claim.signs[word] & said.signs[word]
        for word in claim.kinds
        if any(sides & said.sides.get(pair, frozenset()) for pair, sides in claim.sides_of(word))
    )
    return [word for word in turned if word not in said.kinds] if reworded else turned


def _is_turned_back(turned: Sequence[str], claim: Compared, said: Compared) -> bool:
    """Whether words of one part of a claim are turned by two things, as in "the small one is not noisy" of a large one.

    One negation is one thing, whatever it reaches, and so is a pair of contraries.
    """
    things: list[set[int]] = []
    for word in turned:
        thing = set(senses.sides(word)) | ({_NEGATION} if word in said.kinds else set())
        things = [*(other for other in things if not other & thing), thing.union(*(o for o in things if o & thing))]
    return len(things) == _TWICE and bool(frozenset.intersection(*(claim.parts[word] for word in turned)))


def _is_turned(word: str, claim: Compared, said: Compared) -> bool:
    """Whether a word of the claim is said only negated, or not, where the claim says it the other way; or its contrary."""
    heard = [sides & said.sides[pair] for pair, sides in claim.sides_of(word) if pair in said.sides]
    if heard:
        return not any(heard)
    # Whether one prevents a thing or says that there is none comes to the same.
    return word not in claim.away | said.away and word in said.kinds and not claim.signs[word] <= said.signs[word]
