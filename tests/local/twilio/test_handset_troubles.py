"""The phone on the screen when something is not as it should be: the connection, the number, the screen."""

import pytest
from playwright.sync_api import expect

from tests.tools.browser import opened
from tests.tools.handset import Tab
from tests.tools.numbers import fictional
from tests.tools.stand_in import LINE
from tests.tools.waiting import eventually

_numbers = fictional(347)
GATHER = "<Gather timeout='60' numDigits='1' action='/keys'/>"
KEEP_TONES = """() => {
    globalThis.tones = [];
    globalThis.OscillatorNode = class extends OscillatorNode {
      constructor(context, { frequency }) { super(context, { frequency }); tones.push(frequency); }
    };
}"""
COUNT_TOLD = """() => {
  globalThis.told = [];
  const watch = new MutationObserver((all) => told.push(...all.map(({ target }) => target.textContent)));
  const live = document.querySelectorAll("[role=status], [role=log], [role=alert], [aria-live]");
  for (const one of live) watch.observe(one, { childList: true, characterData: true, subtree: true });
}"""
WRITES_LATE = """() => {
  const ask = window.fetch;
  const soon = () => new Promise((done) => setTimeout(done, 500));
  window.fetch = (url, more) => (more.method === "POST" ? soon() : Promise.resolve()).then(() => ask(url, more));
}"""  # who is quick clicks again meanwhile
SAYS_MUCH = """async () => {
  const { line } = await import("/handset/line.js");
  const [sid] = line.calls.keys();
  for (let n = 0; n < 1000; n += 1) {
    const event = { at: new Date().toISOString(), kind: "spoke", text: String(n), detail: {} };
    line.heard.dispatchEvent(new CustomEvent("event", { detail: { sid, event } }));
  }
}"""
ASKS = """async (address) => {
  const more = { mode: "no-cors", headers: { accept: "text/event-stream" } }; // which says of no page that it asks
  await fetch(`${address}/_local/tab?number=%2B13475550199`, more);
}"""


@pytest.fixture(scope="module")
def context(stand_in):
    with opened() as browser:
        made = browser.new_context(base_url=stand_in, reduced_motion="reduce")
        made.set_default_timeout(10_000)
        yield made


@pytest.fixture
def ann(context, twilio):  # noqa: ARG001 -- the line is there before anybody looks
    tab = Tab(context.new_page(), next(_numbers))
    open_at(tab, tab.number.replace("+", "%2B"))
    yield tab
    told = [told for told in tab.complaints if "Failed to load resource" not in told]
    tab.page.close()
    assert told == []


def open_at(tab, number):
    tab.page.goto(f"/?number={number}")
    expect(tab.page.locator("#connection")).to_contain_text("rings")


def waits(app, ann):
    """Let Ann be on a call that waits for a key."""
    app.says(voice=GATHER, keys="<Say>Thanks.</Say>")
    ann.dials()
    ann.sees("waits for keys", ".call .state")


def test_on_a_call_the_texts_and_the_wall_are_at_hand_on_a_narrow_screen_too(app, ann):
    ann.page.set_viewport_size({"width": 360, "height": 640})
    waits(app, ann)
    ann.page.click("[data-door=texts]")
    expect(ann.page.get_by_label("Text", exact=True)).to_be_visible()
    ann.page.click("[data-door=wall]")
    expect(ann.page.locator("#wall .card")).to_be_visible()
    expect(ann.page.locator("[data-door=keypad]")).to_be_hidden()
    ann.page.click("[data-door=call]")
    ann.page.locator("body").press("7")
    ann.hears("Thanks.")
    expect(ann.page.locator("[data-door=call]")).to_be_hidden()
    expect(ann.page.locator("[data-door=keypad]")).to_be_visible()
    expect(ann.page.locator(".room.keypad")).to_be_visible()  # where the call began


def test_who_hangs_up_when_the_line_is_gone_is_on_no_call(app, ann, rest):
    waits(app, ann)
    ann.page.route("**/_local/**", lambda route: route.abort())
    ann.page.evaluate("import('/handset/line.js').then(({ connect }) => connect('+1'))")  # which finds nobody
    ann.sees("does not answer", "#connection")
    ann.does("Hang up")
    expect(ann.page.locator(".keypad")).to_be_visible()
    ann.page.unroute("**/_local/**")
    ann.sees("rings", "#connection")
    ann.sees("waits for keys", ".call .state")  # the line has held the call meanwhile
    ann.does("Hang up")
    assert eventually(lambda: [call.status for call in rest.calls.list(from_=ann.number)] == ["completed"])


def test_nobody_is_read_the_seconds_of_a_call_and_everybody_who_calls(ann, rest):
    ann.page.clock.install()
    ann.page.evaluate(COUNT_TOLD)
    call = rest.calls.create(to=ann.number, from_=LINE, twiml="<Response><Gather timeout='60'/></Response>")
    ann.sees("is calling you", ".call .state")
    assert ann.page.locator("#told").inner_text() == "+1 202 555 0100 is calling you"
    ann.does("Answer")
    ann.sees("waits for keys", ".call .state")
    state = ann.page.locator(".call .state")
    before = state.inner_text()
    ann.page.evaluate("told.length = 0")
    ann.page.clock.run_for(5000)
    assert eventually(lambda: state.inner_text() != before)
    assert ann.page.evaluate("told") == []
    ann.does("Hang up")
    assert eventually(lambda: rest.calls(call.sid).fetch().status == "completed")


def test_a_text_that_is_not_sent_can_be_sent_again(app, ann):
    app.says(sms="<Message>Merci</Message>")
    ann.page.click("[data-door=texts]")
    ann.page.route("**/_local/messages", lambda route: route.abort())
    ann.page.set_input_files("input[type=file]", {"name": "cat.png", "mimeType": "image/png", "buffer": b"cat"})
    ann.page.get_by_label("Text", exact=True).fill("Grüße")
    ann.does("Send")
    ann.sees("does not answer", ".texts .trouble")
    ann.page.unroute("**/_local/messages")
    ann.does("Send")
    ann.sees("Merci", ".thread")
    assert [(asked["Body"], asked["NumMedia"]) for asked in app.got("sms")] == [("Grüße", "1")]


def test_who_writes_by_sms_when_a_whatsapp_comes_is_told_and_writes_on(app, ann, twilio):
    app.says(sms="<Message>Merci</Message>")
    ann.page.click("[data-door=texts]")
    ann.page.get_by_label("Text", exact=True).fill("I am still")
    twilio.ask("POST", "/messages", {"from": f"whatsapp:{ann.number}", "body": "hi", "phone": f"whatsapp:{ann.number}"})
    told = ann.page.get_by_role("button", name="New WhatsApp of +1 202 555 0100")
    expect(told).to_be_visible()
    expect(ann.page.get_by_label("Write as")).to_have_value("")
    told.click()
    ann.sees("Merci", ".thread")
    expect(ann.page.get_by_label("Text", exact=True)).to_have_value("I am still")


def test_a_text_is_seen_in_whatever_thread_it_comes(app, ann, twilio):
    app.says(sms="<Message>Merci</Message>")
    ann.page.click("[data-door=texts]")
    ann.page.get_by_label("Write as").select_option("WhatsApp")
    twilio.ask("POST", "/messages", {"from": ann.number, "body": "hi", "phone": ann.number})
    ann.sees("Merci", ".thread")


@pytest.mark.parametrize(
    ("wanted", "why"), [("monkey", "A number begins with +"), ("%2B12025550100", "is a number of the line itself")]
)
def test_an_address_with_a_number_that_no_phone_can_have_says_so_and_another_is_had(ann, wanted, why):
    ann.page.evaluate("sessionStorage.clear()")
    ann.page.clock.install()
    ann.page.goto(f"/?number={wanted}")
    ann.sees(why, "#connection")
    ann.page.clock.run_for(4000)
    ann.sees("rings", "#connection")


def test_a_plus_in_the_address_is_a_plus_and_a_number_that_was_taken_stays(ann):
    own, other = next(_numbers), next(_numbers)
    open_at(ann, own)
    expect(ann.page.locator("#whose")).to_have_text(shown(own))
    ann.page.click("[data-door=setup]")
    ann.page.get_by_label("My number", exact=True).fill(other)
    ann.does("Take this number")
    ann.sees(shown(other), "#whose")
    ann.page.reload()
    ann.sees(shown(other), "#whose")


def shown(number):
    return f"+1 {number[2:5]} {number[5:8]} {number[8:]}"


def test_a_zero_that_is_held_is_a_plus_and_nothing_else(ann):
    field = ann.page.get_by_label("Number to call")
    field.fill("1")
    zero = ann.page.locator(".keypad [data-key='0']")
    zero.hover()
    ann.page.mouse.down()
    expect(field).to_have_value("1+")
    ann.page.mouse.up()
    zero.click()
    expect(field).to_have_value("1+0")


def test_two_clicks_ring_the_line_once(app, ann):
    app.says(voice=GATHER)
    ann.page.dblclick("button[aria-label=Call]")
    ann.sees("waits for keys", ".call .state")
    assert len(app.got("voice")) == 1
    ann.does("Hang up")


def test_what_is_switched_off_while_others_are_asked_for_stays_off(ann, twilio):
    ann.page.evaluate(WRITES_LATE)
    fault = ann.page.get_by_label("Webhooks come twice")
    with ann.page.expect_response(is_read):
        ann.page.locator(".faults summary").click()
    with ann.page.expect_response(is_read):
        fault.check()
        ann.page.locator(".faults").evaluate("one => { one.open = false; setTimeout(() => { one.open = true; }); }")
        fault.uncheck()
    assert eventually(lambda: twilio.ask("GET", "/faults") == [])
    expect(ann.page.locator(".faults summary")).to_have_text("Faults")
    expect(fault).not_to_be_checked()


def is_read(answer):
    return answer.request.method == "GET"


def test_a_call_with_very_many_captions_shows_the_newest(app, ann):
    waits(app, ann)
    ann.page.evaluate(SAYS_MUCH)
    expect(ann.page.locator(".call .captions > :last-child")).to_have_text("999")
    expect(ann.page.locator(".call .captions > *")).to_have_count(300)
    ann.does("Hang up")


def test_an_address_that_no_letters_are_made_of_is_shown_as_it_came(app, ann):
    app.says(voice="<Redirect>http://127.0.0.1:9/strange/%E0%FF</Redirect>")
    ann.dials()
    ann.sees("/strange/%E0%FF", ".requests")


def test_it_rings_at_the_far_end_until_somebody_is_there(app, ann, twilio):
    ann.page.evaluate(KEEP_TONES)
    bob = twilio.phone(next(_numbers)).behaves(answers="asks")
    asks = f"<Gather numDigits='1' timeout='60' action='{app.address}/dials'><Say>Press 1</Say></Gather>"
    app.says(voice=asks, dials=f"<Dial>{bob.address}</Dial>")
    ann.dials()
    ann.hears("Press 1")
    ann.page.evaluate("tones.length = 0")
    ann.page.keyboard.press("1")
    leg = bob.rings()
    assert eventually(lambda: ann.page.evaluate("tones")[-2:] == [440, 480])
    leg.answers()
    ann.sees("connected with", ".call .captions")
    ann.does("Hang up")


def test_the_greeting_of_its_voicemail_is_what_this_phone_says(ann, rest):
    rest.calls.create(to=ann.number, from_=LINE, twiml="<Response><Pause length='60'/></Response>")
    ann.sees("is calling you", ".call .state")
    ann.does("Voicemail")
    ann.sees("an answering machine's greeting", ".call .captions .mine")


def test_a_page_of_another_address_takes_no_phone_whatever_it_says_that_it_is(context, twilio):
    page = context.new_page()
    page.goto(f"{twilio.address.replace('127.0.0.1', 'localhost')}/_local/line")
    page.evaluate(ASKS, twilio.address)
    page.close()
    assert "+13475550199" not in [phone["address"] for phone in twilio.ask("GET", "/phones")]
