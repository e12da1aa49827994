"""Browsers ring the line with a token and are rung by it: from a page to a phone and back, and nowhere else."""

import time

import pytest
from twilio.jwt.access_token import AccessToken

from local.twilio.people import NotSo
from tests.line.stage import Stage
from tests.tools import hello

OFFICE, CALLER = "+12025550101", "+12025550122"
TO_THE_OFFICE = f'voice: {{start: [say: "You rang $To.", dial: "{OFFICE}"]}}\n'
WISHES = ["+19005550123", "+442079460958", "+12025550177", "client:boss", "sip:boss@example.com", ""]


@pytest.fixture(scope="module")
def stage(whole_line):
    """The same line, which plays any flow for as long as these tests play on it."""
    yield Stage(whole_line)
    whole_line.running.restart_host(hello.PLAYED)


@pytest.fixture(autouse=True)
def clear(stage):
    yield
    stage.cleared()


@pytest.fixture
def token(line):
    def of(identity="reception", **more):
        answer = line.post("token", {"identity": identity} | more)
        assert (answer.status, answer.told["calls_out"]) == (200, True)
        return answer.told["token"]

    return of


def ring(stage, token, **parameters):
    call = stage.twilio.ring_from_page(token, **parameters)
    stage._calls.append(call)
    return call


def test_a_page_rings_a_phone_that_sees_the_lines_number(stage, token):
    stage.plays(TO_THE_OFFICE)
    office = stage.phone(OFFICE)
    call = ring(stage, token())
    call.hears(f"You rang {stage.line.number}.")
    call.sees("bridged", OFFICE)
    assert office.rings().shown()["from"] == stage.line.number
    call.hangs_up()
    call.ended("completed")
    stage.line.remembers(call.sid, person="client:reception", status="completed")


@pytest.mark.parametrize("wish", WISHES)
def test_a_page_reaches_what_the_flow_names_and_nothing_else(stage, token, wish):
    stage.plays(f'voice: {{start: [sms: {{to: $To, text: hi}}, say: "You rang $To.", dial: "{OFFICE}"]}}\n')
    office = stage.phone(OFFICE)
    call = ring(stage, token(), To=wish)
    call.hears(f"You rang {stage.line.number}.")
    call.sees("bridged", OFFICE)
    assert office.rings().shown()["to"] == OFFICE
    dialled = [event.text for event in call.transcript if event.kind == "dialled"]
    assert dialled == [OFFICE]
    if wish:
        with pytest.raises(NotSo):
            stage.phone(wish).rings(within_s=0.2)
        assert stage.phone(wish).texts == []


def test_a_page_may_choose_among_the_lines_of_the_file(stage, token):
    stage.plays(
        'lines: {"+12025550110": {start: shop}}\nvoice: {start: [say: Welcome.], shop: [say: "The shop, $To."]}\n'
    )
    ring(stage, token(), To="+12025550110").hears("The shop, +12025550110.")
    ring(stage, token(), To="+12025550111").hears("Welcome.")


def test_a_menu_knows_a_page_from_key_to_key(stage, token):
    stage.plays(
        f'voice: {{start: [gather: {{prompt: Press 1., choices: {{"1": office}}}}], office: [dial: "{OFFICE}"]}}\n'
    )
    office = stage.phone(OFFICE)
    call = ring(stage, token(), To="+12025550177")
    call.hears("Press 1.")
    call.presses("1")
    call.sees("bridged", OFFICE)
    assert office.rings().shown()["from"] == stage.line.number


@pytest.mark.parametrize("match", ["client:*", "client:reception", "client:rec*"])
def test_a_flow_tells_pages_from_phones(stage, token, match):
    stage.plays(
        f'voice: {{start: [callers: {{match: ["{match}"], then: staff}}, say: Hello.], staff: [say: The back door.]}}\n'
    )
    ring(stage, token()).hears("The back door.")
    stage.dials(CALLER).hears("Hello.")
    if match != "client:*":
        ring(stage, token("shop")).hears("Hello.")


def test_without_a_right_token_no_page_gets_through(stage, token, generous):
    stage.plays(TO_THE_OFFICE)
    office = stage.phone(OFFICE)
    forged = AccessToken("AC1", "SK" + "0" * 32, "another secret, of the same length", identity="reception").to_jwt()
    key = generous["TWILIO_API_KEY_SID"], generous["TWILIO_API_KEY_SECRET"]
    account = stage.line.running.line.account_sid
    old = AccessToken(account, *key, identity="reception", valid_until=time.time() - 1).to_jwt()
    for wrong, code in ((forged, 20101), (old, 20104), (token()[:-4], 20101), ("none", 20101)):
        with pytest.raises(NotSo, match=str(code)):
            ring(stage, wrong)
    with pytest.raises(NotSo):
        office.rings(within_s=0.2)


def test_a_flow_rings_a_browser(stage):
    stage.plays("voice: {start: [dial: {client: reception, unanswered: sorry}], sorry: [say: Nobody is there.]}\n")
    browser = stage.phone("client:reception")
    call = stage.dials(CALLER)
    call.sees("bridged", "client:reception")
    assert browser.rings().shown()["from"] == CALLER
    call.hangs_up()
    stage.phone("client:reception", answers="no-answer")
    call = stage.dials(CALLER)
    call.waits(seconds=31)
    call.hears("Nobody is there.")


def test_a_browser_is_rung_by_the_api_within_the_limits(stage, line):
    stage.plays(TO_THE_OFFICE)
    asked = [line.post("make-call", {"to": "client:limited"}) for _ in range(11)]
    assert [answer.status for answer in asked] == [202] * 10 + [429]
    assert asked[-1].told["reason"] == "AHOY_PERSON_HOURLY_LIMIT"
    assert len(stage.phone("client:limited").calls) == 10
