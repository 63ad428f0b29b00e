"""A real server in a process of its own, and a real Chromium that may talk to nobody else.

A start of the server takes longer than most tests, so all tests of a process share one: visitors see nothing of each
other, and whoever kills it starts it again. Only what cannot be shared (another clock, other settings) has its own.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Playwright, expect, sync_playwright
from served import CHROMIUM, FLAGS, ROOT, Server, Visit

# Machines that run these tests can be slow; what is waited for still has to come.
expect.set_options(timeout=45_000)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    items.sort(key=lambda item: item.path.name != "test_page_week.py")  # by far the longest: else it ends alone
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)
            # A real browser on a shared machine now and then misses a beat; what is broken fails three times.
            item.add_marker(pytest.mark.flaky(reruns=int(os.environ.get("BROWSER_RERUNS", "2"))))
            if not Path(CHROMIUM).exists() and not os.environ.get("REQUIRE_BROWSER"):
                item.add_marker(pytest.mark.skip(reason=f"there is no Chromium at {CHROMIUM} to drive"))


@pytest.fixture(scope="session")
def shared_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = Server(tmp_path_factory.mktemp("served"))
    yield server
    server.stop()


@pytest.fixture
def server(shared_server: Server) -> Iterator[Server]:
    """The server that is shared, running; banks and job descriptions, which are for all visitors, are as at first."""
    shared_server.start()
    yield shared_server
    for name in ("banks", "jobs"):
        shutil.rmtree(shared_server.folder / name, ignore_errors=True)


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
    yield browser
    browser.close()


@pytest.fixture
def visit(chromium: Browser, server: Server) -> Iterator[Callable[..., Visit]]:
    """Open the page as a new visitor. At the end: nothing was asked of any other host, and no script of an answer ran."""
    visits: list[Visit] = []

    def open_page(language: str = "zh-CN", **options: object) -> Visit:
        context = chromium.new_context(locale=language, accept_downloads=True, **options)  # type: ignore[arg-type]
        context.set_default_timeout(45_000)
        page = context.new_page()
        seen = Visit(context, page, [], [])
        visits.append(seen)
        # Printed, and so shown by pytest where a test fails: what a reader of the browser's console would see.
        page.on("console", lambda message: print("console:", message.type, message.text))
        page.on("pageerror", lambda error: print("error:", error))
        page.on("requestfailed", lambda request: print("request failed:", request.url, request.failure))
        page.on("response", lambda response: response.ok or print("refused:", response.status, response.url))
        page.on("request", lambda request: seen.asked.append(request.url))
        page.on("dialog", lambda dialog: (seen.dialogs.append(dialog.message), dialog.accept()))
        page.goto(server.url)
        page.wait_for_selector("#practise-today")
        return seen

    yield open_page
    for seen in visits:
        seen.context.close()
    for seen in visits:
        assert [url for url in seen.asked if not url.startswith((server.url, "data:", "blob:"))] == []
        assert seen.dialogs == []


@pytest.fixture(scope="session")
def shots() -> Path:
    """Where screenshots go, to be looked at."""
    folder = Path(os.environ.get("SCREENSHOTS", ROOT / "shots"))
    if "PYTEST_XDIST_WORKER" not in os.environ:  # else another worker's pictures would go, too
        shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
    return folder
