"""The pictures of the docs that a browser shows: the first minute on the phone's page, in both themes.

    .ahoy/venv/bin/python -m bench.pictures [--folder docs]

A line is started that says what flows/hello.yaml says; the phone rings it with one click, and is seen as it is heard.
"""

import argparse
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright
from playwright.sync_api import TimeoutError as NotInTime

from local import line, paths
from local.bootstrap import browser
from local.process import Process, quiet_environment
from tests.tools import hello

THEMES = ("light", "dark")
WIDTH, HEIGHT = 1120, 780
SAID = "Hello Monkey!"
MOST_BYTES = 150_000  # of a picture in the repository
PATIENCE_MS = 20_000
TRIES, SEEN_MS = 5, 4000  # a busy machine may have drawn the place when the call is over


def main() -> None:
    """Take the pictures and say where they are."""
    arguments = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    arguments.add_argument("--folder", type=Path, default=paths.ROOT / "docs", help="where to (default: docs)")
    folder = arguments.parse_args().folder
    program = browser.bring()
    if program is None:
        sys.exit("No Chromium, Chrome or Edge is on this machine; install one to take pictures.")
    with sync_playwright() as playwright, _line() as twilio:
        shown = playwright.chromium.launch(executable_path=str(program), args=["--no-sandbox", "--disable-gpu"])
        for file in take(shown, twilio, folder):
            print(f"{file}: {file.stat().st_size / 1000:.0f} KB")


def take(shown: Browser, twilio: str, folder: Path, themes: Sequence[str] = THEMES) -> Iterator[Path]:
    """Yield each picture once it is taken, of the phone's page that the local Twilio at an address serves."""
    for theme in themes:
        context = shown.new_context(viewport={"width": WIDTH, "height": HEIGHT}, reduced_motion="reduce")
        context.set_default_timeout(PATIENCE_MS)
        page = context.new_page()
        page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
        page.goto(twilio)
        for drawn in ("#wall .picture img", "#wall .now"):  # who draws begins after the line
            page.locator(drawn).wait_for()
        for _ in range(TRIES):
            page.click("button[aria-label=Call]")  # which is there again once a call is over
            if _is_seen(page):
                break
        file = folder / f"phone-{theme}.png"
        page.screenshot(path=file)
        context.close()
        yield file


def _is_seen(page: Page) -> bool:
    """Tell whether what is said and where the call is were seen together, before it was over."""
    said, place = page.locator(".call .captions", has_text=SAID), page.locator("#wall .where", has_text="start")
    try:
        said.wait_for(timeout=SEEN_MS)
        place.wait_for(timeout=SEEN_MS)
    except NotInTime:
        return False
    return said.is_visible()


@contextmanager
def _line() -> Iterator[str]:
    """Run a line, with what grants the wishes of its page, and yield the address of its local Twilio."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with line.running(folder, settings=hello.PLAYED) as started:
            line.write(started.line, folder / "line.json")
            stagehand = Process("the stagehand", folder / "logs" / "stagehand.log")
            command = [sys.executable, "-m", "local.stagehand", f"--card={folder / 'line.json'}", "--with-parent"]
            stagehand.start(command, quiet_environment(), paths.ROOT, addresses=0)
            yield started.line.twilio
            stagehand.end()


if __name__ == "__main__":
    main()
