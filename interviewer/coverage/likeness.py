"""How much of a criterion's text some clauses say, for criteria without aliases, and whether they turn it round."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from interviewer import tokens
from interviewer.coverage import polarity
from interviewer.tokens import Clause

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


@dataclass(frozen=True, slots=True)
class Claim:
    """A text as it is compared: its content words, those that are negated, the letters and numbers that it names."""

    content: tuple[str, ...]
    kinds: frozenset[str]
    negated: frozenset[str]
    shingles: frozenset[str]
    names: frozenset[str]


@lru_cache(maxsize=4096)
def claim_of(text: str) -> Claim:
    return _claim(tokens.clauses(text), tokens.fold(text), tokens.shingles(text))


def likeness(text: str, clauses: Sequence[Clause], window: str, asked: frozenset[str]) -> tuple[float, bool]:
    """From 0 to 1, how much of the text the clauses say, whose folded text is `window`; and whether they deny it.

    Words of the question count less than others. Who names other things than the text says less.
    """
    claim = claim_of(text)
    said = _claim(clauses, window, tokens.shingles(window))
    if not claim.content or not said.content:
        return 0.0, False
    asked = frozenset(_SAME.get(word, word) for word in asked)
    own = [word for word in claim.kinds if word not in asked] or list(claim.kinds)
    found = {word for word in claim.kinds if _is_said(word, claim, said)}
    recall = sum(word in found for word in own) / len(own)
    whole = len(found) / len(claim.kinds)
    dice = 2 * len(claim.kinds & said.kinds) / (len(claim.kinds) + len(said.kinds))
    cosine = 0.0
    if claim.shingles and said.shingles:
        cosine = len(claim.shingles & said.shingles) / float(len(claim.shingles) * len(said.shingles)) ** 0.5
    if len(claim.kinds) == 1:
        return float(bool(found)), False
    share = (recall + whole + dice + cosine) / 4
    if claim.names and said.names - claim.names - asked:
        share *= _MISNAMED
    return share, _denies(claim, said, own)


def _claim(clauses: Sequence[Clause], folded: str, shingles: frozenset[str]) -> Claim:
    content: list[str] = []
    negated: dict[str, bool] = {}
    names: set[str] = set()
    for clause in clauses:
        for place, token in enumerate(clause.tokens):
            if token.text[0].isdigit() or token.text in _NUMBERS:
                names.add(_NUMBERS.get(token.text, token.text))
            elif len(token.text) == 1 and token.text.isascii() and token.text.isalpha() and token.text not in "ais":
                names.add(token.text)
            if tokens.is_content(token.text) and token.text not in polarity.NEGATIONS:
                word = _SAME.get(token.text, token.text)
                content.append(word)
                negated.setdefault(word, polarity.negates(clause.tokens, place))
    if _NAMED_A.search(folded):
        names.add("a")
    return Claim(
        tuple(content),
        frozenset(content),
        frozenset(w for w, is_negated in negated.items() if is_negated),
        shingles,
        frozenset(names),
    )


def _is_said(word: str, claim: Claim, said: Claim) -> bool:
    if word in said.kinds or any(tokens.same_word(word, other) for other in said.kinds):
        return True
    # What is not separate is connected.
    return any(
        other in said.kinds and (other in said.negated) != (word in claim.negated) for other in _PARTNERS.get(word, ())
    )


def _denies(claim: Claim, said: Claim, own: Iterable[str]) -> bool:
    for word in own:
        if word in said.kinds:
            if (word in said.negated) != (word in claim.negated):
                return True
        elif any(
            other in said.kinds and other not in claim.kinds and (other in said.negated) == (word in claim.negated)
            for other in _PARTNERS.get(word, ())
        ):
            return True
    return False
