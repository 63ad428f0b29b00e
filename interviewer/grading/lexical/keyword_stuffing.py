"""Whether an answer only lists keywords, or strings words together in no order: neither states anything."""

import re
from itertools import chain, pairwise

from interviewer.grading.lexical.answer import WORDS
from interviewer.text import tokenizer

# A list is so many names of at most so many words each, which make up so much of the text.
_LEAST_ITEMS = 5
_LONGEST_ITEM = 7
_LEAST_SHARE = 0.6

# What may stand between the items of a list. A blank separates Chinese terms; in a text with Chinese marks of
# punctuation, a blank beside Latin letters is no more than good typography.
_MARKS = r"[,，、;；/|·•+\n\t]|…+|\.{3}|\s+-\s+|\s*&\s*|[。!?！？]|[.](?=\s|$)"
_SEPARATOR = re.compile(_MARKS + r"|(?<=[\u3400-\u9fff])\s+|\s+(?=[\u3400-\u9fff])")
_SEPARATOR_PUNCTUATED = re.compile(_MARKS + r"|(?<=[\u3400-\u9fff])\s+(?=[\u3400-\u9fff])")
# Thousands of blanks in a row would be looked through again and again.
_BLANKS = re.compile(r"[^\S\n\t]+")
_WORD = re.compile("[a-z']+")
_ARROWS = ("→", "⇒", "=>", "->", ":", "=")

_STATING = WORDS.words("keyword_stuffing.stating")
_STATING_ZH = WORDS.words("keyword_stuffing.stating_zh")

# English words in no order: hardly any connecting words, or connecting words that cannot follow one another.
_LEAST_WORDS = 16
_LEAST_CONNECTING = 0.10
_MOST_ODD = 3
_ODD_SHARE = 0.03
_CONNECTING = tokenizer.STOPWORDS | WORDS.words("keyword_stuffing.connecting")
_DETERMINERS = WORDS.words("keyword_stuffing.determiners")
_PREPOSITIONS = WORDS.words("keyword_stuffing.prepositions")
_BEGIN_NO_PHRASE = WORDS.words("keyword_stuffing.begin_no_phrase")

# Chinese in no order: short pieces set apart by blanks.
_MOST_APART = 10
_SHORT_RUN = 6


def lists_keywords(text: str) -> bool:
    """Whether most of a text is a list of names of which nothing is said."""
    prose, rows = _tables_apart(text)
    separator = _SEPARATOR_PUNCTUATED if any(mark in prose for mark in "，。；") else _SEPARATOR
    whole, bare = 0, []
    for item in (*separator.split(_BLANKS.sub(" ", prose)), *map(":".join, rows)):
        length = sum(tokenizer.is_content(word) and not word[0].isdigit() for word in tokenizer.words(item))
        whole += length
        if 0 < length <= _LONGEST_ITEM and not _states(item):
            bare.append(length)
    return len(bare) >= _LEAST_ITEMS and sum(bare) >= _LEAST_SHARE * whole


def is_scrambled(text: str) -> bool:
    """Whether the words of a text, or of one cell of a table in it, stand in no order that anybody would write them in."""
    prose, rows = _tables_apart(text)
    return any(map(_is_in_no_order, (prose, *chain.from_iterable(rows))))


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
    folded = tokenizer.fold(text)
    chinese = sum(map(_is_chinese, folded))
    apart = sum(
        _is_chinese(before[-1]) and _is_chinese(after[0])
        for before, after in pairwise(folded.replace("\n", " \n ").split(" "))
        if before and after
    )
    if apart >= _MOST_APART and chinese < _SHORT_RUN * (apart + 1):
        return True
    found = _WORD.findall(folded)
    if len(found) < _LEAST_WORDS or len(found) < chinese:
        return False
    connecting = sum(word in _CONNECTING for word in found)
    odd = sum(_cannot_follow(one, other) for one, other in pairwise(found))
    return connecting < _LEAST_CONNECTING * len(found) or (odd >= _MOST_ODD and odd >= _ODD_SHARE * len(found))


def _cannot_follow(one: str, other: str) -> bool:
    if one in _DETERMINERS:
        return other in _BEGIN_NO_PHRASE or other in _PREPOSITIONS or other in ("the", "a", "to", "that", "it")
    return one in _PREPOSITIONS and other in _BEGIN_NO_PHRASE


def _states(item: str) -> bool:
    """Whether a text says something, rather than naming it."""
    folded = tokenizer.fold(item)
    return any(mark in folded for mark in (*_ARROWS, *_STATING_ZH)) or not _STATING.isdisjoint(_WORD.findall(folded))


def _is_chinese(character: str) -> bool:
    return "\u3400" <= character <= "\u9fff"
