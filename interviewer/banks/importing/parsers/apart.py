"""Answers that stand together, apart from their questions, under the same numbers."""

from collections.abc import Sequence
from dataclasses import replace

from interviewer.banks.importing.parsers import loose, marks
from interviewer.banks.importing.parsers.drafts import Draft
from interviewer.banks.importing.parsers.units import CallShape, Unit

_FEWEST = 2


def give_answers(drafts: Sequence[Draft], units: Sequence[Unit]) -> list[Unit]:
    """Gives the numbered parts of `units` to the questions of the same numbers that have no answer yet.

    The units that stand above the first part are returned; all of them, if fewer than two parts find a question.
    """
    waiting = {made.number: made for made in drafts if made.number and not made.answer and not made.unread}
    starts: dict[str, int] = {}
    for at, unit in enumerate(units):
        if unit.says and _number(unit) in waiting:
            starts.setdefault(_number(unit), at)  # a number that comes again belongs to the answer above it
    if len(starts) < _FEWEST:
        return list(units)
    for (number, start), end in zip(starts.items(), [*list(starts.values())[1:], len(units)], strict=True):
        made, first = waiting[number], units[start]
        text = first.text if first.marker else marks.numbered(first.text).text
        lead = marks.lead_in(text)
        below = units[start + 1 : end]
        made.answer = [replace(first, text=lead.text if lead else text, marker=""), *(one for one in below if one.says)]
        made.asides += [one for one in below if not one.says]
    return list(units[: min(starts.values())])


def label_of_answers(units: Sequence[Unit]) -> int | None:
    """The place of a line that says no more than "answers", below questions that have none."""
    for at, unit in enumerate(units):
        lead = marks.lead_in(unit.text) if unit.shape is CallShape.LINE and not unit.depth else None
        if lead is None or lead.text:
            continue
        found = loose.find(units[:at], alone=True)
        if len(found.questions) < _FEWEST:
            return None
        said = sum(one.says for one in units[min(found.questions) : at])
        topics = sum(topic > min(found.questions) for topic in found.topics)
        numbers = {_number(units[place]) for place in found.questions}
        again = {_number(one) for one in units[at + 1 :]} & numbers - {""}
        return at if said == len(found.questions) + topics and len(again) >= _FEWEST else None
    return None


def _number(unit: Unit) -> str:
    if unit.depth == 1 and unit.marker not in ("", "- "):
        return unit.marker.strip().rstrip(".")
    if unit.depth or unit.shape is not CallShape.LINE:
        return ""
    return marks.numbered(unit.text).number
