"""Statements compared as to where they point: the same words, and yet a word, a negation, an order or a number turned."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from interviewer.grading.lexical import opposites, polarity
from interviewer.grading.lexical.compared import letters
from interviewer.text import tokenizer

# The share of a claim's words that a sentence must repeat to be held against it.
REPEATED = 0.8
# A sentence that is at most so much longer than a claim, and made of its words to this share, is that claim.
_LONGEST, _CLOSE = 1.7, 0.65
# In one that is longer than this, words of direction may be about something else.
_FARTHEST = 2.5
# A claim of fewer words than these is known by its words only if nothing else is said.
_TELLING = 3
_LEAST_WORDS = 2

# What stands on either side of these are partners: exchanged, they say something else.
_PIVOT = re.compile(
    r"\b(?:than|into|out of|rather than|instead of|(?:maps?|mapped|leads?|directly) (?:\w+ )?to)\b"
    r"|变成|变为|转成|转为|转换为|映射到|映射为|映射成|组合出|组合成|得到|推出|生成出|而不是|而非|比(?=[^如较例率])"
)
_NO = re.compile(r"^\W*(?:no|not so|不|不是的?|不对|没有)\s*[,:;.，。：；]")
# What a statement opens with before it comes to the point: who leaves the condition out says the rest all the same.
_LACKING = re.compile(
    r"^\W*(?:(?:without|unless)\b[^,，]{1,40}[,，]|(?:没有|不加|不用|去掉|没了|不)[^,，]{0,12}时[,，]?)(?=.{6})"
)
_NUMBER = re.compile(r"(?<![\w.])(\d+(?:\.\d+)?)(?:\s*[/⁄]\s*(\d+))?\s*(%)?(?![\w.]*[a-z])")


@dataclass(frozen=True, slots=True)
class Statement:
    """What a sentence or claim says: its words, where they point, how often it negates, its partners and its numbers.

    `negated` are the words that are negated, `names` the single letters that name things.
    `does_away` says that it speaks of something avoided or removed, which may be said with a negation or without.
    """

    words: frozenset[str]
    length: int
    directions: tuple[str, ...]
    negations: int
    negated: frozenset[str]
    before: frozenset[str]
    after: frozenset[str]
    numbers: frozenset[float]
    does_away: bool
    names: frozenset[str]

    def repeats(self, claim: "Statement") -> bool:
        """Whether nearly all words of a claim stand in this statement; of a short claim, hardly any others may."""
        if len(claim.words) < _TELLING and (claim.length < _LEAST_WORDS or len(self.words - claim.words) > 1):
            return False
        return len(claim.words & self.words) >= REPEATED * len(claim.words)

    def is_close_to(self, claim: "Statement") -> bool:
        """Whether this statement says little else than a claim does."""
        return self.length <= _LONGEST * claim.length and len(claim.words & self.words) >= _CLOSE * len(self.words)

    def turns(self, claim: "Statement") -> bool:
        """Whether this is the claim with an odd thing turned round, so that it says something else."""
        if not self.repeats(claim) or self.length > _FARTHEST * claim.length:
            return False
        flips, exchanges = self._flipped_words(claim), False
        if self.is_close_to(claim):
            if claim.numbers and self.numbers - claim.numbers and claim.numbers - self.numbers:
                return True
            exchanges = self._exchanges(claim)
            flips += exchanges + self._denies(claim)
        return flips % 2 == 1 and (exchanges or not self._inverts(claim))

    def says(self, claim: "Statement") -> bool:
        """Whether this is the claim in its own words, turned in nothing."""
        return (
            self.repeats(claim)
            and self.is_close_to(claim)
            and self.negations == claim.negations
            and self.numbers >= claim.numbers
            and not any(self._lost(word, claim) for word in claim.directions)
            and not self._exchanges(claim)
        )

    def _flipped_words(self, claim: "Statement") -> int:
        """How many of the claim's words of direction are replaced by their contraries."""
        return sum(self._lost(word, claim) and self._gained(word, claim) for word in dict.fromkeys(claim.directions))

    def _lost(self, word: str, claim: "Statement") -> bool:
        """Whether fewer words point where this word of the claim does."""
        same, _ = opposites.sides(word)
        return sum(w in same for w in self.directions) < sum(w in same for w in claim.directions)

    def _gained(self, word: str, claim: "Statement") -> bool:
        """Whether more words point the other way than this word of the claim does."""
        _, contrary = opposites.sides(word)
        return sum(w in contrary for w in self.directions) > sum(w in contrary for w in claim.directions)

    def _denies(self, claim: "Statement") -> bool:
        """Whether there is a negation too many or too few, of the claim and of what it names.

        Of several in a claim one may belong to what was left out, and one too many to what was added.
        """
        if (self.negations - claim.negations) % 2 == 0 or claim.negations > 1 or self.does_away or claim.does_away:
            return False
        return self.names <= claim.names and not (claim.negated and claim.negated == self.negated & claim.words)

    def _inverts(self, claim: "Statement") -> bool:
        """Whether every one of several words of direction is turned, as in "the more, the less": that says the same."""
        return (
            len(self.directions) == len(claim.directions) > 1
            and self.negations == claim.negations
            and all(w in opposites.sides(c)[1] for w, c in zip(self.directions, claim.directions, strict=True))
        )

    def _exchanges(self, claim: "Statement") -> bool:
        """Whether what stood before the claim's pivot now stands after it, and the other way round."""
        forth = (claim.before - claim.after) & self.after - self.before
        back = (claim.after - claim.before) & self.before - self.after
        return bool(forth and back)


@lru_cache(maxsize=4096)
def statement(text: str) -> Statement:
    """A folded text as a statement."""
    text = _LACKING.sub("", text)
    directions = tuple(match[0] for match in opposites.direction().finditer(text))
    rest = opposites.direction().sub(lambda match: " " * len(match[0]), text)
    clauses = tokenizer.clauses(rest)
    content = [t.text for c in clauses for t in c.tokens if tokenizer.is_content(t.text)]
    words = frozenset(w for w in content if w not in polarity.NEGATIONS and not w[0].isdigit())
    pivot = _PIVOT.search(text)
    return Statement(
        words=words,
        length=len(content) + len(directions),
        directions=directions,
        negations=sum(polarity.negations(clause.tokens) for clause in clauses) - _verdicts(text),
        negated=frozenset(
            t.text
            for c in clauses
            for place, t in enumerate(c.tokens)
            if t.text in words and polarity.negates(c.tokens, place)
        ),
        before=_content(text[: pivot.start()]) if pivot else frozenset(),
        after=_content(text[pivot.end() :]) if pivot else frozenset(),
        does_away=any(polarity.does_away(clause.tokens) for clause in tokenizer.clauses(text)),
        names=letters(clauses, text),
        numbers=frozenset(number for match in _NUMBER.finditer(text) for number in _numbers(match)),
    )


def _verdicts(text: str) -> int:
    """1 where a statement opens with a no of its own, which the rest says again."""
    return int(bool(_NO.match(text)))


def _content(text: str) -> frozenset[str]:
    """The words that name things: in Chinese, pairs of characters, since many names share one."""
    words = [word for word in tokenizer.words(text) if tokenizer.is_content(word)]
    pairs = (one + other for one, other in pairwise(words) if not (one.isascii() or other.isascii()))
    return frozenset(pairs) | {word for word in words if word.isascii()}


def _numbers(match: re.Match[str]) -> Iterator[float]:
    """The number that is meant; of a fraction also those that make it up, which may be named in words."""
    over, percent = float(match[2] or 1), 100 if match[3] else 1
    yield float(match[1]) / (over or 1) / percent
    if match[2]:
        yield from (float(match[1]), float(match[2]))
