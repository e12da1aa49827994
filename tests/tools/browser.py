"""A real browser for pages, once for all that a file of tests opens in it."""

from contextlib import contextmanager

import pytest
from playwright.sync_api import sync_playwright

from local.bootstrap import browser

OPTIONS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
           "--disable-sync", "--no-first-run"]  # fmt: skip


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
