"""A visitor prepares for a job: pastes or uploads a description, sees the map, practises, and has questions drafted."""

import re
from collections.abc import Callable
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from job_model import NAME, QUESTION, serve_job_model
from model_server import model_server
from playwright.sync_api import Page, expect
from served import ROOT, Server, Visit

DESCRIPTIONS = ROOT / "tests" / "banks" / "job_description" / "descriptions"


def open_tab(page: Page, name: str) -> None:
    page.get_by_role("tab", name=name).click()
    page.wait_for_timeout(300)  # a button of a tab that has just opened is deaf for a moment


def choose_model(page: Page, url: str) -> None:
    open_tab(page, "Grader")
    page.fill("#base-url textarea, #base-url input", url)
    page.fill("#model input", NAME)
    page.keyboard.press("Enter")
    page.click("#use-model")
    page.wait_for_timeout(500)
    if page.locator("#use-anyway").is_visible():
        page.click("#use-anyway")
    expect(page.locator("#grader-status")).to_contain_text(NAME)


def test_a_description_leads_to_an_interview_and_gaps_to_questions_of_ones_own(
    server: Server, visit: Callable[..., Visit], shots: Path
) -> None:
    page = visit("en-US", viewport={"width": 1280, "height": 900}).page
    open_tab(page, "Prepare for a job")
    page.set_input_files("#job-description-file", DESCRIPTIONS / "en.md")
    expect(page.locator("#job-description textarea")).to_have_value(re.compile("Larkfield"))
    page.click("#job-map")
    expect(page.locator("#job-found")).to_contain_text("without a model")
    expect(page.locator("#job-found")).to_contain_text("No question tests this")
    page.screenshot(path=shots / "prepare-offline-1280.png", full_page=True)
    assert not (server.folder / "jobs").exists()
    assert Axe().run(page, context="#job-found").response["violations"] == []

    with model_server(serve_job_model) as models:
        choose_model(page, models.url)
        open_tab(page, "Prepare for a job")
        page.click("#job-map")
        expect(page.locator("#job-found")).to_contain_text("A good answer needs just that.")
        page.click("#job-draft")
        expect(page.locator("#job-found")).to_contain_text(f"drafted by {NAME}")
        page.screenshot(path=shots / "prepare-model-1280.png", full_page=True)

    page.click("#job-found .review-drafts")
    row = page.locator("#editor .editor-questions > li").first
    expect(row).to_contain_text("awaits your review")
    row.locator("summary").first.click()
    expect(row.locator("[name='text.en']")).to_have_value(QUESTION)
    row.locator("[name=awaits_review]").select_option("false")
    page.screenshot(path=shots / "prepare-review-1280.png", full_page=True)
    page.click("#import-save")
    expect(page.locator("#import-saved")).to_contain_text("Saved")
    (bank,) = (server.folder / "banks").glob("job-questions.yaml")
    assert "awaits_review" not in bank.read_text()
    assert f"drafted_by: {NAME}" in bank.read_text()

    open_tab(page, "Prepare for a job")
    page.click("#job-found .practise")
    expect(page.locator("#chat")).to_contain_text("atch normalization")


def test_on_a_phone_a_chinese_description_is_pasted_and_kept_until_it_is_deleted(
    server: Server, visit: Callable[..., Visit], shots: Path
) -> None:
    page = visit("zh-CN", viewport={"width": 360, "height": 740}).page
    open_tab(page, "岗位准备")
    page.fill("#job-description textarea", (DESCRIPTIONS / "mixed.md").read_text())
    page.fill("#job-resume textarea", "做过数据增强。")
    page.locator("#job-keep input").check()
    page.click("#job-map")
    expect(page.locator("#job-found")).to_contain_text("数据增强")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.screenshot(path=shots / "prepare-360.png", full_page=True)
    assert list((server.folder / "jobs").iterdir())

    page.reload()
    open_tab(page, "岗位准备")
    expect(page.locator("#job-description textarea")).to_have_value(re.compile("AIGC"))
    page.click("#job-forget")
    expect(page.locator("#job-told")).to_contain_text("已删除")
    expect(page.locator("#job-description textarea")).to_have_value("")
    assert not list((server.folder / "jobs").iterdir())
