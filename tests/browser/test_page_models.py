"""Interviews graded by a model server on this machine."""

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from model_server import MODEL, STRICT, Character, model_server
from playwright.sync_api import Page, Route, expect
from served import Server, Visit
from test_page import COLLAPSE, answer, begin
from throttled_server import Throttled, throttled_server

KEY = "sk-browser-7f3a9c"


def open_tab(page: Page, place: int) -> None:
    page.get_by_role("tab").nth(place).click()
    page.wait_for_timeout(300)  # a button of a tab that has just opened is deaf for a moment


def choose(page: Page, url: str, shape: str = "one_call", key: str = KEY, second: str = "") -> None:
    open_tab(page, 4)
    page.fill("#base-url textarea, #base-url input", url)
    page.fill("#key input", key)
    page.locator("#model input").fill(MODEL)
    page.locator("#model input").press("Enter")
    page.locator("#second-model input").fill(second)
    page.locator("#second-model input").press("Enter")
    page.locator(f"#shape input[value={shape}]").check()
    page.click("#use-model")
    expect(page.locator("#grader-status")).to_contain_text(MODEL)
    page.get_by_role("tab").nth(0).click()


@pytest.mark.parametrize("shape", ["one_call", "per_criterion"])
def test_verdicts_come_in_and_nothing_is_lost_when_the_server_stops(
    server: Server, visit: Callable[..., Visit], shots: Path, shape: str
) -> None:
    page = visit("zh-CN", viewport={"width": 1280, "height": 900}).page
    character = Character(pause=1.6 if shape == "one_call" else 0.4, pieces=12)
    with model_server(character) as models:
        port = models.port
        choose(page, models.url + "/chat/completions", shape)
        begin(page, count=3)
        answer(page, COLLAPSE)
        expect(page.locator("#card .ledger li").first).to_be_visible(timeout=20_000)
        assert page.locator("#card .score").count() == 0  # verdicts are shown before the grade is whole
        page.screenshot(path=shots / f"streaming-{shape}.png")
        expect(page.locator("#card .score")).to_contain_text("/ 100", timeout=30_000)
        expect(page.locator("#card .provenance")).to_contain_text(MODEL)
        page.click("#next")
    answer(page, "用 ReLU 代替 sigmoid，再用 Xavier 初始化。")
    expect(page.locator("#card .failure")).to_contain_text("不是零分", timeout=20_000)
    expect(page.locator("#card")).to_contain_text("自己评分")
    page.screenshot(path=shots / f"failed-{shape}.png", full_page=True)
    page.reload()
    expect(page.locator("#card .failure")).to_be_visible()
    with model_server(Character(), port):
        page.click("#regrade")
        expect(page.locator("#card .score")).to_contain_text("/ 100", timeout=20_000)
        page.click("#next")
        answer(page, "卷积核共享参数，参数少得多，不容易过拟合。")
        expect(page.locator("#card .score")).to_be_visible(timeout=20_000)
        page.click("#next")
        expect(page.locator("#report h2").first).to_be_visible()
        expect(page.locator("#report")).to_contain_text("已评分 3 题")
        expect(page.locator("#report")).to_contain_text("token")
        page.screenshot(path=shots / f"report-model-{shape}.png", full_page=True)


def test_the_page_counts_the_seconds_of_a_slow_model_and_stops_it(visit: Callable[..., Visit], shots: Path) -> None:
    page = visit("en", viewport={"width": 1280, "height": 900}).page
    with throttled_server(Throttled(tokens_per_second=1e6, first=300)) as models:
        choose(page, models.url)
        begin(page, count=1)
        answer(page, COLLAPSE)
        line = page.locator("#card .model-call span")
        expect(line).to_contain_text("The model reads the answer · ", timeout=30_000)
        seen = page.evaluate(
            """async () => {
                const seen = [], start = Date.now();
                while (Date.now() - start < 6500) {
                    const text = document.querySelector('#card .model-call span')?.textContent;
                    if (text && seen.at(-1) !== text) seen.push(text);
                    await new Promise(go_on => setTimeout(go_on, 50));
                }
                return seen;
            }"""
        )
        seconds = [int(text.rpartition("· ")[2].split()[0]) for text in seen]
        assert seconds == list(range(seconds[0], seconds[-1] + 1))
        assert len(seconds) >= 6
        page.screenshot(path=shots / "slow-model.png", full_page=True)
        page.click("#card .stop-model")
        expect(page.locator("#card .failure")).to_contain_text("not a zero")
        expect(page.locator("#card")).to_contain_text("stopped before the model had finished")
        page.screenshot(path=shots / "stopped-model.png", full_page=True)
        models.behaviour = Character()
        page.click("#regrade")
        expect(page.locator("#card .score")).to_contain_text("/ 100", timeout=30_000)


def test_a_model_is_found_out_in_the_page(visit: Callable[..., Visit], shots: Path) -> None:
    page = visit("en", viewport={"width": 1280, "height": 900}).page
    with model_server(Character(obeys_answers=True)) as models:
        open_tab(page, 4)
        page.fill("#base-url textarea, #base-url input", models.url)
        page.click("#list-models")
        expect(page.locator("#grader-result")).to_contain_text("Models on the server: 2")
        page.click("#test-grader")
        expect(page.locator("#grader-result .card")).to_contain_text("it should not grade", timeout=30_000)
        page.screenshot(path=shots / "grader-test.png", full_page=True)
    page.click("#test-grader")
    expect(page.locator("#grader-result .card")).to_contain_text("does not answer", timeout=30_000)
    page.fill("#base-url textarea, #base-url input", "ftp://nowhere")
    page.click("#use-model")
    expect(page.locator("#grader-result")).to_contain_text("http")
    expect(page.locator("#grader-status")).to_contain_text("offline grader")


def test_two_models_that_differ_stand_side_by_side_until_a_person_rules(
    visit: Callable[..., Visit], shots: Path
) -> None:
    page = visit("en", viewport={"width": 1280, "height": 900}).page
    with model_server() as models:
        choose(page, models.url, second=STRICT)
        begin(page, count=1)
        answer(page, "Without it the layers collapse into one linear map.")
        expect(page.locator("#card .score")).to_contain_text("/ 100")
        expect(page.locator("#card .flag")).to_have_count(0)
        page.click(".second-opinion")
        differs = page.locator("#card table.second tr.differs")
        expect(differs).to_have_count(1)
        expect(differs.locator("td")).to_have_text(["✓ Met", "○ Missing"])
        asked = [exchange.body for exchange in models.exchanges if exchange.body]
        assert {body["model"] for body in asked} == {MODEL, STRICT}
        blind = next(body for body in asked if body["model"] == STRICT)
        assert "as the words say" not in str(blind["messages"])  # what the first gave as its reason
    expect(page.locator("#card .flag")).to_contain_text("A person should check")
    page.screenshot(path=shots / "second-look-1280.png", full_page=True)
    page.set_viewport_size({"width": 360, "height": 640})
    page.screenshot(path=shots / "second-look-360.png", full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.locator("#card .ledger li.met").first.get_by_role("button", name="Partly").click()
    expect(page.locator("#card .ruled")).to_contain_text("Your mark")
    expect(page.locator("#card .flag")).to_have_count(0)
    expect(page.locator("#card table.second td")).to_have_text(["✓ Met", "○ Missing", "○ Missing", "○ Missing"])
    page.reload()
    expect(page.locator("#card table.second tr.differs")).to_have_count(1)


def test_what_failed_is_graded_from_the_list(visit: Callable[..., Visit]) -> None:
    page = visit("en").page
    choose(page, "http://127.0.0.1:9/v1")
    begin(page, count=1)
    answer(page, "no such thing as a linear stack, it collapses")
    expect(page.locator("#card .failure")).to_be_visible(timeout=20_000)
    open_tab(page, 4)
    page.click("#use-offline")
    expect(page.locator("#grader-status")).to_contain_text("offline")
    open_tab(page, 1)
    page.click("#regrade-everything")
    expect(page.locator("#interviews")).to_contain_text("Graded now: 1", timeout=20_000)


def test_the_key_is_nowhere_after_a_whole_session(server: Server, visit: Callable[..., Visit], tmp_path: Path) -> None:
    seen = visit("en")
    page, bodies = seen.page, []
    page.on("response", lambda response: bodies.append(response.text()) if "queue/data" not in response.url else None)
    with model_server() as models:
        choose(page, models.url)
        begin(page, count=1)
        answer(page, "Without it the layers collapse into one linear map.")
        expect(page.locator("#card .score")).to_be_visible(timeout=20_000)
        page.click("#next")
        assert f"Bearer {KEY}" in models.behaviour.keys  # type: ignore[attr-defined]
    for kind in ("md", "html", "json"):
        with page.expect_download() as download:
            page.locator(f"#report a[href*='.{kind}']").click()
        assert KEY not in Path(download.value.path()).read_text(encoding="utf-8")
    page.reload()
    expect(page.locator("#report h2").first).to_be_visible()
    assert KEY not in page.content()
    assert KEY not in page.evaluate("JSON.stringify({...localStorage, ...sessionStorage}) + document.cookie")
    assert not any(KEY in body for body in bodies)
    other = visit("en").page
    assert KEY not in other.content()
    assert KEY not in other.evaluate("fetch('config').then(r => r.text())")
    with sqlite3.connect(server.folder / "interviews.sqlite3") as database:
        assert not any(KEY in line for line in database.iterdump())
    for path in server.folder.rglob("*"):
        if path.is_file():
            assert KEY.encode() not in path.read_bytes(), path


@pytest.fixture
def leaky(server: Server) -> Iterator[Server]:
    """The same server, started where the environment names a proxy and an organisation."""
    server.stop()
    server.extra = {
        "HTTP_PROXY": "http://127.0.0.1:9",
        "HTTPS_PROXY": "http://127.0.0.1:9",
        "ALL_PROXY": "http://127.0.0.1:9",
        "OPENAI_API_KEY": "sk-environment",
        "OPENAI_ORG_ID": "org-environment",
        "OPENAI_CUSTOM_HEADERS": "X-Leak: yes",
    }
    server.start()
    yield server
    server.stop()
    server.extra = {}


def test_nothing_of_the_environment_leaks_and_no_proxy_stands_before_this_machine(
    leaky: Server, visit: Callable[..., Visit]
) -> None:
    page = visit("en").page
    with model_server() as models:
        choose(page, models.url, key="")
        begin(page, count=1)
        answer(page, "Without it the layers collapse into one linear map.")
        expect(page.locator("#card .score")).to_be_visible(timeout=20_000)
        headers = [exchange.headers for exchange in models.exchanges]
    assert headers
    for sent in headers:
        assert "environment" not in str(sent)
        assert "x-leak" not in sent
        assert "openai-organization" not in sent
    assert leaky.extra


def test_a_page_whose_question_was_never_answered_goes_on_by_itself(visit: Callable[..., Visit]) -> None:
    page = visit("en").page
    with model_server(Character(pause=3)) as models:
        choose(page, models.url)
        begin(page, count=1)
        answer(page, COLLAPSE)
        expect(page.locator("#card .waiting")).to_be_visible()
        lost: list[Route] = []  # held back for ever
        page.route("**/queue/join*", lambda route: route.continue_() if lost else lost.append(route))
        expect(page.locator("#card .score")).to_contain_text("/ 100")
