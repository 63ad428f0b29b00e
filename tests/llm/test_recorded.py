import json
from pathlib import Path

import pytest

from interviewer.errors import LLMMalformed, LLMRefused, LLMUnreachable
from interviewer.llm import Finish, Message, OutputMode, Reply, Usage
from interviewer.llm.recorded import RecordedLLM
from interviewer.llm.scripted import ScriptedLLM

QUESTION = [Message("user", "为什么?")]
FULL = Reply('{"a": 1}', Finish.LENGTH, Usage(3, None), OutputMode.OBJECT, "hm", "served")


def test_a_question_is_asked_only_once(tmp_path: Path) -> None:
    live = ScriptedLLM([FULL], name="m", host="h")
    recorded = RecordedLLM(tmp_path / "new", live)
    assert recorded.reply(QUESTION, schema={"b": 1, "a": 2}) == FULL
    assert recorded.reply(QUESTION, schema={"a": 2, "b": 1}) == FULL
    assert len(live.requests) == 1
    played = RecordedLLM(tmp_path / "new", ScriptedLLM([], name="m", host="h"))
    assert played.reply(QUESTION, schema={"a": 2, "b": 1}) == FULL
    assert (recorded.name, recorded.host) == (played.name, played.host) == ("m", "h")
    [file] = (tmp_path / "new").iterdir()
    assert json.loads(file.read_text())["request"]["messages"] == [{"role": "user", "content": "为什么?"}]


def test_a_stream_is_recorded_and_played(tmp_path: Path) -> None:
    live = ScriptedLLM(["one", "two"])
    recorded = RecordedLLM(tmp_path, live)
    for _ in range(2):
        assert [piece.text for piece in recorded.stream(QUESTION)] == ["one", ""]
    assert len(live.requests) == 1


@pytest.mark.parametrize("other", [{"schema": {}}, {"messages": [Message("system", "为什么?")]}, {"name": "n"}])
def test_another_question_is_not_taken_for_it(tmp_path: Path, other: dict) -> None:
    RecordedLLM(tmp_path, ScriptedLLM(["{}"], name="m")).reply(QUESTION)
    recorded = RecordedLLM(tmp_path, ScriptedLLM([LLMRefused("asked")], name=other.get("name", "m")))
    with pytest.raises(LLMRefused, match="asked"):
        recorded.reply(other.get("messages", QUESTION), schema=other.get("schema"))


def test_an_error_is_not_recorded(tmp_path: Path) -> None:
    recorded = RecordedLLM(tmp_path, ScriptedLLM([LLMRefused("no"), "yes"]))
    with pytest.raises(LLMRefused):
        recorded.reply(QUESTION)
    assert recorded.reply(QUESTION).text == "yes"


@pytest.mark.parametrize("content", ["", "{}", '{"reply": {}}', '{"reply": {"text": "a", "finish": "odd"}}', "[]"])
def test_a_damaged_recording_is_named(tmp_path: Path, content: str) -> None:
    recorded = RecordedLLM(tmp_path, ScriptedLLM([]))
    recorded.path(QUESTION, None).write_text(content)
    with pytest.raises(LLMMalformed, match=r"\.json cannot be read"):
        recorded.reply(QUESTION)


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(LLMUnreachable, match="cannot be recorded"):
        RecordedLLM(tmp_path / "file" / "folder", ScriptedLLM(["one"])).reply(QUESTION)
