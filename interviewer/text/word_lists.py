"""Word lists that stand in data files beside the code that uses them."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path


class WordLists:
    """The lists of one TOML file, called `section.name`; the file is read when the first of them is asked for."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._patterns: dict[str, re.Pattern[str]] = {}

    def words(self, name: str) -> frozenset[str]:
        return frozenset(self._listed(name))

    def section(self, name: str) -> Mapping[str, Sequence[str]]:
        """All lists of a section, by their names in it."""
        return self._sections[name]

    def any_of(self, name: str) -> str:
        """A pattern for one of a list of patterns, the first that fits."""
        return f"(?:{'|'.join(self._listed(name))})"

    def phrases(self, name: str) -> re.Pattern[str]:
        """Finds any phrase of a list in a folded text; what is in Latin letters, between the bounds of words.

        `…` in a phrase stands for at most forty characters of the same sentence, and `a|b` for either word.
        """
        if name not in self._patterns:
            listed = sorted(self._listed(name), key=len, reverse=True)
            self._patterns[name] = re.compile("|".join(map(_pattern, listed)))
        return self._patterns[name]

    def _listed(self, name: str) -> Sequence[str]:
        section, key = name.split(".")
        return self._sections[section][key]

    @cached_property
    def _sections(self) -> Mapping[str, Mapping[str, Sequence[str]]]:
        return tomllib.loads(self._path.read_text(encoding="utf-8"))


def _pattern(phrase: str) -> str:
    return r"[^.。!?\n]{0,40}?".join(map(_bounded, phrase.split("…")))


def _bounded(part: str) -> str:
    """A part of a phrase, whose words may each be one of several."""
    before = r"(?<!\w)" if part.lstrip()[:1].isascii() and part.lstrip()[:1].isalnum() else ""
    after = r"(?!\w)" if part.rstrip()[-1:].isascii() and part.rstrip()[-1:].isalnum() else ""
    return f"{before}{' '.join(map(_one_of, part.strip(' ').split(' ')))}{after}"


def _one_of(word: str) -> str:
    if word.startswith("<") or "|" not in word:
        return re.escape(word)
    return f"(?:{'|'.join(map(re.escape, word.split('|')))})"
