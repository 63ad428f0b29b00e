"""People correct marks: on a card, on a report, on a sheet of their own; by finger and by key."""

import json
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect
from served import ROOT, Server, Visit, unfold

LIST = ROOT / "tests" / "banks" / "importing" / "lists" / "anchors_and_breaks.md"
COLLAPSE = "It would all fold up into a single matrix and nothing else."


def begin(page: Page, *, count: int = 1, mode: str = "coach") -> None:
    unfold(page)
    page.fill("#count input", str(count))
    page.locator("#count input").blur()
    page.locator(f"#mode input[value={mode}]").check()
    page.locator("#probes input").uncheck()
    page.click("#begin")
    expect(page.locator("#answer textarea")).to_be_visible()


def answer(page: Page, text: str) -> None:
    page.locator("#answer textarea").fill(text)
    page.locator("#answer textarea").press("Enter")


def exported(page: Page, kind: str) -> str:
    name = page.evaluate("new URL(document.querySelector('.downloads a[href*=export]').href).pathname").rsplit(".", 1)[
        0
    ]
    return page.evaluate("(path) => fetch(path).then(reply => reply.text())", f"{name}.{kind}?lang=en")


def test_a_point_is_ruled_undone_and_kept_over_a_reload_and_in_exports(
    visit: Callable[..., Visit], shots: Path
) -> None:
    page = visit("en").page
    begin(page)
    answer(page, COLLAPSE)
    row = page.locator("#card .ledger li.missing").first
    criterion = row.get_attribute("data-criterion")
    ruled = page.locator(f"#card .ledger li[data-criterion={criterion}]")
    ruled.get_by_role("button", name="Met").click()
    expect(ruled.locator(".ruled")).to_contain_text("Your mark")
    expect(ruled).to_have_class("met")
    ruled.get_by_role("button", name="Undo").click()
    expect(ruled.locator(".ruled")).to_have_count(0)
    ruled.focus()
    page.keyboard.press("2")
    expect(ruled).to_have_class("partial")
    ruled.locator(".ruling-note").fill("half of it is there")
    ruled.locator(".ruling-note").blur()
    expect(ruled.locator(".ruled")).to_contain_text("half of it is there")
    page.screenshot(path=shots / "ruled-en.png", full_page=True)
    page.reload()
    expect(ruled.locator(".ruled")).to_contain_text("half of it is there")
    page.click("#next")
    expect(page.locator("#report .ruled").first).to_contain_text("half of it is there")
    for kind in ("md", "html"):
        assert "half of it is there" in exported(page, kind)
    assert [event["kind"] for event in json.loads(exported(page, "json"))["events"]].count("Ruled") == 4


def test_a_finished_interview_without_feedback_can_be_ruled_on(visit: Callable[..., Visit]) -> None:
    page = visit("en").page
    begin(page, mode="interview")
    answer(page, COLLAPSE)
    page.locator("#report details.question summary").first.click()
    row = page.locator("#report .ledger li.missing").first
    criterion = row.get_attribute("data-criterion")
    row.get_by_role("button", name="Met").click()
    ruled = page.locator(f"#report .ledger li[data-criterion={criterion}]")
    expect(ruled.locator(".ruled")).to_contain_text("Your mark")
    expect(ruled.locator(".ruled")).to_be_visible()


def test_an_imported_bank_is_marked_by_the_candidate_with_keys_alone(
    server: Server, visit: Callable[..., Visit], shots: Path
) -> None:
    page = visit("zh-CN").page
    page.get_by_role("tab", name="导入").click()
    page.wait_for_selector("#import-drop")
    page.wait_for_timeout(300)
    page.set_input_files("#import-file", LIST)
    expect(page.locator("#import-found")).to_contain_text("新题库")
    page.click("#import-save")
    expect(page.locator("#import-saved")).to_contain_text("已保存")
    page.click("#import-play")
    expect(page.locator("#begin")).to_be_visible()
    page.wait_for_timeout(500)
    begin(page, count=3)
    for number in range(3):
        expect(page.locator("#answer textarea")).to_be_focused()
        page.keyboard.type("这道题我只说一半。")
        page.keyboard.press("Enter")
        expect(page.locator("#card .sheet li").first).to_be_focused()
        if number == 0:
            page.screenshot(path=shots / "self-marking-zh.png", full_page=True)
        for _ in range(page.locator("#card .sheet li").count()):
            page.keyboard.press("1")
        expect(page.locator("#card .self-marked")).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.locator("#card .self-marking")).to_be_hidden()
        expect(page.locator("#card .score").first).to_contain_text("自评")
        expect(page.locator("#next")).to_be_focused()
        page.keyboard.press("Enter")
    expect(page.locator("#report .score").first).to_contain_text("100")
    expect(page.locator("#report .score").first).to_contain_text("自评")
