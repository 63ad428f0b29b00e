"""A file cut at its headings, and what there is to know of each."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from interviewer.banks.importing.parsers import markers, question_lines
from interviewer.banks.importing.parsers.columns import Columns
from interviewer.banks.importing.parsers.elements import Element, ElementKind
from interviewer.banks.importing.parsers.headings import ClassifiedHeading, HeadingTraits, classify, labels_of
from interviewer.banks.importing.parsers.reasons import Reason

_BELOW_ANY_HEADING = 7


@dataclass(slots=True)
class Section:
    """A heading, where there is one, and the elements up to the next."""

    head: Element | None
    below: list[Element]


def cut(elements: Sequence[Element]) -> list[Section]:
    """Cut at the headings that are not within a list or a quote. The first section has no heading."""
    inner_folds = _folds_of_answers(elements)
    sections = [Section(None, [])]
    for element in elements:
        if element.is_outer_heading and not inner_folds.intersection(element.folds):
            sections.append(Section(element, []))
        else:
            sections[-1].below.append(element)
    return sections


def _folds_of_answers(elements: Sequence[Element]) -> frozenset[int]:
    """The folds whose headings are parts of an answer: those that have a summary, and no questions for headings."""
    summed = {fold for element in elements if element.shape is ElementKind.SUMMARY for fold in element.folds[-1:]}
    unfolding = {
        fold
        for element in elements
        if element.shape is ElementKind.SUMMARY and markers.unfolds(element.text)
        for fold in element.folds[-1:]
    }
    chapters = {
        fold
        for element in elements
        if element.is_outer_heading and markers.is_asking(markers.numbered(element.text).text)
        for fold in element.folds
    }
    asking = {
        fold
        for element in elements
        if element.shape is ElementKind.SUMMARY and markers.is_asking(markers.numbered(element.text).text)
        for fold in element.folds[-1:]
    }
    return frozenset(summed - (chapters - asking - unfolding))


def classified_headings(sections: Sequence[Section]) -> list[ClassifiedHeading]:
    """What each heading is; the first section, which has none, is not among them."""
    heads = [section.head for section in sections[1:] if section.head]
    labels = labels_of([markers.numbered(head.text).text.lower() for head in heads])
    answer_headings = sum(markers.answer_label(head.text) is not None for head in heads)
    traits: list[HeadingTraits] = []
    for place, section in enumerate(sections[1:], 1):
        head = section.head
        assert head is not None
        following = sections[place + 1].head if place + 1 < len(sections) else None
        number = markers.numbered(head.text)
        said = [element for element in section.below if element.says]
        answers = markers.answer_label(head.text) is not None
        worded = (markers.is_asking(number.text) or number.says_question) and not answers
        found = question_lines.find(section.below, alone=False) if not worded else question_lines.QuestionLines()
        traits.append(
            HeadingTraits(
                # An answer's own heading is below that of its question, whatever its level; that of all answers is not.
                head.level if not answers or (answer_headings == 1 and _are_waiting(traits)) else _BELOW_ANY_HEADING,
                markers.topic_of(head.text),
                number.number,
                is_worded=worded,
                has_answer=any(
                    markers.answer_label(element.text)
                    for element in said
                    if element.shape is ElementKind.LINE and not element.depth
                )
                or (following is not None and markers.answer_label(following.text) is not None),
                has_text=bool(said) or any(element.reason is Reason.IMAGE for element in section.below),
                holds_questions=found.worded > 1
                or (found.worded == 1 and (not number.number or _first_said(section.below) in found.questions))
                or any(element.rows and Columns.named(element.rows[0][1]) for element in said),
                is_boilerplate=markers.is_boilerplate(number.text),
                is_marked=number.says_question,
                is_label=answers or (number.text.lower() in labels and not worded and not number.number),
            )
        )
    return classify(_by_number(traits))


def _by_number(traits: Sequence[HeadingTraits]) -> list[HeadingTraits]:
    """Where the headings of a level are numbered questions, the lists below one of them are its answer."""
    counting = {
        level
        for level in {one.level for one in traits}
        if sum(one.level == level and bool(one.number) and one.is_worded for one in traits) > 1
    }
    return [
        replace(one, holds_questions=one.holds_questions and not (one.number and one.level in counting))
        for one in traits
    ]


def _are_waiting(headings: Sequence[HeadingTraits]) -> bool:
    """Whether the questions so far stand without answers."""
    asked = [heading for heading in headings if heading.is_worded]
    return not asked or sum(not heading.has_text for heading in asked) > max(2, len(asked) // 2)


def _first_said(elements: Sequence[Element]) -> int | None:
    return next((at for at, element in enumerate(elements) if element.says), None)
