"""The screens of practice by keyboard alone."""

from collections.abc import Callable

from playwright.sync_api import Page, expect
from served import Visit


def reach(page: Page, selector: str, most: int = 60) -> None:
    """Press Tab until the keyboard stands on what is looked for."""
    for _ in range(most):
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{selector} is not reached by keyboard; it stands on {page.evaluate(HERE)}")


HERE = "document.activeElement.outerHTML.slice(0, 200)"


def open_by_key(page: Page, tab: int) -> None:
    page.evaluate("document.activeElement.blur()")
    reach(page, "[role=tab]")
    for _ in range(tab):
        page.keyboard.press("ArrowRight" if page.evaluate(ROVING) else "Tab")
    page.keyboard.press("Enter")
    page.wait_for_timeout(300)


ROVING = "[...document.querySelectorAll('[role=tab]')].filter(tab => tab.tabIndex >= 0).length === 1"


def test_today_is_walked_by_keyboard_alone(visit: Callable[..., Visit]) -> None:
    page = visit("en", viewport={"width": 1280, "height": 900}).page
    reach(page, "#today .goal summary")
    page.keyboard.press("Enter")
    reach(page, "#daily-cap")
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("3")
    reach(page, "#keep-goal")
    page.keyboard.press("Enter")
    expect(page.locator("#today .sitting")).to_contain_text("3 new")
    reach(page, "#practise-today")
    page.keyboard.press("Enter")
    expect(page.locator("#answer textarea")).to_be_focused()
    reach(page, "#skip")
    page.keyboard.press("Enter")
    expect(page.locator("#progress")).to_contain_text("Question 2 / 3")
    reach(page, "#undo-skip")
    page.keyboard.press("Enter")
    expect(page.locator("#progress")).to_contain_text("Question 1 / 3")
    expect(page.locator("#answer textarea")).to_be_focused()
    page.keyboard.type("The layers collapse into one linear map.")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#next")).to_be_focused()
    reach(page, "#leave")
    page.keyboard.press("Enter")
    expect(page.locator("#today .goes-on")).to_be_visible()


def test_questions_and_interviews_are_put_in_order_by_keyboard_alone(visit: Callable[..., Visit]) -> None:
    page = visit("en", viewport={"width": 1280, "height": 900}).page
    reach(page, "#practise-today")
    page.keyboard.press("Enter")
    expect(page.locator("#answer textarea")).to_be_focused()
    open_by_key(page, 2)
    reach(page, "#question-words textarea, #question-words input")
    page.keyboard.type("dropout")
    page.keyboard.press("Enter")
    expect(page.locator("#question-list li")).not_to_have_count(25)
    reach(page, ".questions input[type=checkbox]")
    page.keyboard.press("Space")
    page.evaluate("document.activeElement.blur()")
    reach(page, ".practise-ticked")
    page.keyboard.press("Enter")
    expect(page.locator("#progress")).to_contain_text("Question 1 / 1")
    open_by_key(page, 1)
    expect(page.locator("#interviews li:not(details li)")).to_have_count(2)
    reach(page, ".interviews .rename")
    page.keyboard.press("Enter")
    page.keyboard.type("By keyboard")
    page.keyboard.press("Enter")
    expect(page.locator("#interviews")).to_contain_text("By keyboard")
    reach(page, ".interviews .delete")
    page.keyboard.press("Enter")
    expect(page.locator(".interviews .delete", has_text="Really")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#interviews li:not(details li)")).to_have_count(1)
    page.evaluate("document.activeElement.blur()")
    reach(page, ".put-back")
    page.keyboard.press("Enter")
    expect(page.locator("#interviews li:not(details li)")).to_have_count(2)
