import json
from dataclasses import MISSING, fields, is_dataclass
from typing import Any, get_args, get_type_hints

import diagram
import jsonschema
import pytest
from fakes import BANK, begun, grade

from interviewer.domain.grade import Level
from interviewer.domain.interview import Answered, Begun, Event, Graded, Mode, Order, Plan, begin, step
from interviewer.domain.language import Language
from interviewer.domain.rubric import Criterion
from interviewer.errors import TranscriptError
from interviewer.sessions import serialization
from interviewer.sessions.legacy_defaults import LEGACY_DEFAULTS


def test_every_event_comes_back_as_it_went() -> None:
    interview = step(begin(begun()), Answered("it is switched off"))
    for event in diagram.samples(interview):
        kind, body = serialization.event_to_json(event)
        assert serialization.event_from_json(kind, body) == event


def test_an_unknown_kind_or_a_body_with_unknown_keys_is_refused() -> None:
    with pytest.raises(TranscriptError, match="newer version"):
        serialization.event_from_json("Levitated", "{}")
    with pytest.raises(TranscriptError, match="Answered"):
        serialization.event_from_json("Answered", '{"txt": "x"}')


def history() -> list[tuple[Event, str]]:
    answered = step(begin(begun()), Answered("it is switched off"))
    graded = Graded("dropout", 1, grade(answered.current, off=Level.MET))
    return [(event, "2026-01-01T00:00:00+00:00") for event in (begun(), Answered("it is switched off"), graded)]


def test_a_transcript_loads_back_to_the_same_events_and_keeps_to_its_schema() -> None:
    text = serialization.history_to_json(history(), {"id": "x"})
    assert serialization.history_from_json(text) == history()
    jsonschema.validate(json.loads(text), serialization.transcript_schema())


def test_the_schema_knows_every_event_and_refuses_what_is_none() -> None:
    schema = serialization.transcript_schema()
    known = {one["properties"]["kind"]["const"] for one in schema["properties"]["events"]["items"]["oneOf"]}
    assert known == {kind.__name__ for kind in get_args(Event)}
    broken = json.loads(serialization.history_to_json(history(), {}))
    broken["events"][1]["kind"] = "Levitated"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(broken, schema)


@pytest.mark.parametrize(
    "text, cause",
    [
        ("{", "no JSON"),
        ("[]", "no transcript"),
        ('{"format": "other"}', "no transcript"),
        ('{"format": "mock-interview-transcript", "version": 99}', "version 99"),
        ('{"format": "mock-interview-transcript", "version": 1, "events": [{}]}', "not complete"),
    ],
)
def test_what_is_no_transcript_is_refused_with_its_cause(text: str, cause: str) -> None:
    with pytest.raises(TranscriptError, match=cause):
        serialization.history_from_json(text)


def test_every_field_that_has_a_default_is_written_out() -> None:
    _, body = serialization.event_to_json(Begun(BANK, Plan(("dropout",))))
    plan = json.loads(body)["plan"]
    assert set(plan) == {field.name for field in fields(Plan)}
    assert set(json.loads(body)["bank"]["questions"][0]["criteria"][0]) == {field.name for field in fields(Criterion)}


def test_what_the_first_version_left_out_means_what_it_meant_then() -> None:
    body = json.loads(serialization.event_to_json(begun())[1])
    body["plan"] = {"questions": ["dropout"]}
    event = serialization.event_from_json("Begun", json.dumps(body))
    assert event.plan == Plan(("dropout",), Mode.COACH, Language.ZH, Order.BANK, 0, (), 0, True)  # type: ignore[union-attr]


def _recorded_types(kind: Any) -> set[Any]:
    """A dataclass and all that its fields may hold."""
    inner = {one for hint in get_type_hints(kind).values() for one in _dataclasses_in(hint)}
    return {kind}.union(*(_recorded_types(one) for one in inner))


def _dataclasses_in(hint: Any) -> set[Any]:
    if is_dataclass(hint):
        return {hint}
    return {one for part in get_args(hint) for one in _dataclasses_in(part)}


def test_no_record_is_read_with_a_default_of_today() -> None:
    recorded = set().union(*(_recorded_types(kind) for kind in serialization.EVENT_KINDS.values()))
    for kind in recorded:
        with_default = {
            field.name for field in fields(kind) if field.default is not MISSING or field.default_factory is not MISSING
        }
        assert set(LEGACY_DEFAULTS.get(kind.__name__, {})) == with_default, kind
    assert {kind.__name__ for kind in recorded} >= set(LEGACY_DEFAULTS)
