"""Which question of a source is which question of the bank that was made of it before."""

from collections.abc import Callable, Sequence

from rapidfuzz.fuzz import ratio

from interviewer.banks.importing.merging.notes import base_of, shown
from interviewer.domain.rubric import Question

# Percent of signs in common, from which on a question, with its answer, counts as the same one in other words.
_NEARLY = 80
_ANSWER_NEARLY = 60
# A shorter answer (yes; see above) tells no question from another.
_LEAST_ANSWER = 12


def pairs_of(old: Sequence[Question], new: Sequence[Question]) -> dict[str, str]:
    """The ids of new questions with those of the old ones that they stand for.

    A question that was written by hand is known by its text or id alone.
    """
    found: dict[str, str] = {}
    taken: set[str] = set()

    def pair(key: Callable[[Question], str]) -> None:
        left = {key(mine): mine.id for mine in reversed(old) if mine.id not in taken}
        for theirs in new:
            if theirs.id not in found and key(theirs) and key(theirs) in left:
                found[theirs.id] = left.pop(key(theirs))
                taken.add(found[theirs.id])

    pair(lambda question: question.made.item if question.made else "")
    pair(lambda question: shown(question.text))
    pair(lambda question: base_of(question).get("text", ""))
    pair(lambda question: question.id)
    pair(lambda q: base_of(q).get("reference", "") if len(shown(q.reference)) >= _LEAST_ANSWER else "")
    for theirs in new:
        near = [] if theirs.id in found else [q for q in old if q.made and q.id not in taken and _is_near(q, theirs)]
        if near:
            found[theirs.id] = max(near, key=lambda mine: ratio(shown(mine.text), shown(theirs.text))).id
            taken.add(found[theirs.id])
    return found


def _is_near(one: Question, other: Question) -> bool:
    return (
        ratio(shown(one.text), shown(other.text)) >= _NEARLY
        and ratio(shown(one.reference), shown(other.reference)) >= _ANSWER_NEARLY
    )
