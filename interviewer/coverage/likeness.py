"""How much of a criterion's text some clauses say, for criteria without aliases: three views, averaged."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from interviewer import tokens
from interviewer.tokens import Clause


@dataclass(frozen=True, slots=True)
class Claim:
    """A text as it is compared."""

    content: tuple[str, ...]
    kinds: frozenset[str]
    shingles: frozenset[str]


@lru_cache(maxsize=4096)
def claim_of(text: str) -> Claim:
    content = tuple(word for word in tokens.words(text) if tokens.is_content(word))
    return Claim(content, frozenset(content), tokens.shingles(text))


def similarity(text: str, clauses: Sequence[Clause], asked: frozenset[str]) -> float:
    """From 0 to 1; words of the question count only where the claim has no others."""
    claim = claim_of(text)
    said = [token for clause in clauses for token in clause.tokens]
    content = {token.text for token in said if tokens.is_content(token.text)}
    own = [word for word in claim.content if word not in asked] or list(claim.content)
    if not claim.content or not content:
        return 0.0
    recall = sum(_is_said(word, content) for word in own) / len(own)
    dice = 2 * len(claim.kinds & content) / (len(claim.kinds) + len(content))
    window = tokens.shingles(" ".join(token.word for token in said))
    cosine = 0.0
    if claim.shingles and window:
        cosine = len(claim.shingles & window) / (len(claim.shingles) * len(window)) ** 0.5
    return float(recall + dice + cosine) / 3


def _is_said(word: str, content: set[str]) -> bool:
    return word in content or any(tokens.same_word(word, other) for other in content)
