"""The phone on the screen, in a real browser: it rings the line, is rung, writes, and shows what happens behind."""

import pytest
from playwright.sync_api import expect

from tests.tools.browser import opened
from tests.tools.numbers import fictional
from tests.tools.stand_in import LINE

_numbers = fictional(646, 718)


@pytest.fixture(scope="module")
def browser():
    with opened("--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream") as started:
        yield started


class Tab:
    """A phone in a tab of a browser, as the person before it sees it."""

    def __init__(self, page, number):
        self.page, self.number = page, number
        self.complaints = []
        page.on("console", lambda message: self.complaints.append(message.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def dials(self):
        self.page.click("button[aria-label=Call]")

    def hears(self, text):
        expect(self.page.locator(".call .captions li", has_text=text).last).to_be_visible()

    def sees(self, text, where="body"):
        expect(self.page.locator(where)).to_contain_text(text)

    def does(self, name):
        self.page.get_by_role("button", name=name, exact=True).click()


@pytest.fixture
def phones(browser, twilio):
    """Return a phone in a tab of its own, under a number that no other has unless one is named."""
    contexts, tabs = [], []

    def open_one(number="", **more):
        context = browser.new_context(base_url=twilio.address, reduced_motion="reduce", **more)
        context.set_default_timeout(10_000)
        contexts.append(context)
        number = number or next(_numbers)
        tab = Tab(context.new_page(), number)
        tabs.append(tab)
        tab.page.goto(f"/?number={number.replace('+', '%2B')}")
        expect(tab.page.locator("#connection")).to_contain_text("rings")
        return tab

    yield open_one
    told = [tab.complaints for tab in tabs]
    for context in contexts:
        context.close()
    assert told == [[] for _ in tabs]


def test_a_click_rings_the_line_which_is_heard_and_seen_until_it_hangs_up(app, phones):
    app.says(voice="<Say>Hello Monkey!</Say>")
    ann = phones()
    ann.dials()
    ann.hears("Hello Monkey!")
    ann.sees("Call ended", ".call .state")
    assert [(asked["From"], asked["To"]) for asked in app.got("voice")] == [(ann.number, LINE)]
