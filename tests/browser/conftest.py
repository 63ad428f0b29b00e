"""A real server in a process of its own, and a real Chromium that may talk to nobody else."""

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, sync_playwright

ROOT = Path(__file__).parent.parent.parent
CHROMIUM = "/usr/bin/chromium"
FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run "
    "--disable-background-networking --disable-component-update --disable-sync"
).split()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)
            if not Path(CHROMIUM).exists() and not os.environ.get("REQUIRE_BROWSER"):
                item.add_marker(pytest.mark.skip(reason=f"there is no Chromium at {CHROMIUM} to drive"))


@dataclass
class Server:
    """`python app.py` as a user starts it, on any free port and a data folder of its own."""

    folder: Path
    port: int = 0
    url: str = ""
    extra: dict[str, str] = field(default_factory=dict)
    _process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        environment = {**os.environ, "INTERVIEWER_DATA_DIR": str(self.folder), "PYTHONUNBUFFERED": "1", **self.extra}
        self._process = subprocess.Popen(
            [sys.executable, str(ROOT / "app.py"), "--port", str(self.port)],
            env=environment, cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
        assert self._process.stdout
        line = self._process.stdout.readline()
        found = re.search(r"http://127\.0\.0\.1:(\d+)", line)
        assert found, line
        self.url, self.port = found.group(), int(found.group(1))

    def kill(self) -> None:
        """As by kill -9."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        self._end(signal.SIGTERM)

    def _end(self, how: signal.Signals) -> None:
        if self._process is None:
            return
        self._process.send_signal(how)
        assert self._process.stdout
        self._process.stdout.close()
        self._process.wait(20)
        self._process = None


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    folder = tmp_path / "served"
    folder.mkdir()
    server = Server(folder)
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
    yield browser
    browser.close()


@dataclass
class Visit:
    """A browser window of one visitor, and what it asked for."""

    context: BrowserContext
    page: Page
    asked: list[str]
    dialogs: list[str]


@pytest.fixture
def visit(chromium: Browser, server: Server) -> Iterator[Callable[..., Visit]]:
    """Open the page as a new visitor. At the end: nothing was asked of any other host, and no script of an answer ran."""
    visits: list[Visit] = []

    def open_page(language: str = "zh-CN", **options: object) -> Visit:
        context = chromium.new_context(locale=language, accept_downloads=True, **options)  # type: ignore[arg-type]
        context.set_default_timeout(20_000)
        page = context.new_page()
        seen = Visit(context, page, [], [])
        page.on("request", lambda request: seen.asked.append(request.url))
        page.on("dialog", lambda dialog: (seen.dialogs.append(dialog.message), dialog.accept()))
        page.goto(server.url)
        page.wait_for_selector("#begin")
        visits.append(seen)
        return seen

    yield open_page
    for seen in visits:
        strangers = [url for url in seen.asked if not url.startswith((server.url, "data:", "blob:"))]
        seen.context.close()
        assert strangers == []
        assert seen.dialogs == []


@pytest.fixture(scope="session")
def shots() -> Path:
    """Where screenshots go, to be looked at."""
    folder = Path(os.environ.get("SCREENSHOTS", ROOT / "shots"))
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder
