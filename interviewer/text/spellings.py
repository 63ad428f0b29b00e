"""Words that are recognised although they are misspelt."""

from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache

from interviewer.text import tokenizer

Spellings = Callable[[str], tuple[str, ...]]
"""Gives a stem and those of the known ones that it may be a slip of, the likeliest first."""


def stems_of(texts: Iterable[str]) -> Iterator[str]:
    return (stem for text in texts for stem in tokenizer.words(text.replace("…", " ")))


def spellings(stems: Iterable[str]) -> Spellings:
    """Recognises misspelt words by the stems that are known."""
    known = frozenset(filter(tokenizer.may_be_misspelt, stems))

    @lru_cache(maxsize=20_000)
    def alternatives(stem: str) -> tuple[str, ...]:
        is_settled = stem in known or not tokenizer.may_be_misspelt(stem)
        others = () if is_settled else (other for other in known if tokenizer.same_word(stem, other))
        return (stem, *sorted(others, key=lambda other: (tokenizer.slips(stem, other), other)))

    return alternatives
