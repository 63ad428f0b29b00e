"""How much of a criterion's text some clauses say, for criteria without aliases, and whether they turn it round."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from interviewer import tokens
from interviewer.coverage import polarity
from interviewer.glossary import Glossary, glossary
from interviewer.tokens import Clause, Token

# Everyday words of technical English that say the same; the first of each row stands for all, after stemming.
_SAME = {
    word: row[0]
    for row in (
        ("connect", "attach", "link", "join", "touch", "hook", "wire"),
        ("separ", "disconnect", "apart", "detach", "isol"),
        ("path", "circuit", "loop", "rout", "pathway", "circl"),
        ("gap", "break", "hole", "open", "interrupt", "cut"),
        ("damag", "broken", "burn", "burnt", "fault", "defect", "dead", "bad"),
        ("contain", "includ", "insid", "within", "compris"),
        ("creat", "caus", "make", "produc", "lead", "form", "generat"),
        ("differ", "distinct", "unequ", "dissimilar", "separat"),
        ("same", "equal", "ident", "alik"),
        ("affect", "influenc", "impact"),
        ("maintain", "keep", "sustain", "hold", "preserv"),
        ("show", "indic", "tell", "reveal", "mean"),
        ("close", "complet", "unbroken"),
        ("still", "remain", "stay"),
        ("begin", "start", "commenc"),
        ("end", "finish", "stop"),
        ("big", "larg", "great", "huge"),
        ("small", "littl", "tini"),
        ("increas", "rais", "grow", "rise"),
        ("decreas", "reduc", "lower", "shrink", "fall"),
        ("quick", "fast", "rapid", "speed"),
        ("need", "requir", "necessari", "must"),
        ("use", "util", "employ", "appli"),
        ("remov", "delet", "elimin"),
        ("measur", "read", "reading"),
    )
    for word in row
}

# Words that cannot both be said of the same thing; a negated one says the other.
_OPPOSED = {
    frozenset(pair)
    for pair in (
        ("connect", "separ"), ("connect", "gap"), ("same", "differ"), ("close", "gap"), ("big", "small"), ("increas", "decreas"),
        ("begin", "end"), ("before", "after"), ("posit", "negat"),
    )
}  # fmt: skip
_PARTNERS: dict[str, tuple[str, ...]] = {
    word: tuple(other for pair in _OPPOSED if word in pair for other in pair if other != word)
    for pair in _OPPOSED
    for word in pair
}

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


# Of a claim in another language only the terms can be recognised. They stand for all of it where they make up this
# much of its words; and one term alone names what it is about, which is no more than a part, unless it is nearly all.
_TERMS_OF_A_CLAIM = 0.3
_NEARLY_ALL = 0.6
_NAMED_ONLY = 0.3

# The longer a claim, the more of it people say in other words: beyond so many words, less of them will do.
_SHORT = 7
_SPARED_A_WORD = 0.05
_MOST_SPARED = 0.4


@dataclass(frozen=True, slots=True)
class Claim:
    """A text as it is compared.

    Its content words, those that are negated somewhere, those that are not everywhere, the letters and numbers that it names, and the entries of the glossary
    that it mentions with the words that mention them; `refused` are those of the entries that it negates.
    """

    kinds: frozenset[str]
    negated: frozenset[str]
    plain: frozenset[str]
    shingles: frozenset[str]
    names: frozenset[str]
    terms: Mapping[int, frozenset[str]]
    refused: frozenset[int]

    @property
    def is_han(self) -> bool:
        return 2 * sum(not word.isascii() for word in self.kinds) > len(self.kinds)


def likeness(text: str, clauses: Sequence[Clause], window: str, asked: frozenset[str]) -> tuple[float, bool]:
    """From 0 to 1, how much of the text the clauses say, whose folded text is `window`; and whether they deny it.

    Words of the question count less than others. Who names other things than the text says less. Terms that mean the
    same in the glossary are the same; a text in another language is known by them alone.
    """
    known = glossary()
    claim = _claim_of(text, known)
    said = _claim(clauses, window, tokens.shingles(window), known)
    if not claim.kinds or not said.kinds:
        return 0.0, False
    asked = frozenset(_SAME.get(word, word) for word in asked)
    if claim.is_han is not said.is_han:
        return _across(claim, said, asked)
    translated = {word for term, words in claim.terms.items() if term in said.terms for word in words}
    own = [word for word in claim.kinds if word not in asked] or list(claim.kinds)
    # One Chinese character says little: it counts where it stands beside the same neighbour.
    beside = {character for pair in claim.shingles & said.shingles for character in pair}
    found = {
        word
        for word in claim.kinds
        if word in translated or (_is_said(word, claim, said) and (word.isascii() or word in beside))
    }
    recall = sum(word in found for word in own) / len(own)
    whole = len(found) / len(claim.kinds)
    dice = 2 * len(claim.kinds & said.kinds | translated) / (len(claim.kinds) + len(said.kinds))
    cosine = 0.0
    if claim.shingles and said.shingles:
        cosine = len(claim.shingles & said.shingles) / float(len(claim.shingles) * len(said.shingles)) ** 0.5
    if len(claim.kinds) == 1:
        return float(bool(found)), False
    spared = min(_MOST_SPARED, _SPARED_A_WORD * max(0, len(claim.kinds) - _SHORT))
    share = min(1.0, (recall + whole + dice + cosine) / 4 / (1 - spared))
    if not claim.names <= said.names and said.names - claim.names - asked:
        share *= _MISNAMED
    return share, _denies(claim, said, own)


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
    negated: set[str] = set()
    plain: set[str] = set()
    names: set[str] = set()
    terms: dict[int, set[str]] = defaultdict(set)
    refused: set[int] = set()
    for clause in clauses:
        for place, token in enumerate(clause.tokens):
            if token.text[0].isdigit() or token.text in _NUMBERS:
                names.add(_NUMBERS.get(token.text, token.text))
            elif len(token.text) == 1 and token.text.isascii() and token.text.isalpha() and token.text not in "ais":
                names.add(token.text)
            if _is_compared(token):
                side = negated if polarity.negates(clause.tokens, place) else plain
                side.add(_SAME.get(token.text, token.text))
        for mention in known.mentions(clause.tokens):
            stretch = clause.tokens[mention.first : mention.last]
            terms[mention.entry].update(_SAME.get(token.text, token.text) for token in stretch if _is_compared(token))
            if polarity.negates(clause.tokens, mention.first):
                refused.add(mention.entry)
    if _NAMED_A.search(folded):
        names.add("a")
    return Claim(
        frozenset(negated | plain),
        frozenset(negated),
        frozenset(plain),
        shingles,
        frozenset(names),
        {entry: frozenset(words) for entry, words in terms.items() if words},
        frozenset(refused),
    )


def _is_compared(token: Token) -> bool:
    return tokens.is_content(token.text) and token.text not in polarity.NEGATIONS


def _is_said(word: str, claim: Claim, said: Claim) -> bool:
    if word in said.kinds or any(tokens.same_word(word, other) for other in said.kinds):
        return True
    # What is not separate is connected.
    return any(
        other in said.kinds and (other in said.negated) != (word in claim.negated) for other in _PARTNERS.get(word, ())
    )


# A claim is denied where more than this share of its words points the other way.
_DENIED_SHARE = 1 / 3


def _denies(claim: Claim, said: Claim, own: Iterable[str]) -> bool:
    """Whether what is said of a claim points the other way; one word of many that does may belong to something else."""
    spoken = denied = 0
    for word in own:
        if word in said.kinds:
            spoken += 1
            denied += (word in claim.negated and word not in said.negated) or (
                word in claim.plain and word not in said.plain
            )
        elif any(
            other in said.kinds and other not in claim.kinds and (other in said.negated) == (word in claim.negated)
            for other in _PARTNERS.get(word, ())
        ):
            spoken += 1
            denied += 1
    return denied > _DENIED_SHARE * spoken
