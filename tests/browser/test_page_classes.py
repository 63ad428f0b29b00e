"""A class from its first day to its last: a coach makes it, two candidates join and answer, the coach rules."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from served import Server, unfold

COACH, ADA, WEI = "li@example.org", "ada", "wei"
COLLAPSE = "It would all fold up into a single matrix and nothing else."
TITLE = "Secret networks"
LIST = f"""# {TITLE}

## 1. What does TCP promise?

Answer: Bytes arrive in order, and lost segments are sent again.

## 2. What does UDP leave out?

Answer: It does not send lost datagrams again.
"""
NOTE = "Say what is lost, not only that it collapses."


@pytest.fixture(scope="module")
def school(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The server of both tests: where people sign in at a proxy."""
    server = Server(
        tmp_path_factory.mktemp("school"),
        extra={
            "INTERVIEWER_PROXY_USER_HEADER": "X-User",
            "INTERVIEWER_TRUSTED_PROXIES": "127.0.0.1",
            "INTERVIEWER_COACHES": COACH,
        },
    )
    server.start()
    yield server
    server.stop()


def test_a_coach_makes_a_class_two_candidates_answer_and_one_reads_what_was_ruled(
    school: Server, chromium: Browser, shots: Path
) -> None:
    coach, wei, ada = (_visit(chromium, school, *who) for who in ((COACH, "en"), (WEI, "zh-CN"), (ADA, "en")))
    link = _make_a_class_with_an_assignment(coach, school, shots)
    _join_and_answer(wei, link, "加入", shots)
    _join_and_answer(ada, link, "Join", shots)
    criterion = _rule(coach, shots)
    ada.reload()
    report = ada.locator("#report")
    expect(report.locator(".coach-note")).to_contain_text(NOTE)
    report.locator("details.question summary").first.click()
    ruled = report.locator(f".ledger li[data-criterion={criterion}]")
    expect(ruled.locator(".ruled")).to_contain_text(f"Marked by {COACH}.")
    expect(ruled.locator(".ruling")).to_have_count(0)
    _shoot(ada, shots, "report")
    wei.reload()
    wei.locator("#report details.question summary").first.click()
    expect(wei.locator("#report .ruled").first).to_contain_text(f"{COACH} 的判定")


def test_a_coach_gives_a_list_to_a_class_whose_candidate_plays_it_and_nobody_else_sees_it(
    school: Server, chromium: Browser, shots: Path, tmp_path: Path
) -> None:
    coach, wei, stranger = (_visit(chromium, school, *who) for who in ((COACH, "en"), ("mei", "zh-CN"), ("eve", "en")))
    coach.get_by_role("tab", name="Classes").click()
    coach.get_by_label("Name of a new class").fill("Networks 2026")
    coach.get_by_role("button", name="Make the class").click()
    link = coach.locator("#class-page .invitation code").text_content() or ""
    wei.goto(link)
    wei.get_by_role("button", name="加入").click()
    for page, tab in ((coach, "Import"), (stranger, "Import")):
        page.get_by_role("tab", name=tab).click()
        page.wait_for_selector("#import-drop")
        page.wait_for_timeout(300)  # a button of a tab that has just opened is deaf for a moment
    listed = tmp_path / "secret-networks.md"
    listed.write_text(LIST, encoding="utf-8")
    coach.set_input_files("#import-file", listed)
    coach.get_by_label("Who can use it:").select_option(label="my class Networks 2026")
    _shoot(coach, shots, "bank-audience")
    coach.click("#import-save")
    expect(coach.locator("#import-saved")).to_contain_text("For: my class Networks 2026.")
    coach.locator("[data-key=own-banks] summary").click()
    expect(coach.locator("#own-banks")).to_contain_text("my class Networks 2026")
    _shoot(coach, shots, "bank-saved")

    stranger.set_input_files("#import-file", listed)
    expect(stranger.locator(".save-bar")).to_contain_text("Only you can see and use this bank.")
    _shoot(stranger, shots, "bank-stranger")
    for page, title in ((wei, TITLE), (stranger, None)):
        page.goto(school.url)
        unfold(page)
        page.locator("#bank input").click()
        offered = page.get_by_role("option", name=TITLE)
        expect(offered).to_have_count(1 if title else 0)
    wei.get_by_role("option", name=TITLE).click()
    expect(wei.locator("#count input[type=number]")).to_have_value("2")
    _shoot(wei, shots, "bank-member")
    wei.click("#begin")
    expect(wei.locator("#chat")).to_contain_text("What does TCP promise?")


def _visit(chromium: Browser, school: Server, name: str, language: str) -> Page:
    """The page of somebody whom the proxy has signed in."""
    context = chromium.new_context(locale=language, extra_http_headers={"X-User": name})
    context.set_default_timeout(45_000)
    page = context.new_page()
    page.goto(school.url)
    page.wait_for_selector("#practise-today")
    return page


def _make_a_class_with_an_assignment(coach: Page, school: Server, shots: Path) -> str:
    """The link of the invitation."""
    coach.get_by_role("tab", name="Classes").click()
    coach.get_by_label("Name of a new class").fill("Deep learning 2026")
    coach.get_by_role("button", name="Make the class").click()
    link = coach.locator("#class-page .invitation code").text_content() or ""
    assert link.startswith(f"{school.url}/join/")
    coach.get_by_label("New assignment").select_option(label="Deep learning")
    coach.get_by_role("button", name="Choose questions…").click()
    coach.get_by_label("Title").fill("Week one")
    coach.get_by_label("Coach:").check()
    coach.get_by_label("Due on").fill("2030-12-24")
    coach.get_by_text("Only some of the").click()
    coach.locator("#class-page input[name=questions]").first.check()
    _shoot(coach, shots, "assign")
    coach.get_by_role("button", name="Assign", exact=True).click()
    expect(coach.locator("#class-page")).to_contain_text("done by 0 of 0")
    return link


def _join_and_answer(page: Page, link: str, join: str, shots: Path) -> None:
    page.goto(link)
    expect(page.locator("main")).to_contain_text("Deep learning 2026")
    _shoot(page, shots, f"join-{join}")
    page.get_by_role("button", name=join).click()
    expect(page.locator("#today .assigned")).to_contain_text("2030-12-24")
    expect(page.get_by_role("tab", name=re.compile("班级|Classes"))).to_have_count(0)
    _shoot(page, shots, f"today-{join}")
    page.locator(".begin-assignment").click()
    page.locator("#answer textarea").fill(COLLAPSE)
    page.locator("#answer textarea").press("Enter")
    expect(page.locator("#next")).to_be_visible()
    page.click("#next")
    expect(page.locator("#report .report")).to_be_visible()


def _rule(coach: Page, shots: Path) -> str:
    """Rule like answers together, then one point of Ada's alone, whose criterion is given; and leave her a note."""
    coach.get_by_role("button", name="Week one").click()
    expect(coach.locator("#class-page .progress-of")).to_contain_text("finished")
    expect(coach.locator("#class-page .map tbody tr")).to_have_count(2)
    _shoot(coach, shots, "assignment")
    coach.get_by_role("button", name="Rule like answers together").click()
    alike = coach.locator("#class-page form.alike")
    alike.first.wait_for()
    before = alike.count()
    alike.first.get_by_role("button").first.click()
    expect(alike).to_have_count(before - 1)
    _shoot(coach, shots, "alike")
    coach.get_by_role("button", name="Week one").click()
    coach.locator("#class-page .progress-of").get_by_role("button", name=ADA).click()
    coach.get_by_label(f"Your note to {ADA}").fill(NOTE)
    coach.get_by_role("button", name="Keep the note").click()
    expect(coach.locator("#class-page [role=status]").first).to_contain_text("Kept.")
    coach.locator("#class-page details.question summary").first.click()
    row = coach.locator("#class-page .ledger li.missing").first
    criterion = row.get_attribute("data-criterion")
    row.get_by_role("button", name="Partly").click()
    expect(coach.locator(f"#class-page .ledger li[data-criterion={criterion}] .ruled")).to_contain_text("Your mark.")
    _shoot(coach, shots, "interview")
    return str(criterion)


def _shoot(page: Page, shots: Path, name: str) -> None:
    """Pictures to be looked at, narrow and wide, light and dark."""
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        page.evaluate("dark => document.body.classList.toggle('dark', dark)", scheme == "dark")
        for width in (390, 1280):
            page.set_viewport_size({"width": width, "height": 900})
            page.wait_for_timeout(150)
            page.screenshot(path=shots / f"class-{name}-{scheme}-{width}.png", full_page=True)
