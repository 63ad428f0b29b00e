"""Whole interviews in a real browser."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect
from served import Server, Visit, unfold

from interviewer.domain.interview import replay
from interviewer.sessions.serialization import history_from_json
from interviewer.sessions.store import Store

COLLAPSE = "没有激活函数的话，多层线性变换叠起来还是一个线性变换，画不出弯曲的边界。"


def begin(page: Page, *, count: int = 2, mode: str = "coach") -> None:
    unfold(page)
    page.fill("#count input", str(count))
    page.locator("#count input").blur()
    page.locator(f"#mode input[value={mode}]").check()
    page.click("#begin")
    expect(page.locator("#answer textarea")).to_be_visible()


def answer(page: Page, text: str) -> None:
    box = page.locator("#answer textarea")
    box.fill(text)
    box.press("Enter")


def stored(server: Server) -> Store:
    return Store(f"sqlite:///{server.folder / 'interviews.sqlite3'}")


def test_a_coach_interview_in_chinese(server: Server, visit: Callable[..., Visit], shots: Path) -> None:
    page = visit("zh-CN", viewport={"width": 1280, "height": 900}).page
    expect(page.locator("h1")).to_have_text("模拟面试官")
    assert page.evaluate("document.documentElement.lang") == "zh-CN"
    page.screenshot(path=shots / "start-zh.png")
    begin(page)
    expect(page.locator("#progress")).to_contain_text("第 1 / 2 题")
    page.click("#hint")
    expect(page.locator(".turn.hint")).to_be_visible()
    page.click("#repeat")
    expect(page.locator(".turn.repeat")).to_be_visible()
    box = page.locator("#answer textarea")
    box.fill("第一行")
    box.press("Shift+Enter")
    box.type("第二行")
    assert box.input_value() == "第一行\n第二行"
    answer(page, "不知道")
    expect(page.locator("#card .flag")).to_contain_text("坦率的回答")
    expect(box).not_to_be_visible()
    page.click("#retry")
    answer(page, COLLAPSE)
    expect(page.locator("#card .score")).to_contain_text("估计")
    assert page.locator("#card mark").first.inner_text() in COLLAPSE
    expect(page.locator("#card")).to_contain_text("没讲到 → 讲到了")
    page.locator("#card summary", has_text="参考回答").first.click()
    expect(page.locator("#card .reference").first).to_be_visible()
    page.screenshot(path=shots / "card-zh.png", full_page=True)
    page.click("#next")
    expect(page.locator("#progress")).to_contain_text("第 2 / 2 题")
    page.click("#skip")
    expect(page.locator("#report h2").first).to_have_text("面试结果")
    page.screenshot(path=shots / "report-zh.png", full_page=True)
    assert [type(r.event).__name__ for r in stored(server).history(stored(server).interviews()[0].id)].count(
        "Graded"
    ) == 2


def test_an_interview_in_english_shows_nothing_before_the_end_and_downloads_what_is_stored(
    server: Server, visit: Callable[..., Visit], shots: Path, tmp_path: Path
) -> None:
    page = visit("en-GB", viewport={"width": 1280, "height": 900}).page
    expect(page.locator("h1")).to_have_text("Mock interviewer")
    begin(page, mode="interview")
    expect(page.locator("#card")).not_to_be_visible()
    answer(page, "Without one, the stack of layers collapses into one linear map.")
    expect(page.locator(".turn.probe")).to_be_visible()
    answer(page, "So it can only draw straight boundaries, not even XOR.")
    expect(page.locator("#progress")).to_contain_text("Question 2 / 2")
    expect(page.locator("#chat")).not_to_contain_text("Met")
    answer(page, "Use ReLU instead of sigmoid, and residual connections.")
    if page.locator("#answer textarea").is_visible():
        page.wait_for_timeout(1500)
    if page.locator("#answer textarea").is_visible():
        answer(page, "And Xavier initialisation.")
    expect(page.locator("#report h2").first).to_have_text("Result")
    page.locator("#report details.question summary").first.click()
    expect(page.locator("#report mark").first).to_be_visible()
    page.screenshot(path=shots / "report-en.png", full_page=True)
    events = [recorded.event for recorded in stored(server).history(stored(server).interviews()[0].id)]
    for kind in ("md", "html", "json"):
        with page.expect_download() as download:
            page.locator(f"#report a[href*='.{kind}']").click()
        path = tmp_path / f"t.{kind}"
        download.value.save_as(path)
        text = path.read_text(encoding="utf-8")
        assert "straight boundaries" in text
        if kind == "json":
            loaded = history_from_json(text)
            (first, *others) = (event for event, _ in loaded)
            assert others == events[1:]
            assert first.plan == events[0].plan  # of the bank, the file has the planned questions alone
            assert replay(event for event, _ in loaded).is_over
        if kind == "html":
            offline = page.context.new_page()
            offline.goto(path.as_uri())
            expect(offline.locator("mark").first).to_be_visible()
            offline.screenshot(path=shots / "transcript-en.png", full_page=True)
            offline.close()


def test_a_refresh_in_the_middle_changes_nothing(server: Server, visit: Callable[..., Visit]) -> None:
    page = visit().page
    begin(page)
    answer(page, COLLAPSE)
    expect(page.locator("#card .score")).to_be_visible()
    card = page.locator("#card").inner_text()
    page.reload()
    expect(page.locator("#card .score")).to_be_visible()
    assert page.locator("#card").inner_text() == card
    page.click("#next")
    page.reload()
    expect(page.locator("#progress")).to_contain_text("第 2 / 2 题")


def test_a_killed_server_loses_nothing(server: Server, visit: Callable[..., Visit]) -> None:
    page = visit().page
    begin(page)
    answer(page, COLLAPSE)
    expect(page.locator("#card .score")).to_be_visible()
    server.kill()
    server.start()
    page.wait_for_timeout(6000)  # gradio may reload the page by itself when the server is back
    page.click("#next")  # the page that was open goes on
    expect(page.locator("#progress")).to_contain_text("第 2 / 2 题")
    server.kill()
    server.start()
    page.reload()  # and so does a fresh one
    expect(page.locator("#progress")).to_contain_text("第 2 / 2 题")
    expect(page.locator("#chat")).to_contain_text("画不出弯曲的边界")


def test_a_half_typed_answer_survives_a_refresh_and_then_is_kept_nowhere(visit: Callable[..., Visit]) -> None:
    page = visit().page
    begin(page)
    page.fill("#answer textarea", "半句话")
    page.reload()
    expect(page.locator("#answer textarea")).to_have_value("半句话")
    assert page.evaluate("JSON.stringify(Object.keys(sessionStorage))") == "[]"


def test_an_answer_sent_to_a_dead_server_stays_in_its_box(server: Server, visit: Callable[..., Visit]) -> None:
    page = visit().page
    begin(page)
    server.kill()
    answer(page, COLLAPSE)
    page.wait_for_timeout(2000)
    expect(page.locator("#answer textarea")).to_have_value(COLLAPSE)
    server.start()
    page.wait_for_timeout(6000)  # gradio may reload the page by itself when the server is back
    expect(page.locator("#answer textarea")).to_have_value(COLLAPSE)
    page.click("#send")
    expect(page.locator("#card .score")).to_be_visible()
    expect(page.locator("#answer textarea")).not_to_be_visible()


def test_a_click_that_fails_says_why_and_leaves_what_was_typed(visit: Callable[..., Visit]) -> None:
    page = visit("en").page
    begin(page, count=1)
    page.context.clear_cookies()
    answer(page, "Without it the layers collapse.")
    expect(page.get_by_role("alert").filter(has_text="sent no cookie")).to_be_visible()
    expect(page.locator("#answer textarea")).to_have_value("Without it the layers collapse.")


def test_a_second_window_is_told_and_keeps_what_was_typed(server: Server, visit: Callable[..., Visit]) -> None:
    seen = visit()
    begin(seen.page)
    other = seen.context.new_page()
    other.goto(server.url)
    expect(other.locator("#answer textarea")).to_be_visible()
    answer(seen.page, COLLAPSE)
    expect(seen.page.locator("#card .score")).to_be_visible()
    answer(other, "我的另一个回答")
    expect(other.locator("#notice")).to_contain_text("另一个窗口")
    expect(other.locator("#card .score")).to_be_visible()
    other.click("#retry")
    expect(other.locator("#answer textarea")).to_have_value("我的另一个回答")
    other.fill("#answer textarea", "")


def test_the_list_of_interviews_resumes_and_rereads(server: Server, visit: Callable[..., Visit], shots: Path) -> None:
    page = visit("en").page
    begin(page, count=1)
    answer(page, "no idea")
    page.click("#next")
    expect(page.locator("#report h2").first).to_be_visible()
    page.click("#new")
    begin(page, count=3)
    page.click("#leave")
    page.get_by_role("tab").nth(1).click()
    expect(page.locator("#interviews li")).to_have_count(2)
    page.screenshot(path=shots / "list-en.png")
    page.locator("#interviews a", has_text="Continue").click()
    expect(page.locator("#progress")).to_contain_text("Question 1 / 3")
    page.get_by_role("tab").nth(1).click()
    page.locator("#interviews a", has_text="Read").click()
    expect(page.locator("#report h2").first).to_have_text("Result")
    page.click("#new")
    expect(page.locator("#practise-today")).to_be_visible()
    page.reload()
    expect(page.locator("#practise-today")).to_be_visible()


def test_another_browser_takes_over_by_a_link(server: Server, visit: Callable[..., Visit]) -> None:
    first, second = visit("en"), visit("en")
    begin(first.page, count=3)
    first.page.get_by_role("tab").nth(1).click()
    expect(first.page.locator("#interviews li")).to_have_count(1)
    first.page.wait_for_timeout(300)  # a button of a tab that has just opened is deaf for a moment
    first.page.click("#link")
    address = first.page.locator("#link-text code").inner_text()
    second.page.goto(address)
    second.page.click("button")
    second.page.wait_for_selector("#practise-today")
    second.page.get_by_role("tab").nth(1).click()
    second.page.locator("#interviews a").first.click()
    expect(second.page.locator("#progress")).to_contain_text("Question 1 / 3")


def test_the_language_is_switched_and_remembered(visit: Callable[..., Visit]) -> None:
    page = visit("zh-CN").page
    page.locator("#language input[value=en]").check()
    expect(page.locator("#practise-today")).to_have_text("Start with the first question")
    expect(page.locator("h1")).to_have_text("Mock interviewer")
    assert page.evaluate("document.documentElement.lang") == "en"
    page.reload()
    expect(page.locator("#practise-today")).to_have_text("Start with the first question")


def test_topics_limit_the_questions(visit: Callable[..., Visit]) -> None:
    page = visit("en").page
    unfold(page)
    page.get_by_label("Generative models").check()
    expect(page.locator("#count input")).to_have_value("1")
    page.click("#begin")
    expect(page.locator("#progress")).to_contain_text("Question 1 / 1 · Generative models")


def test_a_number_that_was_typed_stays_as_long_as_there_are_so_many(visit: Callable[..., Visit]) -> None:
    page = visit("en").page
    unfold(page)
    page.fill("#count input", "2")
    page.locator("#count input").blur()
    page.get_by_label("Optimization", exact=True).check()
    expect(page.locator("#count")).to_contain_text("with this choice")
    expect(page.locator("#count input")).to_have_value("2")


def test_a_card_and_the_result_are_read_from_their_top(visit: Callable[..., Visit]) -> None:
    page = visit("zh-CN", viewport={"width": 360, "height": 740}).page
    begin(page, count=1)
    answer(page, COLLAPSE)
    expect(page.locator("#next")).to_be_focused()
    expect(page.locator("#card h2, #card h3").first).to_be_in_viewport()
    page.click("#next")
    expect(page.locator("#report h2").first).to_be_in_viewport()


def test_the_keyboard_alone_is_enough(visit: Callable[..., Visit]) -> None:
    page = visit("en").page
    page.locator("#practise-today").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#answer textarea")).to_be_focused()
    page.keyboard.type("no idea")
    page.keyboard.press("Enter")
    expect(page.locator("#next")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#progress")).to_contain_text("Question 2 / 5")
    expect(page.locator("#answer textarea")).to_be_focused()
    reached = set()
    for _ in range(12):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.id"))
    assert {"send", "hint", "repeat", "skip", "end", "leave"} <= reached


def test_ending_asks_first(visit: Callable[..., Visit]) -> None:
    page = visit("en").page
    begin(page)
    page.click("#end")
    page.click("#end-no")
    expect(page.locator("#ending")).not_to_be_visible()
    expect(page.locator("#answer textarea")).to_be_visible()
    page.click("#end")
    page.click("#end-yes")
    expect(page.locator("#report h2").first).to_have_text("Result")


ATTACK = """<script>alert('script')</script><img src=x onerror="alert('img')"><svg onload=alert(1)>
![tracker](https://evil.example/t.png) [link](javascript:alert(2)) <a href="https://evil.example">x</a>
$$\\frac{a}{b}$$ ${alert('template')} {{value}} {{#each x}}{{/each}} `code` **bold** <form action=https://evil.example>
\u202etxet desrever\u202c zero\u200bwidth 没有激活函数，多层线性叠起来还是一个线性变换。"""


def test_an_answer_is_only_ever_text(visit: Callable[..., Visit], shots: Path) -> None:
    """That no dialog opened and nobody else was asked for anything is checked when the visit ends."""
    seen = visit("zh-CN")
    page = seen.page
    begin(page, count=1)
    page.locator("#answer textarea").fill(ATTACK + "长" * 18_000)
    page.click("#send")
    expect(page.locator("#card .score")).to_be_visible()
    for place in ("#chat .said >> nth=-1", "#card .answer >> nth=0"):
        text = page.locator(place).inner_text()
        for words in (
            "<script>alert('script')</script>",
            "![tracker](https://evil.example/t.png)",
            "{{value}}",
            "**bold**",
        ):
            assert words in text
        assert "${alert('template')}" in text
        assert page.locator(f"{place} >> css=script, img, a, form, b, strong, svg").count() == 0
    page.screenshot(path=shots / "attack.png")
    page.click("#next")
    page.locator("#report details.question summary").first.click()
    expect(page.locator("#report .answer").first).to_contain_text("<script>alert")
    with page.expect_download() as download:
        page.locator("#report a[href*='.html']").click()
    exported = seen.context.new_page()
    exported.on("dialog", lambda dialog: seen.dialogs.append(dialog.message))
    exported.goto(Path(download.value.path()).as_uri())
    assert exported.evaluate("document.scripts.length") == 0
    exported.close()


def test_the_browser_keeps_the_id_of_the_interview_and_nothing_else(
    server: Server, visit: Callable[..., Visit]
) -> None:
    seen = visit("en")
    begin(seen.page)
    answer(seen.page, "purple elephants collapse linearly")
    expect(seen.page.locator("#card .score")).to_be_visible()
    kept = json.loads(seen.page.evaluate("JSON.stringify({...localStorage, ...sessionStorage})"))
    assert set(kept) <= {"interview", "drafts"}
    assert "elephant" not in json.dumps(kept)
    assert len(kept["interview"]) < 200


# Each theme and each size once: what is wrong with one of them is so in both sizes, or in both themes.
@pytest.mark.parametrize(("theme", "size"), [("light", (1280, 900)), ("dark", (360, 740))], ids=["desktop", "phone"])
def test_no_serious_fault_for_a_screen_reader_and_no_sideways_scrolling(
    visit: Callable[..., Visit], shots: Path, theme: str, size: tuple[int, int]
) -> None:
    width, height = size
    options = {"viewport": {"width": width, "height": height}, "color_scheme": theme, "bypass_csp": True}
    page = visit("en", **options).page
    name = f"{theme}-{width}"

    def look(where: str) -> None:
        page.wait_for_timeout(300)
        page.screenshot(path=shots / f"{where}-{name}.png", full_page=True)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, where
        found = Axe().run(page).response["violations"]
        serious = [
            (fault["id"], [node["html"][:160] for node in fault["nodes"]][:3])
            for fault in found
            if fault["impact"] in ("serious", "critical")
        ]
        assert serious == [], where

    look("start")
    begin(page)
    page.click("#hint")
    expect(page.locator(".turn.hint")).to_be_visible()
    look("play")
    answer(page, "Layers collapse into one linear map; it's not able to bend. " * 2)
    expect(page.locator("#card .score")).to_be_visible()
    look("card")
    page.click(".mark-switch")
    look("self-marking")
    page.click(".mark-switch")
    page.click("#next")
    expect(page.locator("#answer textarea")).to_be_visible()
    page.click("#end")
    look("ending")
    page.click("#end-yes")
    expect(page.locator("#report h2").first).to_be_visible()
    page.locator("#report details.question summary").first.click()
    look("report")
    page.get_by_role("tab").nth(1).click()
    expect(page.locator("#interviews li")).to_have_count(1)
    look("list")


def test_nothing_unnamed_stands_on_the_page(visit: Callable[..., Visit]) -> None:
    page = visit("en").page
    begin(page)
    unnamed = page.evaluate(
        """() => [...document.querySelectorAll('button, input, textarea, select, a')]
        .filter(e => e.offsetParent && !(e.getAttribute('aria-label') || e.innerText.trim() || e.labels?.length
          || e.getAttribute('placeholder') || e.getAttribute('title')))
        .map(e => e.outerHTML.slice(0, 120))"""
    )
    assert unnamed == []


def test_a_page_that_outlives_its_server_can_start_an_interview(server: Server, visit: Callable[..., Visit]) -> None:
    page = visit().page
    unfold(page)
    server.kill()
    server.start()
    page.wait_for_timeout(1000)
    page.locator("#topics input").first.check()
    expect(page.locator("#count input")).to_have_value("2")
    page.fill("#count input", "1")
    page.locator("#count input").blur()
    page.click("#begin")
    expect(page.locator("#answer textarea")).to_be_visible()
    expect(page.locator("#progress")).to_contain_text("第 1 / 1 题")


def test_how_reliable_a_grade_is_opens_by_keyboard(visit: Callable[..., Visit]) -> None:
    page = visit().page
    begin(page, count=1)
    answer(page, COLLAPSE)
    badge = page.locator("#card .badge")
    expect(page.locator("#card .score")).to_be_visible()
    expect(badge).not_to_be_visible()
    page.locator("#card .about summary").focus()
    page.keyboard.press("Enter")
    expect(badge).to_be_visible()
