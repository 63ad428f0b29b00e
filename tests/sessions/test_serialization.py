import json
from typing import get_args

import diagram
import jsonschema
import pytest
from fakes import begun, grade

from interviewer.domain.grade import Level
from interviewer.domain.interview import Answered, Event, Graded, begin, step
from interviewer.errors import TranscriptError
from interviewer.sessions import serialization


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
