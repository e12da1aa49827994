"""A real browser for pages, once for all that a file of tests opens in it."""

from contextlib import contextmanager

import pytest
from playwright.sync_api import expect, sync_playwright

from local.bootstrap import browser

OPTIONS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
           "--disable-sync", "--no-first-run"]  # fmt: skip

KEEP_SOUNDS = """
    globalThis.heard = [];
    globalThis.Audio = class extends Audio { constructor(url) { super(url); heard.push(this); } };
"""
PATIENCE_MS = 20_000  # of what is expected of a page; a click waits for half a minute by itself
PLAYED = "() => globalThis.heard.map(({ currentTime, duration, error }) => [currentTime, duration, error?.message])"

expect.set_options(timeout=PATIENCE_MS)


@contextmanager
def opened(*more):
    """Yield a browser that was started with more options; without one on this machine the tests are skipped."""
    program = browser.bring()
    if program is None:
        pytest.skip("no Chromium, Chrome or Edge on this machine; install one to test the pages")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=str(program), args=[*OPTIONS, *more])
        yield started
        started.close()


def listen(context):
    """Keep what the pages of a context will play."""
    context.add_init_script(KEEP_SOUNDS)


def heard(page):
    """Return of each sound that a page has played how far it is and how long, in seconds, and what is wrong with it."""
    return page.evaluate(PLAYED)
