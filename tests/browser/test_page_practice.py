"""A visitor comes back: Today, the questions, progress, and interviews put in order."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect
from served import Server, Visit

from interviewer.sessions.store import Store

SERIOUS = ("serious", "critical")


def open_tab(page: Page, number: int) -> None:
    page.get_by_role("tab").nth(number).click()
    page.wait_for_timeout(300)  # what has just opened is deaf for a moment


def practise(page: Page, *answers: str) -> None:
    page.click("#practise-today")
    for said in answers:
        expect(page.locator("#answer textarea")).to_be_visible()
        page.locator("#answer textarea").fill(said)
        page.locator("#answer textarea").press("Enter")
        page.locator("#next").click()


def days_ago(server: Server, days: int) -> None:
    """Move all that was recorded into the past, as if the visitor had been away."""
    store = Store(f"sqlite:///{server.folder / 'interviews.sqlite3'}")
    with store.database.write() as connection:
        for name, number, at in connection.exec_driver_sql("SELECT interview, number, at FROM events").fetchall():
            moved = (datetime.fromisoformat(at) - timedelta(days=days)).isoformat(timespec="milliseconds")
            connection.exec_driver_sql(
                "UPDATE events SET at = ? WHERE interview = ? AND number = ?", (moved, name, number)
            )
    store.rebuild_read_models()
    store.close()


def test_one_click_leads_to_the_first_question_and_what_was_missed_comes_back(
    server: Server, visit: Callable[..., Visit], shots: Path
) -> None:
    page = visit("en", viewport={"width": 360, "height": 640}).page
    expect(page.locator("#today")).to_contain_text("5 new")
    page.screenshot(path=shots / "today-first-360.png")
    practise(page, "Stacked linear layers collapse into one linear layer.", "I do not know.")
    page.click("#leave")
    expect(page.locator("#today")).to_contain_text("Continue: question 3 of 5")
    server.stop()
    days_ago(server, 3)
    server.start()
    page.reload()
    expect(page.locator("#today")).to_contain_text("due")
    page.screenshot(path=shots / "today-later-360.png")
    page.click("#practise-today")
    expect(page.locator("#progress")).to_contain_text("Question 1 /")


def test_the_next_step_is_in_reach_on_a_phone(visit: Callable[..., Visit]) -> None:
    page = visit("zh-CN", viewport={"width": 360, "height": 640}, has_touch=True, is_mobile=True).page

    def reached(control: str, width: int = 360) -> None:
        expect(page.locator(control)).to_be_visible()
        page.wait_for_timeout(500)
        box = page.locator(control).bounding_box()
        assert box is not None
        assert box["y"] >= 0
        assert box["y"] + box["height"] <= 640
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width
        assert box["width"] > 20

    reached("#language")  # its labels keep their boxes where it is cut off itself
    page.click("#practise-today")
    reached("#send")
    page.locator("#answer textarea").fill("一行又一行\n" * 30)
    reached("#send")
    page.locator("#answer textarea").press("Enter")
    assert page.locator("#answer textarea").input_value().startswith("一行又一行"), (
        "where fingers type, Enter breaks the line"
    )
    page.click("#send")
    reached("#next")
    page.click("#next")
    reached("#send")


def test_a_draft_outlives_leaving_and_closing(visit: Callable[..., Visit]) -> None:
    seen = visit("en")
    page = seen.page
    page.click("#practise-today")
    page.locator("#answer textarea").press_sequentially("half a thought")
    page.click("#leave")
    expect(page.locator("#today")).to_contain_text("Continue")
    page.locator("#today .goes-on a").first.click()
    expect(page.locator("#answer textarea")).to_have_value("half a thought")
    again = seen.context.new_page()
    address = page.url
    page.close()
    again.goto(address)
    expect(again.locator("#answer textarea")).to_have_value("half a thought")
    again.locator("#answer textarea").press("Control+Enter")
    expect(again.locator("#next")).to_be_visible()
    again.click("#next")
    expect(again.locator("#answer textarea")).to_have_value("")


def test_questions_are_found_ticked_and_practised(visit: Callable[..., Visit], shots: Path) -> None:
    page = visit("zh-CN", viewport={"width": 1280, "height": 900}).page
    open_tab(page, 2)
    expect(page.locator("#question-list li")).to_have_count(25)
    page.locator("#question-words input, #question-words textarea").fill("dropout 测试")
    page.keyboard.press("Enter")
    expect(page.locator("#question-list p").first).not_to_contain_text("25")
    page.screenshot(path=shots / "questions-1280.png")
    found = Axe().run(page).response["violations"]
    assert [one["id"] for one in found if one["impact"] in SERIOUS] == []
    page.locator(".questions input").first.check()
    page.locator(".practise-ticked").click()
    expect(page.locator("#progress")).to_contain_text("第 1 / 1 题")


def test_progress_is_shown_and_interviews_are_put_in_order(visit: Callable[..., Visit], shots: Path) -> None:
    page = visit("en", viewport={"width": 1280, "height": 900}).page
    practise(page, "Stacked linear layers collapse into one linear layer.")
    open_tab(page, 1)
    expect(page.locator("#progress-page .heat rect.heat-1")).to_have_count(1)
    page.screenshot(path=shots / "progress-1280.png", full_page=True)
    found = Axe().run(page).response["violations"]
    assert [one["id"] for one in found if one["impact"] in SERIOUS] == []
    page.locator(".interviews .rename").click()
    page.keyboard.type("My first")
    page.keyboard.press("Enter")
    expect(page.locator("#interviews")).to_contain_text("My first")
    page.locator(".interviews .delete").click()
    expect(page.locator(".interviews .delete")).to_have_text("Really delete?")
    page.locator(".interviews .delete").click()
    expect(page.locator("#interviews")).to_contain_text("Deleted.")
    page.locator("#interviews p .put-back").click()
    expect(page.locator("#interviews")).to_contain_text("My first")


def test_a_day_to_be_ready_by_is_kept(visit: Callable[..., Visit]) -> None:
    page = visit("en").page
    page.locator("#today .goal summary").click()
    day = (datetime.now(UTC).date() + timedelta(days=30)).isoformat()
    page.fill("#exam-on", day)
    page.fill("#daily-cap", "7")
    page.click("#keep-goal")
    expect(page.locator("#today")).to_contain_text("Days left until your interview")
    page.reload()
    expect(page.locator("#exam-on")).to_have_value(day)
    expect(page.locator("#daily-cap")).to_have_value("7")
