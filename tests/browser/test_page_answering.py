"""While a question is open: its clock and its limit, passing on it and coming back, copying, other windows."""

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect
from served import Server, Visit, unfold

from interviewer.domain.interview import Answered
from interviewer.sessions.store import Store

SAID = "Without one, the stack of layers collapses into one linear map."


def begin_limited(page: Page, count: int = 2, *, probes: bool = False) -> None:
    unfold(page)
    page.fill("#count input", str(count))
    page.locator("#count input").blur()
    page.locator("#mode input[value=interview]").check()
    page.locator("#answer-seconds input").nth(1).check()
    page.locator("#probes input").set_checked(probes)
    page.click("#begin")
    expect(page.locator("#answer textarea")).to_be_visible()


def test_an_answer_whose_time_is_over_is_taken_as_it_stands(
    server: Server, visit: Callable[..., Visit], shots: Path
) -> None:
    page = visit("en", viewport={"width": 1280, "height": 900}).page
    page.clock.install()
    page.reload()
    begin_limited(page)
    expect(page.locator("#progress .clock")).to_have_text("0:01 / 1:00")
    page.locator("#answer textarea").press_sequentially(SAID)
    page.clock.run_for(35_000)
    expect(page.locator("#progress .clock-said")).to_contain_text("30 seconds left")
    page.screenshot(path=shots / "limit-warning-1280.png")
    page.clock.run_for(30_000)
    expect(page.locator("#progress")).to_contain_text("Question 2 / 2")
    expect(page.locator("#answer textarea")).to_have_value("")
    page.clock.run_for(70_000)
    expect(page.locator("#progress .clock-said")).to_contain_text("Time is up")
    page.screenshot(path=shots / "limit-over-1280.png")
    page.locator("#answer textarea").fill("Late, but still an answer.")
    page.clock.run_for(2_000)
    expect(page.locator("#answer textarea")).to_have_value("Late, but still an answer.")
    page.click("#send")
    expect(page.locator("#report .pace")).to_contain_text("per question")
    page.screenshot(path=shots / "pace-1280.png")
    store = Store(f"sqlite:///{server.folder / 'interviews.sqlite3'}")
    events = [recorded.event for recorded in store.history(store.interviews()[0].id)]
    assert [event.text for event in events if isinstance(event, Answered)] == [SAID, "Late, but still an answer."]


def test_coach_mode_shows_the_time_and_sets_no_limit(visit: Callable[..., Visit]) -> None:
    page = visit("en").page
    unfold(page)
    expect(page.locator("#answer-seconds")).not_to_be_visible()
    page.click("#practise-today")
    expect(page.locator("#progress .clock")).to_have_text("0:02")
    page.locator("#answer textarea").fill(SAID)
    page.click("#hint")
    expect(page.locator(".turn.hint")).to_be_visible()
    expect(page.locator("#progress .clock")).not_to_have_text("0:00")


def test_a_question_that_was_passed_on_is_come_back_to_unless_another_window_went_on(
    visit: Callable[..., Visit], shots: Path
) -> None:
    seen = visit("en", viewport={"width": 360, "height": 640})
    page = seen.page
    page.click("#practise-today")
    expect(page.locator("#answer textarea")).to_be_visible()
    expect(page.locator("#undo-skip")).not_to_be_visible()
    page.locator("#answer textarea").press_sequentially("half a thought")
    page.click("#skip")
    expect(page.locator("#progress")).to_contain_text("Question 2 / 5")
    expect(page.locator("#undo-skip")).to_be_visible()
    expect(page.locator("#answer textarea")).to_have_value("")
    expect(page.locator("#progress .clock")).to_contain_text(":")
    page.screenshot(path=shots / "undo-skip-360.png")
    other = seen.context.new_page()
    other.goto(page.url)
    expect(other.locator("#undo-skip")).to_be_visible()
    page.click("#undo-skip")
    expect(page.locator("#progress")).to_contain_text("Question 1 / 5")
    expect(page.locator("#answer textarea")).to_have_value("half a thought")
    page.click("#skip")
    expect(page.locator("#progress")).to_contain_text("Question 2 / 5")
    page.locator("#answer textarea").fill(SAID)
    page.click("#send")
    expect(page.locator("#next")).to_be_visible()
    other.click("#undo-skip")
    expect(other.locator("#notice")).to_contain_text("has moved on")
    expect(other.locator("#notice")).not_to_contain_text("wrote")
    expect(other.locator("#next")).to_be_visible()


def test_a_stale_window_says_where_what_was_written_is(visit: Callable[..., Visit], shots: Path) -> None:
    seen = visit("en")
    page = seen.page
    page.click("#practise-today")
    expect(page.locator("#answer textarea")).to_be_visible()
    other = seen.context.new_page()
    other.goto(page.url)
    expect(other.locator("#answer textarea")).to_be_visible()
    page.click("#skip")
    expect(page.locator("#progress")).to_contain_text("Question 2 / 5")
    other.locator("#answer textarea").fill("my words")
    other.click("#send")
    expect(other.locator("#notice")).to_contain_text("still in the box")
    expect(other.locator("#answer textarea")).to_have_value("my words")
    page.locator("#answer textarea").fill(SAID)
    page.click("#send")
    expect(page.locator("#next")).to_be_visible()
    other.click("#send")
    expect(other.locator("#notice .unsent")).to_have_text("my words")
    expect(other.locator("#notice")).not_to_contain_text("still in the box")
    expect(other.locator("#notice")).to_be_in_viewport()
    other.screenshot(path=shots / "stale-en.png")


def test_question_answer_and_model_answer_are_copied_as_they_were_written(
    visit: Callable[..., Visit], shots: Path
) -> None:
    seen = visit("en", permissions=["clipboard-read", "clipboard-write"])
    page = seen.page
    written = 'layers <b>collapse</b>: "$W_2 W_1 x$",\n  {{ linear }} `map`'
    page.click("#practise-today")
    page.locator("#answer textarea").fill(written)
    page.click("#send")
    expect(page.locator("#next")).to_be_visible()

    def copied(button: str) -> str:
        page.locator(button).first.click()
        expect(page.locator(button).first).to_have_text("Copied")
        text: str = page.evaluate("navigator.clipboard.readText()")
        return text

    assert copied("#chat .mine .copy") == written
    assert copied("#card > .card > .copy, #card .answer + .copy") == written
    assert "non-linearity" in copied("#chat .question .copy")
    page.locator("#card .model-answer summary").click()
    assert "linear" in copied("#card .model-answer .copy")
    page.screenshot(path=shots / "copy-en.png", full_page=True)


def test_the_language_of_the_questions_follows_the_page_until_it_is_chosen(visit: Callable[..., Visit]) -> None:
    page = visit("en").page
    unfold(page)
    expect(page.locator("#question-language input[value=en]")).to_be_checked()
    page.locator("#language input[value=zh]").check()
    expect(page.locator("#question-language input[value=zh]")).to_be_checked()
    page.locator("#question-language input[value=en]").check()
    page.locator("#language input[value=en]").check()
    expect(page.locator("h1")).to_have_text("Mock interviewer")
    page.locator("#language input[value=zh]").check()
    expect(page.locator("h1")).to_have_text("模拟面试官")
    expect(page.locator("#question-language input[value=en]")).to_be_checked()


def test_the_box_and_send_are_in_the_first_640_pixels_at_every_step_on_a_phone(
    visit: Callable[..., Visit], shots: Path
) -> None:
    page = visit("en", viewport={"width": 360, "height": 640}, has_touch=True, is_mobile=True).page

    def in_reach(step: str) -> None:
        page.wait_for_timeout(500)
        page.screenshot(path=shots / f"reach-{step}-360.png")
        for control in ("#answer textarea", "#send"):
            expect(page.locator(control)).to_be_visible()
            box = page.locator(control).bounding_box()
            assert box, step
            assert 0 <= box["y"] <= box["y"] + box["height"] <= 640, (step, control, box)
            assert 0 <= box["x"] <= box["x"] + box["width"] <= 360, (step, control, box)

    begin_limited(page, 3, probes=True)
    in_reach("question")
    page.click("#hint")
    expect(page.locator(".turn.hint")).to_be_visible()
    in_reach("hint")
    page.click("#repeat")
    expect(page.locator(".turn.repeat")).to_be_visible()
    in_reach("repeat")
    page.locator("#answer textarea").fill(f"{SAID}\n" * 30)
    in_reach("long")
    page.locator("#answer textarea").fill(SAID)
    page.click("#send")
    expect(page.locator(".turn.probe")).to_be_visible()
    in_reach("probe")
    page.click("#skip")
    expect(page.locator("#progress")).to_contain_text("Question 2 / 3")
    in_reach("second")
    page.click("#skip")
    expect(page.locator("#undo-skip")).to_be_visible()
    in_reach("skipped")
