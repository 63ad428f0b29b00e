"""A week of practice, day by day, on a clock that is moved."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect
from served import ROOT, Server, Visit

from interviewer.banks.loader import read_bank

BANK = read_bank(ROOT / "rubrics" / "deep-learning.yaml")
SERIOUS = ("serious", "critical")
A_DAY = 3


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    server = Server(tmp_path, has_own_clock=True)
    server.start()
    yield server
    server.stop()


def asked(page: Page) -> str:
    """The question that is open, as it is written in the bank."""
    text = page.locator("#chat .question .copy").last.get_attribute("data-text")
    assert text
    return text


def answer_well(page: Page) -> None:
    question = next(one for one in BANK.questions if one.text.en == asked(page))
    page.locator("#answer textarea").fill(question.reference.en)


def send(page: Page) -> None:
    page.click("#send")
    expect(page.locator("#card .score").first).to_be_visible()


def go_on(page: Page) -> None:
    """To the next question, or to the result."""
    step = page.locator("#progress").inner_text()
    page.click("#next")
    expect(page.locator("#next")).not_to_be_visible()
    expect(page.locator("#progress")).not_to_have_text(step) if page.locator("#play").is_visible() else None


def play_on(page: Page) -> int:
    """Answer well until the result is there; how many questions that were."""
    count = 0
    while not page.locator("#report h2").first.is_visible():
        expect(page.locator("#answer textarea")).to_be_visible()
        answer_well(page)
        send(page)
        go_on(page)
        count += 1
        page.locator("#answer textarea, #report h2").locator("visible=true").first.wait_for()
    return count


def today(page: Page) -> str:
    return page.locator("#today .sitting").inner_text()


def looked_at(page: Page, shots: Path, name: str, width: int) -> None:
    """No serious fault for a screen reader, nothing cut off sideways, and a picture."""
    page.wait_for_timeout(300)
    page.screenshot(path=shots / f"{name}-{width}.png", full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= width, name
    found = Axe().run(page).response["violations"]
    faults = [(one["id"], [node["html"][:160] for node in one["nodes"]][:3]) for one in found]
    assert [fault for fault, one in zip(faults, found, strict=True) if one["impact"] in SERIOUS] == [], name


def play_first_day(page: Page) -> None:
    """The first answer is rated down by the candidate, the second is none: both are asked again at the end."""
    missed = []
    for place in range(A_DAY):
        if place < 2:
            missed.append(asked(page))
        answer_well(page)
        if place == 1:
            page.locator("#answer textarea").fill("I do not know.")
        send(page)
        if place == 0:
            page.locator("#card .ledger li.met").first.get_by_role("button", name="Missing").click()
            expect(page.locator("#card .ruled")).to_be_visible()
        go_on(page)
    for place, question in enumerate(missed, start=1):
        expect(page.locator("#progress")).to_contain_text(f"once more: {place} of {len(missed)}")
        assert asked(page) == question
        answer_well(page)
        send(page)
        go_on(page)


def test_a_week_is_played_day_by_day(server: Server, visit: Callable[..., Visit], shots: Path) -> None:
    page = visit("en", viewport={"width": 1280, "height": 900}).page
    page.locator("#today .goal summary").click()
    page.fill("#daily-cap", str(A_DAY))
    page.click("#keep-goal")
    expect(page.locator("#today .sitting")).to_contain_text(f"{A_DAY} new")
    told = [today(page)]
    page.click("#practise-today")
    play_first_day(page)
    expect(page.locator("#report h2").first).to_be_visible()
    page.click("#new")
    expect(page.locator("#today")).to_contain_text("Done for today")
    for day in range(1, 7):
        server.set_ahead(day)
        page.reload()
        expect(page.locator("#practise-today")).to_be_visible()
        told.append(today(page))
        if day == 1:
            assert "due" in told[-1], "what was missed yesterday"
        if day == 3:
            page.screenshot(path=shots / "week-today-1280.png", full_page=True)
        page.click("#practise-today")
        assert 1 <= play_on(page) <= A_DAY
        page.click("#new")
        expect(page.locator("#today")).to_contain_text("Done for today")
    print(*told, sep="\n")
    assert len(set(told)) >= 3, told
    for scheme, width, height in (("light", 1280, 900), ("dark", 360, 640)):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        page.set_viewport_size({"width": width, "height": height})
        page.reload()
        expect(page.locator("#today .sitting")).to_be_visible()
        page.locator("#today .mastery summary").click()
        looked_at(page, shots, f"week-{scheme}-today", width)
        page.get_by_role("tab").nth(1).click()
        expect(page.locator("#progress-page .heat rect:not(.heat-0)")).to_have_count(7)
        page.locator("#progress-page details summary").first.click()
        expect(page.locator("#progress-page details .bar rect.sure").first).to_be_visible()
        looked_at(page, shots, f"week-{scheme}-progress", width)
        page.get_by_role("tab").nth(2).click()
        expect(page.locator("#question-list li").first).to_be_visible()
        looked_at(page, shots, f"week-{scheme}-questions", width)
