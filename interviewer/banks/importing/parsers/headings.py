"""Which headings are questions and which are topics.

The rule, in the order in which it is asked:

1. A heading *asks* when it is worded as a question or a task, says so itself (`Q3:`), or has an answer that is
   introduced as one (`答：`) under it. `目录`, `References` and their like never ask; nor does a heading that comes
   again and again (`Example` under every question), nor one whose own text holds questions in another shape.
2. The *level of the questions* is the level with most headings that ask. A number before a heading with text under it
   counts too, but less: chapters are numbered as well. Where nothing asks and nothing is numbered, it is the level with
   most headings that have text under them, if there are two or more, and twice as many as hold questions in their text.
3. At that level a heading that asks is a question. So is one that has a number or text, unless questions stand under
   it, or all the others have a number and this one has none. Where the questions say so and count on (`Q1:`), nothing
   else is one, and the headings with text between them belong to their answers.
   A heading of that level without number and text is the topic of those after it.
4. Above that level a heading is a topic; if it asks and has text of its own, it is a question as well.
5. Below that level everything belongs to the question above it. Where there is none, a part of the file that has no
   heading of that level is looked at by itself, as if it were a file.
6. The first heading, if it is no question and all others are below it, is the title; so is a first heading without
   text right before a question, where both have level 1.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import pairwise
from string import ascii_uppercase

from interviewer.banks.importing.parsers import markers, question_lines
from interviewer.banks.importing.parsers.elements import Element, ElementKind, Reason
from interviewer.banks.importing.parsers.table_columns import Columns

_BELOW_ANY_HEADING = 7
_OTHER_SCRIPT = re.compile(r"(?<=[\u4e00-\u9fff])[\s/|]*(?=[a-z])|(?<=[a-z?])[\s/|]*(?=[\u4e00-\u9fff])")


class HeadingRole(StrEnum):
    """What a heading is."""

    QUESTION = "question"
    TOPIC = "topic"
    TITLE = "title"
    BOILERPLATE = "boilerplate"
    WITHIN = "within"  # belongs to the question above


@dataclass(frozen=True, slots=True)
class HeadingTraits:
    """A heading and what stands between it and the next one, as far as the rule looks at it."""

    level: int
    text: str
    number: str = ""
    is_worded: bool = False
    has_answer: bool = False
    has_text: bool = False
    holds_questions: bool = False
    is_boilerplate: bool = False
    is_label: bool = False
    is_marked: bool = False  # `Q.` before it

    @property
    def asks(self) -> bool:
        return (self.is_worded or self.has_answer) and not self.is_excluded

    @property
    def is_excluded(self) -> bool:
        return self.is_boilerplate or self.is_label or (self.holds_questions and not self.is_worded)


@dataclass(frozen=True, slots=True)
class ClassifiedHeading:
    """What a section is, and the topic that it stands under. A `bare` question has neither wording nor number."""

    part: HeadingRole
    topic: str = ""
    bare: bool = False


def classify(sections: Sequence[HeadingTraits]) -> list[ClassifiedHeading]:
    """What each heading of a file is."""
    level = question_level(sections)
    by_mark = _count_on(sections, level)
    judged = _without_parts(sections, level) if by_mark else sections
    found = list(_judged(judged, level, "", by_mark or _all_numbered(sections, level)))
    if not found or found[0].part is not HeadingRole.TOPIC:
        return found
    first, others = sections[0], sections[1:]
    is_above_equals = first.level == 1 and not first.has_text and others[:1] and others[0].level == 1
    if all(other.level > first.level for other in others) or (
        is_above_equals and (others[0].asks or not others[0].has_text)
    ):
        found = [replace(one, topic="" if one.topic == first.text else one.topic) for one in found]
        found[0] = ClassifiedHeading(HeadingRole.TITLE)
    return found


def question_level(sections: Sequence[HeadingTraits]) -> int | None:
    """The level that the questions have, the upper one of two equals; None where no heading can be one."""
    points: Counter[int] = Counter()
    for section in sections:
        if section.asks:
            points[section.level] += 3
        elif section.number and section.has_text and not section.is_excluded:
            points[section.level] += 1
    if not points:
        fewest = max(1, 2 * sum(section.holds_questions for section in sections))
        points.update(section.level for section in sections if section.has_text and not section.is_excluded)
        points = Counter({level: count for level, count in points.items() if count > fewest})
    return min(points, key=lambda level: (-points[level], level)) if points else None


def _count_on(sections: Sequence[HeadingTraits], level: int | None) -> bool:
    """Whether the questions say so and count on, `Q1:` and `Q2:`, so that none stands between them."""
    asking = [section for section in sections if section.level == level and section.asks]
    numbers = [section.number if section.is_marked else "" for section in asking]
    counts = (one.isdecimal() and other == str(int(one) + 1) for one, other in pairwise(numbers))
    return len(asking) > 1 and all(counts)


def _without_parts(sections: Sequence[HeadingTraits], level: int | None) -> list[HeadingTraits]:
    """The headings with text between two questions, or below one without, are put below the first of them."""
    asking = [at for at, section in enumerate(sections) if section.level == level and section.asks]
    last = asking[-1] if sections[asking[-1]].has_text else len(sections)
    return [
        replace(one, level=one.level + 1)
        if asking[0] < at < last and one.level == level and one.has_text and not (one.asks or one.is_excluded)
        else one
        for at, one in enumerate(sections)
    ]


def _all_numbered(sections: Sequence[HeadingTraits], level: int | None) -> bool:
    there = [section for section in sections if section.level == level and not section.is_excluded]
    return len(there) > 2 and sum(bool(section.number) for section in there) >= 0.8 * len(there)


def _judged(
    sections: Sequence[HeadingTraits], level: int | None, topic: str, numbered: bool
) -> Iterator[ClassifiedHeading]:
    at = 0
    while at < len(sections):
        section, later = sections[at], range(at + 1, len(sections))
        end = next((place for place in later if sections[place].level <= section.level), len(sections))
        inner, at = sections[at + 1 : end], end
        asked_below = any(one.asks for one in inner)
        if _is_question(section, level, asked_below=asked_below, numbered=numbered):
            bare = not (section.asks or section.number)
            yield ClassifiedHeading(HeadingRole.QUESTION, topic, bare)
            parts = level is not None and section.level < level and any(one.asks or one.level == level for one in inner)
            within = 0 if parts or (bare and asked_below) else _own_parts(section, inner)
            yield from (ClassifiedHeading(HeadingRole.WITHIN) for _ in inner[:within])
            yield from _judged(inner[within:], level if parts else None, section.text if bare else topic, numbered)
        elif section.is_boilerplate and not asked_below:
            yield from (ClassifiedHeading(HeadingRole.BOILERPLATE) for _ in (section, *inner))
        else:
            yield ClassifiedHeading(HeadingRole.TOPIC, topic)
            own = level if level is None or any(one.level == level for one in inner) else question_level(inner)
            yield from _judged(inner, own, section.text, _all_numbered(inner, own) if own != level else numbered)
            if section.level == level and not inner and not section.has_text:
                topic = section.text


def _own_parts(section: HeadingTraits, inner: Sequence[HeadingTraits]) -> int:
    """How many of the headings below a question belong to it: not those marked as it is, nor questions left bare at its end."""
    marked = (place for place, one in enumerate(inner) if section.is_marked and one.is_marked)
    bare = len(inner)
    while bare and inner[bare - 1].asks and not inner[bare - 1].has_text:
        bare -= 1
    return min(next(marked, len(inner)), bare)


def _is_question(section: HeadingTraits, level: int | None, *, asked_below: bool, numbered: bool) -> bool:
    if section.is_excluded or level is None:
        return section.asks
    if section.level < level:
        return section.asks and (section.has_text or not asked_below)
    if section.level > level:
        return section.asks or bool(section.number and section.has_text and not asked_below)
    bare = section.has_text or bool(section.number and not asked_below)
    return section.asks or (bare and bool(section.number or not numbered))


Section = tuple[Element | None, list[Element]]
"""A heading, where there is one, and the elements up to the next."""


def cut(elements: Sequence[Element]) -> list[Section]:
    """Cut at the headings that are not within a list or a quote. The first section has no heading."""
    inner_folds = _folds_of_answers(elements)
    sections: list[Section] = [(None, [])]
    for element in elements:
        if element.is_outer_heading and not inner_folds.intersection(element.folds):
            sections.append((element, []))
        else:
            sections[-1][1].append(element)
    return sections


def _folds_of_answers(elements: Sequence[Element]) -> frozenset[int]:
    """The folds whose headings are parts of an answer: those that have a summary, and no questions for headings."""
    summed: set[int] = set()
    opening: set[int] = set()  # folds whose summary asks, or says no more than that it unfolds
    chapters: set[int] = set()
    for element in elements:
        asks = markers.is_asking(markers.numbered(element.text).text)
        if element.shape is ElementKind.SUMMARY:
            summed.update(element.folds[-1:])
            opening.update(element.folds[-1:] if asks or markers.unfolds(element.text) else ())
        elif element.is_outer_heading and asks:
            chapters.update(element.folds)
    return frozenset(summed - (chapters - opening))


def classified_headings(sections: Sequence[Section]) -> list[ClassifiedHeading]:
    """What each heading is; the first section, which has none, is not among them."""
    heads = [(head, below) for head, below in sections if head]
    numbers = [markers.numbered(head.text) for head, _ in heads]
    said = Counter(number.text.lower() for number in numbers)
    labels = [markers.answer_label(head.text) is not None for head, _ in heads]
    is_index = {"A", "B"} <= {head.text for head, _ in heads}  # else `C` is a language
    # Numbers in bold that count on from one heading to the next make chapters of the headings.
    bold = [question_lines.counted_in_bold(below) for _, below in heads]
    whole = question_lines.counted_in_bold([one for _, below in heads for one in below])
    by_bold = len(whole) == sum(map(len, bold)) and 2 * sum(map(bool, bold)) > sum(bool(below) for _, below in heads)
    traits: list[HeadingTraits] = []
    for (head, below), number, is_answer, next_is_answer in zip(
        heads, numbers, labels, [*labels, False][1:], strict=True
    ):
        worded = (markers.is_asking(number.text) or number.says_question) and not is_answer
        found = question_lines.find(below, alone=by_bold) if not worded else question_lines.QuestionLines()
        says = [at for at, element in enumerate(below) if element.says]
        # An answer's own heading is below that of its question, whatever its level; that of all answers is not.
        is_inner = is_answer and not (sum(labels) == 1 and _are_waiting(traits))
        traits.append(
            HeadingTraits(
                _BELOW_ANY_HEADING if is_inner else head.level,
                markers.topic_of(head.text),
                number.number,
                is_worded=worded,
                has_answer=next_is_answer
                or any(markers.answer_label(below[at].text) is not None for at in says if below[at].is_outer_line),
                has_text=bool(says) or any(element.reason is Reason.IMAGE for element in below),
                holds_questions=found.worded > 1
                or (found.worded == 1 and (not number.number or says[0] in found.questions))
                or any(Columns.of_table(below[at].rows) for at in says),
                is_boilerplate=_is_boilerplate(number.text),
                is_marked=number.says_question,
                # What comes three times or more is the name of a part, as `Example` is; so is a letter of an index.
                is_label=is_answer
                or (is_index and len(head.text) == 1 and head.text in ascii_uppercase)
                or (said[number.text.lower()] > 2 and not worded and not number.number),
            )
        )
    # Where the headings of a level are numbered questions, the lists below one of them are its answer.
    counting = Counter(one.level for one in traits if one.number and one.is_worded)
    return classify(
        [replace(one, holds_questions=False) if one.number and counting[one.level] > 1 else one for one in traits]
    )


def _is_boilerplate(text: str) -> bool:
    """Whether a heading says what every document has, in one language or in both: `Credits 致谢`."""
    known, whole = markers.WORDS.words("headings.boilerplate"), text.strip(" :：!！").lower()
    return whole in known or all(part in known for part in _OTHER_SCRIPT.split(whole))


def _are_waiting(headings: Sequence[HeadingTraits]) -> bool:
    """Whether the questions so far stand without answers."""
    asked = [heading for heading in headings if heading.is_worded]
    return not asked or sum(not heading.has_text for heading in asked) > max(2, len(asked) // 2)
