"""Answers that stand together, apart from their questions, under the same numbers."""

from collections.abc import Sequence
from dataclasses import replace

from interviewer.banks.importing.parsers import markers, question_lines
from interviewer.banks.importing.parsers.candidates import Candidate
from interviewer.banks.importing.parsers.elements import Element, ElementKind

_FEWEST = 2


def assign_answers(candidates: Sequence[Candidate], elements: Sequence[Element]) -> list[Element]:
    """Gives the numbered parts of `elements` to the questions of the same numbers that have no answer yet.

    The elements that stand above the first part are returned; all of them, if fewer than two parts find a question.
    """
    waiting = {made.number: made for made in candidates if made.number and not made.answer and not made.unread}
    starts: dict[str, int] = {}
    for at, element in enumerate(elements):
        if element.says and _number(element) in waiting:
            starts.setdefault(_number(element), at)  # a number that comes again belongs to the answer above it
    if len(starts) < _FEWEST:
        return list(elements)
    for (number, start), end in zip(starts.items(), [*list(starts.values())[1:], len(elements)], strict=True):
        made, first = waiting[number], elements[start]
        text = first.text if first.marker else markers.numbered(first.text).text
        lead = markers.answer_label(text)
        below = elements[start + 1 : end]
        made.answer = [replace(first, text=lead.text if lead else text, marker=""), *(one for one in below if one.says)]
        made.asides += [one for one in below if not one.says]
    return list(elements[: min(starts.values())])


def answers_label_at(elements: Sequence[Element]) -> int | None:
    """The place of a line that says no more than "answers", below questions that have none."""
    for at, element in enumerate(elements):
        lead = markers.answer_label(element.text) if element.shape is ElementKind.LINE and not element.depth else None
        if lead is None or lead.text:
            continue
        found = question_lines.find(elements[:at], alone=True)
        if len(found.questions) < _FEWEST:
            return None
        said = sum(one.says for one in elements[min(found.questions) : at])
        topics = sum(topic > min(found.questions) for topic in found.topics)
        numbers = {_number(elements[place]) for place in found.questions}
        again = {_number(one) for one in elements[at + 1 :]} & numbers - {""}
        return at if said == len(found.questions) + topics and len(again) >= _FEWEST else None
    return None


def _number(element: Element) -> str:
    if element.depth == 1 and element.marker not in ("", "- "):
        return element.marker.strip().rstrip(".")
    if element.depth or element.shape is not ElementKind.LINE:
        return ""
    return markers.numbered(element.text).number
