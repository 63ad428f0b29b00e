"""Everyday words of technical English by what they mean: which say the same, and which say the contrary of which."""

from collections.abc import Mapping
from functools import cache, lru_cache

from interviewer.text import tokenizer

# Words of one row say the same in most claims; the first stands for all.
_SAME = (
    "connect attach link join touch hook wire",
    "separate disconnect unconnected detach apart isolate",
    "path pathway route",
    "gap break hole interrupt cut",
    "damage burn burnt fault defect",
    "contain include inside within comprise",
    "create cause make produce lead form generate",
    "differ different distinct unequal dissimilar",
    "same equal identical alike",
    "affect influence impact",
    "maintain keep sustain hold preserve",
    "show indicate tell reveal mean",
    "closed complete unbroken intact",
    "still remain stay",
    "begin start commence",
    "end finish stop",
    "big large great huge",
    "small little tiny",
    "increase raise grow rise",
    "decrease reduce lower shrink fall",
    "quick fast rapid speed",
    "need require necessary must",
    "use utilize employ apply",
    "remove delete eliminate",
    "measure read",
    "other another",
)

# "One" is a pronoun as often as a number.
_NUMBERS = tuple(
    f"{n} {word}" for n, word in enumerate("two three four five six seven eight nine ten".split(), start=2)
)

# What points one way, and what points the other: of one thing, only words of one side can be true, and what is not
# the one is the other.
_CONTRARY = (
    ("connect", "separate gap"),
    ("closed", "open incomplete gap"),
    ("same share common", "differ separate independent individual own"),
    ("dependent", "independent"),
    ("big", "small"),
    ("increase", "decrease"),
    ("begin", "end"),
    ("positive", "negative"),
    ("possible", "impossible"),
    ("true", "false"),
    ("valid", "invalid"),
    ("known", "unknown"),
    ("stable", "unstable"),
    ("visible", "invisible"),
    ("present", "absent missing"),
    ("allow permit", "forbid prohibit"),
    ("accept", "reject"),
    ("full", "empty"),
    ("finite", "infinite"),
    ("linear", "nonlinear"),
    ("mutable", "immutable"),
    ("ordered", "unordered"),
    ("sorted", "unsorted"),
    ("balanced", "unbalanced imbalanced"),
    ("reversible", "irreversible"),
    ("synchronous", "asynchronous"),
    ("static", "dynamic"),
    ("public", "private"),
    ("local", "global"),
    ("active", "inactive"),
    ("safe", "unsafe"),
    ("direct", "indirect"),
    ("biased", "unbiased"),
    ("supervised", "unsupervised"),
    ("dense", "sparse"),
    ("alive living", "dead"),
    ("even", "odd"),
    ("strong", "weak"),
    ("high", "low"),
    ("quick", "slow"),
    ("long", "short"),
    ("contain", "exclude outside"),
)

# A short word with one letter changed is too often another word.
_LEAST_SLIPPED = 8

# What stands for the things that were asked about.
PRONOUNS = frozenset("they it both these those them each all its their".split())


def sense(stem: str) -> str:
    """The stem that stands for all words that say the same as this one."""
    return _senses().get(stem, stem)


@lru_cache(maxsize=65536)
def meant(written: str, stem: str) -> str:
    """The sense of a word as it is written; a long one may be a slip of one that has a sense here."""
    if stem in _senses() or len(written) < _LEAST_SLIPPED:
        return sense(stem)
    return next((found for word, found in _written().items() if tokenizer.misspelt(word, written)), stem)


def sides(stem: str) -> Mapping[int, int]:
    """On which side, 1 or -1, a word stands of each pair of contraries that it belongs to."""
    return _sides().get(stem, {})


@cache
def _senses() -> Mapping[str, str]:
    rows = (tokenizer.words(row) for row in (*_SAME, *_NUMBERS))
    return {word: row[0] for row in rows for word in row}


@cache
def _written() -> Mapping[str, str]:
    """The longer words of all rows as they are written, with their senses."""
    rows = (*_SAME, *(words for pair in _CONTRARY for words in pair))
    words = (word for row in rows for word in row.split() if len(word) >= _LEAST_SLIPPED)
    return {word: sense(tokenizer.words(word)[0]) for word in words}


@cache
def _sides() -> Mapping[str, Mapping[int, int]]:
    found: dict[str, dict[int, int]] = {}
    for number, pair in enumerate(_CONTRARY):
        for side, words in zip((1, -1), pair, strict=True):
            for word in map(sense, tokenizer.words(words)):
                found.setdefault(word, {})[number] = side
    return found
