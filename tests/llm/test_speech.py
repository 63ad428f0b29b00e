"""Spoken answers are written down and questions read aloud, whatever the server does."""

import threading
import time as wall
from collections.abc import Callable

import pytest
from misbehaving import Exchange, serving
from speech_server import QUIET_SEGMENT, SPOKEN_SEGMENT, fields_of, file_of
from stopped_time import Time

from interviewer.domain.language import Language
from interviewer.errors import LLMError, LLMMalformed, LLMRefused, LLMUnreachable
from interviewer.llm.endpoints import Endpoint, Timeouts
from interviewer.llm.retry import Clock
from interviewer.llm.speech import Audio, Speech

KEY = "sk-secret-9876"
RECORDING = Audio(b"RIFF and a voice", "audio/webm")
TIMEOUTS = Timeouts(connect=1, silence=1, loading=20, busy=30)
TERMS = "dropout, 梯度"
SOUND = b"ID3 and a voice"

Answer = Callable[[Exchange], None]


def speech(url: str, time: Time, **more: int) -> Speech:
    listener, reader = (Endpoint(url, model, KEY, timeouts=TIMEOUTS) for model in ("ear", "mouth"))
    voices = {Language.ZH: "zf", Language.EN: "af"}
    return Speech(listener, reader, voices, clock=Clock(time.clock, time.sleep), **more)


def says(**answer: object) -> Answer:
    return lambda exchange: exchange.json(200, answer)


def test_a_recording_is_written_down_with_the_vocabulary_as_a_hint(time: Time) -> None:
    with serving(says(text=" it is dropout ", segments=[SPOKEN_SEGMENT])) as server:
        assert speech(server.url, time).transcribe(RECORDING, Language.EN, TERMS) == "it is dropout"
    (asked,) = server.exchanges
    assert asked.path == "/v1/audio/transcriptions"
    assert asked.headers["authorization"] == f"Bearer {KEY}"
    assert fields_of(asked) == {"model": "ear", "language": "en", "prompt": TERMS, "response_format": "verbose_json"}
    assert file_of(asked) == ("speech.webm", "audio/webm", RECORDING.content)


@pytest.mark.parametrize(
    "answer",
    [
        {"text": ""},
        {"text": "Thank you.", "segments": [QUIET_SEGMENT]},
        {"text": "Thank you. Thank you.", "segments": [QUIET_SEGMENT, {**QUIET_SEGMENT, "avg_logprob": -0.2}]},
    ],
)
def test_what_is_invented_for_silence_is_nothing(answer: dict[str, object], time: Time) -> None:
    with serving(says(**answer)) as server:
        assert speech(server.url, time).transcribe(RECORDING, Language.EN, TERMS) == ""


def test_of_a_recording_with_silence_in_it_what_was_said_is_kept(time: Time) -> None:
    segments = [SPOKEN_SEGMENT, QUIET_SEGMENT]
    with serving(says(text="it is dropout Thank you.", segments=segments)) as server:
        assert speech(server.url, time).transcribe(RECORDING, Language.EN, TERMS) == "it is dropout"


def test_a_form_that_the_server_refuses_is_not_asked_for_again(time: Time) -> None:
    def plain(exchange: Exchange) -> None:
        if fields_of(exchange)["response_format"] == "verbose_json":
            exchange.json(400, {"error": {"message": "response_format 'verbose_json' is not supported"}})
        elif len(fields_of(exchange).get("prompt", "")) > 200:
            exchange.json(400, {"error": {"message": "the decoder prompt is too long"}})
        else:
            exchange.json(200, {"text": "yes"})

    with serving(plain) as server:
        model = speech(server.url, time)
        terms = ", ".join(f"term {number}" for number in range(100))
        assert [model.transcribe(RECORDING, Language.ZH, terms) for _ in range(2)] == ["yes", "yes"]
    assert len(server.exchanges) == 4
    hint = fields_of(server.exchanges[-1])["prompt"]
    assert terms.endswith(", " + hint)
    assert hint.startswith("term ")


def fails(status: int, message: str = "no") -> Answer:
    return lambda exchange: exchange.json(status, {"error": {"message": f"{message} {KEY}"}})


def huge(exchange: Exchange) -> None:
    exchange.raw(200, b'{"text": "' + b"a" * 5000 + b'"}')


def page(exchange: Exchange) -> None:
    exchange.raw(200, b"<html><title>Welcome</title></html>", "text/html")


def cut(exchange: Exchange) -> None:
    exchange.reset()


@pytest.mark.parametrize(
    "answer, kind, words",
    [
        (fails(401), LLMRefused, "API key"),
        (fails(404), LLMRefused, "no model 'ear'"),
        (fails(400), LLMRefused, "refused the request"),
        (fails(413), LLMRefused, "too large"),
        (fails(500), LLMUnreachable, "failed"),
        (says(error={"message": "out of memory"}), LLMUnreachable, "out of memory"),
        (says(words="none"), LLMMalformed, "not JSON"),
        (huge, LLMMalformed, "larger than 1000 bytes"),
        (page, LLMRefused, "web page"),
        (cut, LLMUnreachable, "broke off"),
    ],
)
def test_every_failure_has_a_name_in_both_languages_and_no_key(
    answer: Answer, kind: type[LLMError], words: str, time: Time, caplog: pytest.LogCaptureFixture
) -> None:
    with serving(answer) as server, pytest.raises(kind) as caught:
        speech(server.url, time, max_bytes=1000).transcribe(RECORDING, Language.EN, TERMS)
    assert type(caught.value) is kind
    assert words in str(caught.value)
    assert caught.value.into(Language.ZH) != caught.value.into(Language.EN)
    assert KEY not in str(caught.value) + caught.value.into(Language.ZH) + caplog.text + repr(server.exchanges)


def test_a_server_that_is_gone_or_silent_is_unreachable(time: Time) -> None:
    with pytest.raises(LLMUnreachable, match="cannot be reached"):
        speech("http://127.0.0.1:9/v1", time).transcribe(RECORDING, Language.EN, TERMS)
    end = threading.Event()
    with serving(lambda _: end.wait(30)) as server:
        with pytest.raises(LLMUnreachable, match="sent nothing for too long"):
            speech(server.url, time).transcribe(RECORDING, Language.EN, TERMS)
        end.set()


def test_a_server_that_fails_for_a_moment_is_asked_again(time: Time) -> None:
    def once(exchange: Exchange) -> None:
        exchange.json(503, {}) if exchange.number == 1 else exchange.json(200, {"text": "yes"})

    with serving(once) as server:
        assert speech(server.url, time).transcribe(RECORDING, Language.EN, TERMS) == "yes"


def test_a_question_is_read_aloud_by_the_voice_of_its_language(time: Time) -> None:
    with serving(lambda exchange: exchange.raw(200, SOUND, "audio/mpeg")) as server:
        model = speech(server.url, time)
        assert model.read_aloud("什么是 dropout？", Language.ZH) == Audio(SOUND, "audio/mpeg")
        model.read_aloud("What is dropout?", Language.EN)
    assert [asked.body["voice"] for asked in server.exchanges] == ["zf", "af"]
    assert server.exchanges[0].path == "/v1/audio/speech"
    assert server.exchanges[0].body["input"] == "什么是 dropout？"


@pytest.mark.parametrize(
    "answer, kind",
    [
        (says(ok=True), LLMMalformed),
        (lambda exchange: exchange.raw(200, b"", "audio/mpeg"), LLMMalformed),
        (lambda exchange: exchange.raw(200, b"x" * 5000, "audio/mpeg"), LLMMalformed),
        (page, LLMRefused),
        (fails(401), LLMRefused),
    ],
)
def test_what_is_no_sound_is_not_played(answer: Answer, kind: type[LLMError], time: Time) -> None:
    with serving(answer) as server, pytest.raises(kind):
        speech(server.url, time, max_bytes=1000).read_aloud("What?", Language.EN)


def test_closing_ends_a_request_under_way() -> None:
    end = threading.Event()
    with serving(lambda _: end.wait(30)) as server:
        model = Speech(Endpoint(server.url, "ear"), None, {})
        threading.Timer(0.3, model.close).start()
        begun = wall.monotonic()
        with pytest.raises(LLMUnreachable, match="closing"):
            model.transcribe(RECORDING, Language.EN, TERMS)
        assert wall.monotonic() - begun < 10
        end.set()
