"""The word lists of `words.toml`, read once."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path


def words(name: str) -> frozenset[str]:
    """The list with a name such as `negation.breaks`."""
    return frozenset(_listed(name))


@cache
def phrases(name: str) -> re.Pattern[str]:
    """Finds any phrase of a list in a folded text; English ones between the bounds of words."""
    listed = sorted(_listed(name), key=len, reverse=True)
    return re.compile("|".join(rf"\b{re.escape(one)}(?!\w)" if one.isascii() else re.escape(one) for one in listed))


def _listed(name: str) -> Sequence[str]:
    section, key = name.split(".")
    return _sections()[section][key]


@cache
def _sections() -> Mapping[str, Mapping[str, Sequence[str]]]:
    return tomllib.loads((Path(__file__).parent / "words.toml").read_text(encoding="utf-8"))
