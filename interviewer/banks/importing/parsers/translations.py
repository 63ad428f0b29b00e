"""Questions that stand twice, right below each other, once in each language."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from interviewer.banks.importing.document import language_of
from interviewer.banks.importing.parsers.elements import render
from interviewer.banks.importing.parsers.question_candidates import Candidate

_FEWEST = 2  # pairs


def join_translations(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Each pair as one question, if most questions of the file are in pairs: else the first one lacks its answer."""
    pairs = {id(first): second for first, second in pairwise(candidates) if _is_pair(first, second)}
    seconds = {id(second) for second in pairs.values()}
    firsts = [one for one in candidates if id(one) in pairs and id(one) not in seconds]
    if len(firsts) < _FEWEST or 3 * len(firsts) < len(candidates):
        return list(candidates)
    for first in firsts:
        second = pairs[id(first)]
        below = [replace(one, block=first.question[-1].block, depth=0, marker="") for one in second.question]
        first.question += below
        first.answer, first.unread, first.reason = second.answer, second.unread, second.reason
        first.asides += second.asides
    return [one for one in candidates if id(one) not in {id(pairs[id(first)]) for first in firsts}]


def _is_pair(first: Candidate, second: Candidate) -> bool:
    """Whether the second is the first again: right below it, of the same kind and in the other language."""
    if first.answer or first.unread or first.asides or second.number not in ("", first.number):
        return False
    one, other = first.question[0], second.question[0]
    languages = {language_of(render(part)) for part in (first.question, second.question)}
    return (one.shape, one.level, one.depth) == (other.shape, other.level, other.depth) and len(languages) > 1
