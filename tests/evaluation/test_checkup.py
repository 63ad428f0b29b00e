import json

import pytest
from model_server import MODEL, Character, model_server

from interviewer import cli
from interviewer.domain.rubric import Bank
from interviewer.evaluation import checkup


def examine(
    character: Character, capsys: pytest.CaptureFixture[str], *arguments: str, model: str = MODEL
) -> tuple[int, str]:
    with model_server(character) as server, pytest.raises(SystemExit) as left:
        cli.main(["doctor", "--base-url", server.url, "--model", model, *arguments])
    return int(left.value.code or 0), capsys.readouterr().out


def bad(out: str) -> set[str]:
    return {line.split("BAD ")[1].split(":")[0] for line in out.splitlines() if "BAD" in line}


def test_a_good_model_is_healthy(capsys: pytest.CaptureFixture[str]) -> None:
    code, out = examine(Character(), capsys)
    assert bad(out) == set()
    assert code == 0
    for check in (
        "reachable",
        "model known",
        "replies valid",
        "quotes found",
        "order right",
        "injection not rewarded",
        "fast enough",
    ):
        assert f"ok  {check}" in out
    assert "10 questions" in out
    assert "form held by: json_schema" in out


def test_a_model_that_ignores_the_form_is_found_out(capsys: pytest.CaptureFixture[str]) -> None:
    code, out = examine(Character(writes_prose=True), capsys)
    assert code == 1
    assert "replies valid" in bad(out)
    assert "does not keep to the form" in out


def test_a_model_that_listens_to_the_answer_is_found_out(capsys: pytest.CaptureFixture[str]) -> None:
    code, out = examine(Character(obeys_answers=True), capsys)
    assert code == 1
    assert bad(out) == {"injection not rewarded"}
    assert "it should not grade" in out


def test_a_model_that_is_too_slow_is_found_out(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checkup, "_SLOW", 0.1)
    code, out = examine(Character(pause=0.2), capsys)
    assert code == 1
    assert bad(out) == {"fast enough"}


def test_an_unknown_name_and_a_server_that_is_not_there_are_named(capsys: pytest.CaptureFixture[str]) -> None:
    _, out = examine(Character(), capsys, model="other")
    assert bad(out) == {"model known"}
    assert MODEL in out
    with pytest.raises(SystemExit):
        cli.main(["doctor", "--base-url", "http://127.0.0.1:9", "--model", "x"])
    assert bad(capsys.readouterr().out) == {"reachable"}


def test_json_says_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    code, out = examine(Character(obeys_answers=True), capsys, "--json")
    found = json.loads(out)
    assert code == 1
    assert found["healthy"] is False
    assert {f["check"] for f in found["findings"] if not f["is_good"]} == {"injection not rewarded"}
    assert len(found["results"]) == 7


def test_without_a_model_there_is_nothing_to_test(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        cli.main(["doctor"])
    assert left.value.code == 1
    assert "INTERVIEWER_BASE_URL" in capsys.readouterr().err


def test_the_seven_answers_are_to_a_shipped_question(deep_learning: Bank) -> None:
    answers = checkup.canned_answers(deep_learning[checkup.QUESTION])
    assert len(answers) == len(set(answers.values())) == 7
