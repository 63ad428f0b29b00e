"""JSON and JSON lines."""

import json
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from interviewer.banks.importing.document import Source
from interviewer.banks.importing.parsers import markers
from interviewer.banks.importing.parsers.elements import Reason
from interviewer.banks.importing.parsers.records import Record, from_records, with_cloze
from interviewer.banks.importing.parsers.table_columns import LETTERS, Columns, places_of, role_of
from interviewer.banks.loader import at_line
from interviewer.domain.rubric import Localized
from interviewer.errors import BankError
from interviewer.text.messages import localized

_LONGEST_KEY = 40
_TEXT_ROLES = frozenset({"question", "answer", "explanation", "extra"})
_NAMES = frozenset({"id", "_id", "key", "label", "letter"})  # of an option
_WRAPPING_KEYS = ("content", "text", "html", "body", "value", "raw", "markdown")
_DEEPEST = 8  # objects in objects that are searched for lists
_ASKING = markers.WORDS.section("key_pairs")["question"]
_SAYING = markers.WORDS.section("key_pairs")["answer"]
_DESCRIBING = markers.WORDS.section("key_pairs")["description"]


def read_objects(name: str, text: str) -> Source:
    """A JSON list of objects, by itself or as the one list of an object, or an object of questions and answers.

    Objects one after another, on lines of their own or not, are read as well. Raises BankError with the line of the first
    bad one.
    """
    return from_records(name, text, list(_Walk(name, text.rstrip()).records()), unmarked=Reason.BRACKETS)


@dataclass(frozen=True, slots=True)
class _KeyPair:
    """Keys that say question and answer only beside each other, as `title` and `content` do, in every object of a file."""

    question: str
    answer: str

    def fit(self, value: Mapping[str, Any]) -> bool:
        return isinstance(value.get(self.question), str) and self.answer in value

    def columns(self, names: Sequence[str]) -> Columns | None:
        """Where the question is, and the answer in an object that has one."""
        pair = {"question": self.question, "answer": self.answer}
        places = {role: names.index(key) for role, key in pair.items() if key in names}
        return Columns({**places_of(names), **places}, len(names)) if "question" in places else None


def _keys_that_tell(whole: Any) -> _KeyPair | None:
    """The pair that holds most text; None for a file with an object whose keys themselves say question and answer."""
    lengths: Counter[tuple[bool, _KeyPair]] = Counter()
    waiting = [whole] if isinstance(whole, dict | list) else []
    while waiting:
        value = waiting.pop()
        waiting += [
            one for one in (value.values() if isinstance(value, dict) else value) if isinstance(one, dict | list)
        ]
        if not isinstance(value, dict):
            continue
        own = Columns.of_keys(list(value))
        if own and "answer" in own.places:
            return None
        asking = [list(value)[own.places["question"]]] if own else _keys(value, _ASKING)
        saying = [*_keys(value, _SAYING), *([] if own else _keys(value, _DESCRIBING))]
        if asking and saying and isinstance(value[asking[0]], str) and isinstance(said := value[saying[0]], str):
            lengths[own is not None, _KeyPair(asking[0], saying[0])] += len(said)
    is_sure = any(own for own, _ in lengths)
    fit = {pair: length for (own, pair), length in lengths.items() if length and own >= is_sure}
    return max(fit, key=fit.__getitem__, default=None)


def _title_of(value: Mapping[str, Any]) -> str:
    """What a chapter is called."""
    names = [*_ASKING, *markers.WORDS.section("columns")["topic"]]
    return next((value[key] for key in _keys(value, names) if isinstance(value[key], str)), "")


def _keys(value: Mapping[str, Any], names: Sequence[str]) -> list[str]:
    """The keys of an object with one of these names, in the order of the names."""
    bare = {key.lower().replace("_", ""): key for key in value}
    return [bare[name] for name in names if name in bare]


class _Walk:
    """Goes through a JSON text value by value, so that each has its lines."""

    def __init__(self, name: str, text: str) -> None:
        self._name = name
        self._text = text
        self._decoder = json.JSONDecoder()
        self._keys: _KeyPair | None = None
        self._models: Mapping[str, Sequence[str]] = {}
        self._line_ends = [at for at, char in enumerate(text) if char == "\n"]

    def records(self) -> Iterator[Record]:
        at = self._skip(0)
        whole, end = self._decoded(at)
        is_alone = end == len(self._text)
        self._keys, self._models = _keys_that_tell(whole), _field_names(whole)
        if isinstance(whole, list) or (isinstance(whole, dict) and is_alone and (self._keys or _is_container(whole))):
            if not is_alone:
                raise self._error(self._skip(end), localized("file.after_end"))
            found = list(self._inside(whole, at, _DEEPEST))
            if not found and isinstance(whole, dict):
                raise self._error(at, localized("file.no_objects"))
            yield from found or self._listed(at)
            return
        values = [(whole, at, end)]
        while (at := self._skip(values[-1][-1])) < len(self._text):
            value, end = self._decoded(at)
            values.append((value, at, end))
        self._keys = _keys_that_tell([value for value, _, _ in values])
        yield from (self._record(*value) for value in values)

    def _inside(self, whole: Any, at: int, deepest: int, topic: str = "") -> Iterator[Record]:
        """The records in a value: its pairs of question and answer, or those of the lists in it, as decks have in decks.

        A chapter in a list of chapters gives its questions their topic.
        """
        if isinstance(whole, list) and any(isinstance(one, dict) and _is_record(one, self._keys) for one in whole):
            yield from self._listed(at, topic)
            return
        texts = [key for key, value in whole.items() if isinstance(value, str)] if isinstance(whole, dict) else []
        asking = [key for key in texts if markers.is_asking(markers.numbered(key).text)]
        is_mapping = len(texts) == len(whole) and 2 * len(asking) > len(whole)
        for key, value, start, end in self._children(at) if deepest else ():
            if is_mapping:
                yield Record(self._line(start), self._line(end - 1), {"question": key, "answer": value})
            elif isinstance(value, dict | list):
                own = _title_of(value) if isinstance(whole, list) and isinstance(value, dict) else ""
                yield from self._inside(value, start, deepest - 1, own or topic)

    def _listed(self, at: int, topic: str = "") -> Iterator[Record]:
        for _, value, start, end in self._children(at):
            found = self._record(value, start, end)
            yield replace(found, texts={**found.texts, "topic": found.texts.get("topic") or topic})

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
        name, first, last = self._name, self._line(at), self._line(end - 1)
        line = at_line(first)
        if not isinstance(value, dict):
            raise BankError(name, line, localized("file.no_object"))
        if _is_note(value):
            named = Columns.named(self._models.get(str(value.get("note_model_uuid")), ()))
            found = (named or Columns({"question": 0, "answer": 1})).of(value["fields"])
            question, answer = with_cloze(found.get("question", ""), found.get("answer", ""))
            tags = value.get("tags")
            topic = tags[0] if isinstance(tags, list) and tags and isinstance(tags[0], str) else ""
            note = {**found, "question": question, "answer": answer, "topic": topic.split("::")[-1]}
            return Record(first, last, note, is_html=True)
        flat = _flat(_with_marked_options(value))
        flat = {key: said for key, said in flat.items() if said is not None} or flat
        columns = self._keys.columns(list(flat)) if self._keys else Columns.of_keys(list(flat))
        if columns is None:
            known = ", ".join(map(_shown, list(value)[:8])) or "{}"
            raise BankError(name, line, localized("file.no_question_key", keys=known))
        fields = list(flat.items())
        # In JSON, examples are those of what is asked, mostly.
        places = {role: place for role, place in columns.places.items() if role != "example"}
        found = {role: _text(name, line, role, *fields[place]).strip() for role, place in places.items()}
        if not found["question"]:
            raise BankError(name, line, localized("file.no_question"))
        return Record(first, last, found)

    def _skip(self, at: int) -> int:
        while self._text.startswith((" ", "\t", "\n", "\r"), at):
            at += 1
        return at

    def _line(self, at: int) -> int:
        return bisect_left(self._line_ends, at) + 1


def _is_record(value: Mapping[str, Any], keys: _KeyPair | None = None) -> bool:
    if keys is not None:
        return keys.fit(value) and not _has_records([*value.values()], _DEEPEST, keys)
    flat = _flat(value)
    columns = Columns.of_keys(list(flat))
    return _is_note(value) or (columns and not isinstance([*flat.values()][columns.places["question"]], list)) is True


def _is_container(value: Mapping[str, Any]) -> bool:
    """Whether an object is read for the lists in it: a reply may say itself what was searched for."""
    return not _is_record(value) or ("answer" not in places_of(list(value)) and _has_records(value, _DEEPEST))


def _has_records(value: Any, deepest: int, keys: _KeyPair | None = None) -> bool:
    parts = [*value.values()] if isinstance(value, dict) else value if isinstance(value, list) else []
    is_list = isinstance(value, list) and any(isinstance(part, dict) and _is_record(part, keys) for part in parts)
    return is_list or (deepest > 0 and any(_has_records(part, deepest - 1, keys) for part in parts))


def _is_note(value: Mapping[str, Any]) -> bool:
    """Whether an object is a note of Anki, as CrowdAnki writes them."""
    fields = value.get("fields")
    return isinstance(fields, list) and len(fields) > 1 and all(isinstance(one, str) for one in fields)


def _flat(value: Mapping[str, Any], deepest: int = 2) -> Mapping[str, Any]:
    """An object with what is in objects in it: `{"content": {"answer": …}}`.

    Its own keys go first, and only they ask: what has a question in it is something else, a translation or a request,
    unless it is the one part that asks and answers, in an object that does neither and is no chapter of questions.
    """
    value = {key: _unwrapped(part) if role_of(key) in _TEXT_ROLES else part for key, part in value.items()}
    own = places_of(list(value))
    inner = {
        key: _flat(part, deepest - 1)
        for key, part in value.items()
        if deepest and isinstance(part, dict) and not role_of(key)
    }
    whole = [part for part in inner.values() if {"question", "answer"} <= places_of(list(part)).keys()]
    is_chapter = any(isinstance(part, list) and any(isinstance(one, dict) for one in part) for part in value.values())
    if len(whole) == 1 and not is_chapter and not {"question", "answer"} & own.keys():
        return {**{key: part for key, part in value.items() if role_of(key) not in _TEXT_ROLES}, **whole[0]}
    found: dict[str, Any] = {}
    for part in inner.values():
        places, parts = places_of(list(part)), list(part.values())
        if "question" not in places:
            for role in places.keys() - own.keys() - {"number"}:
                said = parts[places[role]]
                if _is_text([*said.values()] if role == "options" and isinstance(said, dict) else said):
                    found.setdefault(role, said)
    return {**value, **found}


def _unwrapped(part: Any) -> Any:
    """The text of an object that says of it only how it is written: `{"format": "html", "content": "<p>…"}`."""
    if not isinstance(part, dict) or any(isinstance(one, dict | list) for one in part.values()):
        return part
    return next((text for key in _WRAPPING_KEYS if isinstance(text := part.get(key), str)), part)


def _is_text(value: Any) -> bool:
    return all(isinstance(part, str | int | float) for part in (value if isinstance(value, list) else [value]))


def _field_names(deck: Any) -> dict[str, list[str]]:
    """What the fields of each kind of note in a deck of Anki are called."""
    models = deck.get("note_models") if isinstance(deck, dict) else None
    return {
        str(one.get("crowdanki_uuid")): [str(part.get("name", "")) for part in fields if isinstance(part, dict)]
        for one in (models if isinstance(models, list) else ())
        if isinstance(one, dict) and isinstance(fields := one.get("flds"), list)
    }


def _with_marked_options(value: Mapping[str, Any]) -> Mapping[str, Any]:
    """An object whose options are objects that say of themselves whether they are right, with the texts of all and of those."""
    for key, parts in value.items():
        options = [one for one in parts if isinstance(one, dict)] if isinstance(parts, list) else []
        marks = [[mark for mark in one.values() if isinstance(mark, bool)] for one in options]
        texts = [
            [text for name, text in one.items() if isinstance(text, str) and name not in _NAMES] for one in options
        ]
        if len(options) > 1 and all(len(mark) == len(text) == 1 for mark, text in zip(marks, texts, strict=True)):
            right = [text for [text], [is_right] in zip(texts, marks, strict=True) if is_right]
            rest = {name: part for name, part in value.items() if name != key and role_of(name) != "answer"}
            return {**rest, "options": [text for [text] in texts], "answer": right}
    return value


def _text(name: str, line: Localized, role: str, key: str, value: Any) -> str:
    match value:
        case None:
            return ""
        case str():
            return value.replace("\r\n", "\n").replace("\0", "")
        case bool() | int() | float():
            is_place = isinstance(value, int) and role == "answer" and key.lower().endswith("index")
            return LETTERS[int(value) : int(value) + 1] if is_place else str(value)
        case dict() if role == "options":
            return "\n".join(f"{letter.upper()}. {option}" for letter, option in value.items())
        case list() if role == "topic":
            first = value[0] if value else None
            return _text(name, line, role, key, first.get("name") if isinstance(first, dict) else first)
        case list() if _is_text(value):
            return "\n".join(f"- {part}" for part in value)
    raise BankError(name, line, localized("file.no_text", name=_shown(key)))


def _shown(key: str) -> str:
    return repr(key if len(key) <= _LONGEST_KEY else f"{key[:_LONGEST_KEY]}…")


def _json_fault(error: Exception) -> Localized:
    why = localized("file.json_depth") if isinstance(error, RecursionError) else getattr(error, "msg", error)
    is_apart = str(why).startswith("Expecting ','")
    return localized("file.no_comma") if is_apart else localized("file.not_json", why=why)
