"""A question with the elements under it, sorted into question, answer and what is neither."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise, takewhile

from interviewer.banks.importing.document import language_of
from interviewer.banks.importing.parsers import markers
from interviewer.banks.importing.parsers.elements import Element, ElementKind, Reason, render

_LONGEST_BEFORE_ANSWER = 2_000  # characters between a question and `答：` that are still the question
_MOST_PROSE = 300  # of these in plain lines
_LONGEST_LABEL = 30
_SHORTEST_ANSWER = 8  # characters after a question mark in the same line
_MORE_AFTER = re.compile(r"[?？](?=\s|[^\x00-\x7f])")
_TO_READERS = re.compile(markers.WORDS.any_of("beside.closing"), re.IGNORECASE)
_FEWEST_PAIRS = 2  # of questions that stand twice, once in each language
_LANGUAGE = re.compile(r"^(?:中文|英文|chinese|english|zh|cn|en)\s*[:：]\s*", re.IGNORECASE)
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
    difficulty: int = 1


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
    ordinal = head.marker.strip().rstrip(".") if not is_heading and head.marker != "- " else ""
    # A line that says "question 7" and no more belongs to the question that stands below it.
    question = [replace(asked, text=number.text, marker="", depth=0)]
    if rest is not None:
        said = [rest, *said]
    before, answer = _at_answer(head, said)
    if not number.text and not more and not before and answer and markers.answer_label(answer[0].text) is None:
        before = list(takewhile(_names_language, answer))
        before = before or [element for element in answer if element.block == answer[0].block]
        answer = answer[len(before) :]
    if len(before) > 1 and all(map(_names_language, before)):  # the question in each language, under its name
        before = [replace(one, marker="", depth=0, block=before[0].block) for one in before]
        before, answer = ([replace(one, text=_LANGUAGE.sub("", one.text)) for one in part] for part in (before, answer))
    if not number.text and not more and not before:
        return None
    reason = Reason.SAME_LINE if rest is not None else Reason.BARE_HEADING if bare else None
    return _cleaned(Candidate(topic, number.number or ordinal, question + more + before, answer, reason, asides=asides))


def _names_language(element: Element) -> bool:
    return _LANGUAGE.match(element.text) is not None


def _in_one_line(head: Element, said: Sequence[Element], *, is_heading: bool) -> tuple[Element, Element | None]:
    """The question, and the answer if it stands in the same line."""
    question, answer = head.text, ""
    if found := markers.INLINE_ANSWER.search(head.text):
        question, answer = head.text[: found.start()].strip(), head.text[found.end() :].strip()
    elif not is_heading and head.shape is not ElementKind.SUMMARY:
        if head.bold != head.text and markers.is_question_mark(head.bold):
            question, answer = head.bold, head.text[len(head.bold) :].lstrip(" :：-—")
        elif not said and (found := _MORE_AFTER.search(head.text)):
            question, answer = head.text[: found.end()], head.text[found.end() :].strip(" -—")
            if len(answer) < _SHORTEST_ANSWER or markers.is_asking(answer):
                return head, None
    if markers.is_remark(answer):
        return head, None
    line = replace(
        head, shape=ElementKind.LINE, text=markers.without_label(answer), marker="", bold="", block=-head.block
    )
    return replace(head, text=question), line if answer else None


def _at_answer(head: Element, said: Sequence[Element]) -> tuple[list[Element], list[Element]]:
    """What stands before the first `答：`, and the answer without it. Without a lead-in all is answer."""
    for at, element in enumerate(said):
        text = _after_lead_in(element, said[at + 1 : at + 4])
        if text is None or element.depth > 1 or (element.text in ("?", "??") and element.block != head.block):
            continue
        before = list(said[:at])
        if not _is_of_question(head, before):
            break
        shape = ElementKind.LINE if element.shape is ElementKind.SUMMARY else element.shape
        after = list(said[at + 1 :])
        if not text and after and (again := _after_lead_in(after[0], after[1:4])) is not None:
            after[0] = replace(after[0], text=again)
        return before, [replace(element, text=text, shape=shape), *after]
    return [], list(said)


def _is_of_question(head: Element, before: Sequence[Element]) -> bool:
    """Whether what stands before the answer can be more of the question: code, choices, a few lines, no whole text.

    Below a heading, paragraphs that state something and then an exercise with its solution are the heading's answer.
    """
    lines = [one for one in before if one.is_outer_line]
    if head.shape is ElementKind.HEADING and markers.numbered(head.text).text:
        states = [one for one in lines if one.text.endswith(("。", "．", ".")) and not markers.is_asking(one.text)]
        if states and any(states[0].block < one.block and markers.is_question_mark(one.text) for one in lines):
            return False
    prose, whole = sum(len(one.text) for one in lines), sum(len(one.text) for one in before)
    return prose <= _MOST_PROSE and whole <= _LONGEST_BEFORE_ANSWER


def _after_lead_in(element: Element, following: Sequence[Element]) -> str | None:
    """What stands behind a lead-in in its line; None where no answer begins."""
    if element.shape is ElementKind.SUMMARY and markers.unfolds(element.text):
        return ""
    is_text = element.shape in (ElementKind.LINE, ElementKind.HEADING, ElementKind.SUMMARY) and not element.link_only
    lead = markers.answer_label(element.text) if is_text else None
    is_choice = markers.is_letter(element.text) and any(_SECOND_CHOICE.match(one.text) for one in following)
    return None if is_choice else lead


def _cleaned(found: Candidate) -> Candidate:
    """Without what is no answer: lines that file the question away, links, images, and questions that go on asking."""
    filed = [one for one in (*found.question[1:], *found.answer) if _files_away(one)]
    labels = [one for one in found.question[1:] if markers.is_one_of("beside.labels", one.text.strip(" :："))]
    _set_apart(found, [*filed, *labels], Reason.METADATA)
    # A chapter of the file that begins before the fold of the last answer has ended.
    chapters = (one for one in found.answer[1:][-1:] if one.folds and one.shape is ElementKind.HEADING)
    _set_apart(found, [one for one in chapters if one.level <= found.question[0].level], Reason.NO_QUESTION)
    said = [one for one in found.answer if one.text]
    if not said:
        found.unread += [(one, Reason.IMAGE_ONLY) for one in found.asides if one.reason is Reason.IMAGE]
        found.asides = [one for one in found.asides if one.reason is not Reason.IMAGE]
    elif all(one.link_only or one.image_only for one in said):
        _set_apart(found, said, Reason.IMAGE_ONLY if all(one.image_only for one in said) else Reason.LINK_ONLY)
        return found
    _set_apart(found, _links(said), Reason.LINK_ONLY)
    is_fold = found.question[0].shape is ElementKind.SUMMARY
    asked = [] if is_fold else list(takewhile(_asks_more, found.answer))
    # The first step of a numbered answer may ask as well.
    goes_on = any(one.marker not in ("", "- ") for one in found.answer[len(asked) : len(asked) + 1])
    if len(asked) == len(found.answer) or (asked and asked[-1].marker and not goes_on):
        found.question += asked
        found.answer = found.answer[len(asked) :]
    return found


def _files_away(element: Element) -> bool:
    """Whether each line, or each row of a table, says no more than a company, a difficulty and the like."""
    lines = element.text.replace(" | ", ": ").split("\n") if element.rows else [element.text]
    return all(markers.is_one_of("beside.metadata", line.strip()) for line in lines)


def _set_apart(found: Candidate, taken: Sequence[Element], reason: Reason) -> None:
    found.unread += [(one, reason) for one in taken]
    found.question, found.answer = (
        [one for one in part if one not in taken] for part in (found.question, found.answer)
    )


def _links(said: Sequence[Element]) -> list[Element]:
    """The lines that are no more than a link, with the lines that announce them."""
    blocks = Counter(one.block for one in said)
    links = [one.link_only and (bool(one.marker) or blocks[one.block] == 1) for one in said]
    for place in reversed(range(len(said))):
        below = said[place + 1 :]
        ends = not below or below[0].shape is ElementKind.HEADING
        if markers.is_one_of("beside.resources", said[place].text.strip(" :：.。#")):
            links[place] = ends or links[place + 1]
        elif said[place].text.endswith((":", "：")) and below and links[place + 1]:
            links[place] = True
    return [one for one, is_link in zip(said, links, strict=True) if is_link]


def _asks_more(element: Element) -> bool:
    """Whether a line only asks, without a label: a follow-up, no answer."""
    label = re.split(r"[:：]\s", element.text, maxsplit=1)[0]
    return (
        element.shape in (ElementKind.LINE, ElementKind.HEADING)
        and element.text.endswith(("?", "？"))
        and not 0 < len(label) < min(len(element.text), _LONGEST_LABEL)
    )


def drop_closing_words(candidates: Sequence[Candidate]) -> None:
    """What stands at the end of the last answer and speaks to the reader of the file belongs to no question.

    Behind the last rule that is all; where a rule stands after every question, whatever it says.
    """
    if not candidates:
        return
    *others, last = candidates
    closing = _behind_rule(last) or []
    is_between = bool(others) and all(_behind_rule(one) == [] for one in others)
    if not is_between and not any(map(_is_to_readers, closing)):
        start = next((at for at, one in enumerate(last.answer) if _is_to_readers(one)), len(last.answer))
        head = last.answer[start - 1] if 0 < start < len(last.answer) else None
        closing = last.answer[start - (head is not None and head.bold == head.text) :]
    _set_apart(last, closing, Reason.CLOSING)


def _behind_rule(found: Candidate) -> list[Element] | None:
    """The answer below the dividing line under it; None where there is no line."""
    rules = [one.first for one in found.asides if one.reason is Reason.RULE and one.first > found.question[-1].last]
    return [one for one in found.answer if one.first > rules[-1]] if rules else None


def _is_to_readers(element: Element) -> bool:
    return element.shape in (ElementKind.LINE, ElementKind.HEADING) and bool(_TO_READERS.search(element.text))


def join_translations(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Each pair as one question, if most questions of the file are in pairs: else the first one lacks its answer."""
    pairs = {id(first): second for first, second in pairwise(candidates) if _is_pair(first, second)}
    seconds = {id(second) for second in pairs.values()}
    firsts = [one for one in candidates if id(one) in pairs and id(one) not in seconds]
    if len(firsts) < _FEWEST_PAIRS or 3 * len(firsts) < len(candidates):
        return list(candidates)
    for first in firsts:
        second = pairs[id(first)]
        below = [replace(one, block=first.question[-1].block, depth=0, marker="") for one in second.question]
        first.question += below
        first.answer, first.unread, first.reason = second.answer, second.unread, second.reason
        first.asides += second.asides
    return [one for one in candidates if id(one) not in {id(pairs[id(first)]) for first in firsts}]


def _is_pair(first: Candidate, second: Candidate) -> bool:
    """Whether the second is the first again: right below it, of the same kind and in the other language."""
    if first.answer or first.unread or first.asides or second.number not in ("", first.number):
        return False
    one, other = first.question[0], second.question[0]
    languages = {language_of(render(part)) for part in (first.question, second.question)}
    return (one.shape, one.level, one.depth) == (other.shape, other.level, other.depth) and len(languages) > 1
