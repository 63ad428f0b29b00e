"""Whether an answer strings keywords together and states nothing: learnt from lists of keywords beside statements.

What a text is about does not matter here, so only its skeleton is looked at: connecting words, marks of punctuation, and
how many words with content stand between them.
"""

import re
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import chain, cycle, islice, pairwise
from threading import Lock

import numpy as np

from interviewer.domain.language import Language
from interviewer.grading.example_statements import Example, ExampleKind, shipped_examples
from interviewer.grading.text_regression import ARRAYS, TextRegression
from interviewer.grading.trained_models import Arrays, kept
from interviewer.text import tokenizer

# From where on a text is stuffed, where lists are 1 and statements -1.
_STUFFED = 0.1
# For each list, so many answers are looked at.
_ANSWERS_A_LIST = 2
# An answer is made of so many statements, with one of these marks between them.
_LENGTHS = (1, 1, 2, 2, 3, 4)
_MARKS = {Language.ZH: ("，", "。", "；", "\n- "), Language.EN: (", ", ". ", "; ", "\n- ")}
# What may stand between the items of a list; lines are items, too.
_SEPARATORS = re.compile(r"[、;/|·•&]")
# A cell of a table with no more words is no list of its own.
_SHORT_CELL = 8
_CHINESE = re.compile("[\u4e00-\u9fff]")
_CONNECTING = tokenizer.STOPWORDS | frozenset(
    "over during under between through without within not no cannot other many much more most only all both".split()
)
# A longer run of words with content is like one of so many.
_LONGEST_RUN = 6


def is_stuffed(text: str) -> bool:
    """Whether a text, or a cell of a table in it, is a list of keywords; a row of a table says something of its things."""
    return any(map(_is_list, _without_tables(text)))


def _is_list(text: str) -> bool:
    with _training:
        detector = _detector()
    found = detector.scores(_units(text))
    return found is not None and found[0] > _STUFFED


def _without_tables(text: str) -> list[str]:
    """A text without its Markdown tables, and the cells of these that have more than a few words."""
    lines = text.split("\n")
    if not any("|" in line and "-" in line and set(line) <= set("|-: \t") for line in lines):
        return [text]
    cells = (cell for line in lines if "|" in line for cell in line.split("|"))
    prose = "\n".join(line for line in lines if "|" not in line)
    return [prose, *(cell for cell in cells if len(tokenizer.words(cell)) > _SHORT_CELL)]


# Who needs it while it is trained waits, and does not train another.
_training = Lock()


def warm_up() -> None:
    """Train beforehand, which takes half a second."""
    _is_list("")


@cache
def _detector() -> TextRegression:
    every = [one for examples in shipped_examples().values() for one in examples]
    lists = [one.text for one in every if one.kind is ExampleKind.STUFFED]
    texts = [*lists, *islice(_answers(every), _ANSWERS_A_LIST * len(lists))]
    is_list = np.arange(len(texts)) < len(lists)
    # As if there were as many lists as statements.
    weights = np.where(is_list, _ANSWERS_A_LIST, 1).astype(np.float32)
    targets = np.where(is_list, 1, -1).astype(np.float32)[:, None]

    def train() -> Arrays:
        return TextRegression.train(
            [_units(text) for text in texts], targets, np.zeros(1, np.float32), weights, by_rarity=False
        )

    return TextRegression(kept(texts, ARRAYS, train))


def _answers(examples: Sequence[Example]) -> Iterator[str]:
    """Statements of one language joined as in an answer, taken from all over the examples; the languages by turns."""
    said: dict[Language, list[str]] = {language: [] for language in Language}
    for one in examples:
        if one.kind is ExampleKind.SAYS:
            said[Language.ZH if _CHINESE.search(one.text) else Language.EN].append(one.text)
    chosen = {language: iter(texts[:: max(1, len(texts) // 2500)]) for language, texts in said.items()}
    for number, size in enumerate(cycle(_LENGTHS)):
        language = tuple(Language)[number % len(Language)]
        some = list(islice(chosen[language], size))
        if not some:
            return
        yield _MARKS[language][number // len(Language) % len(_MARKS[language])].join(some)


def _units(text: str) -> list[str]:
    """The pieces of the skeleton of a text, and each two and three neighbours of them."""
    skeleton = ["^", *_skeleton(text), "$"]
    pairs = [" ".join(both) for both in pairwise(skeleton)]
    return [*skeleton, *pairs, *(" ".join(three) for three in zip(skeleton, skeleton[1:], skeleton[2:], strict=False))]


def _skeleton(text: str) -> Iterator[str]:
    clauses = tokenizer.tokenize(text)
    ends = [*(one.start for one in clauses[1:]), len(text)]
    for clause, end in zip(clauses, ends, strict=False):
        run = 0
        for token in chain(clause.tokens, (None,)):
            if token and token.word not in _CONNECTING and tokenizer.is_content(token.text):
                run += 1
                continue
            if run:
                yield f"x{min(run, _LONGEST_RUN)}"
                run = 0
            if token:
                yield token.word
        between = text[clause.end : end]
        yield "," if "\n" in between else _SEPARATORS.sub(",", tokenizer.fold(between).strip()[:1])
