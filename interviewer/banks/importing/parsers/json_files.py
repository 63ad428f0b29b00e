"""JSON and JSON lines."""

import json
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from typing import Any

from interviewer.banks.importing.document import Source
from interviewer.banks.importing.parsers import markers
from interviewer.banks.importing.parsers.columns import Columns, role_of
from interviewer.banks.importing.parsers.elements import Reason
from interviewer.banks.importing.parsers.records import Record, from_records, with_cloze
from interviewer.banks.loader import at_line
from interviewer.domain.rubric import Localized
from interviewer.errors import BankError
from interviewer.text.messages import localized

_LONGEST_KEY = 40


def read_lines(name: str, text: str) -> Source:
    """JSON lines: an object with a question on every line. Raises BankError with the line of the first bad one."""
    records = []
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            try:
                value = json.loads(line)
            except (ValueError, RecursionError) as error:
                raise BankError(name, at_line(number), _json_fault(error)) from error
            records.append(_record(name, value, number, number))
    return from_records(name, text, records)


def read_objects(name: str, text: str) -> Source:
    """A JSON list of objects, by itself or as the one list of an object, or an object of questions and answers.

    Objects one after another are read as well. Raises BankError with the line of the first bad one.
    """
    return from_records(name, text, list(_Walk(name, text).records()), unmarked=Reason.BRACKETS)


class _Walk:
    """Goes through a JSON text value by value, so that each has its lines."""

    def __init__(self, name: str, text: str) -> None:
        self._name = name
        self._text = text
        self._decoder = json.JSONDecoder()
        self._line_ends = [at for at, char in enumerate(text) if char == "\n"]

    def records(self) -> Iterator[Record]:
        at = self._skip(0)
        whole, end = self._decoded(at)
        if isinstance(whole, list) or (isinstance(whole, dict) and not _is_record(whole)):
            if self._skip(end) < len(self._text):
                raise self._error(self._skip(end), localized("file.after_end"))
            yield from self._listed(at) if isinstance(whole, list) else self._wrapped(whole, at)
            return
        while at < len(self._text):
            value, end = self._decoded(at)
            yield self._record(value, at, end)
            at = self._skip(end)

    def _wrapped(self, whole: Mapping[str, Any], at: int) -> Iterator[Record]:
        """The records of an object that has them in its one list, or that is itself made of questions and answers."""
        lists = [key for key, value in whole.items() if isinstance(value, list) and value]
        if "notes" in lists and isinstance(whole.get("note_models", []), list):
            lists = [key for key in lists if key in ("notes", "children")]  # a deck of CrowdAnki, with decks in it
        asking = [key for key in whole if markers.is_asking(markers.numbered(key).text)]
        is_mapping = all(isinstance(value, str) for value in whole.values()) and 2 * len(asking) > len(whole)
        if len(lists) != 1 and not is_mapping and "notes" not in whole:
            raise self._error(at, localized("file.no_objects"))
        for key, value, start, end in self._children(at):
            if not lists:
                yield Record(self._line(start), self._line(end - 1), {"question": key, "answer": value})
            elif key == "children":
                for _, deck, inner, _ in self._children(start):
                    if isinstance(deck, dict) and (deck.get("notes") or deck.get("children")):
                        yield from self._wrapped(deck, inner)
            elif key == lists[0]:
                yield from self._listed(start)

    def _listed(self, at: int) -> Iterator[Record]:
        return (self._record(value, start, end) for _, value, start, end in self._children(at))

    def _children(self, at: int) -> Iterator[tuple[str, Any, int, int]]:
        """What is in the list or the object at a place: the key, the value, where it begins and ends."""
        key, at = "", self._skip(at + 1)
        while self._text[at] not in "]}":
            value, end = self._decoded(at)
            if self._text.startswith(":", self._skip(end)):
                key, at = value, self._skip(self._skip(end) + 1)
                value, end = self._decoded(at)
            yield key, value, at, end
            at = self._skip(end)
            at = self._skip(at + self._text.startswith(",", at))

    def _decoded(self, at: int) -> tuple[Any, int]:
        try:
            return self._decoder.raw_decode(self._text, at)
        except (ValueError, RecursionError) as error:
            raise self._error(getattr(error, "pos", at), _json_fault(error)) from error

    def _error(self, at: int, what: Localized) -> BankError:
        return BankError(self._name, at_line(self._line(at)), what)

    def _record(self, value: Any, at: int, end: int) -> Record:
        return _record(self._name, value, self._line(at), self._line(end - 1))

    def _skip(self, at: int) -> int:
        while self._text.startswith((" ", "\t", "\n", "\r"), at):
            at += 1
        return at

    def _line(self, at: int) -> int:
        return bisect_left(self._line_ends, at) + 1


def _is_record(value: Mapping[str, Any]) -> bool:
    columns = Columns.of_keys(list(value))
    return columns is not None and not isinstance(list(value.values())[columns.places["question"]], list)


def _record(name: str, value: Any, first: int, last: int) -> Record:
    line = at_line(first)
    if not isinstance(value, dict):
        raise BankError(name, line, localized("file.no_object"))
    if (
        isinstance(fields := value.get("fields"), list)
        and len(fields) > 1
        and all(isinstance(one, str) for one in fields)
    ):
        question, answer = with_cloze(fields[0], fields[1])
        tags = value.get("tags")
        topic = tags[0] if isinstance(tags, list) and tags and isinstance(tags[0], str) else ""
        note = {"question": question, "answer": answer, "topic": topic.split("::")[-1]}
        return Record(first, last, note, is_html=True)
    columns = Columns.of_keys(list(value))
    if columns is None:
        raise BankError(
            name, line, localized("file.no_question_key", keys=", ".join(map(_shown, list(value)[:8])) or "{}")
        )
    texts = [_text(name, line, key, part) for key, part in value.items()]
    found = columns.of(texts)
    if not found["question"]:
        raise BankError(name, line, localized("file.no_question"))
    return Record(first, last, found)


def _text(name: str, line: Localized, key: str, value: Any) -> str:  # noqa: PLR0911 - one match
    match value:
        case None:
            return ""
        case str():
            return value.replace("\r\n", "\n").replace("\0", "")
        case bool() | int() | float():
            return str(value)
        case list() if not role_of(key):
            return ""
        case dict() if role_of(key) == "options":
            return "\n".join(f"{letter}. {option}" for letter, option in value.items())
        case list() if all(isinstance(part, str | int | float) for part in value):
            return str(value[0]) if role_of(key) == "topic" and value else "\n".join(f"- {part}" for part in value)
        case _ if not role_of(key):
            return ""
    raise BankError(name, line, localized("file.no_text", name=_shown(key)))


def _shown(key: str) -> str:
    return repr(key if len(key) <= _LONGEST_KEY else f"{key[:_LONGEST_KEY]}…")


def _json_fault(error: Exception) -> Localized:
    why = localized("file.json_depth") if isinstance(error, RecursionError) else getattr(error, "msg", error)
    is_apart = str(why).startswith("Expecting ','")
    return localized("file.no_comma") if is_apart else localized("file.not_json", why=why)
