"""Questions that are no headings: marked lines, bold lines, list items, folds, numbered lines, plain lines.

A stretch of units has one style of question. Lines that say themselves that they ask (`Q:`, `问题 7：`) and folds come
first; two or more lines of another style that end in a question mark may stand beside them. Of the other styles the
one with most questions in wording wins; if at least half of its lines are worded so, all of them are questions, else
only those that are. A worded line that goes on counting (`5.` below `Q4`) is a question too. A style without any such
wording counts only in a file that has no other questions, and only if there are two or more and each has text below.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from interviewer.banks.importing.parsers import marks
from interviewer.banks.importing.parsers.units import CallShape, Unit

_LONGEST_PLAIN = 200  # characters of a question that nothing but its question mark gives away
_LONGEST_TOPIC = 40
_PRECEDENCE = ("head", "bold", "num", "item", "plain")

_Style = tuple[str, int, int]


@dataclass(frozen=True, slots=True)
class Found:
    """The places of questions and topics in a row of units; `worded` of the questions are sure by their wording."""

    questions: frozenset[int] = frozenset()
    topics: frozenset[int] = frozenset()
    worded: int = 0


def find(units: Sequence[Unit], *, alone: bool) -> Found:
    """The questions of a stretch. `alone` says that the file has no questions elsewhere."""
    styles: dict[_Style, list[int]] = defaultdict(list)
    for at, unit in enumerate(units):
        if style := _style(units, at, unit):
            styles[style].append(at)
    worded = {at for places in styles.values() for at in places if _is_worded(units, at)}
    sure = [at for style in (("mark", 0, 0), ("fold", 0, 0)) for at in styles.pop(style, [])]
    sure = _without_chapters(units, sure, styles, worded)
    if sure:
        questions = _going_on(units, frozenset(sure) | _besides(units, sure, styles, worded), worded)
        return Found(questions, _topics(units, questions, None), len(questions))
    style = _chosen(units, styles, worded, alone)
    if style is None:
        return Found()
    places = styles[style]
    if 0 < 2 * sum(at in worded for at in places) < len(places):
        places = [at for at in places if at in worded]
    questions = _going_on(units, frozenset(places), worded)
    return Found(questions, _topics(units, questions, style), len(questions & worded))


def _besides(
    units: Sequence[Unit], sure: Sequence[int], styles: dict[_Style, list[int]], worded: set[int]
) -> frozenset[int]:
    """Questions of another style beside those that say so themselves: two or more with a question mark."""
    inside = {(unit.folds, unit.quote) for unit in (units[at] for at in sure) if unit.folds or unit.quote}
    found: set[int] = set()
    for style, places in styles.items():
        asking = [
            at
            for at in places
            if at in worded
            and units[at].depth < 2
            and marks.is_question_mark(units[at].text)
            and (units[at].folds, units[at].quote) not in inside
        ]
        if style[0] != "plain" and len(asking) > 1 and 2 * len(asking) >= len(places):
            found.update(asking)
    return frozenset(found)


def _going_on(units: Sequence[Unit], questions: frozenset[int], worded: set[int]) -> frozenset[int]:
    """With the lines that go on counting the questions in another style, if they are worded as one."""
    found = set(questions)
    last = ""
    for at, unit in enumerate(units):
        number = marks.numbered(unit.text).number or unit.marker.strip("- .")
        if at in questions:
            last = number
        elif at in worded and last.isdecimal() and number == str(int(last) + 1) and unit.depth < 2 and not unit.folds:
            found.add(at)
            last = number
    return frozenset(found)


def _style(units: Sequence[Unit], at: int, unit: Unit) -> _Style | None:
    if unit.shape not in (CallShape.LINE, CallShape.SUMMARY, CallShape.HEADING) or unit.footnote:
        return None
    if unit.asks or (marks.numbered(unit.text).says_question and marks.lead_in(unit.text) is None):
        return "mark", 0, 0
    if marks.lead_in(unit.text):
        return None
    if unit.shape is CallShape.SUMMARY:
        goes_on = at > 0 and units[at - 1].shape is CallShape.SUMMARY and units[at - 1].folds == unit.folds
        return None if goes_on or marks.unfolds(unit.text) else ("fold", 0, 0)
    if unit.shape is CallShape.HEADING:
        return "head", unit.level, unit.depth
    return _line_style(unit, opens=at == 0 or units[at - 1].block != unit.block)


def _line_style(unit: Unit, *, opens: bool) -> _Style | None:
    """How a line could ask. `opens` tells the first line of a paragraph."""
    kind = marks.numbered(unit.text).kind
    if unit.marker:
        return "item", unit.depth, unit.marker == "- "
    if unit.bold and (unit.bold == unit.text or (opens and marks.is_question_mark(unit.bold))):
        return "bold", 0, unit.depth
    if kind:
        return "num", kind, unit.depth
    is_plain = opens and not unit.depth and len(unit.text) < _LONGEST_PLAIN and marks.is_question_mark(unit.text)
    return ("plain", 0, 0) if is_plain else None


def _is_worded(units: Sequence[Unit], at: int) -> bool:
    unit = units[at]
    text = unit.bold if unit.bold and marks.is_question_mark(unit.bold) else marks.numbered(unit.text).text
    if marks.is_asking(text):
        return True
    below = _below(units, at)
    lead = marks.lead_in(units[below].text) if below is not None and units[below].shape is CallShape.LINE else None
    return lead is not None and not lead.letter


def _below(units: Sequence[Unit], at: int) -> int | None:
    return next((place for place in range(at + 1, len(units)) if units[place].says), None)


def _have_text(units: Sequence[Unit], places: Sequence[int]) -> int:
    """How many of these have something else below them before the next one comes."""
    same = set(places)
    return sum((below := _below(units, at)) is not None and below not in same for at in places)


def _without_chapters(
    units: Sequence[Unit], sure: list[int], styles: dict[_Style, list[int]], worded: set[int]
) -> list[int]:
    """Folds that hold questions in another shape are chapters, if they do not ask themselves."""
    asking = {at for places in styles.values() for at in places} & worded
    inside = Counter(fold for at in asking for fold in units[at].folds)
    return sorted(
        at
        for at in sure
        if units[at].shape is not CallShape.SUMMARY
        or at in worded
        or not units[at].folds
        or inside[units[at].folds[-1]] < 2
    )


def _chosen(units: Sequence[Unit], styles: dict[_Style, list[int]], worded: set[int], alone: bool) -> _Style | None:
    best: tuple[int, int, _Style] | None = None
    for style, places in styles.items():
        asking = sum(at in worded for at in places)
        if style[0] == "plain" and (not alone or 2 * _have_text(units, places) < len(places)):
            continue
        if not asking:
            continue
        if not (2 * asking >= len(places) or asking > 1):
            continue
        rank = (asking, -_PRECEDENCE.index(style[0]), style)
        if best is None or rank[:2] > best[:2]:
            best = rank
    if best is not None:
        return _outermost(best[2], styles, worded)
    if not alone:
        return None
    bare = [
        style
        for style, places in styles.items()
        if style[0] != "plain" and len(places) > 1 and _have_text(units, places) == len(places)
    ]
    return min(bare, key=lambda style: (_PRECEDENCE.index(style[0]), style[1:])) if bare else None


def _outermost(best: _Style, styles: dict[_Style, list[int]], worded: set[int]) -> _Style:
    """Questions in the answer of a question do not win, however many they are."""
    if best[0] != "item":
        return best
    for style in sorted(styles):
        if style[0] == "item" and style[1] < best[1]:
            asking = sum(at in worded for at in styles[style])
            if asking > 1 and 2 * asking >= len(styles[style]):
                return style
    return best


def _topics(units: Sequence[Unit], questions: frozenset[int], style: _Style | None) -> frozenset[int]:
    """Short lines of a style above that of the questions, right before a question."""
    found = set()
    for at, unit in enumerate(units):
        if at in questions or unit.shape is not CallShape.LINE or len(unit.text) > _LONGEST_TOPIC:
            continue
        if _below(units, at) not in questions or marks.lead_in(unit.text):
            continue
        kind = marks.numbered(unit.text).kind
        is_bold = (
            bool(unit.bold) and unit.bold == unit.text and not unit.depth and (style is None or style[0] != "bold")
        )
        is_outer_item = bool(unit.marker) and style is not None and style[0] == "item" and unit.depth < style[1]
        is_chapter = kind in (3, 5) and not unit.depth and (style is None or style[0] != "num" or style[1] != kind)
        if is_bold or is_outer_item or is_chapter:
            found.add(at)
    return frozenset(found)
