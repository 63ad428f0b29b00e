"""Whether an answer only lists keywords, or strings words together in no order: neither states anything."""

import re
from collections.abc import Iterable
from itertools import chain, pairwise

from interviewer.grading.lexical.negation import WORDS
from interviewer.text import tokenizer

# A list is so many names of at most so many words each, which make up so much of the text.
_LEAST_ITEMS = 5
_LONGEST_ITEM = 7
_LEAST_SHARE = 0.6

_ZH = "[\u3400-\u9fff]"
_CHINESE = re.compile(_ZH)
_APART = re.compile(f"(?<={_ZH}) (?={_ZH})")
# What may stand between the items of a list. A blank separates Chinese terms; in a text with Chinese marks of
# punctuation, a blank beside Latin letters is no more than good typography.
_MARKS = r"[,，、;；/|·•+\n\t]|…+|\.{3}|\s+-\s+|\s*&\s*|[。!?！？]|[.](?=\s|$)"
_SEPARATOR = re.compile(rf"{_MARKS}|(?<={_ZH})\s+|\s+(?={_ZH})")
_SEPARATOR_PUNCTUATED = re.compile(rf"{_MARKS}|(?<={_ZH})\s+(?={_ZH})")
# Thousands of blanks in a row would be looked through again and again.
_BLANKS = re.compile(r"[^\S\n\t]+")
_WORD = re.compile("[a-z']+")

# English words in no order: hardly any connecting words, or connecting words that cannot follow one another.
_LEAST_WORDS = 16
_LEAST_CONNECTING = 0.10
_MOST_ODD = 3
_ODD_SHARE = 0.03
_CONNECTING = tokenizer.STOPWORDS | WORDS.words("keyword_stuffing.connecting")
_CANNOT_FOLLOW = {
    before: WORDS.words(f"keyword_stuffing.after_{kind}")
    for kind in ("preposition", "determiner")
    for before in WORDS.words(f"keyword_stuffing.{kind}")
}

# Chinese in no order: short pieces set apart by blanks.
_MOST_APART = 10
_SHORT_RUN = 6


def is_stuffed(text: str) -> bool:
    """Whether most of a text is a list of names of which nothing is said, or it or a cell of a table in it has no order."""
    prose, rows = _tables_apart(text)
    separator = _SEPARATOR_PUNCTUATED if any(mark in prose for mark in "，。；") else _SEPARATOR
    items = (*separator.split(_BLANKS.sub(" ", prose)), *map(":".join, rows))
    return _lists_keywords(items) or any(map(_is_in_no_order, (prose, *chain.from_iterable(rows))))


def _lists_keywords(items: Iterable[str]) -> bool:
    whole, bare = 0, []
    for item in items:
        length = sum(tokenizer.is_content(word) and not word[0].isdigit() for word in tokenizer.words(item))
        whole += length
        if 0 < length <= _LONGEST_ITEM and not _states(item):
            bare.append(length)
    return len(bare) >= _LEAST_ITEMS and sum(bare) >= _LEAST_SHARE * whole


def _tables_apart(text: str) -> tuple[str, list[list[str]]]:
    """A text without its Markdown tables, and the rows of these, each as the cells that have something in them.

    A row says of the thing in one cell what stands in the others, as `thing: what` does.
    """
    lines = text.split("\n")
    rules = {at for at, line in enumerate(lines) if "|" in line and "-" in line and set(line) <= set("|-: \t")}
    prose: list[str] = []
    rows: list[list[str]] = []
    is_inside = False
    for at, line in enumerate(lines):
        is_head = at + 1 in rules and "|" in line and at not in rules
        is_inside = is_head or (is_inside and "|" in line)
        if not is_inside:
            prose.append(line)
        elif not is_head and at not in rules:
            rows.append([cell.strip() for cell in line.split("|") if cell.strip()])
    return "\n".join(prose), rows


def _is_in_no_order(text: str) -> bool:
    """Whether the words of a text stand in no order that anybody would write them in."""
    folded = tokenizer.fold(text)
    chinese, apart = len(_CHINESE.findall(folded)), len(_APART.findall(folded))
    if apart >= _MOST_APART and chinese < _SHORT_RUN * (apart + 1):
        return True
    found = _WORD.findall(folded)
    if len(found) < _LEAST_WORDS or len(found) < chinese:
        return False
    connecting = sum(word in _CONNECTING for word in found)
    odd = sum(other in _CANNOT_FOLLOW.get(one, ()) for one, other in pairwise(found))
    return connecting < _LEAST_CONNECTING * len(found) or (odd >= _MOST_ODD and odd >= _ODD_SHARE * len(found))


def _states(item: str) -> bool:
    """Whether a text says something, rather than naming it."""
    folded = tokenizer.fold(item)
    is_said = any(mark in folded for mark in WORDS.words("keyword_stuffing.stating_anywhere"))
    return is_said or not WORDS.words("keyword_stuffing.stating").isdisjoint(_WORD.findall(folded))
