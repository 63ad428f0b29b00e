"""A rubric made of a reference answer alone: what it lists, states and contrasts becomes criteria."""

import hashlib
import re
from dataclasses import replace

from interviewer.banks.importing.rubric_from_reference.points import (
    MOST_POINTS,
    AskedQuestion,
    ReferencePoint,
    distinct_points,
    most_telling,
)
from interviewer.banks.importing.rubric_from_reference.prose import code_of, is_chinese, lines_of, plain_text
from interviewer.banks.importing.rubric_from_reference.statements import FIRST, LATER, LONGEST_SENTENCE, statements
from interviewer.domain.rubric import Criterion, Group, Kind, Localized, Question
from interviewer.errors import BankError
from interviewer.text import messages

# How a point was made that stands for code, which nobody can grade by its words.
CODE = "code"
_LISTED = ("list item", "name in a list")
OPTION = "option"
_MOST_WRONG = 4
_OPTION = re.compile(r"(?:- |[(（]?[A-H]\s*[)）.、:：])\s*(?=[\w`\"'(])")
_COMMAND = re.compile(r"[\w./]+(?:\s+-{1,2}[\w-]+)+")

__all__ = ["CODE", "MOST_POINTS", "OPTION", "ReferencePoint", "compile_question", "points_of", "surplus"]


def compile_question(text: str, reference: str) -> Question:
    """A question, named by its content, whose criteria are the points of its reference answer.

    Raises BankError if the reference is empty.
    """
    points = points_of(text, reference)
    if not points:
        raise BankError("", "", messages.localized("bank.no_reference", question=repr(text)))
    criteria = tuple(
        Criterion(f"point-{n}", in_its_language(one.text), one.kind, one.weight, one.aliases, made=one.made)
        for n, one in enumerate(points, start=1)
    )
    if wrong := _wrong_options(text, reference):
        criteria = (
            *(replace(one, weight=1.0, made=OPTION) for one in criteria[:1]),
            *criteria[1 : MOST_POINTS - len(wrong)],
            *(
                Criterion(f"wrong-{number}", in_its_language(option), Kind.MISTAKE, made=OPTION)
                for number, option in enumerate(wrong, start=1)
            ),
        )
    groups: tuple[Group, ...] = ()
    listed = [c for c in criteria if c.made in _LISTED and c.kind is Kind.CORE and c.weight >= LATER]
    if 0 < (wanted := AskedQuestion(text).wanted) < len(listed):
        weight = max(criterion.weight for criterion in listed)
        groups = (Group("any", wanted, wanted * weight),)
        criteria = tuple(replace(c, group="any", weight=weight) if c in listed else c for c in criteria)
    name = hashlib.sha256(f"{text}\n{reference}".encode()).hexdigest()[:12]
    return Question(name, in_its_language(text), in_its_language(reference), criteria, groups=groups)


def points_of(question: str, reference: str) -> list[ReferencePoint]:
    """The points of a reference answer, at most MOST_POINTS of them, each with how it was made.

    They stand in the reference's order and say something that the question does not; where nothing does, the whole
    reference is the one point. An empty reference has none, and whoever asks decides what that means.
    """
    text = plain_text(reference)
    if not text:
        return []
    asked = AskedQuestion(question)
    found = most_telling(_all_points(asked, reference), asked)
    if found or not (code := code_of(reference)):
        return found or [ReferencePoint(text[:LONGEST_SENTENCE], made="sentence")]
    # Code of one line is known by its command, more cannot be told by words.
    told = " ".join(" ".join(code).split())[:LONGEST_SENTENCE]
    command = _COMMAND.match(told) if len(code) == 1 else None
    return [ReferencePoint(told, CODE, aliases=((told, command[0].strip()),) if command else ())]


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


def _wrong_options(question: str, reference: str) -> tuple[str, ...]:
    """The options in the text of a question that the reference does not name; nothing where it is none of choice."""
    options = [_OPTION.sub("", line).strip() for line in question.splitlines()[1:] if _OPTION.match(line)]
    named = {line.strip() for line in reference.splitlines()}
    wrong = tuple(option for option in options if option not in named)
    return wrong[:_MOST_WRONG] if len(wrong) < len(options) else ()
