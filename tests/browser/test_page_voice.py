"""Answers that are spoken, with Chromium's fake microphone and a speech server on this machine; questions that are heard."""

import io
import wave
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from misbehaving import Server as SpeechEndpoint
from misbehaving import serving
from playwright.sync_api import Browser, Page, Playwright, expect
from served import CHROMIUM, FLAGS, Server, Visit, unfold
from speech_server import SpeechServer, tone

from interviewer.domain.interview import Answered, Graded
from interviewer.sessions.store import Store

FIRST, SECOND = "um without one the stack collapses", "into one linear map"
EDITED = "Without one, the stack of layers collapses into one linear map."
MICROPHONE = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
COUNT_ASKED = """
  window.asked = 0;
  const own = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getUserMedia = wish => { window.asked += 1; return own(wish); };
"""


# "Um, it is switched off.", as espeak-ng says it.
SPOKEN = Path(__file__).with_name("spoken.wav")
PAUSE_SECONDS = 4.0


def spoken_with_a_pause() -> bytes:
    """A WAV file with one sentence and then silence."""
    held = io.BytesIO()
    with wave.open(str(SPOKEN)) as said, wave.open(held, "wb") as file:
        file.setparams(said.getparams())
        silence = bytes([128]) * int(PAUSE_SECONDS * said.getframerate())
        file.writeframes(said.readframes(said.getnframes()) + silence)
    return held.getvalue()


@pytest.fixture(scope="module")
def chromium(
    playwright: Playwright, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[Browser]:
    """A browser whose microphone hears somebody speak and pause, again and again; nothing where the parameter says so."""
    heard_file = tmp_path_factory.mktemp("microphone") / "heard.wav"
    heard_file.write_bytes(tone(10, 0.0) if getattr(request, "param", "") == "silence" else spoken_with_a_pause())
    heard = [*MICROPHONE, f"--use-file-for-fake-audio-capture={heard_file}"]
    browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*FLAGS, *heard])
    yield browser
    browser.close()


@pytest.fixture
def speech() -> SpeechServer:
    return SpeechServer([FIRST, SECOND])


@pytest.fixture(scope="module")
def speaking(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server of the page for all tests here; the address of its speech server is the same all the time."""
    with serving(SpeechServer()) as there:
        models = {"BASE_URL": there.url, "MODEL": "ear", "VOICE_MODEL": "mouth"}
    extra = {f"INTERVIEWER_SPEECH_{name}": value for name, value in models.items()}
    server = Server(tmp_path_factory.mktemp("speaking"), extra=extra)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def endpoint(speaking: Server, speech: SpeechServer) -> Iterator[SpeechEndpoint]:
    port = urlsplit(speaking.extra["INTERVIEWER_SPEECH_BASE_URL"]).port
    assert port
    served = SpeechEndpoint(speech, port)
    served.start()
    yield served
    served.stop()


@pytest.fixture
def server(speaking: Server, endpoint: SpeechEndpoint) -> Server:
    assert endpoint.url == speaking.extra["INTERVIEWER_SPEECH_BASE_URL"]
    return speaking


def begin(page: Page) -> None:
    page.click("#practise-today")
    expect(page.locator("#record")).to_be_visible()


def record(page: Page, seconds: float = 1.5) -> None:
    page.click("#record")
    expect(page.locator("#record[aria-pressed=true]")).to_be_visible()
    page.wait_for_timeout(1000 * seconds)
    page.click("#record")


def events(server: Server) -> list[object]:
    store = Store(f"sqlite:///{server.folder / 'interviews.sqlite3'}")
    return [recorded.event for recorded in store.history(store.interviews()[0].id)]


@pytest.mark.parametrize("size", [(1280, 900), (360, 740)], ids=lambda size: str(size[0]))
def test_what_was_said_is_edited_added_to_and_sent_and_the_edited_text_is_graded(
    server: Server, visit: Callable[..., Visit], speech: SpeechServer, shots: Path, size: tuple[int, int]
) -> None:
    seen = visit("en", viewport={"width": size[0], "height": size[1]})
    page, box = seen.page, seen.page.locator("#answer textarea")
    seen.context.add_init_script(COUNT_ASKED)
    page.reload()
    begin(page)
    assert page.evaluate("window.asked") == 0
    page.screenshot(path=shots / f"voice-{size[0]}.png")
    page.click("#record")
    expect(page.locator("#voice-status")).to_contain_text("● 0:01")
    page.screenshot(path=shots / f"voice-recording-{size[0]}.png")
    page.click("#record")
    expect(box).to_have_value(FIRST)
    assert page.evaluate("window.asked") == 1
    box.fill("Without one, the stack of layers collapses")
    page.reload()
    expect(box).to_have_value("Without one, the stack of layers collapses")
    record(page)
    expect(box).to_have_value("Without one, the stack of layers collapses " + SECOND)
    assert not any(isinstance(event, Answered) for event in events(server))  # nothing is sent by itself
    expect(page.locator("#spoken")).to_be_hidden()
    page.screenshot(path=shots / f"voice-written-{size[0]}.png")
    box.fill(EDITED)
    page.click("#send")
    expect(page.locator("#next")).to_be_visible()
    expect(page.locator("#chat .turn.answer")).to_contain_text(f"Spoken, before editing: {FIRST} {SECOND}")
    page.screenshot(path=shots / f"voice-sent-{size[0]}.png")
    (answered,) = [event for event in events(server) if isinstance(event, Answered)]
    assert answered.text == EDITED
    assert answered.spoken is not None
    assert answered.spoken.text == f"{FIRST} {SECOND}"
    assert 2 < answered.spoken.seconds < 60
    (graded,) = [event for event in events(server) if isinstance(event, Graded)]
    quotes = [one.quote for verdict in graded.grade.verdicts for one in verdict.evidence]
    assert quotes
    assert all(quote in EDITED for quote in quotes)
    assert [kind for _, kind, _ in speech.heard] == ["audio/webm", "audio/webm"]
    stored = [path for path in server.folder.rglob("*") if path.is_file()]
    assert not [path for path in stored if b"\x1aE\xdf\xa3" in path.read_bytes()]  # how WebM begins
    page.click("#next")
    expect(page.locator("#progress")).to_contain_text("Question 2")
    box.fill("no idea")
    page.click("#send")
    expect(page.locator("#next")).to_be_visible()
    page.click("#end")
    page.click("#end-yes")
    expect(page.locator("#report .pace").last).to_contain_text("None of this is graded")
    page.screenshot(path=shots / f"voice-report-{size[0]}.png")
    assert [event.spoken is None for event in events(server) if isinstance(event, Answered)] == [False, True]


def test_pauses_and_filler_words_of_real_speech_are_counted_and_not_graded(
    server: Server, visit: Callable[..., Visit], speech: SpeechServer
) -> None:
    speech.words = ["Um, it is, uh, switched off."]
    page = visit("en").page
    begin(page)
    record(page, PAUSE_SECONDS + 3)
    expect(page.locator("#answer textarea")).to_have_value("Um, it is, uh, switched off.")
    page.click("#send")
    expect(page.locator("#next")).to_be_visible()
    page.click("#end")
    page.click("#end-yes")
    expect(page.locator("#report .pace").last).to_contain_text(
        "filler words: 2; long pauses: 1. None of this is graded"
    )
    (answered,) = [event for event in events(server) if isinstance(event, Answered)]
    assert answered.spoken is not None
    assert answered.spoken.seconds > PAUSE_SECONDS


@pytest.mark.parametrize("chromium", ["silence"], indirect=True)
def test_silence_is_not_sent_to_be_made_into_words(
    visit: Callable[..., Visit], server: Server, speech: SpeechServer, shots: Path
) -> None:
    page = visit("zh-CN", viewport={"width": 360, "height": 740}, color_scheme="dark").page
    begin(page)
    page.locator("#answer textarea").fill("打的字")
    record(page)
    expect(page.locator("#voice-status")).to_contain_text("没有听到说话声")
    expect(page.locator("#answer textarea")).to_have_value("打的字")
    page.screenshot(path=shots / "voice-silence-dark-360.png")
    assert speech.heard == []


def test_noise_that_the_model_hears_nothing_in_adds_nothing(
    visit: Callable[..., Visit], server: Server, speech: SpeechServer
) -> None:
    speech.words = [""]
    page = visit("en").page
    begin(page)
    record(page)
    expect(page.locator("#voice-status")).to_contain_text("No speech was heard")
    expect(page.locator("#answer textarea")).to_have_value("")
    assert len(speech.heard) == 1


def test_while_the_speech_server_is_down_nothing_is_lost(
    visit: Callable[..., Visit], server: Server, endpoint: SpeechEndpoint, speech: SpeechServer, shots: Path
) -> None:
    page = visit("en", viewport={"width": 360, "height": 740}).page
    begin(page)
    page.locator("#answer textarea").press_sequentially("typed")
    endpoint.stop()
    record(page)
    expect(page.locator("#voice-status")).to_contain_text("cannot be reached", timeout=60_000)
    expect(page.locator("#record-again")).to_be_visible()
    expect(page.locator("#answer textarea")).to_have_value("typed")
    page.screenshot(path=shots / "voice-down-360.png")
    again = SpeechEndpoint(speech, endpoint.port)
    again.start()
    page.click("#record-again")
    expect(page.locator("#answer textarea")).to_have_value(f"typed {FIRST}")
    expect(page.locator("#record-again")).to_be_hidden()
    again.stop()
    record(page)
    expect(page.locator("#record-drop")).to_be_visible(timeout=60_000)
    page.click("#record-drop")
    expect(page.locator("#voice-status")).to_be_empty()


def test_who_sends_while_recording_sends_what_they_say_only_after_reading_it(
    visit: Callable[..., Visit], server: Server
) -> None:
    page = visit("en").page
    begin(page)
    page.locator("#answer textarea").fill("half of it")
    for press in (lambda: page.click("#send"), lambda: page.locator("#answer textarea").press("Enter")):
        page.click("#record")
        expect(page.locator("#record[aria-pressed=true]")).to_be_visible()
        page.wait_for_timeout(1200)
        press()
        expect(page.locator("#record[aria-pressed=false]")).to_be_visible()
    expect(page.locator("#answer textarea")).to_have_value(f"half of it {FIRST} {SECOND}")
    assert not any(isinstance(event, Answered) for event in events(server))
    page.click("#send")
    expect(page.locator("#next")).to_be_visible()
    assert any(isinstance(event, Answered) for event in events(server))


def test_who_speaks_when_the_time_is_over_is_not_cut_off(visit: Callable[..., Visit], server: Server) -> None:
    page = visit("en").page
    page.clock.install()
    page.reload()
    unfold(page)
    page.locator("#mode input[value=interview]").check()
    page.locator("#answer-seconds input").nth(1).check()
    page.click("#begin")
    expect(page.locator("#record")).to_be_visible()
    page.locator("#answer textarea").press_sequentially("half of it")
    page.click("#record")
    expect(page.locator("#record[aria-pressed=true]")).to_be_visible()
    page.clock.run_for(70_000)
    expect(page.locator("#progress .clock-said")).to_contain_text("Time is up")
    page.click("#record")
    expect(page.locator("#answer textarea")).to_have_value(f"half of it {FIRST}")
    assert not any(isinstance(event, Answered) for event in events(server))


def test_ten_minutes_of_speech_are_taken_by_the_served_page(
    visit: Callable[..., Visit], server: Server, speech: SpeechServer
) -> None:
    page = visit("en").page
    begin(page)
    size = 600 * 32_000  # as WAV, eight times larger than what the page sends
    told = page.evaluate(
        """async size => {
            const interview = document.querySelector('#progress [data-interview]').dataset.interview;
            const headers = {'Content-Type': 'audio/wav', 'X-Interview': interview};
            return (await fetch('transcribe', {method: 'POST', body: new Uint8Array(size), headers})).json();
        }""",
        size,
    )
    assert told == {"text": FIRST}
    assert speech.heard[0][2] == size


def test_a_microphone_that_may_not_be_used_is_explained(visit: Callable[..., Visit], server: Server) -> None:
    seen = visit("en")
    seen.context.add_init_script(
        "navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('', 'NotAllowedError'));"
    )
    seen.page.reload()
    begin(seen.page)
    seen.page.click("#record")
    expect(seen.page.locator("#voice-status")).to_contain_text("allow it for this page")


def test_a_question_is_heard_by_the_voice_of_the_server(
    visit: Callable[..., Visit], server: Server, speech: SpeechServer
) -> None:
    seen = visit("en")
    seen.context.add_init_script(
        """
        window.played = [];
        const own = HTMLMediaElement.prototype.play;
        HTMLMediaElement.prototype.play = async function () { await own.call(this); window.played.push(this.src); };
        """
    )
    page = seen.page
    page.reload()
    begin(page)
    seen.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.evaluate("navigator.clipboard.writeText('mine')")
    page.locator("#chat .hear").first.click()
    page.wait_for_function("window.played.length === 1")
    assert page.evaluate("window.played[0]").startswith("blob:")
    said = page.locator("#chat .turn.question .hear").get_attribute("data-text")
    assert [one["input"] for one in speech.read] == [said]
    assert page.locator("#chat .hear").first.inner_text() == "Listen"
    assert page.evaluate("navigator.clipboard.readText()") == "mine", "what was copied before is still there"


def test_without_a_speech_server_the_browser_reads_if_it_has_a_voice_and_nothing_records(
    chromium: Browser, shared_server: Server, shots: Path
) -> None:
    shared_server.start()
    voices = "[{lang: 'en-GB', name: 'one'}]"
    for has_voice in (False, True):
        page = chromium.new_page(locale="en", viewport={"width": 360, "height": 740})
        page.set_default_timeout(45_000)
        page.add_init_script(
            f"""
            window.spoken = [];
            window.SpeechSynthesisUtterance = class extends EventTarget {{ constructor(text) {{ super(); this.text = text; }} }};
            Object.defineProperty(window, 'speechSynthesis', {{value: {{
                getVoices: () => {voices if has_voice else "[]"}, cancel: () => {{}},
                speak: one => window.spoken.push([one.text, one.lang])}}}});"""
        )
        page.goto(shared_server.url)
        page.click("#practise-today")
        expect(page.locator("#answer textarea")).to_be_visible()
        expect(page.locator("#record")).to_have_count(0)
        hear = page.locator("#chat .turn.question .hear")
        if has_voice:
            expect(hear).to_be_visible()
            hear.click()
            page.wait_for_function("window.spoken.length === 1")
            assert page.evaluate("window.spoken[0]") == [hear.get_attribute("data-text"), "en-GB"]
        else:
            expect(hear).to_be_hidden()
            page.screenshot(path=shots / "voice-none-360.png")
        page.context.close()
