"""A visitor edits a bank in a form, without YAML: what is typed is checked at its place, tried, saved, and never lost."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect
from served import Server, Visit

LIST = """# Networks

## 1. What does TCP promise?

Answer: Bytes arrive in order, and lost segments are sent again.

## 2. What does UDP leave out?

Answer: It does not send lost datagrams again.
"""
SERIOUS = ("serious", "critical")


def bring(page: Page, tab: str, path: Path, text: str = LIST) -> None:
    path.write_text(text, encoding="utf-8")
    page.get_by_role("tab", name=tab).click()
    page.wait_for_selector("#import-drop")
    page.wait_for_timeout(300)  # a button of a tab that has just opened is deaf for a moment
    page.set_input_files("#import-file", path)
    expect(page.locator(".editor")).to_be_visible()


def opened(page: Page, place: int = 0) -> Locator:
    row = page.locator(".editor-questions > li").nth(place)
    row.locator(".question > summary").click()
    expect(row.locator(".question-form")).to_be_visible()
    return row


def narrow(page: Page) -> None:
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0
    found = Axe().run(page).response["violations"]
    assert [(v["id"], v["nodes"][0]["html"]) for v in found if v["impact"] in SERIOUS] == []


def test_a_list_is_edited_without_yaml_tried_saved_and_practised(
    server: Server, visit: Callable[..., Visit], shots: Path, tmp_path: Path
) -> None:
    page = visit("en", bypass_csp=True).page
    bring(page, "Import", tmp_path / "networks.md")
    row = opened(page)
    count = row.locator(".criterion").count()

    claim = row.locator("[name='criteria.0.text.en']")
    claim.fill("Bytes arrive in the order they were sent in; each arrives once")
    claim.blur()
    row.locator("[data-change=split_criterion]").first.click()
    expect(row.locator(".criterion")).to_have_count(count + 1)
    expect(row.locator("[name='criteria.1.text.en']")).to_be_focused()
    expect(row.locator("[name='criteria.1.text.en']")).to_have_value("each arrives once")

    row.locator("[name='criteria.0.aliases']").fill("in order\nin sequence")
    row.locator("[name='criteria.0.weight']").fill("2")
    answer = row.locator(".trial-answer")
    answer.fill("TCP delivers the bytes in sequence.")
    answer.press("Control+Enter")
    expect(row.locator(".trial-card .score")).to_contain_text("%")
    expect(row.locator(".trial-card .ledger .met, .trial-card mark.right").first).to_be_visible()
    page.screenshot(path=shots / "editor-1280.png", full_page=True)
    narrow(page)

    row.locator("[name='criteria.0.weight']").fill("heavy")
    page.click("#import-save")
    expect(row.locator(".fault")).to_contain_text("heavy")
    expect(row.locator("[name='criteria.0.weight']")).to_be_focused()
    assert not (server.folder / "banks").exists()
    row.locator("[name='criteria.0.weight']").fill("2")
    page.locator("[data-title]").fill("My networks")
    expect(page.locator("#import-save")).to_have_text("Save “My networks”")
    page.click("#import-save")
    expect(page.locator("#import-saved")).to_contain_text("Saved “My networks”")
    (saved,) = (server.folder / "banks").glob("*.yaml")
    text = saved.read_text(encoding="utf-8")
    assert "in sequence" in text
    assert text.startswith("#"), "the comments are still there"
    assert text.index("sent in") < text.index("each arrives once")

    page.click("#import-play")
    expect(page.locator("#begin")).to_be_visible()
    page.fill("#count input", "1")
    page.locator("#count input").blur()
    page.click("#begin")
    page.fill("#answer textarea", "The bytes come in sequence, and each arrives once.")
    page.click("#send")
    expect(page.locator("#card .self-marking")).to_be_visible()


def test_questions_are_added_merged_moved_and_deleted_with_keys_on_a_phone(
    server: Server, visit: Callable[..., Visit], shots: Path, tmp_path: Path
) -> None:
    page = visit("zh-CN", viewport={"width": 390, "height": 844}, color_scheme="dark", bypass_csp=True).page
    bring(page, "导入", tmp_path / "networks.md")
    page.locator(".add-question").focus()
    page.keyboard.press("Enter")
    row = page.locator(".editor-questions > li").nth(2)
    expect(row.locator("textarea").first).to_be_focused()
    page.keyboard.type("IP 做什么？")
    row.locator("[name^='reference.']").fill("IP 把数据包送到目的主机。它不保证顺序。")
    row.locator("[data-change=suggest_criteria]").focus()
    page.keyboard.press("Enter")
    expect(row.locator(".criterion")).to_have_count(2)
    page.screenshot(path=shots / "editor-390-dark.png", full_page=True)
    narrow(page)
    row.locator(".move-question[data-by='-1']").click()
    expect(page.locator(".editor-questions > li").nth(1)).to_contain_text("IP 做什么")

    last = opened(page, 2)
    last.locator(".remove-question").click()
    expect(last.locator(".remove-question")).to_contain_text("真的删除")
    last.locator(".remove-question").click()
    expect(page.locator(".editor-questions > li")).to_have_count(2)
    first = opened(page, 0)
    first.locator("[data-change=merge_questions]").click()
    expect(page.locator(".editor-questions > li")).to_have_count(1)
    page.click("#import-save")
    expect(page.locator("#import-saved")).to_contain_text("已保存")
    (saved,) = (server.folder / "banks").glob("*.yaml")
    text = saved.read_text(encoding="utf-8")
    assert "What does TCP promise?" in text
    assert "IP 做什么？" in text
    assert "UDP" not in text


def test_of_two_windows_the_second_is_refused_and_loses_nothing(
    server: Server, visit: Callable[..., Visit], tmp_path: Path
) -> None:
    one = visit("en").page
    bring(one, "Import", tmp_path / "networks.md")
    one.click("#import-save")
    expect(one.locator("#import-saved")).to_contain_text("Saved")
    other = visit("en").page
    other.get_by_role("tab", name="Import").click()
    other.locator("#own-banks summary").click()
    other.locator("[data-open=networks]").click()
    mine, yours = opened(one), opened(other)
    mine.locator("[name='text.en']").fill("What does TCP promise its users?")
    yours.locator("[name='text.en']").fill("What does TCP guarantee?")
    one.click("#import-save")
    expect(one.locator("#import-saved")).to_contain_text("Saved")
    other.click("#import-save")
    expect(other.locator("#import-saved [role=alert]")).to_contain_text("has changed in the meantime")
    expect(yours.locator("[name='text.en']")).to_have_value("What does TCP guarantee?")
    (saved,) = (server.folder / "banks").glob("*.yaml")
    assert "promise its users" in saved.read_text(encoding="utf-8")


def test_edits_outlive_another_file_a_change_of_language_and_broken_yaml(
    visit: Callable[..., Visit], tmp_path: Path
) -> None:
    page = visit("en").page
    bring(page, "Import", tmp_path / "networks.md")
    row = opened(page)
    row.locator("[name='text.en']").fill("What is promised?")
    row.locator("[name='text.en']").blur()
    (tmp_path / "more.md").write_text("## What is DNS?\n\nAnswer: It finds the address of a name.\n")
    page.set_input_files("#import-file", tmp_path / "more.md")
    expect(page.locator(".take-over")).to_be_visible()
    expect(page.locator(".editor")).to_contain_text("Edit “Networks”")

    page.get_by_text("中文").click()
    expect(page.locator(".editor h2")).to_contain_text("修改《Networks》")
    row = opened(page)
    expect(row.locator("[name='text.en']")).to_have_value("What is promised?")

    page.locator(".as-yaml > summary").click()
    box = page.locator("#import-yaml")
    expect(box).to_have_value(re.compile("What is promised"))
    box.fill(box.input_value().replace("questions:", "question:"))
    box.blur()
    expect(page.locator("#import-saved [role=alert]")).to_contain_text("question")
    box.fill(box.input_value().replace("question:\n", "questions:\n").replace("is promised", "is kept"))
    box.blur()
    expect(page.locator(".editor-questions")).to_contain_text("What is kept?")

    page.locator(".take-over button").click()
    expect(page.locator(".editor-questions")).to_contain_text("What is DNS?")


def test_a_list_of_5_mb_shows_how_far_it_is_and_can_be_stopped(
    server: Server, visit: Callable[..., Visit], shots: Path, tmp_path: Path
) -> None:
    page = visit("en").page
    answer = "Lock {n} keeps other threads out of its section for as long as thread {n} is in it. "
    long = "".join(f"## {n}. What does lock {n} do?\n\nAnswer: {answer.format(n=n) * 28}\n\n" for n in range(1900))
    (tmp_path / "locks.md").write_text(long)
    assert 4_500_000 < len(long) < 5_000_000
    page.get_by_role("tab", name="Import").click()
    page.wait_for_selector("#import-drop")
    page.wait_for_timeout(300)
    page.set_input_files("#import-file", tmp_path / "locks.md")
    expect(page.locator("#import-found progress[max='1900']")).to_be_visible(timeout=120_000)
    page.screenshot(path=shots / "import-progress.png")
    page.click(".stop-task")
    expect(page.locator("#import-found")).to_contain_text("Stopped")
    assert page.locator(".editor").count() == 0
    bring(page, "Import", tmp_path / "networks.md")
    expect(page.locator(".editor")).to_contain_text("What does TCP promise?")


@pytest.mark.parametrize("width", [360, 1280])
def test_a_policy_and_a_new_topic_are_written_in_the_form(
    server: Server, visit: Callable[..., Visit], shots: Path, width: int
) -> None:
    (server.folder / "banks").mkdir(exist_ok=True)
    (server.folder / "banks" / "mine.yaml").write_text(
        "id: mine\ntitle: Mine\nlanguage: en\nquestions:\n  - id: stack\n    text: What is a stack?\n"
        "    reference: It gives back first what was put in last.\n"
        "    criteria: [{id: last, text: What was put in last comes first}]\n"
    )
    page = visit("en", viewport={"width": width, "height": 800}).page
    page.get_by_role("tab").nth(3).click()
    page.locator("#own-banks summary").first.click()
    page.locator("#own-banks [data-open=mine]").click()
    page.locator("#editor [data-policy=en]").fill("Be kind to typing errors.")
    page.locator("#editor .question > summary").click()
    page.locator("#editor [name='policy.en']").fill("LIFO alone will do.")
    page.locator("#editor select[name=topic]").select_option(label="a new topic …")
    page.locator("#editor input[name=topic]").fill("structures")
    page.locator("#editor input[name=topic]").blur()
    page.screenshot(path=shots / f"editor-policy-{width}.png", full_page=True)
    page.locator("#import-save").click()
    expect(page.locator("#import-saved")).to_contain_text("Saved")
    text = (server.folder / "banks" / "mine.yaml").read_text()
    assert "policy: Be kind to typing errors." in text
    assert "policy: LIFO alone will do." in text
    assert "topic: structures" in text
    page.locator("#editor .add-question").click()
    expect(page.locator("#editor select[name=topic]").last).to_have_value("structures")
