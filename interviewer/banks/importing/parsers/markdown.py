"""A Markdown list of questions, in any of the shapes that people write."""

from collections import deque
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from interviewer.banks.importing.document import Role, Source
from interviewer.banks.importing.parsers import markers, question_lines
from interviewer.banks.importing.parsers.choices import settle_choices
from interviewer.banks.importing.parsers.collected_questions import CollectedQuestions, to_source
from interviewer.banks.importing.parsers.dialogues import marked_turns
from interviewer.banks.importing.parsers.elements import Element, ElementKind, Reason
from interviewer.banks.importing.parsers.headings import ClassifiedHeading, HeadingRole, classified_headings, cut
from interviewer.banks.importing.parsers.markdown_elements import elements_of
from interviewer.banks.importing.parsers.markdown_grammar import parse
from interviewer.banks.importing.parsers.question_candidates import (
    Candidate,
    drop_closing_words,
    join_translations,
    make_candidate,
)
from interviewer.banks.importing.parsers.question_lines import answers_label_at, assign_answers
from interviewer.banks.importing.parsers.table_columns import Columns

_LONGEST_TITLE = 80  # characters


def read_markdown(name: str, text: str) -> Source:
    """The questions of a Markdown text. Raises BankError for what is too deep, too long or too many."""
    tokens, noted = parse(text, name)
    read = elements_of(tokens, noted)
    elements = marked_turns(read)
    sections = cut(elements)
    collected = CollectedQuestions()
    judged = classified_headings(sections)
    has_table = any(not one.inner and Columns.of_table(one.rows) for one in elements)
    in_items = sum(
        one.shape is ElementKind.HEADING and one.depth == 1 and markers.is_asking(one.text) for one in elements
    )
    has_headings = in_items > 1 or any(one.part is HeadingRole.QUESTION for one in judged)
    alone = elements == read and not has_table and not has_headings
    _before_headings(
        collected, sections[0][1], alone=alone, titled=any(one.part is HeadingRole.TITLE for one in judged)
    )
    parts = deque(zip(judged, sections[1:], strict=True))
    while parts:
        one, (head, below) = parts.popleft()
        while one.part is HeadingRole.QUESTION and parts and parts[0][0].part is HeadingRole.WITHIN:
            _, (inner, more) = parts.popleft()
            below = [*below, *([inner] if inner else ()), *more]
        if head:
            _take(collected, head, below, one, alone=alone)
    collected.candidates.sort(key=lambda made: made.question[0].first)
    collected.candidates = join_translations(collected.candidates)
    settle_choices(collected.candidates)
    drop_closing_words(collected.candidates)
    return to_source(name, text, collected)


def _before_headings(collected: CollectedQuestions, elements: Sequence[Element], *, alone: bool, titled: bool) -> None:
    """What stands above the first heading; its first line may be the title."""
    first = next((at for at, element in enumerate(elements) if element.says), None)
    if first is not None and not titled:
        element = elements[first]
        is_alone = sum(other.block == element.block for other in elements if other.says) == 1
        is_line = element.shape is ElementKind.LINE and not element.marker and len(element.text) < _LONGEST_TITLE
        ends = element.text.endswith(("。", ".", "！", ":", "："))
        asks = first in question_lines.find(elements, alone=alone).questions
        if is_line and is_alone and not asks and not ends:
            collected.title = element.text
            collected.topic(element, Reason.TITLE)
            elements = [*elements[:first], *elements[first + 1 :]]
    _unheaded(collected, elements, "", alone=alone)


def _take(
    collected: CollectedQuestions, head: Element, below: Sequence[Element], one: ClassifiedHeading, *, alone: bool
) -> None:
    match one.part:
        case HeadingRole.QUESTION:
            _ask(collected, head, below, one.topic, is_heading=True, bare=one.bare)
        case HeadingRole.BOILERPLATE:
            # A table of questions is one whatever stands above it: "Index" is also a topic of databases.
            topic = markers.topic_of(head.text)
            left = [element for element in below if element.inner or not _rows(collected, element, topic)]
            collected.skip([head, *left], Reason.BOILERPLATE)
        case HeadingRole.TITLE:
            collected.title = markers.topic_of(head.text)
            collected.topic(head, Reason.TITLE)
            _unheaded(collected, below, "", alone=alone)
        case HeadingRole.TOPIC | HeadingRole.WITHIN:
            collected.topic(head)
            text = markers.topic_of(head.text)
            if markers.answer_label(head.text) is not None:
                below = assign_answers(collected.candidates, below)
            _unheaded(collected, below, text, alone=alone)


def _ask(
    collected: CollectedQuestions,
    head: Element,
    below: Sequence[Element],
    topic: str,
    *,
    is_heading: bool,
    bare: bool = False,
) -> None:
    if made := make_candidate(head, below, topic, is_heading=is_heading, bare=bare):
        collected.candidates.append(made)
    else:
        collected.skip([head, *below], Reason.EMPTY_HEADING)


def _unheaded(collected: CollectedQuestions, elements: Sequence[Element], topic: str, *, alone: bool) -> None:
    """Questions that are no headings, and all between them."""
    elements = [
        element for element in elements if not (element.rows and not element.inner and _rows(collected, element, topic))
    ]
    if (label := answers_label_at(elements)) is not None:
        _unheaded(collected, elements[:label], topic, alone=True)
        collected.topic(elements[label])
        collected.skip(assign_answers(collected.candidates, elements[label + 1 :]), Reason.NO_QUESTION)
        return
    found = question_lines.find(elements, alone=alone)
    starts = sorted(found.questions | found.topics)
    collected.skip(elements[: starts[0] if starts else len(elements)], Reason.NO_QUESTION)
    for start, end in pairwise([*starts, len(elements)]):
        head, below = elements[start], elements[start + 1 : end]
        if start in found.topics:
            topic = markers.topic_of(head.text)
            collected.topic(head)
            collected.skip(below, Reason.NO_QUESTION)
            continue
        reach = _reach(head, below)
        _ask(collected, head, below[:reach], topic, is_heading=False)
        collected.skip(below[reach:], Reason.NO_QUESTION)


def _reach(head: Element, below: Sequence[Element]) -> int:
    """How many of the elements below belong to a question; a fold or a quote ends with its mark, all else goes on."""
    if head.shape is not ElementKind.SUMMARY and not head.asks:
        return len(below)
    inside = (
        element.folds[: len(head.folds)] == head.folds and (not head.asks or element.quote == head.quote)
        for element in below
    )
    return next((place for place, is_inside in enumerate(inside) if not is_inside), len(below))


def _rows(collected: CollectedQuestions, table: Element, topic: str) -> bool:
    """The questions of a table that has a column of questions. A row's lines are the question's and the answer's."""
    columns = Columns.of_table(table.rows)
    if columns is None:
        return False
    first = table.rows[0][0]
    collected.left.append((replace(table, first=first, last=first + 1), Role.LEFT_OUT, Reason.HEADER))
    for line, cells in table.rows[1:]:
        texts = columns.of(cells)
        question, answer, *more = (
            Element(ElementKind.LINE, line, line, texts.get(role, ""), block=-line)
            for role in ("question", "answer", "explanation", "example")
        )
        if not question.text:
            collected.skip([question], Reason.NO_QUESTION)
            continue
        answers, reason = (
            ([answer, *(one for one in more if one.text.strip("-— "))], Reason.SAME_LINE) if answer.text else ([], None)
        )
        topic_of_row = texts.get("topic") or topic
        collected.candidates.append(Candidate(topic_of_row, texts.get("number", ""), [question], answers, reason))
    return True
