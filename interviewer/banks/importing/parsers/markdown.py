"""A Markdown list of questions, in any of the shapes that people write."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby, pairwise

from interviewer.banks.importing.document import Role, Source
from interviewer.banks.importing.parsers import loose, marks
from interviewer.banks.importing.parsers.apart import give_answers, label_of_answers
from interviewer.banks.importing.parsers.columns import Columns
from interviewer.banks.importing.parsers.drafts import Draft, draft
from interviewer.banks.importing.parsers.flattening import units_of
from interviewer.banks.importing.parsers.gathering import Reading, closed, give_footnotes
from interviewer.banks.importing.parsers.grammar import parse
from interviewer.banks.importing.parsers.headings import Judged, Part
from interviewer.banks.importing.parsers.stretches import cut, judged_of
from interviewer.banks.importing.parsers.units import CallShape, Unit
from interviewer.banks.importing.parsers.why import Why

_LONGEST_TITLE = 80  # characters


def read_markdown(name: str, text: str) -> Source:
    """The questions of a Markdown text. Raises BankError for what is too deep, too long or too many."""
    tokens, noted = parse(text, name)
    units = units_of(tokens, noted)
    footnotes = [unit for unit in units if unit.footnote and unit.says]
    stretches = cut([unit for unit in units if not (unit.footnote and unit.says)])
    reading = Reading()
    judged = judged_of(stretches)
    alone = not any(one.part is Part.QUESTION for one in judged)
    _before_headings(reading, stretches[0].below, alone=alone, titled=any(one.part is Part.TITLE for one in judged))
    at = 1
    while at < len(stretches):
        one, stretch = judged[at - 1], stretches[at]
        head = stretch.head
        assert head is not None
        below = list(stretch.below)
        at += 1
        while one.part is Part.QUESTION and at < len(stretches) and judged[at - 1].part is Part.WITHIN:
            below += [unit for unit in (stretches[at].head, *stretches[at].below) if unit]
            at += 1
        _take(reading, head, below, one, alone=alone)
    reading.drafts.sort(key=lambda made: made.question[0].first)
    give_footnotes(reading, footnotes)
    return closed(name, text, reading)


def _before_headings(reading: Reading, units: Sequence[Unit], *, alone: bool, titled: bool) -> None:
    """What stands above the first heading; its first line may be the title."""
    found = loose.find(units, alone=alone)
    said = [at for at, unit in enumerate(units) if unit.says]
    for at in said[:1]:
        unit = units[at]
        only = sum(other.block == unit.block for other in units if other.says) == 1
        is_title = unit.shape is CallShape.LINE and not unit.marker and only and len(unit.text) < _LONGEST_TITLE
        if (
            is_title
            and not titled
            and at not in found.questions
            and not unit.text.endswith(("。", ".", "！", ":", "："))
        ):
            reading.title = unit.text
            reading.topic(unit, Why.TITLE)
            units = [other for place, other in enumerate(units) if place != at]
    _loose(reading, units, "", alone=alone)


def _take(reading: Reading, head: Unit, below: Sequence[Unit], one: Judged, *, alone: bool) -> None:
    match one.part:
        case Part.QUESTION:
            below = _without_callouts(reading, below, one.topic)
            _ask(reading, head, below, draft(head, below, one.topic, loose=False, bare=one.bare))
        case Part.BOILERPLATE:
            reading.leave_all([head, *below], Why.BOILERPLATE)
        case Part.TITLE:
            reading.title = marks.topic_of(head.text)
            reading.topic(head, Why.TITLE)
            _loose(reading, below, "", alone=alone)
        case Part.TOPIC | Part.WITHIN:
            reading.topic(head)
            text = marks.topic_of(head.text)
            if marks.lead_in(head.text) is not None:
                below = give_answers(reading.drafts, below)
            _loose(reading, below, text, alone=alone)


def _ask(reading: Reading, head: Unit, below: Sequence[Unit], made: Draft | None) -> None:
    if made:
        reading.drafts.append(made)
    else:
        reading.leave_all([head, *below], Why.EMPTY_HEADING)


def _loose(reading: Reading, units: Sequence[Unit], topic: str, *, alone: bool) -> None:
    """Questions that are no headings, and all between them."""
    units = [unit for unit in units if not (unit.rows and not unit.inner and _rows(reading, unit, topic))]
    if (label := label_of_answers(units)) is not None:
        _loose(reading, units[:label], topic, alone=True)
        reading.topic(units[label])
        reading.leave_all(give_answers(reading.drafts, units[label + 1 :]), Why.NO_QUESTION)
        return
    found = loose.find(units, alone=alone)
    starts = sorted(found.questions | found.topics)
    reading.leave_all(units[: starts[0] if starts else len(units)], Why.NO_QUESTION)
    for start, end in pairwise([*starts, len(units)]):
        head, below = units[start], units[start + 1 : end]
        if start in found.topics:
            topic = marks.topic_of(head.text)
            reading.topic(head)
            reading.leave_all(below, Why.NO_QUESTION)
            continue
        reach = _reach(head, below)
        _ask(reading, head, below[:reach], draft(head, below[:reach], topic, loose=True))
        reading.leave_all(below[reach:], Why.NO_QUESTION)


def _without_callouts(reading: Reading, units: Sequence[Unit], topic: str) -> list[Unit]:
    """Quotes that say themselves that they ask are questions even in the answer of another one."""
    asking = {unit.quote: unit for unit in units if unit.asks}
    for _, quoted in groupby((unit for unit in units if unit.quote in asking), key=lambda unit: unit.quote):
        head, *below = quoted
        made = draft(head, below, topic, loose=True)
        if made:
            reading.drafts.append(made)
    return [unit for unit in units if unit.quote not in asking]


def _reach(head: Unit, below: Sequence[Unit]) -> int:
    """How many of the units below belong to a question; a fold or a quote ends with its mark, all else goes on."""
    if head.shape is not CallShape.SUMMARY and not head.asks:
        return len(below)
    inside = (
        unit.folds[: len(head.folds)] == head.folds and (not head.asks or unit.quote == head.quote) for unit in below
    )
    return next((place for place, is_inside in enumerate(inside) if not is_inside), len(below))


def _rows(reading: Reading, table: Unit, topic: str) -> bool:
    """The questions of a table that has a column of questions. A row's lines are the question's and the answer's."""
    columns = Columns.named(table.rows[0][1]) if table.rows else None
    if columns is None:
        return False
    first = table.rows[0][0]
    reading.left.append((replace(table, first=first, last=first + 1), Role.LEFT_OUT, Why.HEADER))
    for line, cells in table.rows[1:]:
        question, answer, own_topic, number = columns.of(cells)
        unit = Unit(CallShape.LINE, line, line, question, block=-line)
        if not question:
            reading.leave(unit, Why.NO_QUESTION)
            continue
        answers = [Unit(CallShape.LINE, line, line, answer, block=-line)] if answer else []
        reading.drafts.append(Draft(own_topic or topic, number, [unit], answers, Why.SAME_LINE if answer else None))
    return True
