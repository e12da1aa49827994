"""The phone page with Twilio's own Voice SDK, in real browsers that the local Twilio answers."""

import re

import pytest
from playwright.sync_api import expect
from twilio.jwt.access_token import AccessToken
from twilio.jwt.access_token.grants import VoiceGrant

from tests.line.stage import Stage
from tests.tools import hello
from tests.tools.accessibility import faults
from tests.tools.browser import opened
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
SIGNED_OUT, IDLE, RINGS, TALKS, LOST = "signed-out", "idle", "rings", "talks", "lost"
SOUND = 0.02  # a level that silence never has
LOUDEST = """async (meter) => {
  const heard = [];
  for (const end = Date.now() + 1400; Date.now() < end; await new Promise((resolve) => setTimeout(resolve, 40)))
    heard.push(meter.value);
  return Math.max(...heard);
}"""


@pytest.fixture(scope="module")
def browser():
    with opened("--use-fake-device-for-media-stream") as started:
        yield started


@pytest.fixture(scope="module")
def stage(whole_line):
    yield Stage(whole_line).plays(FLOW)
    whole_line.running.restart_host(hello.PLAYED)


class Phone:
    """A phone page in a browser of its own, under a name."""

    def __init__(self, browser, line, name, *, may_hear=True):
        self.line, self.name, self.complaints, self.expected = line, name, [], ()
        self.context = browser.new_context(base_url=line.app, permissions=["microphone"] if may_hear else [])
        self.page = self.context.new_page()
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def expects(self, *complaints):
        """Let the browser complain of what a test does to it."""
        self.expected += complaints
        return self

    def complains(self):
        return [told for told in self.complaints if not any(expected in told for expected in self.expected)]

    def opens(self, key=""):
        self.page.goto("about:blank")  # or the part after # would not be read anew
        self.page.goto(f"/api/phone#code={key or self.line.function_key}&name={self.name}")
        return self

    def connects(self, key=""):
        return self.opens(key).clicks("#sign-in button")

    def is_ready(self):
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

    def sees_no_barrier_after(self, shown):
        """Have axe look at the page in light and dark once something is shown."""
        expect(self.page.locator(shown)).to_be_visible()
        assert faults(self.page) == []
        return self

    def level(self):
        return self.page.locator("#level-out").evaluate("meter => meter.value")

    def hears_sound(self):
        return eventually(lambda: self.level() > SOUND)

    def hears_nothing(self):
        """Tell whether there comes a silence that is longer than the fake microphones pause between their beeps."""
        return eventually(lambda: self.page.locator("#level-out").evaluate(LOUDEST) < SOUND)

    def places(self):
        """Ring the line; return the call at Twilio once it is connected."""
        client, address = self.line.account().client(), f"client:{self.name}"
        before = {call.sid for call in client.calls.list(from_=address)}
        self.clicks("#call").is_now(TALKS)
        (call,) = {call.sid for call in client.calls.list(from_=address)} - before
        return self.line.twilio.call(call)


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
    assert [complaint for one in opened for complaint in one.complains()] == []


def test_a_phone_rings_the_line_hears_its_flow_and_presses_keys(phone, stage):
    ann = phone("ann").connects().is_ready()
    call = ann.places()
    call.hears("Press 1 for Ben.")
    assert ann.hears_sound()
    ann.presses("2")
    call.hears("Goodbye.")
    call.ended("completed")
    ann.is_now(IDLE).sees("To +1 202 555 0100")
    stage.line.remembers(call.sid, person="client:ann", status="completed")
    ann.page.get_by_label("+1 202 555 0110").check()
    ann.places().hears("The shop.")
    ann.clicks("#hang-up").is_now(IDLE)


def test_nobody_is_kept_from_using_it_by_colours_or_missing_names(phone, stage):
    ann = phone("ann").opens().sees_no_barrier_after("#name")
    ann.connects().is_ready().sees_no_barrier_after("#call")
    ann.clicks("#devices summary").sees_no_barrier_after("#try")
    ben = phone("ben").connects().is_ready()
    stage.dials().presses("1")
    ben.is_now(RINGS).sees_no_barrier_after("#answer")
    ben.clicks("#answer").is_now(TALKS).clicks("#mute").sees_no_barrier_after("#mute")
    nobody = phone("nobody").expects("status of 401").connects("wrong")
    nobody.sees("This function key").sees_no_barrier_after("#trouble")


def test_two_phones_talk_through_the_line_and_hear_each_other(phone):
    ben, ann = phone("ben").connects().is_ready(), phone("ann").connects().is_ready()
    call = ann.places()
    ann.presses("1")
    ben.is_now(RINGS).sees("ann").clicks("#answer").is_now(TALKS)
    assert ann.hears_sound()
    assert ben.hears_sound()
    ann.clicks("#mute").sees("They do not hear you")
    assert ben.hears_nothing()
    ann.clicks("#mute")
    assert ben.hears_sound()
    ben.clicks("#hang-up").is_now(IDLE)
    call.hears("Ben has gone.")
    ann.clicks("#hang-up").is_now(IDLE)
    call.ended("completed")
    assert re.search(r"From ann\s+0:0\d", ben.page.inner_text("#past"))


def test_a_phone_refuses_a_call_and_misses_one(phone, stage):
    ben = phone("ben").connects().is_ready()
    call = stage.dials().presses("1")
    ben.is_now(RINGS).sees("+1 202 555 0122")
    assert ben.page.title() == "+1 202 555 0122 rings"
    assert ben.page.evaluate("document.activeElement.id") == "answer"
    ben.clicks("#refuse").is_now(IDLE)
    call.hears("Ben is not there.")
    call.presses("1")
    ben.is_now(RINGS)
    call.hangs_up()
    ben.is_now(IDLE).sees("missed")


SEEN = """() => document.activeElement.matches(':focus-visible') && document.activeElement.checkVisibility()
  && (document.activeElement.id || document.activeElement.value || document.activeElement.tagName)"""


def test_all_of_it_is_done_by_the_keyboard_whose_place_is_always_seen(phone):
    ann = phone("ann").opens()

    def goes_to(name, by="Tab"):
        for _ in range(30):
            if stands_on() == name:
                return
            ann.page.keyboard.press(by)
        raise AssertionError(f"{name} was not come to, but {stands_on()}")

    def stands_on():
        return ann.page.evaluate(SEEN)

    goes_to("connect")
    ann.page.keyboard.press("Enter")
    assert eventually(lambda: stands_on() == "call")
    goes_to("SUMMARY")
    ann.page.keyboard.press("Space")
    goes_to("microphone")
    ann.page.keyboard.press("ArrowDown")
    assert ann.page.locator("#microphone option:checked").text_content() == "Fake Audio Input 1"
    goes_to("call", by="Shift+Tab")
    ann.page.keyboard.press("Enter")
    ann.is_now(TALKS)
    assert stands_on() == "in-call"
    goes_to("mute")
    ann.page.keyboard.press("Space")
    ann.sees("They do not hear you")
    goes_to("2", by="Shift+Tab")
    ann.page.keyboard.press("Enter")
    ann.is_now(IDLE)
    assert stands_on() == "call"
    goes_to("sign-out")
    ann.page.keyboard.press("Enter")
    assert stands_on() == "name"


def test_a_call_outlives_a_connection_that_is_lost_for_a_while(phone):
    ann = phone("ann").expects("net::ERR_INTERNET_DISCONNECTED").connects().is_ready()
    call = ann.places()
    ann.context.set_offline(True)
    ann.line.twilio.cuts_browsers_off()
    ann.is_now(LOST).sees("There is no connection to Twilio")
    ann.context.set_offline(False)
    ann.is_now(TALKS).is_ready().presses("2")
    call.hears("Goodbye.")
    ann.is_now(IDLE)
    assert not ann.page.locator("#trouble").is_visible()


def short_lived(phone, generous, seconds, then=()):
    """Let a phone's first token last for seconds, the next requests get these answers, then the line's own.

    Return what was asked. The page takes it for one of two minutes, and renews it a minute before its end.
    """
    key = generous["TWILIO_API_KEY_SID"], generous["TWILIO_API_KEY_SECRET"]
    made = AccessToken(phone.line.running.line.account_sid, *key, identity=phone.name, ttl=seconds)
    made.add_grant(VoiceGrant(outgoing_application_sid=generous["TWILIO_TWIML_APP_SID"], incoming_allow=True))
    first = {"token": made.to_jwt(), "identity": phone.name, "ttl": 120, "calls_out": True, "lines": []}
    answers, asked = [{"json": first}, *then], []

    def answer(route):
        asked.append(route)
        route.fulfill(**answers.pop(0)) if answers else route.continue_()

    phone.page.route("**/api/token", answer)
    return asked


def asks(phone, asked, times):
    """Tell whether a phone has asked for its tokens at least so often: a late one may be asked for twice at a time."""
    return eventually(lambda: phone.page.wait_for_timeout(20) or len(asked) >= times, 20)


def test_a_token_is_renewed_before_it_ends(phone, stage, generous):
    ben = phone("ben")
    asked = short_lived(ben, generous, 61)
    ben.connects().is_ready()
    assert asks(ben, asked, 2)
    stage.dials().presses("1")
    ben.is_now(RINGS)
    assert not ben.page.locator("#trouble").is_visible()


def test_a_token_that_could_not_be_renewed_in_time_is_renewed_late(phone, stage, generous):
    ben = phone("ben").expects("status of 401")
    asked = short_lived(ben, generous, 4, [{"status": 401}])
    ben.connects()
    assert asks(ben, asked, 3)
    expect(ben.page.locator("#trouble")).to_be_hidden()
    ben.is_ready()
    stage.dials().presses("1")
    ben.is_now(RINGS)


def test_what_keeps_a_phone_from_connecting_is_told_with_what_to_do(phone, generous):
    ann = phone("ann").expects("status of 401", "status of 503")
    ann.connects("wrong").sees("This function key is not the right one").is_now(SIGNED_OUT)
    other = AccessToken("AC1", generous["TWILIO_API_KEY_SID"], "another secret, of the same length", identity="ann")
    ann.page.fill("#key", ann.line.function_key)
    ann.page.route("**/api/token", lambda route: route.fulfill(json={"token": other.to_jwt(), "ttl": 60, "lines": []}))
    ann.clicks("#sign-in button").sees("TWILIO_API_KEY_SECRET are a pair").is_now(SIGNED_OUT)
    ann.page.unroute("**/api/token")
    problem = {"title": "The line has no API key", "status": 503, "detail": "Set TWILIO_API_KEY_SID."}
    ann.page.route("**/api/token", lambda route: route.fulfill(status=503, json=problem))
    ann.clicks("#sign-in button").sees("Set TWILIO_API_KEY_SID.").is_now(SIGNED_OUT)


def test_a_microphone_that_may_not_be_used_is_told_with_what_to_do(phone):
    ann = phone("ann", may_hear=False).connects().is_ready().clicks("#call")
    ann.sees("The browser may not use the microphone").sees("allow the microphone").is_now(IDLE)


def test_devices_are_chosen_tried_and_remembered(phone):
    ann = phone("ann").connects().is_ready().clicks("#devices summary")
    ann.page.select_option("#microphone", label="Fake Audio Input 2")
    ann.page.select_option("#ringer", label="Fake Audio Output 1")
    ann.clicks("#try")
    assert eventually(lambda: ann.page.locator("#level-try").evaluate("meter => meter.value") > SOUND)
    ann.clicks("#try").connects().is_ready()
    chosen = [
        ann.page.locator(f"#{kind} option:checked").text_content() for kind in ("microphone", "speaker", "ringer")
    ]
    assert chosen == ["Fake Audio Input 2", "The system's own", "Fake Audio Output 1"]
    ann.places()
    assert eventually(lambda: ann.page.locator("#level-in").evaluate("meter => meter.value") > SOUND)
