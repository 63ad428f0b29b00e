"""A rubric made of a reference answer alone: what it lists, states and contrasts becomes criteria."""

import hashlib

from interviewer.banks.importing.rubric_from_reference.points import AskedQuestion, ReferencePoint
from interviewer.banks.importing.rubric_from_reference.prose import is_chinese, lines_of, plain_text
from interviewer.banks.importing.rubric_from_reference.selection import MOST_POINTS, distinct_points, most_telling
from interviewer.banks.importing.rubric_from_reference.statements import FIRST, LATER, LONGEST_SENTENCE, statements
from interviewer.domain.rubric import Criterion, Localized, Question
from interviewer.errors import BankError
from interviewer.text import messages

__all__ = ["MOST_POINTS", "ReferencePoint", "compile_question", "points_of", "surplus"]


def compile_question(text: str, reference: str) -> Question:
    """A question, named by its content, whose criteria are the points of its reference answer.

    Raises BankError if the reference is empty.
    """
    points = points_of(text, reference)
    if not points:
        raise BankError("", "", messages.localized("bank.no_reference", question=repr(text)))
    criteria = tuple(
        Criterion(
            f"point-{number}", in_its_language(point.text), point.kind, point.weight, point.aliases, made=point.made
        )
        for number, point in enumerate(points, start=1)
    )
    name = hashlib.sha256(f"{text}\n{reference}".encode()).hexdigest()[:12]
    return Question(name, in_its_language(text), in_its_language(reference), criteria)


def points_of(question: str, reference: str) -> list[ReferencePoint]:
    """The points of a reference answer, at most MOST_POINTS of them, each with how it was made.

    They stand in the reference's order and say something that the question does not; where nothing does, the whole
    reference is the one point. An empty reference has none, and whoever asks decides what that means.
    """
    text = plain_text(reference)
    if not text:
        return []
    asked = AskedQuestion(question)
    return most_telling(_all_points(asked, reference), asked) or [
        ReferencePoint(text[:LONGEST_SENTENCE], made="sentence")
    ]


def surplus(question: str, reference: str) -> int:
    """How many points of a reference answer `points_of` leaves out, because no more than MOST_POINTS can be judged."""
    return max(0, len(distinct_points(_all_points(AskedQuestion(question), reference))) - MOST_POINTS)


def _all_points(asked: AskedQuestion, reference: str) -> list[ReferencePoint]:
    points: list[ReferencePoint] = []
    for number, line in enumerate(lines_of(reference)):
        points += statements(line, asked, number * len(reference), LATER if points else FIRST)
    return points


def in_its_language(text: str) -> Localized:
    """A text under the language that it is written in."""
    return Localized(zh=text) if is_chinese(text) else Localized(en=text)
