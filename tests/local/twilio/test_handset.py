"""The phone on the screen, in a real browser: it rings the line, is rung, writes, and shows what happens behind."""

import base64
import threading
from html import escape

import httpx
import pytest
from playwright.sync_api import expect
from starlette.responses import Response

from local.twilio.sids import ANONYMOUS
from tests.tools.browser import opened
from tests.tools.handset import Tab
from tests.tools.numbers import fictional
from tests.tools.stand_in import LINE
from tests.tools.waiting import eventually

_numbers = fictional(646, 718)


@pytest.fixture(scope="module")
def context(stand_in):
    with opened() as browser:
        made = browser.new_context(base_url=stand_in, reduced_motion="reduce")
        yield made


@pytest.fixture
def phones(context, twilio):  # noqa: ARG001 -- the line is there before anybody looks
    """Open a phone in a tab, under a number that no other has; no tab may have complained in the end."""
    tabs = []

    def open_one():
        tab = Tab(context.new_page(), next(_numbers))
        tabs.append(tab)
        tab.page.goto(f"/?number={tab.number.replace('+', '%2B')}")
        expect(tab.page.locator("#connection")).to_contain_text("rings")
        return tab

    yield open_one
    told = [tab.complaints for tab in tabs]
    for tab in tabs:
        tab.page.close()
    assert told == [[] for _ in tabs]


def test_a_click_rings_the_line_which_is_heard_and_seen_until_it_hangs_up(app, phones):
    app.says(voice="<Say>Hello Monkey!</Say>")
    ann = phones()
    ann.dials()
    ann.hears("Hello Monkey!")
    ann.sees("Call ended", ".call .state")
    assert [(asked["From"], asked["To"]) for asked in app.got("voice")] == [(ann.number, LINE)]


def test_a_click_that_comes_before_the_number_waits_for_it(app, phones):
    app.says(voice="<Say>Hello Monkey!</Say>")
    ann = phones()
    ann.page.route("**/_local/tab*", lambda route: (ann.page.wait_for_timeout(300), route.continue_()))
    ann.page.reload(wait_until="domcontentloaded")
    ann.dials()
    ann.hears("Hello Monkey!")
    assert [asked["From"] for asked in app.got("voice")] == [ann.number]


def test_everything_goes_by_the_keyboard_and_who_hides_shows_no_number(app, phones):
    app.says(voice='<Gather numDigits="2" action="/keys"><Say>Your number?</Say></Gather>', keys="<Say>Thanks.</Say>")
    ann = phones()
    ann.page.get_by_label("Hide my number").press("Space")
    ann.page.locator("body").press("Backspace")
    ann.page.locator("body").press("0")
    ann.page.locator("body").press("Enter")
    ann.hears("Your number?")
    ann.page.locator("body").press("4")
    ann.page.locator("body").press("2")
    ann.hears("Thanks.")
    assert [(asked["From"], asked["Digits"]) for asked in app.got("keys")] == [(ANONYMOUS, "42")]


def test_what_is_typed_is_what_was_said(app, phones):
    app.says(voice='<Gather input="speech" action="/said"><Say>Yes?</Say></Gather>', said="<Say>Oh.</Say>")
    ann = phones()
    ann.dials()
    ann.hears("Yes?")
    ann.says("Grüezi, à demain 👋")
    ann.hears("Oh.")
    assert app.got("said")[0]["SpeechResult"] == "Grüezi, à demain 👋"


def placed(rest, to, **more):
    """Let the line call somebody, and return the call."""
    return rest.calls.create(to=to, from_=LINE, twiml=more.pop("twiml", "<Response><Pause/></Response>"), **more)


def test_the_line_rings_the_phone_which_answers_hears_and_is_engaged_meanwhile(rest, phones, twilio):
    bob = phones()
    twiml = '<Response><Gather timeout="30"><Say>It is time.</Say></Gather></Response>'
    first = placed(rest, bob.number, twiml=twiml)
    bob.sees("is calling you", ".call .state")
    bob.does("Answer")
    bob.hears("It is time.")
    second = placed(rest, bob.number)
    twilio.call(second.sid).ended("busy")
    bob.does("Hang up")
    twilio.call(first.sid).ended("completed")


@pytest.mark.parametrize(
    ("does", "ends", "by"),
    [("Refuse", "busy", None), ("Voicemail", "completed", "machine_start"), ("", "no-answer", None)],
)
def test_a_phone_that_rings_may_be_refused_answered_by_voicemail_or_left_to_ring(rest, phones, twilio, does, ends, by):
    bob = phones()
    placed_call = placed(rest, bob.number, machine_detection="Enable", timeout=20)
    call = twilio.call(placed_call.sid)
    bob.sees("is calling you", ".call .state")
    if does:
        bob.does(does)
    else:
        call.waits(21)
    call.ended(ends)
    assert rest.calls(placed_call.sid).fetch().answered_by == by


def test_three_tabs_meet_in_a_conference_and_hear_each_other(app, phones):
    app.says(voice='<Dial><Conference waitUrl="">Monday</Conference></Dial>')
    ann, bob, eve = phones(), phones(), phones()
    for one in (ann, bob, eve):
        one.dials()
        one.sees("joined conference Monday")
    bob.says("Who takes the minutes?")
    ann.hears("Who takes the minutes?")
    eve.says("Not me.")
    ann.hears("Not me.")
    bob.hears("Not me.")


PICTURE = (  # 2 x 2 pixels
    "iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAYAAABytg0kAAAAEklEQVR42mNk+M9QzwAEjDAGACKwAwGoJ0D1AAAAAElFTkSuQmCC"
)
HOSTILE = '<img src=x onerror="document.title=1"><b>Grüße</b> à 🐒'


def test_texts_with_pictures_go_both_ways_and_markup_stays_text(app, phones):
    answer = f"<Message><Body>{escape(HOSTILE)}</Body><Media>{app.address}/monkey</Media></Message>"
    app.says(sms=answer, monkey=Response(base64.b64decode(PICTURE), media_type="image/png"))
    ann = phones()
    ann.page.click("[data-door=texts]")
    picture = {"name": "cat.png", "mimeType": "image/png", "buffer": base64.b64decode(PICTURE)}
    ann.page.set_input_files("input[type=file]", picture)
    ann.page.get_by_label("Text", exact=True).fill("Do you see it?")
    ann.does("Send")
    expect(ann.page.locator(".thread .theirs p").first).to_have_text(HOSTILE)
    expect(ann.page.get_by_role("img", name="delivered")).to_be_visible()
    expect(ann.page.locator(".thread img")).to_have_count(2)
    widths = "all => all.map(one => one.naturalWidth)"
    assert eventually(lambda: ann.page.eval_on_selector_all(".thread img", widths) == [2, 2])
    assert [(asked["NumMedia"], asked["MediaContentType0"]) for asked in app.got("sms")] == [("1", "image/png")]


def test_a_text_may_come_by_whatsapp_and_one_that_is_lost_says_why(app, phones):
    app.says(sms=Response("<Response><Message>", media_type="text/xml"))
    ann = phones()
    ann.page.click("[data-door=texts]")
    ann.page.get_by_label("Write as").select_option("WhatsApp")
    ann.page.get_by_label("Text", exact=True).fill("hi")
    ann.does("Send")
    expect(ann.page.get_by_role("img", name="Twilio's error 12100")).to_be_visible()
    assert [asked["From"] for asked in app.got("sms")] == [f"whatsapp:{ann.number}"]


def test_the_wall_shows_what_was_asked_and_answered_with_warnings_at_the_element(app, phones):
    app.says(voice='<Gather numDigits="1" action="/keys"/>', keys='<Say lang="de">Servus</Say>')
    ann = phones()
    ann.dials()
    ann.sees("waits for keys", ".call .state")
    ann.page.locator("body").press("7")
    card = ann.page.locator(".card", has=ann.page.locator(".path", has_text="/keys"))
    expect(card.locator("dl").first).to_contain_text("Digits7")
    expect(card).to_contain_text("Signed, and the app has checked it")
    expect(card.locator("pre")).to_contain_text('<Say lang="de">Servus</Say>\n12200: <Say>: unknown attribute')


def test_time_that_nobody_wants_to_wait_for_is_skipped(app, phones):
    app.says(voice='<Gather timeout="9"><Say>Your number?</Say></Gather><Say>Nothing was pressed.</Say>')
    ann = phones()
    ann.dials()
    ann.hears("Your number?")
    ann.sees("waits for keys", ".call .state")
    ann.does("Skip 10 s")
    ann.hears("Nothing was pressed.")


def test_a_request_that_waits_for_its_answer_is_shown_meanwhile(app, phones):
    may_answer = threading.Event()

    def late(_):
        may_answer.wait(30)
        return "<Say>At last.</Say>"

    app.says(voice=late)
    ann = phones()
    ann.dials()
    ann.sees("waits for the app", ".requests")
    may_answer.set()
    ann.hears("At last.")
    expect(ann.page.locator(".card.is-waiting")).to_have_count(0)


def test_what_was_recorded_is_played_among_the_calls(app, phones):
    app.says(voice='<Record action="/done"/>', done="<Say>Thank you.</Say>")
    ann = phones()
    ann.dials()
    ann.sees("recording", ".call .state")
    ann.says("Please call me back. It is about the boat, and it is urgent.")
    ann.says("#")
    ann.hears("Thank you.")
    ann.page.click("[data-door=recents]")
    ann.page.locator(".recents summary").first.click()
    ann.page.eval_on_selector("audio", "one => one.play()")
    assert eventually(lambda: ann.page.eval_on_selector("audio", "one => one.currentTime") > 0)


READS_LATE = """() => {
  const ask = window.fetch;
  const late = (answer) => new Promise((done) => setTimeout(done, 400, answer));
  window.fetch = (url, more) => more.method === "GET" ? ask(url, more).then(late) : ask(url, more);
}"""  # what is switched meanwhile counts


def test_a_fault_is_switched_on_and_off(app, phones, twilio):
    app.says(voice="<Say>Hello</Say>")
    ann = phones()
    ann.page.evaluate(READS_LATE)
    ann.page.locator(".faults summary").click()
    ann.page.get_by_label("Webhooks come twice").check()
    expect(ann.page.locator(".faults summary")).to_have_text("Faults: 1 switched on")
    ann.page.wait_for_timeout(500)
    expect(ann.page.locator(".faults summary")).to_have_text("Faults: 1 switched on")
    ann.dials()
    ann.hears("Hello")
    assert eventually(lambda: len(app.got("voice")) == 2)
    ann.page.get_by_label("Webhooks come twice").uncheck()
    expect(ann.page.locator(".faults summary")).to_have_text("Faults")
    assert eventually(lambda: twilio.ask("GET", "/faults") == [])


def test_each_tab_is_another_phone_and_stays_it_when_it_is_loaded_anew(app, phones):
    app.says(voice="<Say>Hello</Say>")
    ann = phones()
    ann.dials()
    ann.sees("Call ended")
    ann.page.reload()
    ann.page.click("[data-door=recents]")
    ann.sees("+1 202 555 0100", ".recents")
    ann.page.locator(".recents summary").first.click()
    ann.sees("Hello", ".recents .captions")
    other = ann.page.context.new_page()
    other.goto(f"/?number={ann.number.replace('+', '%2B')}")
    expect(other.locator("#connection")).to_contain_text("rings")
    assert other.locator("#whose").inner_text() != ann.page.locator("#whose").inner_text()
    other.close()


def test_a_phone_may_be_one_of_another_country(app, phones):
    app.says(voice="<Say>Hello</Say>")
    ann = phones()
    ann.page.click("[data-door=setup]")
    ann.page.get_by_label("My number", exact=True).fill("+44 20 7946 0958")
    ann.does("Take this number")
    ann.sees("+44 20", "#whose")
    ann.page.click("[data-door=keypad]")
    ann.dials()
    ann.hears("Hello")
    assert [asked["From"] for asked in app.got("voice")] == ["+442079460958"]


@pytest.mark.parametrize(
    ("wanted", "why"),
    [(LINE, "is a number of the line itself"), ("", "begins with +"), ("+49", "is no phone number")],
)
def test_a_number_that_no_phone_can_have_is_refused_with_the_reason(phones, wanted, why):
    ann = phones()
    ann.page.click("[data-door=setup]")
    ann.page.get_by_label("My number", exact=True).fill(wanted)
    ann.does("Take this number")
    ann.sees(why, ".setup .trouble")
    ann.sees("rings", "#connection")
    expect(ann.page.get_by_text("So do those of the flow")).to_be_hidden()
    ann.complaints = [told for told in ann.complaints if "status of 404" not in told]


def test_of_other_phones_a_page_keeps_the_newest_and_all_of_its_own(phones):
    ann = phones()
    kept = """async () => {
      const { withoutOld } = await import("/handset/line.js");
      return withoutOld([...Array(9).keys()], (one) => one === 2, 3);
    }"""
    assert ann.page.evaluate(kept) == [2, 6, 7, 8]


def test_what_is_no_stream_of_a_page_of_ours_takes_no_phone(twilio):
    asked = f"{twilio.address}/_local/tab?number=%2B17185550177"
    assert httpx.get(asked, trust_env=False).status_code == 406  # as a picture in a page of elsewhere
    headers = {"accept": "text/event-stream", "origin": "https://example.com"}
    assert httpx.get(asked, headers=headers, trust_env=False).status_code == 403
    refused = httpx.get(
        f"{twilio.address}/_local/tab?number=monkey", headers={"accept": "text/event-stream"}, trust_env=False
    )
    assert (refused.status_code, refused.json()["message"]) == (404, "monkey is no number that a phone can have")


def test_a_tab_that_is_closed_hangs_up_and_one_that_is_loaded_anew_talks_on(app, rest, phones, twilio):
    app.says(voice="<Gather timeout='60'/>")
    ann, bob = phones(), phones()
    twiml = "<Response><Gather timeout='60'/></Response>"
    rung = [twilio.call(placed(rest, one.number, twiml=twiml).sid) for one in (ann, bob)]
    for one in (ann, bob):
        one.does("Answer")
        one.sees("waits for keys", ".call .state")
    eve = phones()
    eve.dials()
    eve.sees("waits for keys", ".call .state")
    bob.page.goto("about:blank")
    eve.page.goto("about:blank")
    ann.page.reload()
    rung[1].ended("completed")
    assert eventually(lambda: [call.status for call in rest.calls.list(from_=eve.number)] == ["completed"])
    ann.says("I am still here.")
    ann.sees("I am still here.", ".captions .mine")
    ann.does("Hang up")
    rung[0].ended("completed")


def test_a_phone_behaves_as_before_once_its_tab_is_closed(rest, phones, twilio):
    bob = phones()
    bob.page.goto("about:blank")
    assert eventually(lambda: twilio.call(placed(rest, bob.number).sid).ended().text == "completed")
