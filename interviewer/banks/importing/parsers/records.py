"""Records, each a question with its answer, become a `Source`."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import PurePath

from interviewer.banks.importing.document import Item, Role, Source
from interviewer.banks.importing.parsers import markers
from interviewer.banks.importing.parsers.cell_text import field
from interviewer.banks.importing.parsers.file_blocks import LineSpan, source, to_blocks
from interviewer.banks.importing.parsers.limits import MOST_QUESTIONS
from interviewer.banks.importing.parsers.markdown_grammar import deadline
from interviewer.banks.importing.parsers.reasons import Reason
from interviewer.banks.loader import at_line
from interviewer.errors import BankError
from interviewer.text.messages import localized


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
    name: str,
    text: str,
    records: Iterable[Record],
    around: Sequence[LineSpan] = (),
    *,
    unmarked: Reason = Reason.NO_TEXT,
) -> Source:
    """The source of these records. Raises BankError for a record without a question, and for too many."""
    items: list[Item] = []
    noted = list(around)
    until = deadline()
    seen: dict[str, set[str]] = {}
    for record in records:
        asked = field(name, record.question, until, is_html=record.is_html)
        answer = field(name, record.answer, until, is_html=record.is_html)
        number = markers.numbered(asked.text)
        if not number.text:
            raise BankError(name, at_line(record.first), localized("file.no_question"))
        reason = answer.reason or (Reason.SAME_LINE if answer.text else None)
        answers = seen.setdefault(number.text, set())
        if answer.text in answers:
            noted.append(LineSpan(Role.LEFT_OUT, record.first, record.last, None, Reason.REPEATED))
            continue
        if answers:
            reason = Reason.ASKED_BEFORE
        answers.add(answer.text)
        if len(items) == MOST_QUESTIONS:
            raise BankError(
                name, at_line(record.first), localized("file.too_many_questions", most=f"{MOST_QUESTIONS:,}")
            )
        noted.append(LineSpan(Role.QUESTION, record.first, record.last, len(items), reason or ""))
        lead = markers.answer_label(answer.text)
        answered = lead.text if lead else answer.text
        topic = field(name, record.topic, until, is_html=record.is_html).text
        items.append(Item(number.text, answered, record.first, topic, record.number or number.number))
    return source(name, PurePath(name).stem, tuple(items), to_blocks(text, noted, unmarked))
