"""The phone on the screen for all senses: it is heard, spoken to, and used by who sees little or has no mouse."""

import wave

import httpx
import pytest
from playwright.sync_api import expect

from tests.tools.accessibility import faults
from tests.tools.browser import heard, listen, opened
from tests.tools.numbers import fictional
from tests.tools.waiting import eventually

_numbers = fictional(917)


@pytest.fixture(scope="module")
def spoken(tmp_path_factory):
    """What the microphone hears: a file of two seconds."""
    file = tmp_path_factory.mktemp("spoken") / "spoken.wav"
    with wave.open(str(file), "wb") as sound:
        sound.setparams((1, 2, 48000, 0, "NONE", ""))
        sound.writeframes((b"\x00\x20" * 60 + b"\x00\xe0" * 60) * 800)
    return file


@pytest.fixture(scope="module")
def browser(spoken):
    with opened(
        "--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-audio-capture={spoken}", "--autoplay-policy=no-user-gesture-required",
    ) as started:  # fmt: skip
        yield started


@pytest.fixture
def page(browser, twilio):
    context = browser.new_context(base_url=twilio.address, reduced_motion="reduce")
    listen(context)
    tab, complaints = context.new_page(), []
    tab.on("console", lambda message: complaints.append(message.text))
    tab.goto(f"/?number=%2B{next(_numbers).removeprefix('+')}")
    expect(tab.locator("#connection")).to_contain_text("rings")
    yield tab
    context.close()
    assert [told for told in complaints if "Content Security Policy" in told] == []


def test_what_the_line_says_is_heard_until_a_key_answers_it(app, page):
    app.says(voice=f"<Gather numDigits='2'><Say language='de-DE'>{'Guten Tag! ' * 20}</Say></Gather>")
    page.click("button[aria-label=Call]")
    assert eventually(lambda: any(at > 0.1 for at, _, _ in heard(page)))
    ((_, lasts_s, error),) = heard(page)
    assert (lasts_s > 10, error) == (True, None)
    assert not page.evaluate("heard[0].paused")
    page.keyboard.press("5")
    assert eventually(lambda: page.evaluate("heard[0].paused"))


def test_what_the_microphone_leaves_is_the_message_and_can_be_played(app, page):
    app.says(voice="<Record action='done' timeout='60'/>", done="")  # a machine that is busy is slow to speak
    page.click("button[aria-label=Call]")
    microphone = page.get_by_role("button", name="Speak by the microphone")
    microphone.click()
    expect(microphone).to_have_attribute("aria-pressed", "true")
    page.wait_for_timeout(500)  # this is how long somebody speaks
    microphone.click()
    assert eventually(lambda: app.got("done"))
    url = app.got("done")[0]["RecordingUrl"]
    assert httpx.get(url).headers["content-type"].startswith("audio/webm")
    page.evaluate("(url) => new Audio(url).play()", url + ".mp3")
    assert eventually(lambda: heard(page)[-1][0] > 0.1)


def test_who_hangs_up_while_they_speak_has_left_what_they_said(app, page):
    app.says(voice="<Record action='done' timeout='60'/>", done="")  # a machine that is busy is slow to speak
    page.click("button[aria-label=Call]")
    microphone = page.get_by_role("button", name="Speak by the microphone")
    microphone.click()
    expect(microphone).to_have_attribute("aria-pressed", "true")
    page.wait_for_timeout(500)
    page.get_by_role("button", name="Hang up").click()
    assert eventually(lambda: app.got("done"))
    page.click("[data-door=recents]")
    page.locator(".recents summary").first.click()
    page.eval_on_selector("audio", "one => one.play()")
    assert eventually(lambda: page.eval_on_selector("audio", "one => one.currentTime") > 0.1)


def test_every_room_can_be_used_by_everybody(app, page):
    app.says(voice="<Say>Grüß Gott!</Say><Gather numDigits='3'/>", sms="<Message>Merci 🎉</Message>")
    found = {"keypad": faults(page)}
    page.click("button[aria-label=Call]")
    page.get_by_role("button", name="Keys").click()
    page.get_by_role("button", name="5").click()
    page.fill("input[aria-label='What you say']", "Hello")
    page.keyboard.press("Enter")
    expect(page.locator(".captions .mine")).to_have_count(2)
    found["call"] = faults(page)
    page.get_by_role("button", name="Hang up").click()
    page.click("[data-door=texts]")
    page.fill("[aria-label=Text]", "Grüße")
    page.keyboard.press("Enter")
    expect(page.locator(".thread")).to_contain_text("Merci 🎉")
    for room in ("texts", "recents", "setup"):
        page.click(f"[data-door={room}]")
        found[room] = faults(page, ".phone")
    page.set_viewport_size({"width": 320, "height": 568})
    page.click("[data-door=wall]")
    found["wall"] = faults(page)
    assert "\n".join(f"{room}, {fault}" for room, told in found.items() for fault in told) == ""
