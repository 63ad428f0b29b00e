"""Ids made of the words of what they name, so that another import of the same list gives the same ones."""

import hashlib
import unicodedata
from collections.abc import Container, Iterable

from interviewer.text import tokenizer

# An id made of words has at least and at most so many of them.
_LEAST_WORDS = 3
_MOST_WORDS = 7
_LONGEST = 72
_LONGEST_TOPIC = 80
_SIGNS_OF_CODE = "-#*/%!&@:"  # that Unicode takes for punctuation


class Identifiers:
    """The ids of one bank's questions and topics, no two questions under the same one; `reserved` are not given."""

    def __init__(self, reserved: Iterable[str] = ()) -> None:
        self._questions = {name: name for name in reserved}
        self._topics: dict[str, str] = {}

    def of_question(self, text: str) -> str:
        whole = normal(text)
        name = _told_apart(_english_slug(text, _LEAST_WORDS) or f"q-{_digest(whole)}", whole, self._questions)
        name = numbered_until_free(name, self._questions)
        self._questions[name] = whole
        return name

    def of_topic(self, title: str) -> str:
        whole = normal(title)
        if not whole:
            return "general"
        name = _told_apart(_english_slug(title[:_LONGEST_TOPIC], 1) or f"t-{_digest(whole)}", whole, self._topics)
        self._topics[name] = whole
        return name


def of_bank(file: str) -> str:
    """The id of a bank that is made of a file of this name."""
    stem = file.rsplit(".", 1)[0]
    name = slug(words_of(stem))
    return name if any(sign.isalpha() for sign in name) else f"bank-{_digest(normal(stem) or stem)}"


def slug(words: list[str]) -> str:
    """Words joined to an id."""
    return "-".join(words)[:_LONGEST].strip("-")


def normal(text: str, keep: str = "") -> str:
    """A text as it is compared: in one case and width, without white space or punctuation but the signs to `keep`."""
    return "".join(sign for sign in tokenizer.fold(text) if sign in keep or unicodedata.category(sign)[0] not in "PZC")


def comparison_key(text: str) -> str:
    """A text as it is compared with others of its list: signs of code tell `C` from `C#` and `a == b` from `a != b`."""
    return normal(text, _SIGNS_OF_CODE).rstrip("!:")


def numbered_until_free(name: str, taken: Container[str]) -> str:
    """The id, with a number behind it if it is taken."""
    found, number = name, 1
    stem = name.rpartition("-")[0] if name.rpartition("-")[2].isdigit() else name
    while found in taken:
        number += 1
        found = f"{stem[:75]}-{number}"
    return found


def _told_apart(name: str, whole: str, known: dict[str, str]) -> str:
    """The id, with a digest behind it where another text has it already."""
    return name if known.get(name, whole) == whole else f"{name[:70]}-{_digest(whole)[:6]}"


def _english_slug(text: str, least: int) -> str:
    """The English words of a text, or nothing where there are too few of them or the text is mostly Chinese."""
    words = words_of(text)
    if sum("\u3400" <= sign <= "\u9fff" for sign in text) > sum(map(len, words)):
        return ""
    telling = [word for word in words if word not in tokenizer.STOPWORDS] or words
    chosen = (telling if len(telling) >= least else words)[:_MOST_WORDS]
    spoken = sum(any(sign.isalpha() for sign in word) for word in chosen)
    return slug(chosen) if spoken >= least else ""


def words_of(text: str) -> list[str]:
    """The words of a text that an id may be made of."""
    folded = unicodedata.normalize("NFKC", text).casefold().replace("'", "")
    return "".join(sign if sign.isascii() and sign.isalnum() else " " for sign in folded).split()


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:10]
