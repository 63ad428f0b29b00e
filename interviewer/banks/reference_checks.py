"""Whether a reference answer says enough to grade by."""

import re
import unicodedata
from pathlib import Path

from interviewer.text import tokenizer
from interviewer.text.word_lists import WordLists

_WORDS = WordLists(Path(__file__).with_suffix(".toml"))
_LISTS = ("placeholders.patterns", "unwritten.promises", "unwritten.unknown", "unwritten.paid")
_PLACEHOLDER = re.compile(rf"(?:{'|'.join(map(_WORDS.any_of, _LISTS))})[\s.。!！…)）]*", re.IGNORECASE)
_MARKS = " \t\n-*+•>_?？\"'“”`[(（【]）】):：<"
_LANGUAGE_LABEL = re.compile(r"^\W*(?:中文|英文|English|Chinese|EN|ZH|CN)\s*[:：]\**", re.IGNORECASE | re.MULTILINE)
_LONGEST_PLACEHOLDER = 80
_LEAST_OWN = 2
_LINK = re.compile(r"!?\[[^\]]*\]\([^)]*\)|<?(?:https?://|www\.)[^\s>）)，。]+>?", re.IGNORECASE)
# What people write around a link that is the whole answer.
_POINTING = frozenset(word for text in _WORDS.words("links.pointing") for word in tokenizer.words(text))


def is_placeholder(text: str) -> bool:
    """Whether a text only says that the answer is still to be written."""
    if len(parts := _LANGUAGE_LABEL.split(text)) > 1:
        return all(is_placeholder(part) for part in parts)
    pictures = "".join(char for char in text if unicodedata.category(char) in ("So", "Mn", "Cf"))
    bare = re.sub(r"^[-*+]?\s*\[[ xX]?\]\s*", "", text.strip()).strip(_MARKS + pictures)
    return len(text) < _LONGEST_PLACEHOLDER and (not bare or bool(_PLACEHOLDER.fullmatch(bare)))


def is_only_a_link(text: str) -> bool:
    """Whether nothing is left of a text without its links and the words that point at them."""
    rest = _LINK.sub(" ", text)
    return rest != text and not any(
        tokenizer.is_content(word) and word not in _POINTING for word in tokenizer.words(rest)
    )


def says_too_little(text: str, asked: str) -> bool:
    """Whether a text has hardly a word that the question does not have."""
    known = frozenset(tokenizer.words(asked))
    own = [word for word in tokenizer.words(text) if tokenizer.is_content(word) and word not in known]
    return len(own) < _LEAST_OWN
