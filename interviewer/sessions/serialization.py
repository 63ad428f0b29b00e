"""Events and grades as JSON, and back: the one place that knows how they are spelled on disk.

Everything is written out, also what is as it is by default; so a default of today never rewrites what was recorded.
"""

import hashlib
import json
from dataclasses import replace
from functools import cache, lru_cache
from typing import Any, get_args

from pydantic import TypeAdapter, ValidationError

from interviewer.domain.grade import Grade
from interviewer.domain.interview import Begun, Event, Plan
from interviewer.domain.rubric import Bank
from interviewer.errors import TranscriptError
from interviewer.sessions.legacy_defaults import with_legacy_defaults

FORMAT = "mock-interview-transcript"
FORMAT_VERSION = 2
_READABLE = (1, 2)

EVENT_KINDS: dict[str, type[Event]] = {kind.__name__: kind for kind in get_args(Event)}


def _adapter(kind: Any) -> TypeAdapter[Any]:
    return _cached_adapter(kind)


@cache
def _cached_adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


def event_to_json(event: Event) -> tuple[str, str]:
    kind = type(event)
    return kind.__name__, _adapter(kind).dump_json(event).decode()


@lru_cache(maxsize=256)
def event_from_json(kind: str, body: str) -> Event:
    """The event (frozen, so equal bodies may share one). Raises TranscriptError for what is unknown or does not fit."""
    if kind not in EVENT_KINDS:
        raise TranscriptError(f"unknown kind of event {kind!r}: it was written by a newer version of this program")
    event: Event = _read(EVENT_KINDS[kind], _parsed(kind, body))
    return event


def begun_to_json(begun: Begun) -> tuple[str, str, str]:
    """The first event for the store: the digest of its bank, the bank, and a body that refers to it."""
    bank = bank_to_json(begun.bank)
    digest = hashlib.sha256(bank.encode()).hexdigest()
    plan = _adapter(Plan).dump_json(begun.plan).decode()
    return digest, bank, f'{{"bank":"{digest}","plan":{plan}}}'


def bank_of_begun(body: str) -> str:
    """The digest that the body of a stored first event refers to. Raises TranscriptError."""
    digest = _parsed("Begun", body).get("bank")
    if not isinstance(digest, str):
        raise TranscriptError("an event of kind Begun cannot be read: it refers to no bank")
    return digest


def begun_from_json(body: str, bank: Bank) -> Begun:
    """The first event as it was stored, with the bank it refers to. Raises TranscriptError."""
    return Begun(bank, _read(Plan, _parsed("Begun", body).get("plan")))


def bank_to_json(bank: Bank) -> str:
    return _adapter(Bank).dump_json(bank).decode()


def bank_from_json(body: str) -> Bank:
    """Raises TranscriptError."""
    bank: Bank = _read(Bank, _parsed("Bank", body))
    return bank


def grade_to_plain(grade: Grade) -> dict[str, Any]:
    """A grade as nested dicts and lists; what is as it is by default is left out."""
    plain: dict[str, Any] = _adapter(Grade).dump_python(grade, mode="json", exclude_defaults=True)
    return plain


def grade_from_plain(plain: object) -> Grade:
    """The grade that `grade_to_plain` wrote. Raises pydantic.ValidationError, which is a ValueError."""
    grade: Grade = _adapter(Grade).validate_python(with_legacy_defaults(Grade, plain))
    return grade


def history_to_json(history: list[tuple[Event, str]], summary: dict[str, Any]) -> str:
    """A transcript as JSON: the events with their times, which are the interview, and a summary for readers.

    Of the bank it has the questions that were planned: nothing else of it is ever asked for again.
    """
    events = []
    for event, at in history:
        kind, body = event_to_json(_with_planned_alone(event) if isinstance(event, Begun) else event)
        events.append({"kind": kind, "at": at, "body": json.loads(body)})
    whole = {"format": FORMAT, "version": FORMAT_VERSION, "summary": summary, "events": events}
    return json.dumps(whole, ensure_ascii=False, indent=2) + "\n"


def _with_planned_alone(begun: Begun) -> Begun:
    bank = begun.bank
    planned = tuple(question for question in bank.questions if question.id in begun.plan.questions)
    used = {question.topic for question in planned}
    topics = bank.topics and {topic: title for topic, title in bank.topics.items() if topic in used}
    return replace(begun, bank=replace(bank, questions=planned, topics=topics))


def history_from_json(text: str) -> list[tuple[Event, str]]:
    """The events, with their times, of a transcript that `history_to_json` wrote. Raises TranscriptError."""
    try:
        whole = json.loads(text)
    except ValueError as error:
        raise TranscriptError(f"this is no JSON: {error}") from error
    if not isinstance(whole, dict) or whole.get("format") != FORMAT:
        raise TranscriptError(f"this is no transcript: its 'format' is not {FORMAT!r}")
    if whole.get("version") not in _READABLE:
        raise TranscriptError(
            f"this transcript has version {whole.get('version')!r}; this program reads up to {FORMAT_VERSION}"
        )
    try:
        return [(event_from_json(e["kind"], json.dumps(e["body"])), str(e["at"])) for e in whole["events"]]
    except (KeyError, TypeError) as error:
        raise TranscriptError(f"the transcript's events are not complete: {error!r}") from error


def transcript_schema() -> dict[str, Any]:
    """The JSON Schema of a transcript, with every kind of event under `$defs`."""
    models = [(_adapter(kind), name) for name, kind in EVENT_KINDS.items()]
    references, definitions = TypeAdapter.json_schemas(
        [(name, "validation", adapter) for adapter, name in models], ref_template="#/$defs/{model}"
    )
    bodies = [
        {
            "type": "object",
            "additionalProperties": False,
            "required": ["kind", "at", "body"],
            "properties": {
                "kind": {"const": name},
                "at": {"type": "string", "format": "date-time"},
                "body": references[(name, "validation")],
            },
        }
        for _, name in models
    ]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Mock interview transcript",
        "type": "object",
        "required": ["format", "version", "events"],
        "properties": {
            "format": {"const": FORMAT},
            "version": {"enum": list(_READABLE)},
            "summary": {"type": "object", "description": "Derived from the events, for readers; not read back."},
            "events": {"type": "array", "minItems": 1, "items": {"oneOf": bodies}},
        },
        "$defs": definitions.get("$defs", {}),
    }


def _parsed(kind: str, body: str) -> Any:
    try:
        return json.loads(body)
    except ValueError as error:
        raise TranscriptError(f"an event of kind {kind} cannot be read: it is no JSON") from error


def _read(kind: Any, plain: object) -> Any:
    try:
        return _adapter(kind).validate_python(with_legacy_defaults(kind, plain))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise TranscriptError(f"an event of kind {kind.__name__} cannot be read: {where}: {first['msg']}") from error
