"""A question with the units under it, sorted into question, answer and what is neither."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import takewhile

from interviewer.banks.importing.parsers import marks
from interviewer.banks.importing.parsers.rendering import render
from interviewer.banks.importing.parsers.units import CallShape, Unit
from interviewer.banks.importing.parsers.why import Why

_LONGEST_BEFORE_ANSWER = 2_000  # characters between a question and `答：` that are still the question
_MOST_PROSE = 300  # of these in plain lines
_SHORTEST_ANSWER = 8  # characters after a question mark in the same line
_MORE_AFTER = re.compile(r"[?？](?=\s|[^\x00-\x7f])")
_SECOND_CHOICE = re.compile(r"[(（]?[Bb][)）.、:：\s]")


@dataclass(slots=True)
class Draft:
    """An item in the making. `unread` are units of the answer that give it no text."""

    topic: str
    number: str
    question: list[Unit]
    answer: list[Unit]
    why: Why | None = None
    asides: list[Unit] = field(default_factory=list)
    unread: list[tuple[Unit, Why]] = field(default_factory=list)

    @property
    def question_text(self) -> str:
        return render(self.question)

    @property
    def answer_text(self) -> str:
        return render(self.answer)


def draft(head: Unit, below: Sequence[Unit], topic: str, *, loose: bool, bare: bool = False) -> Draft | None:
    """The question that `head` asks; `below` is all up to the next question. None where there is no text at all."""
    said = [replace(unit, depth=max(0, unit.depth - head.depth)) for unit in below if unit.says]
    asides = [unit for unit in below if not unit.says]
    if head.pointer and head.text.endswith(head.pointer):
        head = replace(head, text=head.text.removesuffix(head.pointer).rstrip(" -—|:：([（"))
    asked, rest = _in_one_line(head, said, loose=loose)
    # A summary may go on for several lines, or have a list in it.
    more = list(takewhile(lambda one: head.shape is one.shape is CallShape.SUMMARY and one.folds == head.folds, said))
    said = said[len(more) :]
    number = marks.numbered(asked.text)
    ordinal = head.marker.strip().rstrip(".") if loose and head.marker not in ("", "- ") else ""
    question = [replace(asked, text=number.text, marker="", depth=0)] if number.text else []
    question += more
    if rest is not None:
        said = [rest, *said]
    before, answer = _at_answer(head, said)
    if not question and not before and answer and marks.lead_in(answer[0].text) is None:
        first = answer[0].block
        before = [unit for unit in answer if unit.block == first]
        answer = answer[len(before) :]
    if not question and not before:
        return None
    found = Draft(topic, number.number or ordinal, question + before, answer, asides=asides)
    found.why = Why.SAME_LINE if rest is not None else Why.BARE_HEADING if bare else None
    if not question:
        # The line that says "question 7" and no more belongs to the question that stands below it.
        found.question = [replace(head, text="", marker=""), *before]
    return _without_pointers(found)


def _in_one_line(head: Unit, said: Sequence[Unit], *, loose: bool) -> tuple[Unit, Unit | None]:
    """The question, and the answer if it stands in the same line."""
    if parts := marks.split_inline(head.text):
        question, answer = parts
    elif loose and head.bold and head.bold != head.text and marks.is_question_mark(head.bold):
        question, answer = head.bold, head.text[len(head.bold) :].lstrip(" :：-—")
    elif loose and not said and (found := _MORE_AFTER.search(head.text)):
        question, answer = head.text[: found.end()], head.text[found.end() :].strip(" -—")
        if len(answer) < _SHORTEST_ANSWER or marks.is_asking(answer):
            return head, None
    else:
        return head, None
    if not answer:
        return replace(head, text=question), None
    lead = marks.lead_in(answer)
    return replace(head, text=question), replace(
        head, shape=CallShape.LINE, text=lead.text if lead else answer, marker="", bold="", block=-head.block
    )


def _at_answer(head: Unit, said: Sequence[Unit]) -> tuple[list[Unit], list[Unit]]:
    """What stands before the first `答：`, and the answer without it. Without a lead-in all is answer."""
    for at, unit in enumerate(said):
        text = _after_lead_in(unit, said[at + 1 : at + 4])
        if text is None or unit.depth > 1 or (marks.is_card_turn(unit.text) and unit.block != head.block):
            continue
        before = list(said[:at])
        if not _is_of_question(before):
            break
        shape = CallShape.LINE if unit.shape is CallShape.SUMMARY else unit.shape
        after = list(said[at + 1 :])
        if not text and after and (again := _after_lead_in(after[0], after[1:4])) is not None:
            after[0] = replace(after[0], text=again)
        return before, [replace(unit, text=text, shape=shape), *after]
    return [], list(said)


def _is_of_question(before: Sequence[Unit]) -> bool:
    """Whether what stands before the answer can be more of the question: code, choices, a few lines, no whole text."""
    prose = sum(len(one.text) for one in before if one.shape is CallShape.LINE and not one.depth)
    return prose <= _MOST_PROSE and sum(len(one.text) for one in before) <= _LONGEST_BEFORE_ANSWER


def _after_lead_in(unit: Unit, following: Sequence[Unit]) -> str | None:
    if unit.shape is CallShape.SUMMARY and marks.unfolds(unit.text):
        return ""
    if unit.shape not in (CallShape.LINE, CallShape.HEADING, CallShape.SUMMARY) or unit.link_only:
        return None
    lead = marks.lead_in(unit.text)
    if lead is None:
        return None
    if lead.letter and any(_SECOND_CHOICE.match(one.text) for one in following):
        return None
    return lead.text


def _without_pointers(found: Draft) -> Draft:
    """An answer that is only a link or only an image is no answer."""
    said = [unit for unit in found.answer if unit.text]
    if said and all(unit.image_only for unit in said):
        why = Why.IMAGE_ONLY
    elif said and all(unit.link_only or unit.image_only for unit in said):
        why = Why.LINK_ONLY
    elif not said and any(unit.why is Why.IMAGE for unit in found.asides):
        images = [unit for unit in found.asides if unit.why is Why.IMAGE]
        found.asides = [unit for unit in found.asides if unit.why is not Why.IMAGE]
        found.unread = [(unit, Why.IMAGE_ONLY) for unit in images]
        return found
    else:
        return found
    found.unread = [(unit, why) for unit in said]
    found.answer = [unit for unit in found.answer if not unit.text]
    return found
