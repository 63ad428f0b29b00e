"""Makes the README's picture of a score card: `python tests/browser/screenshot.py`."""

import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright
from served import CHROMIUM, FLAGS, ROOT, Server, unfold

ANSWER = (
    "You don't follow the raw gradient but a running average of it, so it works like momentum and rolls through flat "
    "bits. And every weight gets a step size of its own. I forgot what that step size is computed from."
)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        server = Server(Path(folder))
        server.start()
        try:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
            page = browser.new_page(locale="en", viewport={"width": 1200, "height": 860}, device_scale_factor=1.5)
            page.goto(server.url)
            page.wait_for_selector("#practise-today")
            unfold(page)
            page.fill("#count input", "10")
            page.locator("#count input").blur()
            page.click("#begin")
            for place in range(2, 8):
                page.wait_for_selector("#answer textarea")
                page.click("#skip")
                page.get_by_text(f"Question {place} / 10").wait_for()
            page.fill("#answer textarea", ANSWER)
            page.click("#send")
            page.wait_for_selector("#card .score")
            page.wait_for_timeout(500)
            page.mouse.move(0, 0)
            page.locator("#stage").screenshot(path=ROOT / ".github" / "card.png")
            browser.close()
        finally:
            server.stop()


if __name__ == "__main__":
    main()
