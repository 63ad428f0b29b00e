"""A Markdown list of questions, in any of the shapes that people write."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import PurePath

from interviewer.errors import BankError
from interviewer.reading import loose, marks
from interviewer.reading.account import Mark, blocks_of, source
from interviewer.reading.columns import Columns
from interviewer.reading.drafts import Draft, draft
from interviewer.reading.flattening import units_of
from interviewer.reading.grammar import parse
from interviewer.reading.headings import Judged, Part
from interviewer.reading.limits import MOST_QUESTIONS
from interviewer.reading.stretches import cut, judged_of
from interviewer.reading.units import Shape, Unit
from interviewer.reading.why import Why
from interviewer.source import Item, Role, Source

_LONGEST_TITLE = 80  # characters
_NAVIGATION = frozenset({Why.ANCHOR, Why.CONTENTS, Why.BACK, Why.RULE, Why.LINK_TARGET, Why.NO_TEXT, Why.EMPTY_HEADING})


class _Reading:
    """What has been found so far, in the order of the file."""

    def __init__(self) -> None:
        self.drafts: list[Draft] = []
        self.left: list[tuple[Unit, Role, Why | None]] = []
        self.title = ""

    def leave(self, unit: Unit, why: Why) -> None:
        if unit.why is not None:
            self.left.append((unit, Role.NAVIGATION if unit.why in _NAVIGATION else Role.LEFT_OUT, unit.why))
        else:
            self.left.append((unit, Role.LEFT_OUT, Why.IMAGE if unit.image_only else why))

    def topic(self, unit: Unit, why: Why | None = None) -> None:
        self.left.append((unit, Role.TOPIC, why))


def read_markdown(name: str, text: str) -> Source:
    """The questions of a Markdown text. Raises BankError for what is too deep, too long or too many."""
    tokens, noted = parse(text, name)
    units = units_of(tokens, noted)
    footnotes = [unit for unit in units if unit.footnote and unit.says]
    stretches = cut([unit for unit in units if not (unit.footnote and unit.says)])
    reading = _Reading()
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
    _give_footnotes(reading, footnotes)
    return _source(name, text, reading)


def _before_headings(reading: _Reading, units: Sequence[Unit], *, alone: bool, titled: bool) -> None:
    """What stands above the first heading; its first line may be the title."""
    found = loose.find(units, alone=alone)
    said = [at for at, unit in enumerate(units) if unit.says]
    for at in said[:1]:
        unit = units[at]
        only = sum(other.block == unit.block for other in units if other.says) == 1
        is_title = unit.shape is Shape.LINE and not unit.marker and only and len(unit.text) < _LONGEST_TITLE
        if (
            is_title
            and not titled
            and at not in found.questions
            and not unit.text.endswith(("。", ".", "！", ":", "："))
        ):
            reading.title = unit.text
            reading.topic(unit, Why.TITLE)
            units = [other for place, other in enumerate(units) if place != at]
            found = loose.find(units, alone=alone)
    _loose(reading, units, found, "")


def _take(reading: _Reading, head: Unit, below: Sequence[Unit], one: Judged, *, alone: bool) -> None:
    match one.part:
        case Part.QUESTION:
            below = _without_callouts(reading, below, one.topic)
            made = draft(head, below, one.topic, loose=False, bare=one.bare)
            if made:
                reading.drafts.append(made)
            else:
                for unit in (head, *below):
                    reading.leave(unit, Why.NO_TEXT)
        case Part.BOILERPLATE:
            for unit in (head, *below):
                reading.leave(unit, Why.BOILERPLATE)
        case Part.TITLE:
            reading.title = marks.topic_of(head.text)
            reading.topic(head, Why.TITLE)
            _loose(reading, below, loose.find(below, alone=alone), "")
        case Part.TOPIC | Part.WITHIN:
            reading.topic(head)
            text = marks.topic_of(head.text)
            _loose(reading, below, loose.find(below, alone=alone), text)


def _loose(reading: _Reading, units: Sequence[Unit], found: loose.Found, topic: str) -> None:
    """Questions that are no headings, and all between them."""
    starts = sorted(found.questions | found.topics)
    for unit in units[: starts[0] if starts else len(units)]:
        if unit.shape is Shape.TABLE and _rows(reading, unit, topic):
            continue
        reading.leave(unit, Why.NO_QUESTION)
    for start, end in pairwise([*starts, len(units)]):
        head, below = units[start], units[start + 1 : end]
        if start in found.topics:
            topic = marks.topic_of(head.text)
            reading.topic(head)
            for unit in below:
                reading.leave(unit, Why.NO_QUESTION)
            continue
        reach = _reach(head, below)
        made = draft(head, below[:reach], topic, loose=True)
        if made:
            reading.drafts.append(made)
        else:
            for unit in (head, *below[:reach]):
                reading.leave(unit, Why.NO_TEXT)
        for unit in below[reach:]:
            reading.leave(unit, Why.NO_QUESTION)


def _without_callouts(reading: _Reading, units: Sequence[Unit], topic: str) -> list[Unit]:
    """Quotes that say themselves that they ask are questions even in the answer of another one."""
    asking = {unit.quote: unit for unit in units if unit.asks}
    for quote, head in asking.items():
        made = draft(head, [unit for unit in units if unit.quote == quote and unit is not head], topic, loose=True)
        if made:
            reading.drafts.append(made)
    return [unit for unit in units if unit.quote not in asking]


def _reach(head: Unit, below: Sequence[Unit]) -> int:
    """How many of the units below belong to a question; a fold or a quote ends with its mark, all else goes on."""
    if head.shape is not Shape.SUMMARY and not head.asks:
        return len(below)
    inside = (
        unit.folds[: len(head.folds)] == head.folds and (not head.asks or unit.quote == head.quote) for unit in below
    )
    return next((place for place, is_inside in enumerate(inside) if not is_inside), len(below))


def _rows(reading: _Reading, table: Unit, topic: str) -> bool:
    """The questions of a table that has a column of questions. A row's lines are the question's and the answer's."""
    columns = Columns.named(table.rows[0][1]) if table.rows else None
    if columns is None:
        return False
    first = table.rows[0][0]
    reading.left.append((replace(table, first=first, last=first + 1), Role.LEFT_OUT, Why.HEADER))
    for line, cells in table.rows[1:]:
        question, answer, own_topic, number = columns.of(cells)
        unit = Unit(Shape.LINE, line, line, question, block=-line)
        if not question:
            reading.leave(unit, Why.NO_QUESTION)
            continue
        answers = [Unit(Shape.LINE, line, line, answer, block=-line)] if answer else []
        reading.drafts.append(Draft(own_topic or topic, number, [unit], answers, Why.SAME_LINE if answer else None))
    return True


def _give_footnotes(reading: _Reading, footnotes: Sequence[Unit]) -> None:
    """A footnote belongs to the answer that refers to it first."""
    for footnote in footnotes:
        for made in reading.drafts:
            if any(footnote.footnote in unit.refers_to for unit in (*made.question, *made.answer)):
                begun = any(unit.footnote == footnote.footnote for unit in made.answer)
                text = footnote.text if begun else f"[{footnote.footnote}] {footnote.text}"
                made.answer.append(replace(footnote, text=text, depth=0, marker=""))
                break
        else:
            reading.leave(footnote, Why.FOOTNOTE)


def _source(name: str, text: str, reading: _Reading) -> Source:
    items: list[Item] = []
    noted: list[Mark] = []
    for made, question, answer, why in _kept(reading.drafts):
        first = made.question[0].first
        if why in (Why.REPEATED, Why.LISTED):
            noted += [Mark(Role.LEFT_OUT, unit.first, unit.last, None, why) for unit in (*made.question, *made.answer)]
            noted += [Mark(Role.LEFT_OUT, unit.first, unit.last, None, why) for unit, _ in made.unread]
        else:
            place = len(items)
            if place == MOST_QUESTIONS:
                raise BankError(name, f"line {first}", f"has more than {MOST_QUESTIONS:,} questions: split it")
            items.append(Item(question, answer, first, made.topic, made.number))
            noted += [Mark(Role.QUESTION, unit.first, unit.last, place, why or "") for unit in made.question]
            noted += [Mark(Role.ANSWER, unit.first, unit.last, place) for unit in made.answer]
            noted += [Mark(Role.LEFT_OUT, unit.first, unit.last, place, note) for unit, note in made.unread]
        for unit in made.asides:
            reading.leave(unit, Why.NO_TEXT)
    # Questions and answers first: where a line has an anchor beside its text, the text counts.
    noted += [
        Mark(role, unit.first, unit.last, None, why or "") for unit, role, why in reading.left if why is not Why.NO_TEXT
    ]
    title = reading.title or _front_title(reading) or PurePath(name).stem
    return source(name, title, tuple(items), blocks_of(text, noted, Why.NO_TEXT))


def _kept(drafts: Sequence[Draft]) -> Iterator[tuple[Draft, str, str, Why | None]]:
    """Each draft with its texts, and why it is not kept, or what is to be said about it."""
    texts = [(made, made.question_text, made.answer_text) for made in drafts]
    answered = {_key(question) for _, question, answer in texts if answer}
    seen: dict[str, set[str]] = {}
    for made, question, answer in texts:
        key = _key(question)
        why = made.why
        if not answer and not made.unread and key in answered:
            why = Why.LISTED
        elif answer in seen.get(key, ()):
            why = Why.REPEATED
        elif key in seen:
            why = Why.ASKED_BEFORE
        if why not in (Why.LISTED, Why.REPEATED):
            seen.setdefault(key, set()).add(answer)
        yield made, question, answer, why


def _key(question: str) -> str:
    return "".join(char for char in question.lower() if char.isalnum())


def _front_title(reading: _Reading) -> str:
    for unit, _, why in reading.left:
        if why is Why.FRONT_MATTER:
            for line in unit.text.split("\n"):
                if line.lower().startswith("title:"):
                    return line[6:].strip().strip("\"'")
    return ""
