"""Terms that mean the same in Chinese and English: the only reader of glossary files."""

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from threading import Lock

from interviewer.errors import BankError
from interviewer.settings import shipped
from interviewer.text import tokenizer
from interviewer.text.tokenizer import Token

LARGEST_GLOSSARY = 1_000_000

_Words = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """Terms that mean the same; each stands in no other entry."""

    zh: tuple[str, ...]
    en: tuple[str, ...]

    @property
    def terms(self) -> tuple[str, ...]:
        return (*self.zh, *self.en)


@dataclass(frozen=True, slots=True)
class Mention:
    """A term found in a clause: the number of its entry, and where its tokens begin and end."""

    entry: int
    first: int
    last: int


@dataclass(frozen=True, eq=False)
class Glossary:
    """Entries, ready to be found in a text. `own` tells one with terms of the user's from the shipped one."""

    entries: tuple[Entry, ...]
    own: str = ""

    @cached_property
    def _numbers(self) -> dict[_Words, int]:
        return {tokenizer.words(term): n for n, entry in enumerate(self.entries) for term in entry.terms}

    @cached_property
    def _by_first(self) -> dict[str, list[tuple[_Words, int]]]:
        found: dict[str, list[tuple[_Words, int]]] = defaultdict(list)
        for words, number in self._numbers.items():
            found[words[0]].append((words, number))
        for listed in found.values():
            listed.sort(key=lambda one: -len(one[0]))
        return dict(found)

    def mentions(self, stretch: Sequence[Token]) -> Iterator[Mention]:
        """The terms in a clause from left to right, the longest where several begin; none of them overlap."""
        at, texts = 0, tuple(token.text for token in stretch)
        while at < len(texts):
            mention = self._at(texts, at)
            if mention:
                yield mention
            at = mention.last if mention else at + 1

    def _at(self, texts: _Words, first: int) -> Mention | None:
        for words, number in self._by_first.get(texts[first], ()):
            if texts[first : first + len(words)] == words:
                return Mention(number, first, first + len(words))
        return None

    def variants(self, term: str) -> tuple[str, ...]:
        """The terms that mean the same as this one, itself among them; nothing for a term that is not known."""
        number = self.number(term)
        return () if number is None else self.entries[number].terms

    def number(self, term: str) -> int | None:
        return self._numbers.get(tokenizer.words(term))


def read_glossary(path: Path) -> tuple[Entry, ...]:
    """The entries of a file: `zh, zh | en, en` on each line, `#` before a remark. Raises BankError with the line."""
    name = path.name
    try:
        if path.stat().st_size > LARGEST_GLOSSARY:
            raise BankError(name, "", f"is larger than {LARGEST_GLOSSARY // 1_000_000} MB")
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise BankError(str(path), "", f"cannot be read: {error.strerror} (INTERVIEWER_GLOSSARY)") from error
    except UnicodeDecodeError as error:
        raise BankError(name, f"byte {error.start}", "is not UTF-8 text") from error
    entries = []
    lines: dict[_Words, int] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        where = f"line {number}"
        try:
            entries.append(_entry(line))
        except ValueError as error:
            raise BankError(name, where, str(error)) from error
        for term in entries[-1].terms:
            before = lines.setdefault(tokenizer.words(term), number)
            if before != number:
                raise BankError(name, where, f"{term!r} stands in line {before} already: one term, one line")
    return tuple(entries)


def _entry(line: str) -> Entry:
    sides = line.split("|")
    if len(sides) != 2:
        raise ValueError("a line is 'Chinese, Chinese | English, English', with one |")
    zh, en = (tuple(term.strip() for term in side.replace("，", ",").split(",")) for side in sides)
    for term in (*zh, *en):
        if not term:
            raise ValueError("a term is missing (before, after or between commas)")
        if not any(tokenizer.is_content(word) for word in tokenizer.words(term)):
            raise ValueError(f"{term!r} has no word that could tell it from others")
    return Entry(tuple(dict.fromkeys(zh)), tuple(dict.fromkeys(en)))


@cache
def _shipped() -> Glossary:
    return Glossary(read_glossary(shipped("rubrics") / "glossary.txt"))


_added: Glossary | None = None
_loading = Lock()


def extend(path: Path | None) -> None:
    """Add a file's entries to those shipped, for the whole process; None takes them away. Raises BankError."""
    global _added  # noqa: PLW0603 - set once, when the settings are made into parts
    _added = _with(read_glossary(path), path.name) if path else None


def glossary() -> Glossary:
    """The terms that are known: those that are shipped, and those of the file that was added."""
    with _loading:  # two threads that came first would have two of them
        return _added or _shipped()


def _with(more: Sequence[Entry], name: str) -> Glossary:
    """The shipped entries and these; one that shares a term with a shipped one joins it."""
    known = _shipped()
    entries = list(known.entries)
    for entry in more:
        shared = sorted({number for term in entry.terms if (number := known.number(term)) is not None})
        if len(shared) > 1:
            one, other = (known.entries[number].terms[0] for number in shared[:2])
            raise BankError(name, "", f"makes one of {one!r} and {other!r}, which the shipped glossary keeps apart")
        if shared:
            old = entries[shared[0]]
            zh, en = dict.fromkeys((*old.zh, *entry.zh)), dict.fromkeys((*old.en, *entry.en))
            entries[shared[0]] = Entry(tuple(zh), tuple(en))
        else:
            entries.append(entry)
    return Glossary(tuple(entries), own=hashlib.sha256(repr(entries).encode()).hexdigest()[:8])
