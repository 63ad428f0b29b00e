"""Accounts of an interview, in which one speaker asks and the other one answers."""

import re
from collections.abc import Sequence
from dataclasses import replace

from interviewer.banks.importing.parsers import markers
from interviewer.banks.importing.parsers.elements import Element, ElementKind, Reason

_FEWEST = 2  # turns of each speaker
_TIME = r"(?:\s*[\[(（]?\d{1,2}:\d{2}(?::\d{2})?(?:[.,]\d{1,3})?[\])）]?\s*)?"
_ASKS, _ANSWERS = (
    re.compile(rf"{_TIME}{markers.WORDS.any_of(f'speakers.{role}')}{_TIME}\s*[:：]\s*", re.IGNORECASE)
    for role in ("asks", "answers")
)
_STAGE_DIRECTION = re.compile(r"(?:[(（【\[*]+[^()（）]*[)）】\]*]+[\s。.…]*)+")
_LONGEST_SMALL_TALK = 30


def marked_turns(elements: Sequence[Element]) -> list[Element]:
    """The elements with `Q:` and `Answer:` in place of the speakers, where there are two of them; else as they are.

    Stage directions, remarks about the interview in quotes, and turns that ask nothing belong to no question.
    """
    speakers = [_speaker(element) for element in elements]
    asking, answering = (speakers.count(role) for role in ("asks", "answers"))
    own = sum(
        speaker == "" and markers.numbered(one.text).says_question
        for speaker, one in zip(speakers, elements, strict=True)
    )
    if answering < _FEWEST or asking + own < _FEWEST:
        return list(elements)
    is_quoted = any(speaker and one.quote for speaker, one in zip(speakers, elements, strict=True))
    found: list[Element] = []
    before = ""  # whose turn it is: one who asks, answers, or only talks
    for at, (read_so, speaker) in enumerate(zip(elements, speakers, strict=True)):
        element, said = read_so, _said(read_so)
        if element.is_outer_heading and not speaker:
            before = ""
        elif speaker == "asks":
            reply = _said(elements[at + 1]) if speakers[at + 1 : at + 2] == ["answers"] else ""
            is_short = len(said) + len(reply) < _LONGEST_SMALL_TALK
            before = "talks" if not markers.is_asking(said) and (not reply or is_short) else speaker
            element = replace(element, text=f"Q: {said}", bold="")
        elif speaker == "answers" and before:
            says_nothing = _STAGE_DIRECTION.fullmatch(said) or markers.is_one_of("speakers.passes", said)
            label = "Answer: " if before == "asks" else ""
            element = replace(element, text=label if says_nothing else label + said, bold="")
            before = before if before == "talks" else speaker
        elif markers.numbered(element.text).says_question:
            before = "asks"
        elif before and (_STAGE_DIRECTION.fullmatch(element.text) or (element.quote and not is_quoted)):
            element = _apart(element)
        found.append(_apart(element) if before == "talks" else element)
    return found


def _speaker(element: Element) -> str:
    """Whether the speaker of a line `asks` or `answers`; nothing for a line that names none."""
    is_line = element.shape in (ElementKind.LINE, ElementKind.HEADING)
    text = markers.undecorated(element.text) if is_line else ""
    return "asks" if _ASKS.match(text) else "answers" if _ANSWERS.match(text) else ""


def _said(element: Element) -> str:
    text = markers.undecorated(element.text)
    return text[found.end() :] if (found := _ASKS.match(text) or _ANSWERS.match(text)) else text


def _apart(element: Element) -> Element:
    return replace(element, shape=ElementKind.ASIDE, reason=Reason.NO_QUESTION)
