"""What has been found in a Markdown file so far, and what becomes of it at the end."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import PurePath

from interviewer.banks.importing.document import Item, Role, Source
from interviewer.banks.importing.parsers.account import Mark, blocks_of, source
from interviewer.banks.importing.parsers.drafts import Draft
from interviewer.banks.importing.parsers.limits import MOST_QUESTIONS
from interviewer.banks.importing.parsers.units import Unit
from interviewer.banks.importing.parsers.why import Why
from interviewer.errors import BankError

_NAVIGATION = frozenset({Why.ANCHOR, Why.CONTENTS, Why.BACK, Why.RULE, Why.LINK_TARGET, Why.NO_TEXT, Why.EMPTY_HEADING})


class Reading:
    """What has been found so far, in the order of the file."""

    def __init__(self) -> None:
        self.drafts: list[Draft] = []
        self.left: list[tuple[Unit, Role, Why | None]] = []
        self.title = ""

    def leave(self, unit: Unit, why: Why) -> None:
        if unit.why is not None:
            self.left.append((unit, Role.NAVIGATION if unit.why in _NAVIGATION else Role.LEFT_OUT, unit.why))
        else:
            self.left.append((unit, Role.LEFT_OUT, Why.IMAGE if unit.image_only else why))

    def leave_all(self, units: Sequence[Unit], why: Why) -> None:
        for unit in units:
            self.leave(unit, why)

    def topic(self, unit: Unit, why: Why | None = None) -> None:
        self.left.append((unit, Role.TOPIC, why))


def give_footnotes(reading: Reading, footnotes: Sequence[Unit]) -> None:
    """A footnote belongs to the answer that refers to it first."""
    first: dict[str, Draft] = {}
    for made in reading.drafts:
        for label in (label for unit in (*made.question, *made.answer) for label in unit.refers_to):
            first.setdefault(label, made)
    begun: set[str] = set()
    for footnote in footnotes:
        label = footnote.footnote
        if label in first:
            text = footnote.text if label in begun else f"[{label}] {footnote.text}"
            begun.add(label)
            first[label].answer.append(replace(footnote, text=text, depth=0, marker=""))
        else:
            reading.leave(footnote, Why.FOOTNOTE)


def closed(name: str, text: str, reading: Reading) -> Source:
    """What has been found, as items and blocks. Raises BankError if there are too many items."""
    items: list[Item] = []
    noted: list[Mark] = []
    for made, question, answer, why in _kept(reading.drafts):
        first = made.question[0].first
        if why in (Why.REPEATED, Why.LISTED):
            noted += [Mark(Role.LEFT_OUT, unit.first, unit.last, None, why) for unit in (*made.question, *made.answer)]
            noted += [Mark(Role.LEFT_OUT, unit.first, unit.last, None, why) for unit, _ in made.unread]
        else:
            place = len(items)
            if place == MOST_QUESTIONS:
                raise BankError(name, f"line {first}", f"has more than {MOST_QUESTIONS:,} questions: split it")
            items.append(Item(question, answer, first, made.topic, made.number))
            noted += [Mark(Role.QUESTION, unit.first, unit.last, place, why or "") for unit in made.question]
            noted += [Mark(Role.ANSWER, unit.first, unit.last, place) for unit in made.answer]
            noted += [Mark(Role.LEFT_OUT, unit.first, unit.last, place, note) for unit, note in made.unread]
        for unit in made.asides:
            reading.leave(unit, Why.NO_TEXT)
    # Questions and answers first: where a line has an anchor beside its text, the text counts.
    noted += [
        Mark(role, unit.first, unit.last, None, why or "") for unit, role, why in reading.left if why is not Why.NO_TEXT
    ]
    title = reading.title or _front_title(reading) or PurePath(name).stem
    return source(name, title, tuple(items), blocks_of(text, noted, Why.NO_TEXT))


def _kept(drafts: Sequence[Draft]) -> Iterator[tuple[Draft, str, str, Why | None]]:
    """Each draft with its texts, and why it is not kept, or what is to be said about it."""
    texts = [(made, made.question_text, made.answer_text) for made in drafts]
    answered = {_key(question) for _, question, answer in texts if answer}
    seen: dict[str, set[str]] = {}
    for made, question, answer in texts:
        key = _key(question)
        why = made.why
        if not answer and not made.unread and key in answered:
            why = Why.LISTED
        elif answer in seen.get(key, ()):
            why = Why.REPEATED
        elif key in seen:
            why = Why.ASKED_BEFORE
        if why not in (Why.LISTED, Why.REPEATED):
            seen.setdefault(key, set()).add(answer)
        yield made, question, answer, why


def _key(question: str) -> str:
    return "".join(char for char in question.lower() if char.isalnum())


def _front_title(reading: Reading) -> str:
    for unit, _, why in reading.left:
        if why is Why.FRONT_MATTER:
            for line in unit.text.split("\n"):
                if line.lower().startswith("title:"):
                    return line[6:].strip().strip("\"'")
    return ""
