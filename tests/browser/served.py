"""The program as a user starts it, and a visitor of its page."""

import os
import re
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import BrowserContext, Page

ROOT = Path(__file__).parent.parent.parent
CHROMIUM = "/usr/bin/chromium"
FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run "
    "--disable-background-networking --disable-component-update --disable-sync"
).split()


@dataclass
class Server:
    """`python app.py` as a user starts it, on any free port and a data folder of its own."""

    folder: Path
    port: int = 0
    url: str = ""
    extra: dict[str, str] = field(default_factory=dict)
    has_own_clock: bool = False
    """Whether `set_ahead` moves its clock."""
    _process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, if it does not run, and wait until it answers."""
        if self._process and self._process.poll() is None:
            return
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("INTERVIEWER_")}
        environment = {**inherited, "INTERVIEWER_DATA_DIR": str(self.folder), "PYTHONUNBUFFERED": "1", **self.extra}
        clock = [str(ROOT / "tests" / "browser" / "moved_clock.py"), str(self._days)] if self.has_own_clock else []
        if clock and not self._days.exists():
            self._days.write_text("0")
        command = [sys.executable, *clock, str(ROOT / "app.py"), "--port", str(self.port)]
        with self.log.open("a") as log:
            said = log.tell()
            self._process = subprocess.Popen(command, env=environment, cwd=self.folder, stdout=log, stderr=log)
        found = self._until_it_says(r"http://127\.0\.0\.1:(\d+)", said)
        self.url, self.port = found.group(), int(found.group(1))

    def set_ahead(self, days: int) -> None:
        """Let so many days pass since the start of the test."""
        said = len(self.log.read_text())
        self._days.write_text(str(days))
        self._until_it_says(f"{days} days ahead", said)

    def _until_it_says(self, pattern: str, begin: int) -> re.Match[str]:
        for _ in range(2400):
            if found := re.search(pattern, self.log.read_text()[begin:]):
                return found
            time.sleep(0.05)
        raise AssertionError(self.log.read_text())

    @property
    def _days(self) -> Path:
        return self.folder / "days-ahead"

    @property
    def log(self) -> Path:
        """What the server has said so far."""
        return self.folder / "server.log"

    def kill(self) -> None:
        """As by kill -9."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        self._end(signal.SIGTERM)

    def _end(self, how: signal.Signals) -> None:
        if self._process is None:
            return
        self._process.send_signal(how)
        self._process.wait(60)
        self._process = None


@dataclass
class Visit:
    """A browser window of one visitor, and what it asked for."""

    context: BrowserContext
    page: Page
    asked: list[str]
    dialogs: list[str]


def unfold(page: Page) -> None:
    """Open the form on which questions are chosen by oneself."""
    page.locator("#practise-today").wait_for()
    if not page.locator("#begin").is_visible():
        page.locator("#choose > button").click()
    page.locator("#begin").wait_for()
    page.wait_for_timeout(300)  # what was just unfolded is deaf for a moment
