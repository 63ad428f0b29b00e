"""Records, each a question with its answer, become a `Source`."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import PurePath

from interviewer.banks.importing.document import Item, Role, Source
from interviewer.banks.importing.parsers import marks
from interviewer.banks.importing.parsers.account import Mark, blocks_of, source
from interviewer.banks.importing.parsers.cells import field
from interviewer.banks.importing.parsers.grammar import deadline
from interviewer.banks.importing.parsers.limits import MOST_QUESTIONS
from interviewer.banks.importing.parsers.why import Why
from interviewer.errors import BankError


@dataclass(frozen=True, slots=True)
class Record:
    """The fields of a record as they stand in the file, and its lines there."""

    first: int
    last: int
    question: str
    answer: str
    topic: str = ""
    number: str = ""
    is_html: bool = False


def from_records(
    name: str, text: str, records: Iterable[Record], around: Sequence[Mark] = (), *, unmarked: Why = Why.NO_TEXT
) -> Source:
    """The source of these records. Raises BankError for a record without a question, and for too many."""
    items: list[Item] = []
    noted = list(around)
    until = deadline()
    seen: dict[str, set[str]] = {}
    for record in records:
        asked = field(name, record.question, until, is_html=record.is_html)
        answer = field(name, record.answer, until, is_html=record.is_html)
        number = marks.numbered(asked.text)
        if not number.text:
            raise BankError(name, f"line {record.first}", "has no question")
        why = answer.why or (Why.SAME_LINE if answer.text else None)
        answers = seen.setdefault(number.text, set())
        if answer.text in answers:
            noted.append(Mark(Role.LEFT_OUT, record.first, record.last, None, Why.REPEATED))
            continue
        if answers:
            why = Why.ASKED_BEFORE
        answers.add(answer.text)
        if len(items) == MOST_QUESTIONS:
            raise BankError(name, f"line {record.first}", f"has more than {MOST_QUESTIONS:,} questions: split it")
        noted.append(Mark(Role.QUESTION, record.first, record.last, len(items), why or ""))
        lead = marks.lead_in(answer.text)
        answered = lead.text if lead else answer.text
        topic = field(name, record.topic, until, is_html=record.is_html).text
        items.append(Item(number.text, answered, record.first, topic, record.number or number.number))
    return source(name, PurePath(name).stem, tuple(items), blocks_of(text, noted, unmarked))
