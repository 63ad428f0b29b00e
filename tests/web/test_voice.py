"""The routes where recordings are written down and questions are read aloud, and what they open in a browser."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fakes import BANK, begun
from misbehaving import Server, serving
from page_visitor import ORIGIN
from speech_server import SpeechServer, tone
from starlette.testclient import TestClient

from interviewer.domain.interview import Answered, Mode, Spoken
from interviewer.domain.language import Language
from interviewer.errors import SettingsError
from interviewer.settings import read_settings
from interviewer.text.glossary import glossary
from interviewer.web import voice
from interviewer.web.identity import Owners
from interviewer.web.server import make_app
from interviewer.web.voice import read_spoken, vocabulary
from interviewer.wiring import make_speech

WAV = {**ORIGIN, "Content-Type": "audio/wav"}
MODELS = {"speech_model": "ear", "speech_voice_model": "mouth"}


@pytest.fixture
def speech() -> SpeechServer:
    return SpeechServer(["it is switched off"])


@pytest.fixture
def served(speech: SpeechServer) -> Iterator[Server]:
    with serving(speech) as server:
        yield server


@pytest.fixture
def client(served: Server, tmp_path: Path) -> Iterator[TestClient]:
    with visiting(tmp_path, speech_base_url=served.url, speech_api_key="sk-1", **MODELS) as client:
        yield client


def visiting(folder: Path, **settings: object) -> TestClient:
    return TestClient(make_app(read_settings(data_dir=folder, **settings)), base_url="http://127.0.0.1:7860")


def begin(client: TestClient, tmp_path: Path, owner: str = "me", mode: Mode = Mode.COACH) -> dict[str, str]:
    """An interview of this owner, whom the browser then is; the headers of a recording for it."""
    owners = Owners(read_settings(data_dir=tmp_path).signing_key, is_https=False)
    name, _, value = owners.set_cookie(owner).split(";")[0].partition("=")
    client.cookies.set(name, value)
    return {**WAV, "X-Interview": client.app.state.service.begin(owner, begun(mode)).id}  # type: ignore[attr-defined]


def test_a_recording_is_written_down_and_nothing_of_it_is_kept(
    client: TestClient, speech: SpeechServer, tmp_path: Path
) -> None:
    headers = begin(client, tmp_path)
    reply = client.post("/transcribe", content=tone(0.2), headers=headers)
    assert (reply.status_code, reply.json()) == (200, {"text": "it is switched off"})
    assert reply.headers["cache-control"] == "no-store"
    assert speech.heard == [("speech.wav", "audio/wav", len(tone(0.2)))]
    service = client.app.state.service  # type: ignore[attr-defined]
    assert not any(isinstance(one.event, Answered) for one in service.store.history(headers["X-Interview"]))
    assert not [path for path in tmp_path.rglob("*") if path.is_file() and b"RIFF" in path.read_bytes()]


def test_ten_minutes_of_speech_pass(client: TestClient, speech: SpeechServer, tmp_path: Path) -> None:
    headers = begin(client, tmp_path)
    recording = tone(0.1) + bytes(600 * 32_000)  # as WAV, eight times larger than what a browser sends
    assert client.post("/transcribe", content=recording, headers=headers).status_code == 200
    assert speech.heard[0][2] == len(recording)


def test_the_vocabulary_is_the_whole_glossary_and_nothing_of_the_question(
    client: TestClient, speech: SpeechServer, tmp_path: Path
) -> None:
    client.post("/transcribe", content=tone(0.1), headers=begin(client, tmp_path))
    terms = set(speech.prompts[0].split(", "))
    assert terms == {term for one in glossary().entries for term in one.terms}
    for language in Language:
        assert set(vocabulary(language).split(", ")) == terms
        assert vocabulary(language).split(", ")[-1] in getattr(glossary().entries[0], str(language))
    for question in BANK.questions:
        assert question.text.en not in speech.prompts[0]


def test_the_language_is_that_of_the_question_unless_another_is_spoken(client: TestClient, served: Server, tmp_path: Path, speech: SpeechServer) -> None:  # fmt: skip
    speech.words = ["a", "b"]
    headers = begin(client, tmp_path)
    client.post("/transcribe", content=tone(0.1), headers=headers)
    client.post("/transcribe", content=tone(0.1), headers={**headers, "X-Language": "zh"})
    assert [b'name="language"\r\n\r\nen' in one.content for one in served.exchanges] == [True, False]
    assert b'name="language"\r\n\r\nzh' in served.exchanges[1].content


@pytest.mark.parametrize(
    "change, status",
    [
        ({"Content-Type": "text/html"}, 415),
        ({"Origin": "https://evil.example"}, 403),
        ({"X-Interview": "another"}, 502),
        ({"Content-Length": "25000001"}, 413),
    ],
)
def test_what_is_no_recording_for_an_own_interview_is_refused(
    client: TestClient, speech: SpeechServer, tmp_path: Path, change: dict[str, str], status: int
) -> None:
    headers = begin(client, tmp_path) | change
    assert client.post("/transcribe", content=tone(0.1), headers=headers).status_code == status
    assert speech.heard == []


def test_nobody_uses_the_speech_server_for_the_interview_of_another(
    client: TestClient, speech: SpeechServer, tmp_path: Path
) -> None:
    theirs = begin(client, tmp_path, "they")
    begin(client, tmp_path, "me")
    assert client.post("/transcribe", content=tone(0.1), headers=theirs).status_code == 502
    asked = {"interview": theirs["X-Interview"], "attempt": 0, "turn": 0}
    assert client.post("/read-aloud", json=asked, headers=ORIGIN).status_code == 502
    client.cookies.clear()
    assert client.post("/transcribe", content=tone(0.1), headers=theirs).status_code == 404
    assert client.post("/read-aloud", json=asked, headers=ORIGIN).status_code == 404
    assert (speech.heard, speech.read) == ([], [])


def test_an_interview_that_waits_for_no_answer_takes_no_recording(
    client: TestClient, speech: SpeechServer, tmp_path: Path
) -> None:
    headers = begin(client, tmp_path)
    client.app.state.service.resume(headers["X-Interview"], "me").answer("off")  # type: ignore[attr-defined]
    reply = client.post("/transcribe", content=tone(0.1), headers={**headers, "Accept-Language": "zh"})
    assert reply.status_code == 409
    assert "又有了进展" in reply.json()["error"]
    assert speech.heard == []


def test_strangers_use_the_speech_server_within_a_budget_and_what_failed_costs_none_of_it(
    served: Server, speech: SpeechServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(voice, "RECORDED_IN_AN_HOUR", 2 * len(tone(0.1)))
    speech.words = [401, "a", "b", "c"]
    with visiting(tmp_path, speech_base_url=served.url, **MODELS) as client:
        headers = begin(client, tmp_path)
        client.app.state.graders.open_to_strangers()  # type: ignore[attr-defined]
        replies = [client.post("/transcribe", content=tone(0.1), headers=headers) for _ in range(4)]
        assert [reply.status_code for reply in replies] == [502, 200, 200, 429]
        assert "in an hour" in replies[3].json()["error"]
        assert len(speech.heard) == 3, "nothing was sent beyond the budget"
        yours = begin(client, tmp_path, "you")
        assert client.post("/transcribe", content=tone(0.1), headers=yours).status_code == 200


def test_a_recording_larger_than_a_strangers_budget_is_too_large_and_nobody_is_told_to_wait(
    client: TestClient, speech: SpeechServer, tmp_path: Path
) -> None:
    speech.words = ["a", "b", "c"]
    headers = begin(client, tmp_path)

    def status(length: int) -> int:
        recording = {**headers, "Content-Length": str(length)}
        return client.post("/transcribe", content=tone(0.1), headers=recording).status_code

    assert [status(length) for length in (16_000_000, 16_000_001, 25_000_001)] == [200, 200, 413]
    client.app.state.graders.open_to_strangers()  # type: ignore[attr-defined]
    assert [status(length) for length in (16_000_000, 16_000_001, 25_000_001)] == [200, 413, 413]


def test_a_failure_is_said_in_the_language_of_the_page(
    client: TestClient, speech: SpeechServer, tmp_path: Path
) -> None:
    speech.words = [401, 401]
    headers = begin(client, tmp_path)
    replies = [
        client.post("/transcribe", content=tone(0.1), headers={**headers, "Accept-Language": one}) for one in ("zh", "en")
    ]  # fmt: skip
    assert [reply.status_code for reply in replies] == [502, 502]
    assert "请检查 key" in replies[0].json()["error"]
    assert "API key" in replies[1].json()["error"]
    assert "sk-1" not in replies[0].text + replies[1].text


def test_only_what_the_interviewer_said_is_read_aloud(client: TestClient, speech: SpeechServer, tmp_path: Path) -> None:
    name = begin(client, tmp_path)["X-Interview"]
    client.app.state.service.resume(name, "me").answer("read this to me")  # type: ignore[attr-defined]
    reply = client.post("/read-aloud", json={"interview": name, "attempt": 0, "turn": 0}, headers=ORIGIN)
    assert (reply.status_code, reply.headers["content-type"]) == (200, "audio/wav")
    for wish in ({"turn": 1}, {"turn": 7}, {"attempt": -1}, {"attempt": "x"}):
        asked: dict[str, Any] = {"interview": name, "attempt": 0, "turn": 0} | wish
        assert client.post("/read-aloud", json=asked, headers=ORIGIN).status_code == 400
    assert [one["input"] for one in speech.read] == ["Is dropout used at test time?"]


@pytest.mark.parametrize("models", [MODELS, {"speech_model": "ear"}, {"speech_voice_model": "mouth"}, {}])
def test_microphone_and_sound_are_open_exactly_where_there_is_a_model_for_them(
    tmp_path: Path, models: dict[str, str]
) -> None:
    server = {"speech_base_url": "http://127.0.0.1:9/v1"} if models else {}
    with visiting(tmp_path, **server, **models) as client:
        headers = client.get("/").headers
        hears, reads = "speech_model" in models, "speech_voice_model" in models
        assert (headers["Permissions-Policy"]) == (
            f"camera=(), microphone={'(self)' if hears else '()'}, geolocation=()"
        )
        policy = headers["Content-Security-Policy"].split("; ")
        assert [one for one in policy if "media" in one] == (["media-src 'self' blob:"] if reads else [])
        assert "default-src 'self'" in policy
        begin(client, tmp_path)
        assert (client.post("/transcribe", content=b"", headers=WAV).status_code == 404) is not hears
        assert (client.post("/read-aloud", content=b"", headers=ORIGIN).status_code == 404) is not reads
        assert ('id=\\"record\\"' in client.get("/config").text) is False  # comes with the language of the page


def test_a_speech_server_and_a_model_without_the_other_are_a_fault_of_the_settings(tmp_path: Path) -> None:
    for alone in ({"speech_base_url": "http://127.0.0.1:9/v1"}, {"speech_model": "ear"}, {"speech_voice_model": "m"}):
        with pytest.raises(SettingsError, match="INTERVIEWER_SPEECH_MODEL"):
            make_speech(read_settings(data_dir=tmp_path, **alone))
    with pytest.raises(SettingsError, match="metadata"):
        make_speech(read_settings(data_dir=tmp_path, speech_base_url="http://169.254.169.254", speech_model="ear"))
    assert make_speech(read_settings(data_dir=tmp_path)) is None


@pytest.mark.parametrize(
    "sent, read",
    [
        ('{"text": "off", "seconds": 2.5, "pauses": 1}', Spoken("off", 2.5, 1)),
        ('{"text": "off", "seconds": 2.5}', Spoken("off", 2.5)),
        ("", None),
        ("[]", None),
        ('{"text": " ", "seconds": 2.5}', None),
        ('{"text": "off", "seconds": -1}', None),
        ('{"text": "off", "seconds": NaN}', None),
        ('{"text": "off", "seconds": 1, "pauses": -1}', None),
        ('{"text": "off", "seconds": 1e300}', None),
    ],
)
def test_what_the_page_says_was_spoken_is_checked(sent: str, read: Spoken | None) -> None:
    assert read_spoken(sent) == read
