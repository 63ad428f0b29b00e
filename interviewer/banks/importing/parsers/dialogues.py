"""Accounts of an interview, in which one speaker asks and the other one answers."""

import re
from collections.abc import Sequence
from dataclasses import replace

from interviewer.banks.importing.parsers import markers
from interviewer.banks.importing.parsers.elements import Element, ElementKind, Reason

_FEWEST = 2  # turns of each speaker
_ASKS, _ANSWERS = (
    re.compile(rf"{markers.WORDS.any_of(f'speakers.{role}')}\s*[:：]\s*", re.IGNORECASE) for role in ("asks", "answers")
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
    before = ""
    for at, (element, speaker) in enumerate(zip(elements, speakers, strict=True)):
        said = _said(element)
        if speaker == "asks":
            talks = not markers.is_asking(said) and (
                speakers[at + 1 : at + 2] != ["answers"]
                or len(said) + len(_said(elements[at + 1])) < _LONGEST_SMALL_TALK
            )
            found.append(_apart(element) if talks else replace(element, text=f"Q: {said}", bold=""))
            before = "talks" if talks else speaker
        elif speaker == "answers" and before:
            said = "" if _STAGE_DIRECTION.fullmatch(said) else said
            label = "" if before == "answers" else "Answer: "
            found.append(_apart(element) if before == "talks" else replace(element, text=f"{label}{said}", bold=""))
            before = before if before == "talks" else speaker
        elif before and (_STAGE_DIRECTION.fullmatch(element.text) or (element.quote and not is_quoted)):
            found.append(_apart(element))
        else:
            marked = "asks" if markers.numbered(element.text).says_question else before
            before = "" if element.is_outer_heading else marked
            found.append(element)
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
