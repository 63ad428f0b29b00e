"""A visitor brings a list of questions: it is looked at, edited, saved, brought up to date, and played."""

import re
from collections.abc import Callable
from pathlib import Path
from threading import Event

from axe_playwright_python.sync_playwright import Axe
from misbehaving import Exchange
from model_server import MODEL, Character, model_server
from playwright.sync_api import Page, expect
from served import ROOT, Server, Visit

LIST = ROOT / "tests" / "banks" / "importing" / "lists" / "anchors_and_breaks.md"
SERIOUS = ("serious", "critical")


def choose(page: Page, path: Path) -> None:
    page.set_input_files("#import-file", path)


def open_tab(page: Page, name: str) -> None:
    page.get_by_role("tab", name=name).click()
    page.wait_for_selector("#import-drop")
    page.wait_for_timeout(300)  # a button of a tab that has just opened is deaf for a moment


def test_a_list_is_brought_edited_saved_and_played(
    server: Server, visit: Callable[..., Visit], shots: Path, tmp_path: Path
) -> None:
    page = visit("zh-CN").page
    open_tab(page, "导入")
    choose(page, LIST)
    expect(page.locator("#import-found")).to_contain_text("新题库")
    page.screenshot(path=shots / "import-zh.png", full_page=True)
    assert not (server.folder / "banks").exists(), "nothing is written before it is saved"

    page.locator(".as-yaml > summary").click()
    box = page.locator("#import-yaml")
    expect(box).to_have_value(re.compile("questions:"))
    good = box.input_value()
    box.fill(good.replace("questions:", "question:"))
    page.click("#import-save")
    expect(page.locator("#import-saved [role=alert]")).to_contain_text("question")
    assert "question:" in box.input_value(), "what was edited is still there"
    assert not (server.folder / "banks").exists()

    edited = good.replace("weight: 1\n", "weight: 5\n", 1)
    box.fill(edited)
    page.click("#import-save")
    expect(page.locator("#import-saved")).to_contain_text("已保存")
    (saved,) = (server.folder / "banks").glob("*.yaml")
    assert "weight: 5" in saved.read_text(encoding="utf-8")

    changed = tmp_path / LIST.name
    changed.write_text(
        LIST.read_text(encoding="utf-8") + "\n### 99. 这道题是后来加的吗？\n\n答：是的，它是后来加上的一道题。\n"
    )
    choose(page, changed)
    expect(page.locator("#import-found")).to_contain_text("以前导入过")
    expect(page.locator(".editor")).to_contain_text("这道题是后来加的吗")
    page.locator(".as-yaml > summary").click()
    expect(box).to_have_value(re.compile("weight: 5"))  # the edit survives the changed list
    page.click("#import-save")
    expect(page.locator("#import-saved")).to_contain_text("已保存")

    page.click("#import-play")
    expect(page.locator("#begin")).to_be_visible()
    expect(page.locator("#bank")).to_be_in_viewport()
    page.fill("#count input", "1")
    page.locator("#count input").blur()
    page.click("#begin")
    page.fill("#answer textarea", "我觉得是这样的，但是说不清楚。")
    page.click("#send")
    expect(page.locator("#card .self-marking")).to_be_visible()
    page.click("#card .mark-switch")
    expect(page.locator("#card .score")).to_be_visible()
    expect(page.locator("#card .badge")).to_contain_text("还没有测过")


def test_a_broken_file_is_named_and_nothing_is_lost(visit: Callable[..., Visit], tmp_path: Path) -> None:
    page = visit("en").page
    open_tab(page, "Import")
    choose(page, LIST)
    expect(page.locator("#import-found")).to_contain_text("a new bank")
    page.locator(".as-yaml > summary").click()
    box = page.locator("#import-yaml")
    expect(box).to_have_value(re.compile("questions:"))
    before = box.input_value()
    broken = tmp_path / "broken.csv"
    broken.write_bytes(b'question,answer\n"never closed,1\n')
    choose(page, broken)
    expect(page.locator("#import-found [role=alert]")).to_contain_text("broken.csv: line")
    assert box.input_value() == before
    large = tmp_path / "large.md"
    large.write_bytes(b"# x\n" * 1_300_000)
    choose(page, large)
    expect(page.locator("#import-status")).to_contain_text("5 MB is the most")
    nasty = tmp_path / "nasty.md"
    nasty.write_text(
        "## What is <img src=x onerror=alert(1)>?\n\nAnswer: <script>alert(2)</script> ${alert(3)} text.\n"
    )
    choose(page, nasty)
    expect(page.locator("#import-found")).to_contain_text("nasty")
    assert page.locator("#import-found img, #import-found script").count() == 0


def test_a_pasted_list_is_read(visit: Callable[..., Visit]) -> None:
    page = visit("en").page
    open_tab(page, "Import")
    page.get_by_role("button", name="Or paste a list").click()
    page.fill("#import-title input", "Networks")
    page.fill(
        "#import-paste textarea", "## 1. What does TCP promise?\n\nAnswer: Bytes arrive in order and without loss.\n"
    )
    page.click("#import-read-paste")
    expect(page.locator("#import-found")).to_contain_text("Networks")
    expect(page.locator(".editor")).to_contain_text("What does TCP promise?")


def test_a_list_that_a_model_reads_goes_on_while_the_page_is_loaded_again(
    visit: Callable[..., Visit], shots: Path
) -> None:
    page, asked, may = visit("zh-CN").page, Event(), Event()

    def slow(exchange: Exchange) -> None:
        if exchange.path.endswith("/chat/completions"):
            asked.set()
            may.wait(60)
        Character(writes_prose=True)(exchange)

    with model_server(slow) as models:
        page.get_by_role("tab", name="评分模型").click()
        page.fill("#base-url textarea, #base-url input", models.url)
        page.locator("#model input").fill(MODEL)
        page.locator("#model input").press("Enter")
        page.click("#use-model")
        expect(page.locator("#grader-status")).to_contain_text(MODEL)
        open_tab(page, "导入")
        page.check("#import-compiler input[value=model]")
        choose(page, LIST)
        assert asked.wait(60)
        expect(page.locator("#import-found progress")).to_be_visible()
        page.reload()
        open_tab(page, "导入")
        expect(page.locator("#import-found progress")).to_be_visible()
        page.screenshot(path=shots / "import-goes-on.png")
        may.set()
        expect(page.locator("#import-found")).to_contain_text("新题库", timeout=60_000)
        expect(page.locator(".editor")).to_be_visible()


def test_the_tab_has_no_serious_fault_for_a_screen_reader(visit: Callable[..., Visit], shots: Path) -> None:
    for width, scheme in ((1280, "light"), (360, "dark")):
        page = visit("en", viewport={"width": width, "height": 900}, color_scheme=scheme, bypass_csp=True).page
        open_tab(page, "Import")
        choose(page, LIST)
        expect(page.locator("#import-found")).to_contain_text("a new bank")
        found = Axe().run(page).response["violations"]
        assert [(v["id"], v["nodes"][0]["html"]) for v in found if v["impact"] in SERIOUS] == []
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0
        page.screenshot(path=shots / f"import-{width}-{scheme}.png", full_page=True)
