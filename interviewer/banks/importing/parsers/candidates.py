"""A question with the elements under it, sorted into question, answer and what is neither."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import takewhile

from interviewer.banks.importing.parsers import markers
from interviewer.banks.importing.parsers.elements import Element, ElementKind
from interviewer.banks.importing.parsers.reasons import Reason
from interviewer.banks.importing.parsers.rendering import render

_LONGEST_BEFORE_ANSWER = 2_000  # characters between a question and `答：` that are still the question
_MOST_PROSE = 300  # of these in plain lines
_SHORTEST_ANSWER = 8  # characters after a question mark in the same line
_MORE_AFTER = re.compile(r"[?？](?=\s|[^\x00-\x7f])")
_SECOND_CHOICE = re.compile(r"[(（]?[Bb][)）.、:：\s]")


@dataclass(slots=True)
class Candidate:
    """An item in the making. `unread` are elements of the answer that give it no text."""

    topic: str
    number: str
    question: list[Element]
    answer: list[Element]
    reason: Reason | None = None
    asides: list[Element] = field(default_factory=list)
    unread: list[tuple[Element, Reason]] = field(default_factory=list)

    @property
    def question_text(self) -> str:
        return render(self.question)

    @property
    def answer_text(self) -> str:
        return render(self.answer)


def make_candidate(
    head: Element, below: Sequence[Element], topic: str, *, is_heading: bool, bare: bool = False
) -> Candidate | None:
    """The question that `head` asks; `below` is all up to the next question. None where there is no text at all."""
    said = [replace(element, depth=max(0, element.depth - head.depth)) for element in below if element.says]
    asides = [element for element in below if not element.says]
    if head.pointer and head.text.endswith(head.pointer):
        head = replace(head, text=head.text.removesuffix(head.pointer).rstrip(" -—|:：([（"))
    asked, rest = _in_one_line(head, said, is_heading=is_heading)
    # A summary may go on for several lines, or have a list in it.
    more = list(takewhile(lambda one: head.shape is one.shape is ElementKind.SUMMARY and one.folds == head.folds, said))
    said = said[len(more) :]
    number = markers.numbered(asked.text)
    ordinal = head.marker.strip().rstrip(".") if not is_heading and head.marker not in ("", "- ") else ""
    question = [replace(asked, text=number.text, marker="", depth=0)] if number.text else []
    question += more
    if rest is not None:
        said = [rest, *said]
    before, answer = _at_answer(head, said)
    if not question and not before and answer and markers.answer_label(answer[0].text) is None:
        first = answer[0].block
        before = [element for element in answer if element.block == first]
        answer = answer[len(before) :]
    if not question and not before:
        return None
    found = Candidate(topic, number.number or ordinal, question + before, answer, asides=asides)
    found.reason = Reason.SAME_LINE if rest is not None else Reason.BARE_HEADING if bare else None
    if not question:
        # The line that says "question 7" and no more belongs to the question that stands below it.
        found.question = [replace(head, text="", marker=""), *before]
    return _without_pointers(found)


def _in_one_line(head: Element, said: Sequence[Element], *, is_heading: bool) -> tuple[Element, Element | None]:
    """The question, and the answer if it stands in the same line."""
    if parts := markers.split_inline(head.text):
        question, answer = parts
    elif not is_heading and head.bold and head.bold != head.text and markers.is_question_mark(head.bold):
        question, answer = head.bold, head.text[len(head.bold) :].lstrip(" :：-—")
    elif not is_heading and not said and (found := _MORE_AFTER.search(head.text)):
        question, answer = head.text[: found.end()], head.text[found.end() :].strip(" -—")
        if len(answer) < _SHORTEST_ANSWER or markers.is_asking(answer):
            return head, None
    else:
        return head, None
    if not answer:
        return replace(head, text=question), None
    lead = markers.answer_label(answer)
    return replace(head, text=question), replace(
        head, shape=ElementKind.LINE, text=lead.text if lead else answer, marker="", bold="", block=-head.block
    )


def _at_answer(head: Element, said: Sequence[Element]) -> tuple[list[Element], list[Element]]:
    """What stands before the first `答：`, and the answer without it. Without a lead-in all is answer."""
    for at, element in enumerate(said):
        text = _after_lead_in(element, said[at + 1 : at + 4])
        if text is None or element.depth > 1 or (markers.is_card_turn(element.text) and element.block != head.block):
            continue
        before = list(said[:at])
        if not _is_of_question(before):
            break
        shape = ElementKind.LINE if element.shape is ElementKind.SUMMARY else element.shape
        after = list(said[at + 1 :])
        if not text and after and (again := _after_lead_in(after[0], after[1:4])) is not None:
            after[0] = replace(after[0], text=again)
        return before, [replace(element, text=text, shape=shape), *after]
    return [], list(said)


def _is_of_question(before: Sequence[Element]) -> bool:
    """Whether what stands before the answer can be more of the question: code, choices, a few lines, no whole text."""
    prose = sum(len(one.text) for one in before if one.shape is ElementKind.LINE and not one.depth)
    return prose <= _MOST_PROSE and sum(len(one.text) for one in before) <= _LONGEST_BEFORE_ANSWER


def _after_lead_in(element: Element, following: Sequence[Element]) -> str | None:
    if element.shape is ElementKind.SUMMARY and markers.unfolds(element.text):
        return ""
    if element.shape not in (ElementKind.LINE, ElementKind.HEADING, ElementKind.SUMMARY) or element.link_only:
        return None
    lead = markers.answer_label(element.text)
    if lead is None:
        return None
    if lead.letter and any(_SECOND_CHOICE.match(one.text) for one in following):
        return None
    return lead.text


def _without_pointers(found: Candidate) -> Candidate:
    """An answer that is only a link or only an image is no answer."""
    said = [element for element in found.answer if element.text]
    if said and all(element.image_only for element in said):
        reason = Reason.IMAGE_ONLY
    elif said and all(element.link_only or element.image_only for element in said):
        reason = Reason.LINK_ONLY
    elif not said and any(element.reason is Reason.IMAGE for element in found.asides):
        images = [element for element in found.asides if element.reason is Reason.IMAGE]
        found.asides = [element for element in found.asides if element.reason is not Reason.IMAGE]
        found.unread = [(element, Reason.IMAGE_ONLY) for element in images]
        return found
    else:
        return found
    found.unread = [(element, reason) for element in said]
    found.answer = [element for element in found.answer if not element.text]
    return found
