"""The phone on the screen by the keyboard alone: what has the focus is always seen, and never lost."""

import pytest
from playwright.sync_api import expect

from tests.tools.browser import opened
from tests.tools.handset import Tab
from tests.tools.numbers import fictional
from tests.tools.stand_in import LINE
from tests.tools.waiting import eventually

_numbers = fictional(929)
FOCUS = "document.activeElement.getAttribute('aria-label') || document.activeElement.innerText"
IS_SEEN = "document.activeElement.matches(':focus-visible') && document.activeElement.checkVisibility()"


@pytest.fixture(scope="module")
def browser():
    with opened() as started:
        yield started


class Keyboard(Tab):
    """A phone in a tab before which somebody sits who has no mouse."""

    def presses(self, *keys):
        for key in keys:
            self.page.keyboard.press(key)
            assert self.page.evaluate(IS_SEEN), f"nobody sees what has the focus after {key}"
        return self

    def goes_to(self, name, by="Tab"):
        """Press a key until what has this name has the focus."""
        for _ in range(60):
            self.presses(by)
            if self.stands_on() == name:
                return self
        raise AssertionError(f"{name} was not come to")

    def stands_on(self):
        return self.page.evaluate(FOCUS)

    def stands_soon_on(self, name):
        assert eventually(lambda: self.stands_on() == name)
        assert self.page.evaluate(IS_SEEN)
        return self


@pytest.fixture
def ann(browser, twilio):
    context = browser.new_context(base_url=twilio.address, reduced_motion="reduce")
    context.set_default_timeout(10_000)
    tab = Keyboard(context.new_page(), next(_numbers))
    tab.page.goto(f"/?number={tab.number.replace('+', '%2B')}")
    expect(tab.page.locator("#connection")).to_contain_text("rings")
    yield tab
    context.close()
    assert tab.complaints == []


def test_a_call_is_placed_led_and_ended_and_the_keyboard_is_where_it_was(app, ann):
    app.says(voice='<Gather numDigits="2" action="/keys"><Say>Your number?</Say></Gather>', keys="<Gather/><Gather/>")
    ann.goes_to("Call").presses("Enter")
    ann.hears("Your number?")
    ann.stands_soon_on("Call").goes_to("Keys").presses("Space").goes_to("4", by="Shift+Tab").presses("Space")
    ann.presses("2")
    ann.sees("4", ".captions .keys-pressed >> nth=0")
    ann.sees("2", ".captions .keys-pressed >> nth=1")
    ann.goes_to("Keys").presses("Enter").goes_to("Hang up").presses("Enter")
    ann.sees("Call ended", ".call .state")
    expect(ann.page.locator(".keypad")).to_be_visible()
    assert ann.page.evaluate("document.activeElement.className") == "call-button"
    assert [asked["Digits"] for asked in app.got("keys")] == ["42"]


def test_who_writes_a_text_when_it_rings_answers_and_writes_on(app, ann, rest, twilio):
    app.says(sms="<Message>Merci</Message>")
    ann.goes_to("Texts").presses("Enter").goes_to("Text", by="Shift+Tab")
    ann.page.keyboard.type("Grüße")
    call = rest.calls.create(to=ann.number, from_=LINE, twiml="<Response><Gather timeout='30'/></Response>")
    ann.sees("is calling you", ".call .state")
    ann.stands_soon_on("Call").goes_to("Answer").presses("Enter")
    ann.sees("waits for keys", ".call .state")
    ann.stands_soon_on("Call").goes_to("Hang up").presses("Space")
    twilio.call(call.sid).ended("completed")
    ann.stands_soon_on("Text")
    ann.page.keyboard.type(" aus Wien")
    ann.page.keyboard.press("Enter")
    ann.sees("Merci", ".thread")
    assert app.got("sms")[0]["Body"] == "Grüße aus Wien"


def test_faults_are_switched_and_requests_opened_at_the_wall(app, ann):
    app.says(voice="<Say lang='de'>Hello</Say>")
    ann.goes_to("Call").presses("Enter")
    ann.sees("12200", "#wall")
    ann.goes_to("Faults").presses("Space")
    ann.presses("Tab", "Space")
    ann.sees("Faults: 1 switched on", ".faults summary")
    ann.presses("Space")
    expect(ann.page.locator(".faults summary")).to_have_text("Faults")
    card = ann.page.locator(".requests > li > details").last
    card.locator("summary").first.focus()
    ann.presses("Enter")
    expect(card).not_to_have_attribute("open", "")


def test_a_call_is_led_while_whoever_grants_wishes_takes_its_time(app, ann, twilio):
    twilio.ask("GET", "/wishes", wait_s=0)  # from now on somebody is thought to grant them
    app.says(voice="<Gather numDigits='1' action='/keys'><Say>Your number?</Say></Gather>", keys="<Say>Thanks.</Say>")
    ann.page.reload()
    expect(ann.page.locator("#connection")).to_contain_text("rings")
    ann.dials()
    ann.hears("Your number?")
    ann.page.locator("body").press("4")
    ann.hears("Thanks.")
    for wish in twilio.ask("GET", "/wishes", after=0, wait_s=0)["wishes"]:
        twilio.ask("PUT", f"/wishes/{wish['number']}", {"refused": "too late"})
