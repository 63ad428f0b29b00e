"""Questions that are no headings: marked lines, bold lines, list items, folds, numbered lines, plain lines.

A section of elements has one style of question. Lines that say themselves that they ask (`Q:`, `问题 7：`) and folds come
first. Of the other styles the one with most questions in wording wins; if at least half of its lines are worded so, all
of them are questions, else only those that are. A style without any such wording counts only in a file that has no other
questions, and only if there are two or more and each has text below.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import count, pairwise, takewhile

from interviewer.banks.importing.parsers import markers
from interviewer.banks.importing.parsers.elements import Element, ElementKind
from interviewer.banks.importing.parsers.question_candidates import Candidate
from interviewer.banks.importing.parsers.table_columns import LETTER

_LONGEST_PLAIN = 200  # characters of a question that nothing but its question mark gives away
_LONGEST_TOPIC = 40
_FEWEST = 2  # numbers that may count on by chance, or answers below each other under the numbers of questions
_ENDS = (".", "。", "!", "！", ":", "：", ";", "；")
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
    styles.update({style: _counting_on(elements, places) for style, places in styles.items() if style[0] == "num"})
    worded = {at for places in styles.values() for at in places if _is_worded(elements, at)}
    worded.update(counted_in_bold(elements) if alone else ())
    sure = [at for style in (("mark", 0, 0), ("fold", 0, 0)) for at in styles.pop(style, [])]
    sure = _without_chapters(elements, sure, styles, worded)
    if sure:
        above = find(elements[: sure[0]], alone=False)
        # A list of questions may stand above those that say so.
        questions = frozenset(sure) | (above.questions if above.worded > _FEWEST else frozenset())
        return QuestionLines(questions, _topics(elements, questions, None), len(questions))
    if alone and (bare := _bare_list(elements)):
        return bare
    style = _chosen(elements, styles, worded, alone)
    if style is None:
        return QuestionLines()
    places = styles[style]
    # Of a file's only list with numbers, those worded otherwise ask as well where most of them have text below, or none.
    counted = alone and (style[0] == "num" or (style[0] == "item" and not style[2]))
    is_whole = counted and not 0 < 2 * _have_text(elements, places) <= len(places)
    if not is_whole and 0 < 2 * sum(at in worded for at in places) < len(places):
        places = [at for at in places if at in worded]
    questions = frozenset(places)
    return QuestionLines(questions, _topics(elements, questions, style), len(questions & worded))


def _bare_list(elements: Sequence[Element]) -> QuestionLines | None:
    """More than two lines of three that ask are a list without answers, and short ones above a question are its topics."""
    lines = [at for at, one in enumerate(elements) if one.says]
    bare = (at for at in lines if elements[at].is_outer_line and not markers.numbered(elements[at].text).number)
    # A second line of a paragraph goes on with the question of the first.
    asked = [at for at in bare if markers.is_asking(elements[at].text)]
    asking = frozenset(asked[:1]) | {
        at for above, at in pairwise(asked) if at - above > 1 or elements[at].block != elements[above].block
    }
    if len(asking) <= _FEWEST or 3 * len(asking) <= 2 * len(lines):
        return None
    topics: set[int] = set()
    for at in reversed([at for at in lines if at not in asking and len(elements[at].text) <= _LONGEST_TOPIC]):
        below = _below(elements, at)
        if (below in asking or below in topics) and not elements[at].text.endswith(_ENDS):
            topics.add(at)
    return QuestionLines(asking, frozenset(topics), len(asking))


def _style(elements: Sequence[Element], at: int, element: Element) -> _Style | None:  # noqa: PLR0911 - one match
    """How a line could ask, whatever it says."""
    number = markers.numbered(element.text)
    is_link = bool(markers.URL.match(number.text)) and markers.points_only(number.text)
    above = elements[at - 1] if at else None
    opens = above is None or above.block != element.block
    match element.shape:
        case ElementKind.LINE | ElementKind.SUMMARY | ElementKind.HEADING if element.asks or (
            number.says_question and not is_link and markers.answer_label(element.text) is None
        ):
            return "mark", 0, 0
        case _ if markers.answer_label(element.text) is not None or _is_option(elements, at):
            return None
        case ElementKind.SUMMARY:
            goes_on = above is not None and above.shape is ElementKind.SUMMARY and above.folds == element.folds
            return None if goes_on or markers.unfolds(element.text) else ("fold", 0, 0)
        case ElementKind.HEADING:
            return "head", element.level, element.depth
        case ElementKind.LINE if element.marker:
            return "item", element.depth, element.marker == "- "
        case ElementKind.LINE if element.bold and (
            element.bold == element.text or (opens and markers.is_question_mark(element.bold))
        ):
            return "bold", number.kind, element.depth
        case ElementKind.LINE if number.kind:
            return "num", number.kind, element.depth
        case ElementKind.LINE if opens and not element.depth and len(element.text) < _LONGEST_PLAIN:
            return ("plain", 0, 0) if markers.is_question_mark(element.text) else None
    return None


def _counting_on(elements: Sequence[Element], places: list[int]) -> list[int]:
    """Where three or more of the numbers open a paragraph and count on, the others are those of an answer's parts."""
    opening = [at for at in places if not at or elements[at - 1].block != elements[at].block]
    return opening if len(opening) > _FEWEST and _count_on(elements, opening) else _without_steps(elements, places)


def _without_steps(elements: Sequence[Element], places: list[int]) -> list[int]:
    """Without lines right below each other that count from one, where the count above them goes on behind them."""
    numbers = [markers.numbered(elements[at].text).number for at in places]
    counts = [int(number) if number.isdecimal() else 0 for number in numbers]
    kept: list[int] = []
    at = 0
    while at < len(places):
        steps = zip(range(at, len(places)), count(1), count(places[at]), strict=False)
        end = at + sum(1 for _ in takewhile(lambda step: (counts[step[0]], places[step[0]]) == step[1:], steps))
        is_inside = bool(kept) and end - at >= _FEWEST and counts[end : end + 1] == [counts[kept[-1]] + 1]
        kept += [] if is_inside else [at]
        at = end if is_inside else at + 1
    return [places[at] for at in kept]


def counted_in_bold(elements: Sequence[Element]) -> list[int]:
    """Bold lines under numbers that count on, most with text below: questions of a list without others, whatever they say."""
    styles = ((at, _style(elements, at, one) or ("", 0, 0)) for at, one in enumerate(elements) if one.bold)
    places = [at for at, (name, kind, _) in styles if name == "bold" and kind]
    is_list = len(places) > 1 and 2 * _have_text(elements, places) > len(places)
    return places if is_list and _count_on(elements, places) else []


def _count_on(elements: Sequence[Element], places: Sequence[int]) -> bool:
    numbers = [markers.numbered(elements[at].text).number for at in places]
    return all(one.isdecimal() and other == str(int(one) + 1) for one, other in pairwise(numbers))


def _is_option(elements: Sequence[Element], at: int) -> bool:
    """Whether a line stands in a row of lettered options; what stands below the last of them is not its answer."""
    letter, *beside = (
        found[1] if (found := LETTER.match(one.text)) else ""
        for one in (elements[at], *elements[max(0, at - 1) : at], *elements[at + 1 : at + 2])
    )
    return bool(letter) and any(one and abs(ord(one) - ord(letter)) == 1 for one in beside)


def _is_worded(elements: Sequence[Element], at: int) -> bool:
    """Whether a line is worded as a question, or has an answer that is introduced as one right below it."""
    element = elements[at]
    in_bold = markers.is_question_mark(element.bold)
    if markers.is_asking(element.bold if in_bold else markers.numbered(element.text).text):
        return True
    below = _below(elements, at)
    if below is None or elements[below].shape is not ElementKind.LINE:
        return False
    text = elements[below].text
    return markers.answer_label(text) is not None and not markers.is_letter(text)


def _below(elements: Sequence[Element], at: int) -> int | None:
    return next((place for place in range(at + 1, len(elements)) if elements[place].says), None)


def _have_text(elements: Sequence[Element], places: Sequence[int]) -> int:
    """How many of these have something else below them before the next one comes."""
    known = {None, *places}
    return sum(_below(elements, at) not in known for at in places)


def _without_chapters(
    elements: Sequence[Element], sure: list[int], styles: dict[_Style, list[int]], worded: set[int]
) -> list[int]:
    """Folds that hold questions in another shape, with text below them, are chapters if they do not ask themselves."""
    inside: Counter[int] = Counter()
    for places in styles.values():
        known = {None, *places}
        for at in worded.intersection(places):
            if _below(elements, at) not in known:
                inside.update(elements[at].folds)
    asks_itself = (at in worded or elements[at].shape is not ElementKind.SUMMARY for at in sure)
    return [at for at, asks in zip(sure, asks_itself, strict=True) if asks or inside[(*elements[at].folds, 0)[-1]] < 2]


def _chosen(
    elements: Sequence[Element], styles: dict[_Style, list[int]], worded: set[int], alone: bool
) -> _Style | None:
    """The style with most questions in wording; questions in the answer of a question do not win, however many."""
    fit: dict[_Style, int] = {}
    for style, places in sorted(styles.items()):
        asking = len(worded.intersection(places))
        is_plain = style[0] == "plain"
        if is_plain and (not alone or 2 * _have_text(elements, places) < len(places)):
            continue
        if asking and (2 * asking >= len(places) or asking > 1):
            fit[style] = asking
    if fit:
        heads = [style for style in fit if style[0] == "head" and fit[style] > 1]
        # Below questions that are headings, list items that ask belong to the answers, however many they are.
        if inside := min((style[2] for style in heads), default=None):
            fit = {style: count for style, count in fit.items() if style[0] != "item" or style[1] <= inside}
        return max(fit, key=lambda style: (fit[style], -_PRECEDENCE.index(style[0])))
    bare = [
        style
        for style, places in styles.items()
        if alone and style[0] != "plain" and len(places) > 1 and _have_text(elements, places) == len(places)
    ]
    return min(bare, key=lambda style: (_PRECEDENCE.index(style[0]), style[1:]), default=None)


def _topics(elements: Sequence[Element], questions: frozenset[int], style: _Style | None) -> frozenset[int]:
    """Short lines of a style above that of the questions, or where their count begins again, right before a question."""
    name, rank, _ = style or ("", 0, 0)
    found = set()
    for at, element in enumerate(elements):
        is_short = element.shape is ElementKind.LINE and len(element.text) <= _LONGEST_TOPIC
        below = _below(elements, at)
        if at in questions or not is_short or below not in questions:
            continue
        kind = markers.numbered(element.text).kind
        is_outer_item = bool(element.marker) and name == "item" and element.depth < rank
        is_chapter = kind in (3, 5) and not element.depth and (name != "num" or rank != kind)
        # What stands by itself where the count begins again, below the answer of a question, begins a chapter.
        is_apart = at > 0 and at - 1 not in questions and elements[at - 1].block != element.block
        is_bare = is_apart and element.is_outer_line and not element.marker and not element.text.endswith(_ENDS)
        is_anew = is_bare and "1" in (markers.numbered(elements[below].text).number, elements[below].marker.strip(" ."))
        if (is_outer_item or is_chapter or is_anew) and markers.answer_label(element.text) is None:
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
        made.answer = [
            replace(first, text=text if lead is None else lead, marker=""),
            *(one for one in below if one.says),
        ]
        made.asides += [one for one in below if not one.says]
    return list(elements[: min(starts.values())])


def answers_label_at(elements: Sequence[Element]) -> int | None:
    """The place of a line that says no more than "answers", below questions that have none."""
    for at, element in enumerate(elements):
        lead = markers.answer_label(element.text) if element.is_outer_line else None
        if lead is None or lead:
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
    return markers.numbered(element.text).number if element.is_outer_line else ""
