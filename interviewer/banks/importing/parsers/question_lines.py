"""Questions that are no headings: marked lines, bold lines, list items, folds, numbered lines, plain lines.

A section of elements has one style of question. Lines that say themselves that they ask (`Q:`, `问题 7：`) and folds come
first; two or more lines of another style that end in a question mark may stand beside them. Of the other styles the
one with most questions in wording wins; if at least half of its lines are worded so, all of them are questions, else
only those that are. A worded line that goes on counting (`5.` below `Q4`) is a question too. A style without any such
wording counts only in a file that has no other questions, and only if there are two or more and each has text below.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

from interviewer.banks.importing.parsers import markers
from interviewer.banks.importing.parsers.candidates import Candidate
from interviewer.banks.importing.parsers.elements import Element, ElementKind

_LONGEST_PLAIN = 200  # characters of a question that nothing but its question mark gives away
_LONGEST_TOPIC = 40
_FEWEST = 2  # answers below each other under the numbers of questions above
_PRECEDENCE = ("head", "bold", "num", "item", "plain")

_Style = tuple[str, int, int]


@dataclass(frozen=True, slots=True)
class QuestionLines:
    """The places of questions and topics in a row of elements; `worded` of the questions are sure by their wording."""

    questions: frozenset[int] = frozenset()
    topics: frozenset[int] = frozenset()
    worded: int = 0


def find(elements: Sequence[Element], *, alone: bool) -> QuestionLines:
    """The questions of a section. `alone` says that the file has no questions elsewhere."""
    styles: dict[_Style, list[int]] = defaultdict(list)
    for at, element in enumerate(elements):
        if style := _style(elements, at, element):
            styles[style].append(at)
    worded = {at for places in styles.values() for at in places if _is_worded(elements, at)}
    sure = [at for style in (("mark", 0, 0), ("fold", 0, 0)) for at in styles.pop(style, [])]
    sure = _without_chapters(elements, sure, styles, worded)
    if sure:
        questions = _going_on(elements, frozenset(sure) | _besides(elements, sure, styles, worded), worded)
        return QuestionLines(questions, _topics(elements, questions, None), len(questions))
    style = _chosen(elements, styles, worded, alone)
    if style is None:
        return QuestionLines()
    places = styles[style]
    if 0 < 2 * sum(at in worded for at in places) < len(places):
        places = [at for at in places if at in worded]
    questions = _going_on(elements, frozenset(places), worded)
    return QuestionLines(questions, _topics(elements, questions, style), len(questions & worded))


def _besides(
    elements: Sequence[Element], sure: Sequence[int], styles: dict[_Style, list[int]], worded: set[int]
) -> frozenset[int]:
    """Questions of another style beside those that say so themselves: two or more with a question mark."""
    inside = {
        (element.folds, element.quote) for element in (elements[at] for at in sure) if element.folds or element.quote
    }
    found: set[int] = set()
    for style, places in styles.items():
        asking = [
            at
            for at in places
            if at in worded
            and elements[at].depth < 2
            and markers.is_question_mark(elements[at].text)
            and (elements[at].folds, elements[at].quote) not in inside
        ]
        if style[0] != "plain" and len(asking) > 1 and 2 * len(asking) >= len(places):
            found.update(asking)
    return frozenset(found)


def _going_on(elements: Sequence[Element], questions: frozenset[int], worded: set[int]) -> frozenset[int]:
    """With the lines that go on counting the questions in another style, if they are worded as one."""
    found = set(questions)
    last = ""
    for at, element in enumerate(elements):
        number = markers.numbered(element.text).number or element.marker.strip("- .")
        if at in questions:
            last = number
        elif (
            at in worded
            and last.isdecimal()
            and number == str(int(last) + 1)
            and element.depth < 2
            and not element.folds
        ):
            found.add(at)
            last = number
    return frozenset(found)


def _style(elements: Sequence[Element], at: int, element: Element) -> _Style | None:
    if element.shape not in (ElementKind.LINE, ElementKind.SUMMARY, ElementKind.HEADING) or element.footnote:
        return None
    if element.asks or (markers.numbered(element.text).says_question and markers.answer_label(element.text) is None):
        return "mark", 0, 0
    if markers.answer_label(element.text):
        return None
    if element.shape is ElementKind.SUMMARY:
        goes_on = at > 0 and elements[at - 1].shape is ElementKind.SUMMARY and elements[at - 1].folds == element.folds
        return None if goes_on or markers.unfolds(element.text) else ("fold", 0, 0)
    if element.shape is ElementKind.HEADING:
        return "head", element.level, element.depth
    return _line_style(element, opens=at == 0 or elements[at - 1].block != element.block)


def _line_style(element: Element, *, opens: bool) -> _Style | None:
    """How a line could ask. `opens` tells the first line of a paragraph."""
    kind = markers.numbered(element.text).kind
    if element.marker:
        return "item", element.depth, element.marker == "- "
    if element.bold and (element.bold == element.text or (opens and markers.is_question_mark(element.bold))):
        return "bold", 0, element.depth
    if kind:
        return "num", kind, element.depth
    is_plain = (
        opens and not element.depth and len(element.text) < _LONGEST_PLAIN and markers.is_question_mark(element.text)
    )
    return ("plain", 0, 0) if is_plain else None


def _is_worded(elements: Sequence[Element], at: int) -> bool:
    element = elements[at]
    text = (
        element.bold if element.bold and markers.is_question_mark(element.bold) else markers.numbered(element.text).text
    )
    if markers.is_asking(text):
        return True
    below = _below(elements, at)
    lead = (
        markers.answer_label(elements[below].text)
        if below is not None and elements[below].shape is ElementKind.LINE
        else None
    )
    return lead is not None and not lead.letter


def _below(elements: Sequence[Element], at: int) -> int | None:
    return next((place for place in range(at + 1, len(elements)) if elements[place].says), None)


def _have_text(elements: Sequence[Element], places: Sequence[int]) -> int:
    """How many of these have something else below them before the next one comes."""
    same = set(places)
    return sum((below := _below(elements, at)) is not None and below not in same for at in places)


def _without_chapters(
    elements: Sequence[Element], sure: list[int], styles: dict[_Style, list[int]], worded: set[int]
) -> list[int]:
    """Folds that hold questions in another shape are chapters, if they do not ask themselves."""
    asking = {at for places in styles.values() for at in places} & worded
    inside = Counter(
        fold
        for at in asking
        if elements[at].depth < 2 and _has_text(elements, at, styles)
        for fold in elements[at].folds
    )
    return sorted(
        at
        for at in sure
        if elements[at].shape is not ElementKind.SUMMARY
        or at in worded
        or not elements[at].folds
        or inside[elements[at].folds[-1]] < 2
    )


def _has_text(elements: Sequence[Element], at: int, styles: dict[_Style, list[int]]) -> bool:
    """Whether something stands below a line that is no line of its own style."""
    same = next(places for places in styles.values() if at in places)
    below = _below(elements, at)
    return (
        below is not None
        and below not in same
        and elements[below].folds[: len(elements[at].folds)] == elements[at].folds
    )


def _chosen(
    elements: Sequence[Element], styles: dict[_Style, list[int]], worded: set[int], alone: bool
) -> _Style | None:
    best: tuple[int, int, _Style] | None = None
    for style, places in styles.items():
        asking = sum(at in worded for at in places)
        if style[0] == "plain" and (not alone or 2 * _have_text(elements, places) < len(places)):
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
        if style[0] != "plain" and len(places) > 1 and _have_text(elements, places) == len(places)
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


def _topics(elements: Sequence[Element], questions: frozenset[int], style: _Style | None) -> frozenset[int]:
    """Short lines of a style above that of the questions, right before a question."""
    found = set()
    for at, element in enumerate(elements):
        if at in questions or element.shape is not ElementKind.LINE or len(element.text) > _LONGEST_TOPIC:
            continue
        if _below(elements, at) not in questions or markers.answer_label(element.text):
            continue
        kind = markers.numbered(element.text).kind
        is_bold = (
            bool(element.bold)
            and element.bold == element.text
            and not element.depth
            and (style is None or style[0] != "bold")
        )
        is_outer_item = bool(element.marker) and style is not None and style[0] == "item" and element.depth < style[1]
        is_chapter = kind in (3, 5) and not element.depth and (style is None or style[0] != "num" or style[1] != kind)
        if is_bold or is_outer_item or is_chapter:
            found.add(at)
    return frozenset(found)


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
        found = find(elements[:at], alone=True)
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
