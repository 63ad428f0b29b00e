"""Where in a text the words stand that made a point, that were wrong, or that would have made a missing point."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from enum import StrEnum
from functools import lru_cache
from itertools import pairwise

from interviewer.domain.grade import CREDITED, Evidence, Level, Verdict
from interviewer.domain.language import Language
from interviewer.domain.rubric import Kind, Question
from interviewer.grading.example_statements import examples_of
from interviewer.grading.lexical import LexicalGrader
from interviewer.text import tokenizer

Span = tuple[int, int]
# Of a longer sentence, or one that makes several points, only the clauses are quoted that make this one.
_LONGEST_SENTENCE = 200
_LIST_SIGN = re.compile(r"\s*(?:[-*+>]|#{1,6}|\d{1,3}[.)])\s+")


class Mark(StrEnum):
    """Why words are marked; of two marks on the same words the later one in this list counts."""

    SAY = "say"
    RIGHT = "right"
    WRONG = "wrong"


Marks = Sequence[tuple[int, int, Mark]]


def marks(question: Question, verdicts: Iterable[Verdict], turn: int, text: str) -> Marks:
    """The words of a turn that earned credit, and those of a mistake or of a point put the wrong way round."""
    found = []
    for verdict in verdicts:
        mark = _mark(verdict, is_mistake=question.rubric[verdict.criterion].kind is Kind.MISTAKE)
        spans = (span(evidence, text) for evidence in verdict.evidence if evidence.turn == turn)
        found += [(*one, mark) for one in spans if one and mark]
    return found


def _mark(verdict: Verdict, *, is_mistake: bool) -> Mark | None:
    if verdict.level in CREDITED:
        return Mark.WRONG if is_mistake else Mark.RIGHT
    return Mark.WRONG if verdict.level is Level.CONTRADICTED and not is_mistake else None


@lru_cache(maxsize=256)
def model_words(question: Question, language: Language) -> Mapping[str, Sequence[Span]]:
    """For each criterion, the sentences of the model answer that make it, as the estimate finds them, else by its text."""
    found = _words(question, language)
    lacking = [one for one in question.criteria if one.id not in found and one.kind is not Kind.MISTAKE]
    if not any(one.aliases for one in lacking) or examples_of(question):
        return found
    by_text = replace(question, criteria=tuple(replace(one, aliases=()) for one in question.criteria))
    return {**_words(by_text, language), **found}


def _words(question: Question, language: Language) -> dict[str, list[Span]]:
    text = question.reference.into(language)
    made = [one for one in LexicalGrader().read(question, text) if one.level in CREDITED]
    sentences = _sentences(text)

    def whole(clause: Span) -> Span:
        over = [one for one in sentences if one[0] < clause[1] and clause[0] < one[1]]
        return min(over, default=clause)[0], max(over, default=clause)[1]

    spans = {one.criterion: [found for said in one.evidence if (found := span(said, text))] for one in made}
    shared = Counter(sentence for found in spans.values() for sentence in {whole(one) for one in found})

    def worth_saying(clause: Span) -> Span:
        start, end = whole(clause)
        breaks_formula = text[slice(*clause)].count("$") % 2 > 0
        is_long = end - start > _LONGEST_SENTENCE or shared[start, end] > 1
        return clause if is_long and not breaks_formula else (start, end)

    return {name: sorted({worth_saying(one) for one in found}) for name, found in spans.items()}


def _sentences(text: str) -> list[Span]:
    """Where sentences begin and end, their punctuation with them and the signs of a list or table without."""
    starts: dict[int, int] = {}
    for clause in tokenizer.clauses(text):
        starts.setdefault(clause.sentence, clause.start)
    edges = [*starts.values(), len(text)]
    ends = [start + len(text[start:end].rstrip(" \t\r\n-*+#>|")) for start, end in pairwise(edges)]
    begins = [sign.end() if (sign := _LIST_SIGN.match(text, start)) else start for start in starts.values()]
    return [(start, end) for start, end in zip(begins, ends, strict=True) if start < end]


def span(evidence: Evidence, text: str) -> Span | None:
    """Where a quote stands in its turn: at its offsets, or at its first place where the grader gave none that fit."""
    if not evidence.quote:
        return None
    if evidence.start >= 0 and text[evidence.start : evidence.end] == evidence.quote:
        return evidence.start, evidence.end
    start = text.find(evidence.quote)
    return None if start < 0 else (start, start + len(evidence.quote))


def pieces(text: str, marked: Marks) -> Iterator[tuple[str, Mark | None]]:
    """The text in pieces, each with its mark; where marks overlap, the strongest one counts, so no words have two."""
    if not text:
        return
    edges = sorted({0, len(text), *(edge for start, end, _ in marked for edge in (start, end))})
    order = list(Mark)
    begun, last = 0, None
    for at in edges[:-1]:
        over = [mark for start, end, mark in marked if start <= at < end]
        mark = max(over, key=order.index, default=None)
        if at and mark is not last:
            yield text[begun:at], last
            begun = at
        last = mark
    yield text[begun:], last
