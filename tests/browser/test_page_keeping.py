"""What a visitor keeps and throws away: notes, bookmarks, banks, and a report on paper."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect
from served import Server, Visit

SERIOUS = ("serious", "critical")
MINE = "## What is a stack?\n\nAnswer: It gives back first what was put in last.\n"


def open_tab(page: Page, number: int) -> None:
    page.get_by_role("tab").nth(number).click()
    page.wait_for_timeout(300)  # what has just opened is deaf for a moment


def check_accessible(page: Page) -> None:
    found = Axe().run(page).response["violations"]
    assert not [one["id"] for one in found if one["impact"] in SERIOUS]


def test_a_note_on_a_card_is_found_among_the_questions(
    server: Server, visit: Callable[..., Visit], shots: Path
) -> None:
    page = visit("en", viewport={"width": 390, "height": 844}).page
    page.click("#practise-today")
    page.locator("#answer textarea").fill("Stacked linear layers collapse into one linear layer.")
    page.locator("#answer textarea").press("Control+Enter")
    note = page.locator("#card .own-note")
    expect(note).to_be_visible()
    note.locator(".bookmark").click()
    expect(note.locator(".bookmark")).to_have_attribute("aria-pressed", "true")
    note.locator("summary").click()
    note.locator("textarea").fill("Remember the words universal approximation")
    note.locator("textarea").blur()
    page.wait_for_timeout(1500)
    note.scroll_into_view_if_needed()
    page.screenshot(path=shots / "note-card-390.png")
    check_accessible(page)
    page.reload()
    expect(page.locator("#card .note-text")).to_have_value("Remember the words universal approximation")
    open_tab(page, 2)
    listed = page.locator("#question-list .questions li")
    expect(listed.first).to_be_visible()
    page.locator("#question-words textarea, #question-words input").fill("REMEMBER")
    page.locator("#question-words textarea, #question-words input").press("Enter")
    expect(listed).to_have_count(1)
    expect(listed.locator(".note-text")).to_have_value("Remember the words universal approximation")
    expect(listed.locator(".bookmark")).to_have_attribute("aria-pressed", "true")
    page.screenshot(path=shots / "note-questions-390.png")
    check_accessible(page)
    listed.locator(".bookmark").click()
    expect(listed.locator(".bookmark")).to_have_attribute("aria-pressed", "false")
    page.wait_for_timeout(1000)
    page.reload()
    expect(page.locator("#card .bookmark")).to_have_attribute("aria-pressed", "false")


def test_a_bank_is_deleted_after_a_second_press_and_put_back(
    server: Server, visit: Callable[..., Visit], shots: Path
) -> None:
    page = visit("en", viewport={"width": 1280, "height": 800}).page
    open_tab(page, 3)
    page.set_input_files("#import-file", {"name": "stacks.md", "mimeType": "text/markdown", "buffer": MINE.encode()})
    page.locator("#import-save").click()
    expect(page.locator("#import-saved")).to_contain_text("Saved")
    own, told = page.locator("#own-banks"), page.locator("#banks-told")
    own.locator("summary").click()
    expect(own).to_contain_text("stacks")
    own.locator(".delete").click()
    expect(own.locator(".delete")).to_have_text("Really delete?")
    page.screenshot(path=shots / "own-banks-1280.png")
    check_accessible(page)
    own.locator(".delete").click()
    expect(told).to_contain_text("was deleted")
    expect(own.locator(".delete")).to_have_count(0)
    assert not list((server.folder / "banks").glob("*.yaml"))
    told.locator(".put-back").click()
    expect(told).to_contain_text("It is back.")
    expect(own).to_contain_text("stacks")
    assert len(list((server.folder / "banks").glob("*.yaml"))) == 1


def test_a_report_opens_whole_to_be_printed(server: Server, visit: Callable[..., Visit], shots: Path) -> None:
    here = visit("en", viewport={"width": 390, "height": 844})
    page = here.page
    page.click("#practise-today")
    page.locator("#answer textarea").fill("Stacked linear layers collapse into one linear layer.")
    page.locator("#answer textarea").press("Control+Enter")
    page.locator("#next").click()
    page.locator("#end").click()
    page.locator("#end-yes").click()
    expect(page.locator("#report")).to_contain_text("to work on")
    with here.context.expect_page() as opened:
        page.get_by_text("Print or save as PDF").click()
    sheet = opened.value
    expect(sheet.get_by_role("heading", level=1)).to_contain_text("Deep learning · ")
    assert sheet.title().startswith("Deep learning · 20")
    sheet.emulate_media(media="print")
    expect(sheet.locator(".model-answer .reference").first).to_be_visible()
    marked = sheet.locator(".card mark").first
    assert (
        marked.evaluate("one => getComputedStyle(one).printColorAdjust || getComputedStyle(one).webkitPrintColorAdjust")
        == "exact"
    )
    assert marked.evaluate("one => getComputedStyle(one).backgroundColor") != "rgba(0, 0, 0, 0)"
    assert len(sheet.pdf()) > 10_000
    sheet.screenshot(path=shots / "print-390.png", full_page=True)


@pytest.mark.parametrize("width", [360, 1280])
def test_interviews_are_searched_and_a_question_unfolds_its_last_answer(
    server: Server, visit: Callable[..., Visit], shots: Path, width: int
) -> None:
    page = visit("en", viewport={"width": width, "height": 800}).page
    page.click("#practise-today")
    page.locator("#answer textarea").fill("Stacked linear layers collapse into one linear layer.")
    page.locator("#answer textarea").press("Control+Enter")
    expect(page.locator("#card .own-note")).to_be_visible()
    open_tab(page, 1)
    words, listed = page.locator("#interview-words input, #interview-words textarea"), page.locator("#interviews")
    expect(listed.locator("li")).to_have_count(1)
    words.fill("deep coach")
    words.press("Enter")
    expect(listed.locator("li")).to_have_count(1)
    words.fill("elephants")
    words.press("Enter")
    expect(listed).to_contain_text("No interview has all these words")
    page.screenshot(path=shots / f"search-none-{width}.png", full_page=True)
    words.fill("")
    words.press("Enter")
    listed.locator(".delete").click()
    listed.locator(".delete").click()
    expect(listed).to_contain_text("Deleted within the last day")
    page.reload()
    open_tab(page, 1)
    page.get_by_text("Deleted within the last day").click()
    page.screenshot(path=shots / f"deleted-{width}.png", full_page=True)
    check_accessible(page)
    listed.locator("details .put-back").click()
    expect(listed).to_contain_text("It is back.")
    open_tab(page, 2)
    last = page.locator(".last-answer").first
    last.locator("summary").first.click()
    expect(last).to_contain_text("Stacked linear layers collapse into one linear layer.")
    expect(last.locator(".card .ledger").first).to_be_visible()
    page.screenshot(path=shots / f"last-answer-{width}.png")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    check_accessible(page)


def test_the_days_of_interviews_follow_the_language(visit: Callable[..., Visit]) -> None:
    page = visit("en").page
    page.click("#practise-today")
    expect(page.locator("#answer textarea")).to_be_visible()
    open_tab(page, 1)
    shown = page.locator("ul.interviews time").first
    expect(shown).to_have_text(re.compile(r"^[A-Z][a-z]{2} \d+, \d{4}"))
    open_tab(page, 4)
    page.get_by_text("中文").click()
    expect(page.get_by_role("tab").nth(1)).to_have_text("记录")
    open_tab(page, 1)
    expect(shown).to_have_text(re.compile(r"^\d{4}年\d+月\d+日"))
