import json

import pytest
from misbehaving import Behaviour, Exchange
from model_server import MODEL, Character, model_server

from interviewer import cli
from interviewer.domain.interview import Attempt, Turn, TurnKind
from interviewer.domain.language import Language
from interviewer.domain.rubric import Bank
from interviewer.evaluation import grader_check
from interviewer.evaluation.canned_answers import QUESTION, CannedAnswer, canned_answers
from interviewer.grading import LLMGrader
from interviewer.settings import read_settings
from interviewer.text.messages import say
from interviewer.wiring import make_grader, make_grader_registry


def examine(
    character: Behaviour, capsys: pytest.CaptureFixture[str], *arguments: str, model: str = MODEL
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
    for line in (
        "the server answers",
        "the model's name is known",
        "replies keep to the format: in all 7",
        "quotes stand in the answers: in all 5",
        "good and bad answers told apart",
        "asking for marks earns none",
        "fast enough",
    ):
        assert f"ok  {line}" in out
    assert "10 questions" in out
    assert "The server holds replies to the form (JSON schema)." in out


def test_what_really_holds_the_form_is_tried(capsys: pytest.CaptureFixture[str]) -> None:
    _, out = examine(Character(ignores_format=True), capsys)
    assert "Nothing holds replies to the form but the words of the prompt." in out


@pytest.mark.parametrize("status", [401, 500])
def test_what_no_reply_reached_is_not_tested(status: int, capsys: pytest.CaptureFixture[str]) -> None:
    def refuses(exchange: Exchange) -> None:
        if exchange.path.endswith("/models"):
            exchange.json(200, {"data": [{"id": MODEL}]})
        else:
            exchange.json(status, {"error": {"message": "no"}})

    code, out = examine(refuses, capsys, "--language", "en")
    assert code == 1
    assert bad(out) == {"it grades"}
    untested = {line.split("--  ")[1] for line in out.splitlines() if "--  " in line}
    assert untested == {
        "replies keep to the format: not tested",
        "quotes stand in the answers: not tested",
        "the whole prompt is read: not tested",
        "good and bad answers told apart: not tested",
        "asking for marks earns none: not tested",
        "fast enough: not tested",
        "chat: not tested",
        "structured output: not tested",
        "transcription: not set up (INTERVIEWER_SPEECH_BASE_URL)",
        "speech: not set up (INTERVIEWER_SPEECH_BASE_URL)",
    }


def test_a_slow_model_is_asked_for_no_remarks_unless_they_are_wished(
    deep_learning: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(grader_check, "_SLOW", 0.05)
    with model_server(Character(pause=0.06)) as server:
        for wished, asked, remarked in ((None, False, 3), (True, True, 5), (False, False, 0)):
            models = make_grader_registry(read_settings(base_url=server.url, model=MODEL, remarks=wished))
            choice = models.options.default
            before = models.grader_of(choice)
            server.exchanges.clear()
            check = grader_check.check_grader(models, choice, deep_learning)
            assert check.is_slow
            # A model that three answers of five have shown to be slow is not waited for longer than it will be.
            forms = [exchange.body.get("response_format", {}) for exchange in server.exchanges]
            assert sum('"gaps"' in json.dumps(form) for form in forms) == remarked
            models.remember(choice, check)
            after = models.grader_of(choice)
            assert isinstance(before, LLMGrader)
            assert isinstance(after, LLMGrader)
            assert (before.remarks, after.remarks) == (wished is not False, asked)


@pytest.mark.parametrize("said, remarked", [("", True), ("false", False), ("true", True)])
def test_the_setting_decides_whether_remarks_are_asked_for(
    said: str, remarked: bool, deep_learning: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    if said:
        monkeypatch.setenv("INTERVIEWER_REMARKS", said)
    question = deep_learning[QUESTION]
    turns = (Turn(TurnKind.QUESTION, question.text.en), Turn(TurnKind.ANSWER, "Layers collapse to one linear map."))
    with model_server() as server:
        grader = make_grader("llm", read_settings(base_url=server.url, model=MODEL))
        grade = grader.grade(question, Attempt(question.id, 1, turns, is_closed=True))
        [request] = [exchange.body for exchange in server.exchanges if exchange.path.endswith("/chat/completions")]
    form = request["response_format"]["json_schema"]["schema"]["properties"]
    assert ("opening" in form, "gaps" in form, bool(grade.opening)) == (remarked, remarked, remarked)


def test_a_model_that_ignores_the_form_is_found_out(capsys: pytest.CaptureFixture[str]) -> None:
    code, out = examine(Character(writes_prose=True), capsys)
    assert code == 1
    assert "replies keep to the format" in bad(out)
    assert "does not keep to the form" in out


def test_a_model_that_listens_to_the_answer_is_found_out(capsys: pytest.CaptureFixture[str]) -> None:
    code, out = examine(Character(obeys_answers=True), capsys)
    assert code == 1
    assert bad(out) == {"asking for marks earns none"}
    assert "it should not grade" in out


def test_a_model_that_is_too_slow_is_found_out(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(grader_check, "_SLOW", 0.1)
    code, out = examine(Character(pause=0.2), capsys)
    assert code == 1
    assert bad(out) == {"fast enough"}


def test_a_model_that_is_too_slow_for_all_answers_is_asked_no_further(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(grader_check, "_LONGEST_CHECK", 0.0)
    code, out = examine(Character(), capsys)
    assert code == 1
    assert bad(out) == set()
    untested = {line.split("--  ")[1].split(":")[0] for line in out.splitlines() if "--  " in line}
    assert {"all answers asked", "good and bad answers told apart", "asking for marks earns none"} < untested
    [line] = [line for line in out.splitlines() if "not tested: " in line]
    assert all(say(f"canned.{name}", Language.EN) in line for name in ("wrong", "begging", "half", "other_language"))
    assert say("canned.reference", Language.EN) not in line


def test_a_wrong_answer_that_is_rewarded_is_found_out_though_there_was_no_time_for_all() -> None:
    shares = {CannedAnswer.REFERENCE: 1.0, CannedAnswer.WRONG: 0.0}
    order, begging = grader_check._told_apart(shares)
    assert (order.is_good, begging.is_good) == (True, None)
    order, begging = grader_check._told_apart({**shares, CannedAnswer.WRONG: 0.9, CannedAnswer.BEGGING: 1.0})
    assert (order.is_good, begging.is_good) == (False, False)


def test_an_unknown_name_and_a_server_that_is_not_there_are_named(capsys: pytest.CaptureFixture[str]) -> None:
    _, out = examine(Character(), capsys, model="other")
    assert bad(out) == {"the model's name is known"}
    assert MODEL in out
    with pytest.raises(SystemExit):
        cli.main(["doctor", "--base-url", "http://127.0.0.1:9", "--model", "x"])
    assert bad(capsys.readouterr().out) == {"the server answers"}


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
    answers = canned_answers(deep_learning[QUESTION])
    assert len(answers) == len(set(answers.values())) == 7
