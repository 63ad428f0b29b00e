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

from interviewer.grading.example_statements import Example, ExampleKind, shipped_examples
from interviewer.grading.text_regression import TextRegression
from interviewer.grading.trained_models import Arrays, kept
from interviewer.text import tokenizer

# From where on a text is stuffed, where lists are 1 and statements -1.
_STUFFED = 0.2
# So many statements are looked at for each list, and joined to answers of so many.
_STATEMENTS_A_LIST = 2
_LENGTHS = (1, 1, 2, 2, 3, 4)
_JOINTS = ("，", "。", "；", "\n- ")
_JOINTS_LATIN = (", ", ". ", "; ", "\n- ")
# What may stand between the items of a list; lines are items, too.
_SEPARATORS = re.compile(r"[、;/|·•&]")
_SHORT_CELL = 8
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
    texts = [*lists, *islice(_answers(every), _STATEMENTS_A_LIST * len(lists))]
    is_list = np.arange(len(texts)) < len(lists)
    # As if there were as many lists as statements.
    weights = np.where(is_list, _STATEMENTS_A_LIST, 1).astype(np.float32)
    targets = np.where(is_list, 1, -1).astype(np.float32)[:, None]

    def train() -> Arrays:
        return TextRegression.train([_units(text) for text in texts], targets, weights, by_rarity=False)

    return TextRegression(kept(texts, train))


def _answers(examples: Sequence[Example]) -> Iterator[str]:
    """Statements of one language joined as in an answer, taken from all over the examples."""
    said = [one.text for one in examples if one.kind is ExampleKind.SAYS]
    chosen = iter(said[:: max(1, len(said) // 5000)])
    for size, number in zip(cycle(_LENGTHS), range(len(said)), strict=False):
        some = list(islice(chosen, size))
        if not some:
            return
        joints = _JOINTS_LATIN if some[0].isascii() else _JOINTS
        yield joints[number % len(joints)].join(some)


def _units(text: str) -> list[str]:
    """The pieces of the skeleton of a text, and each two and three neighbours of them."""
    skeleton = ["^", *_skeleton(text), "$"]
    pairs = [" ".join(both) for both in pairwise(skeleton)]
    return [*skeleton, *pairs, *(" ".join(three) for three in zip(skeleton, skeleton[1:], skeleton[2:], strict=False))]


def _skeleton(text: str) -> Iterator[str]:
    clauses = tokenizer.clauses(text)
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
