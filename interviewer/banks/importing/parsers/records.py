"""Records, each a question with its answer in plain text, Markdown or HTML, become a `Source`."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from interviewer.banks.importing.document import Source, language_of
from interviewer.banks.importing.parsers import html, markers
from interviewer.banks.importing.parsers.collected_questions import CollectedQuestions, to_source
from interviewer.banks.importing.parsers.elements import Element, ElementKind, Reason, render
from interviewer.banks.importing.parsers.markdown_elements import elements_of
from interviewer.banks.importing.parsers.markdown_grammar import deadline, parse
from interviewer.banks.importing.parsers.markdown_inline import plain
from interviewer.banks.importing.parsers.question_candidates import Candidate
from interviewer.banks.importing.parsers.table_columns import first_number, options_of, right_options, with_options
from interviewer.banks.loader import at_line
from interviewer.domain.language import Language
from interviewer.errors import BankError
from interviewer.text.messages import localized

_MARKUP = re.compile(
    r"```|\*\*\S|`[^`\n]+`|\]\(|^ {0,3}(?:#{1,6} |[-*+] |\d{1,3}[.)] |> |~~~|\|[-:| ]+\|\s*$)|&(?:#\d+|#x[0-9a-f]+|[a-z]+);"
    r"|</?(?:br|p|b|i|a|div|span|ul|ol|li|code|pre|strong|em|img|sup|sub)\b",
    re.MULTILINE | re.IGNORECASE,
)
_CLOZE = re.compile(r"\{\{c\d{1,3}::((?:[^{}]|\{(?!\{)|\}(?!\}))*)\}\}")
_SOUND = re.compile(r"\[sound:[^\]\n]{0,300}\]")
_IMAGE = re.compile(r"<img\b[^<>]*>|!\[[^\]\n]{0,300}\]\([^()\n]{0,2000}\)", re.IGNORECASE)
_HARDEST, _MIDDLING = (
    re.compile(r"hard|advanced|senior|expert|difficult|难|高"),
    re.compile(r"medium|mid|intermediate|中"),
)


@dataclass(frozen=True, slots=True)
class Record:
    """The fields of a record by their role, as they stand in the file, and its lines there."""

    first: int
    last: int
    texts: Mapping[str, str]
    is_html: bool = False


def from_records(
    name: str,
    text: str,
    records: Iterable[Record],
    around: Sequence[Element] = (),
    *,
    topics: Sequence[Element] = (),
    unmarked: Reason = Reason.NO_TEXT,
) -> Source:
    """The source of these records. Raises BankError for a record without a question, and for too many."""
    collected, until = CollectedQuestions(), deadline()
    collected.skip(around, unmarked)
    for topic in topics:
        collected.topic(topic)
    records = list(records)
    first = first_number([(record.texts.get("answer", "").strip(), options_of(record.texts)) for record in records])
    collected.candidates = [_candidate(name, record, until, first) for record in records]
    return to_source(name, text, collected, unmarked)


def _candidate(name: str, record: Record, until: float, first: int | None) -> Candidate:
    roles = ("question", "answer", "extra", "topic", "explanation", "example")
    question, answer, extra, topic, explained, example, *options = (
        _plain(name, field, until, is_html=record.is_html)
        for field in (*(record.texts.get(role, "") for role in roles), *options_of(record.texts))
    )
    if options:
        question, answer = with_options(question, options), right_options(answer, options, explained, first)
    elif answer:
        answer = "\n\n".join(filter(None, (answer, explained, example)))
    number = markers.numbered(question)
    if not number.text:
        raise BankError(name, at_line(record.first), localized("file.no_question"))
    unread = _reason_against(name, record, answer, until)
    answer = "" if unread else markers.without_label(answer)
    if answer and extra:
        answer = f"{answer}\n\n{'加分项' if language_of(extra) is Language.ZH else 'Good to hear'}：\n{extra}"
    asked, *said = (
        Element(ElementKind.LINE, record.first, record.last, part) for part in (number.text, answer) if part
    )
    reason = unread or (Reason.SAME_LINE if said else Reason.NO_CHOICE if options else None)
    level = _level(record.texts.get("difficulty", ""))
    return Candidate(topic, record.texts.get("number") or number.number, [asked], said, reason, difficulty=level)


def _level(difficulty: str) -> int:
    """One to three, however a list says it: easy, 中等, 5."""
    text = difficulty.strip().casefold()
    if text.isdecimal():
        return min(max(int(text), 1), 3)
    return 3 if _HARDEST.search(text) and "不难" not in text else 2 if _MIDDLING.search(text) else 1


def _reason_against(name: str, record: Record, answer: str, until: float) -> Reason | None:
    """Why an answer with something in it has no text to grade by."""
    source = record.texts.get("answer", "")
    if _IMAGE.search(source):
        beside = _plain(name, _IMAGE.sub("", source), until, is_html=record.is_html)
        if not re.sub(r"[\W_]", "", beside):
            return Reason.IMAGE_ONLY
    return Reason.LINK_ONLY if markers.URL.search(source) and markers.points_only(answer) else None


def _plain(name: str, source: str, until: float, *, is_html: bool) -> str:
    """A field as plain text, read before the processor's clock says `until`.

    A field without signs of Markdown or HTML stays as it is: `a*b*c` in a sheet is no italics.
    """
    if is_html:
        return plain(_SOUND.sub("", source).replace("\n", "<br>"))
    if _MARKUP.search(source):
        return render([element for element in elements_of(*parse(source, name, until)) if element.says])
    return html.tidy(source)


def with_cloze(question: str, answer: str) -> tuple[str, str]:
    """A text with gaps asks, with the hints given for them; the text itself answers."""
    if not _CLOZE.search(question):
        return question, answer
    shown = [_CLOZE.sub(lambda found: found[1].partition("::")[0], part) for part in (question, answer)]
    gaps = _CLOZE.sub(lambda found: f"[{hint}]" if (hint := found[1].partition("::")[2]) else "____", question)
    return gaps, "\n\n".join(filter(None, shown))
