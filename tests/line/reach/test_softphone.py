"""The phone page with Twilio's own Voice SDK, in real browsers that the local Twilio answers."""

import re

import pytest
from playwright.sync_api import expect, sync_playwright

from local.bootstrap import browser as browsers
from tests.line.stage import Stage
from tests.tools import hello
from tests.tools.waiting import eventually

FLOW = """
lines: {"+12025550100": {start: menu}, "+12025550110": {start: shop}}
voice:
  menu:
    - gather: {prompt: Press 1 for Ben., choices: {"1": ben, "2": bye}}
  ben:
    - dial: {client: ben, unanswered: sorry}
    - gather: {prompt: Ben has gone., choices: {"1": ben}}
  sorry:
    - gather: {prompt: Ben is not there., choices: {"1": ben}}
  bye:
    - say: Goodbye.
  shop:
    - gather: {prompt: The shop., choices: {"1": bye}}
messages:
  otherwise: Hello.
"""
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
         "--disable-sync", "--no-first-run", "--use-fake-device-for-media-stream"]  # fmt: skip
SIGNED_OUT, IDLE, PLACING, RINGS, TALKS = "signed-out", "idle", "placing", "rings", "talks"
SOUND = 0.02  # a level that silence never has


@pytest.fixture(scope="module")
def browser():
    program = browsers.bring()
    if program is None:
        pytest.skip("no Chromium, Chrome or Edge on this machine; install one to test the pages")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=str(program), args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def stage(whole_line):
    yield Stage(whole_line).plays(FLOW)
    whole_line.running.restart_host(hello.PLAYED)


class Phone:
    """A phone page in a browser of its own, under a name."""

    def __init__(self, browser, line, name, *, may_hear=True):
        self.line, self.name, self.complaints = line, name, []
        self.context = browser.new_context(base_url=line.app, permissions=["microphone"] if may_hear else [])
        self.page = self.context.new_page()
        self.page.set_default_timeout(10_000)
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def opens(self, key=""):
        self.page.goto(f"/api/phone#code={key or self.line.function_key}&name={self.name}")
        return self

    def connects(self):
        self.opens().clicks("#sign-in button")
        self.page.wait_for_selector("body[data-presence=ready]")
        return self

    def clicks(self, selector):
        self.page.click(selector)
        return self

    def presses(self, key):
        return self.clicks(f"#keypad button[value='{key}']")

    def is_now(self, state):
        self.page.wait_for_selector(f"body[data-state={state}]")
        return self

    def sees(self, text):
        expect(self.page.locator("main")).to_contain_text(text)
        return self

    def hears_sound(self):
        return eventually(lambda: self.page.locator("#level-out").evaluate("meter => meter.value") > SOUND)

    def call(self, seen=()):
        """Return its newest call at Twilio, as soon as there is one beside those that were seen."""
        address, client = f"client:{self.name}", self.line.account().client()

        def found():
            calls = client.calls.list(from_=address) if self.places else client.calls.list(to=address)
            return next((call.sid for call in calls if call.sid not in seen), None)

        return self.line.twilio.call(eventually(found))

    places = True


@pytest.fixture
def phone(browser, stage):
    """Return a phone page under a name; when the test is over none is left, and none has complained."""
    opened = []

    def of(name, **more):
        opened.append(Phone(browser, stage.line, name, **more))
        return opened[-1]

    yield of
    for one in opened:
        one.context.close()
    assert [one.complaints for one in opened if one.complaints] == []


def test_a_phone_rings_the_line_hears_its_flow_and_presses_keys(phone, stage):
    ann = phone("ann").connects().clicks("#call").is_now(TALKS)
    call = ann.call()
    call.hears("Press 1 for Ben.")
    ann.presses("2")
    call.hears("Goodbye.")
    call.ended("completed")
    ann.is_now(IDLE).sees("To +1 202 555 0100")
    stage.line.remembers(call.sid, person="client:ann", status="completed")


def test_two_phones_talk_through_the_line_and_hear_each_other(phone):
    ben, ann = phone("ben").connects(), phone("ann").connects()
    ann.clicks("#call").is_now(TALKS).presses("1")
    ben.is_now(RINGS).sees("ann").clicks("#answer").is_now(TALKS)
    assert ann.hears_sound()
    assert ben.hears_sound()
    ben.clicks("#hang-up").is_now(IDLE)
    ann.sees("Connected").clicks("#hang-up").is_now(IDLE)
    assert re.search(r"From ann\s+0:0\d", ben.page.inner_text("#past"))
