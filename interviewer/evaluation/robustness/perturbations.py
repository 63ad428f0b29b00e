"""Texts changed by rule: honest writing with slips or in other characters, and claims made false by one exchange."""

import random
import re
from collections.abc import Iterator
from functools import cache

import opencc

from interviewer.domain.language import Language
from interviewer.evaluation.robustness.attacks import PHRASES

_SLIP = 0.25
_SLIP_ZH = 0.04
_LONG = 7

_WORDS = PHRASES["words"]
_ALIKE = {pair[0]: pair[1] for pair in _WORDS["alike"].split()}
_OPPOSITE = {a: b for one, other in reversed(_WORDS["opposites"]) for a, b in ((other, one), (one, other))}
# A Chinese word of one or two characters may be a part of another one: 能 of 功能, 训练 of 预训练.
_OPPOSITES = re.compile(
    "|".join(
        rf"\b{word}\b" if word.isascii() else "(?<![功性可智只才])能(?![力量源])" if word == "能" else f"(?<!预){word}"
        for word in sorted(_OPPOSITE, key=len, reverse=True)
    ),
    re.IGNORECASE,
)
_PARTNERS = [re.compile(pattern) for pattern in _WORDS["partners"]]
_NUMBER = re.compile(r"(?<![\w.])\d+(?:\.\d+)?(?![\w.]*\w)")


def typos(text: str, chance: random.Random) -> str:
    """A slip in every fourth long word, and one Chinese character in twenty-five mistaken for a like one.

    Of the slips, two letters are exchanged, one is left out, or one is typed twice.
    """

    def slip(match: re.Match[str]) -> str:
        word = match[0]
        if len(word) < _LONG or chance.random() > _SLIP:
            return word
        at = chance.randrange(1, len(word) - 2)
        typed = chance.choice((word[at + 1] + word[at], word[at + 1], word[at] + word[at : at + 2]))
        return word[:at] + typed + word[at + 2 :]

    slipped = re.sub("[A-Za-z]+", slip, text)
    wanted = sum("\u3400" <= character <= "\u9fff" for character in slipped) * _SLIP_ZH
    places = [place for place, character in enumerate(slipped) if character in _ALIKE]
    chosen = set(chance.sample(places, min(len(places), round(wanted))))
    return "".join(_ALIKE[character] if place in chosen else character for place, character in enumerate(slipped))


def full_width(text: str) -> str:
    return "".join(chr(ord(character) + 0xFEE0) if "!" <= character <= "~" else character for character in text)


def traditional(text: str) -> str:
    return _traditional().convert(text)  # type: ignore[no-any-return]


def broken_lines(text: str) -> str:
    """A new line after every comma."""
    return text.replace("，", "，\n").replace(", ", ",\n")


def denied(text: str, language: Language) -> str:
    return " ".join(PHRASES["sentences"]["denial"][language] + sentence for sentence in sentences(text))


def falsified(claim: str) -> Iterator[tuple[str, str]]:
    """The claim made false by one exchange at a time: what was exchanged, the other claim."""
    seen = set()
    for match in _OPPOSITES.finditer(claim):
        if match[0].casefold() not in seen:
            seen.add(match[0].casefold())
            yield "opposite word", f"{claim[: match.start()]}{_opposite(match)}{claim[match.end() :]}"
    for way, other in (("partners", exchange_partners(claim)), ("number", change_numbers(claim))):
        if other != claim:
            yield way, other


def exchange_opposites(text: str) -> str:
    """The text with every word of direction exchanged for its opposite."""
    return _OPPOSITES.sub(_opposite, text)


def exchange_partners(text: str) -> str:
    """The text with two partners in each other's place, where its grammar shows them."""
    for pattern in _PARTNERS:
        if match := pattern.search(text):
            (start, end), (other_start, other_end) = match.span("a"), match.span("b")
            return f"{text[:start]}{match['b']}{text[end:other_start]}{match['a']}{text[other_end:]}"
    return text


def change_numbers(text: str) -> str:
    return _NUMBER.sub(lambda match: f"{match[0]}7" if "." in match[0] else str(int(match[0]) + 3), text)


def sentences(text: str) -> list[str]:
    return [part for part in re.split(r"(?<=[。！？])|(?<=[.!?])\s+", text) if part.strip()]


def _opposite(match: re.Match[str]) -> str:
    found: str = _OPPOSITE[match[0].casefold()]
    return found.capitalize() if match[0][0].isupper() else found


@cache
def _traditional() -> opencc.OpenCC:
    return opencc.OpenCC("s2t")
