"""A file cut at its headings, and what there is to know of each."""

from collections.abc import Sequence
from dataclasses import dataclass

from interviewer.banks.importing.parsers import loose, marks
from interviewer.banks.importing.parsers.columns import Columns
from interviewer.banks.importing.parsers.headings import Judged, Section, judge, labels_of
from interviewer.banks.importing.parsers.units import CallShape, Unit
from interviewer.banks.importing.parsers.why import Why

_BELOW_ANY_HEADING = 7


@dataclass(slots=True)
class Stretch:
    """A heading, where there is one, and the units up to the next."""

    head: Unit | None
    below: list[Unit]


def cut(units: Sequence[Unit]) -> list[Stretch]:
    """Cut at the headings that are not within a list or a quote. The first stretch has no heading."""
    inner_folds = _folds_of_answers(units)
    stretches = [Stretch(None, [])]
    for unit in units:
        if unit.is_outer_heading and not inner_folds.intersection(unit.folds):
            stretches.append(Stretch(unit, []))
        else:
            stretches[-1].below.append(unit)
    return stretches


def _folds_of_answers(units: Sequence[Unit]) -> frozenset[int]:
    """The folds whose headings are parts of an answer: those that have a summary, and no questions for headings."""
    summed = {fold for unit in units if unit.shape is CallShape.SUMMARY for fold in unit.folds[-1:]}
    unfolding = {
        fold
        for unit in units
        if unit.shape is CallShape.SUMMARY and marks.unfolds(unit.text)
        for fold in unit.folds[-1:]
    }
    chapters = {
        fold
        for unit in units
        if unit.is_outer_heading and marks.is_asking(marks.numbered(unit.text).text)
        for fold in unit.folds
    }
    asking = {
        fold
        for unit in units
        if unit.shape is CallShape.SUMMARY and marks.is_asking(marks.numbered(unit.text).text)
        for fold in unit.folds[-1:]
    }
    return frozenset(summed - (chapters - asking - unfolding))


def judged_of(stretches: Sequence[Stretch]) -> list[Judged]:
    """What each heading is; the first stretch, which has none, is not among them."""
    heads = [stretch.head for stretch in stretches[1:] if stretch.head]
    labels = labels_of([marks.numbered(head.text).text.lower() for head in heads])
    answer_headings = sum(marks.lead_in(head.text) is not None for head in heads)
    sections: list[Section] = []
    for place, stretch in enumerate(stretches[1:], 1):
        head = stretch.head
        assert head is not None
        following = stretches[place + 1].head if place + 1 < len(stretches) else None
        number = marks.numbered(head.text)
        said = [unit for unit in stretch.below if unit.says]
        answers = marks.lead_in(head.text) is not None
        worded = (marks.is_asking(number.text) or number.says_question) and not answers
        found = loose.find(stretch.below, alone=False) if not worded else loose.Found()
        sections.append(
            Section(
                # An answer's own heading is below that of its question, whatever its level; that of all answers is not.
                head.level if not answers or (answer_headings == 1 and _are_waiting(sections)) else _BELOW_ANY_HEADING,
                marks.topic_of(head.text),
                number.number,
                is_worded=worded,
                has_answer=any(
                    marks.lead_in(unit.text) for unit in said if unit.shape is CallShape.LINE and not unit.depth
                )
                or (following is not None and marks.lead_in(following.text) is not None),
                has_text=bool(said) or any(unit.why is Why.IMAGE for unit in stretch.below),
                holds_questions=found.worded > 1
                or (found.worded == 1 and (not number.number or _first_said(stretch.below) in found.questions))
                or any(unit.rows and Columns.named(unit.rows[0][1]) for unit in said),
                is_boilerplate=marks.is_boilerplate(number.text),
                is_label=answers or (number.text.lower() in labels and not worded and not number.number),
            )
        )
    return judge(sections)


def _are_waiting(sections: Sequence[Section]) -> bool:
    """Whether the questions so far stand without answers."""
    asked = [section for section in sections if section.is_worded]
    return not asked or sum(not section.has_text for section in asked) > max(2, len(asked) // 2)


def _first_said(units: Sequence[Unit]) -> int | None:
    return next((at for at, unit in enumerate(units) if unit.says), None)
