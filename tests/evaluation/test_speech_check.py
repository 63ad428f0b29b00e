from collections.abc import Iterator

import pytest
from misbehaving import Server, serving
from model_server import MODEL, Character, model_server
from speech_server import SpeechServer

from interviewer import cli
from interviewer.domain.language import Language
from interviewer.evaluation.speech_check import check_speech
from interviewer.presentation.templating import render
from interviewer.settings import read_settings
from interviewer.wiring import make_speech


@pytest.fixture
def speech() -> SpeechServer:
    return SpeechServer([""])


@pytest.fixture
def served(speech: SpeechServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """A speech server that the settings name."""
    with serving(speech) as server:
        for name, value in (("BASE_URL", server.url), ("MODEL", "ear"), ("VOICE_MODEL", "mouth"), ("VOICE", "z, e")):
            monkeypatch.setenv(f"INTERVIEWER_SPEECH_{name}", value)
        yield server


def doctor(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    with pytest.raises(SystemExit) as left:
        cli.main(["doctor", *arguments])
    return int(left.value.code or 0), capsys.readouterr().out


def test_the_doctor_says_of_each_endpoint_what_it_can_do(
    served: Server, speech: SpeechServer, capsys: pytest.CaptureFixture[str]
) -> None:
    with model_server(Character()) as server:
        code, out = doctor(capsys, "--base-url", server.url, "--model", MODEL)
    host = served.url.split("/")[2]
    assert f"ok  chat: {MODEL} @ {server.url.split('/')[2]}" in out
    assert "ok  structured output: The server holds replies to the form (JSON schema)." in out
    assert f"ok  transcription: ear @ {host}" in out
    assert f"ok  speech: mouth @ {host}" in out
    assert code == 0
    assert [(one["voice"], one["input"]) for one in speech.read] == [("z", "你好。"), ("e", "Hello.")]


def test_without_a_model_that_grades_the_doctor_tests_the_speech_server_alone(
    served: Server, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out = doctor(capsys)
    assert [line.split(":")[0].strip() for line in out.splitlines()] == ["ok  transcription", "ok  speech"]
    assert code == 0


def test_a_speech_server_that_fails_says_nothing_about_the_grader(
    served: Server, speech: SpeechServer, capsys: pytest.CaptureFixture[str]
) -> None:
    speech.words = [401]
    with model_server(Character()) as server:
        code, out = doctor(capsys, "--base-url", server.url, "--model", MODEL)
    assert "BAD transcription" in out
    assert "does not accept the API key" in out
    assert code == 0


def test_words_invented_for_silence_are_told(served: Server, speech: SpeechServer) -> None:
    speech.words = ["Thank you."]
    transcription, _ = check_speech(make_speech(read_settings()))
    assert transcription.is_good
    assert transcription.advice is not None
    assert "“Thank you.”" in transcription.advice.en


def test_what_is_not_set_up_is_not_tested(capsys: pytest.CaptureFixture[str]) -> None:
    assert [finding.is_good for finding in check_speech(None)] == [None, None]
    with model_server(Character(ignores_format=True)) as server:
        _, out = doctor(capsys, "--base-url", server.url, "--model", MODEL)
    assert "--  transcription: not set up" in out
    assert "--  structured output: Nothing holds replies to the form" in out


def test_the_grader_tab_has_a_row_for_each(served: Server, deep_learning: object) -> None:
    from interviewer.evaluation.speech_check import check_all
    from interviewer.wiring import make_grader_registry

    with model_server(Character()) as server:
        settings = read_settings(base_url=server.url, model=MODEL)
        models = make_grader_registry(settings)
        check = check_all(models, models.options.default, deep_learning, make_speech(settings))  # type: ignore[arg-type]
    page = render("grader_check.html", Language.ZH, check=check)
    for row in ("对话", "结构化输出", "语音转写", "语音朗读"):
        assert f"<strong>{row}</strong>" in page
