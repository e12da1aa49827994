"""The rest of the language, end to end: the example of its first page, own verbs, several lines, every other verb."""

import pytest

from tests.line.stage import BRANCH, CALLER, OFFICE, SHOP, another_day
from tests.tools.sockets import Application

pytestmark = pytest.mark.usefixtures("nothing_amiss")

EXAMPLE = """
voice:
  start:                                  # an answered call begins here
    - hours: {open: "Mon-Fri 09:00-18:00", timezone: Europe/Paris, closed: voicemail}
    - gather:
        digits: 1
        prompt:
          - say:
              text: "Welcome, $FromCity. Press 1 for sales, 2 to leave a message."
              voice: Polly.Amy
              language: en-GB
        choices: {"1": sales, "2": voicemail}
        otherwise: start
  sales:
    - dial: {number: ["+12025550101", "+12025550102"], timeout: 20, unanswered: voicemail}
  voicemail:
    - say: Please leave a message after the tone.
    - record: {max_length: 120, transcribe: true, then: goodbye}
  goodbye:
    - say: Thank you.
    - hangup:
messages:
  keywords:
    hours: We are open from nine to six.
    join: {subscribe: news, reply: "You are in. Text LEAVE to stop."}
  otherwise: Hey, thanks for the ping! Twilio and Azure rock!
"""
VERBS = """
from twilio.twiml.messaging_response import MessagingResponse
from twilio.twiml.voice_response import VoiceResponse

from shared.flow import Call, Message, verb

@verb
def count(call: Call, to: int, goodbye: bool = False) -> VoiceResponse:
    response = VoiceResponse()
    response.say(" ".join(str(number + 1) for number in range(to)) + f" for {call.from_}")
    if goodbye:
        response.redirect(call.scene_url("goodbye"))
    return response

@verb
def fails(call: Call) -> VoiceResponse:
    raise RuntimeError("a secret of the owner's")

@verb
def shout(message: Message, times: int) -> MessagingResponse:
    response = MessagingResponse()
    response.message((message.body.upper() + "!") * times)
    return response

@verb
def stumble(message: Message) -> MessagingResponse:
    raise RuntimeError("another secret")
"""
OWN = """
entrances: [broken]
voice:
  start:
    - count: {to: 3, goodbye: yes}
  broken:
    - say: So far so good.
    - fails
  goodbye:
    - say: Goodbye.
messages:
  keywords: {stumble: {stumble: }}
  otherwise: {shout: 2}
"""
LINES = """
lines:
  "+12025550110": {start: shop, messages: {keywords: {open: Until six.}, otherwise: The shop.}}
  "+12025550111": {start: branch}
voice:
  start: [say: The head office.]
  shop: [say: The shop.]
  branch: [say: The branch.]
messages:
  otherwise: The head office.
"""
PASSED_ON = """
entrances: [machines, connected, referred, task]
voice:
  start:
    - start: {stream: {url: "ws://127.0.0.1:8080/tap", name: tap, parameter: {name: who, value: $From}}}
    - start: {transcription: {language_code: en-GB, partial_results: true}}
    - stop: {stream: {name: tap}}
    - stop: {transcription: {name: words}}
    - pay: {charge_amount: "20.45", prompt: {for: payment-card-number, say: Your card number?}, then: paid}
  paid:
    - say: "Paid by $From."
    - leave
  machines:
    - echo
    - say: Nothing else.
  connected:
    - connect:
        conversation_relay:
          url: ws://127.0.0.1:8080/talk
          welcome_greeting: "Hello, $From"
          parameter: {name: city, value: $FromCity}
        then: handed
  handed:
    - say: "$SessionStatus with $HandoffData."
  referred:
    - refer: {sip: "sip:bob@example.com", then: paid}
  task:
    - enqueue: {workflow_sid: WW0123456789abcdef0123456789abcdef, task: {body: '{"who": "$From"}', priority: 5}}
"""


@pytest.fixture(scope="module")
def application():
    served = Application()
    yield served
    served.stop()


@pytest.fixture(scope="module")
def passed_on(application):
    return PASSED_ON.replace(":8080", f":{application.port}")


def kinds(call, *wanted):
    return [event.text for event in call.transcript if event.kind in wanted]


def document(line, call, number=0):
    """Return what the app answered to a request of a call."""
    return line.twilio.webhooks("", call.sid)[number].body.partition("?>")[2]


def test_the_example_connects_to_sales_or_takes_a_message(stage):
    line = stage.plays(EXAMPLE.replace("Mon-Fri 09:00-18:00", "Daily 00:00-24:00"))
    line.phone(OFFICE, answers="busy")
    mobile = line.phone("+12025550102", answers="no-answer")
    call = line.dials()
    welcome = call.hears("Press 1 for sales, 2 to leave a message.")
    assert welcome.text.startswith("Welcome, ")
    assert (welcome.detail["voice"], welcome.detail["language"]) == ("Polly.Amy", "en-GB")
    call.waits(5)
    call.hears("Welcome")
    call.presses("1")
    mobile.rings()
    call.waits(20)
    call.hears("Please leave a message")
    call.records(5, "It is me")
    call.hears("Thank you.")
    call.ended("completed")
    line.line.has_recorded(call.sid, duration_s=5, transcript="It is me")
    line.dials().presses("2").hears("Please leave a message")


def test_the_example_takes_messages_when_closed_and_answers_texts(stage):
    line = stage.plays(EXAMPLE.replace("Mon-Fri", another_day()))
    line.dials().hears("Please leave a message")
    assert line.twilio.text("Hours", from_=CALLER).texts == ["We are open from nine to six."]
    assert line.twilio.text("join", from_=CALLER).texts == ["You are in. Text LEAVE to stop."]
    assert CALLER in [row["person"] for row in line.members("news")]
    assert line.twilio.text("hi", from_=CALLER).texts == ["Hey, thanks for the ping! Twilio and Azure rock!"]


def test_own_verbs_answer_calls_and_texts(stage):
    line = stage.plays(OWN, VERBS)
    call = line.dials()
    call.hears(f"1 2 3 for {CALLER}")
    call.hears("Goodbye.")
    call.ended("completed")
    assert line.twilio.text("hey <you>", from_=CALLER).texts == ["HEY <YOU>!HEY <YOU>!"]


def test_an_own_verb_that_fails_is_an_apology_and_its_cause_is_in_the_log(stage):
    line = stage.plays(OWN, VERBS)
    call = line.dials(scene="broken")
    call.hears("We are sorry, something went wrong on our side.")
    call.ended("completed")
    assert "secret" not in document(line, call)
    assert line.line.logs("a secret of the owner's", call.sid)
    (answer,) = line.twilio.text("stumble", from_=CALLER).texts
    assert answer.startswith("We are sorry")
    assert line.dials().hears("1 2 3")


@pytest.mark.parametrize(
    ("to", "said", "written"),
    [
        ("", "The head office.", "The head office."),
        (SHOP, "The shop.", "The shop."),
        (BRANCH, "The branch.", "The head"),
    ],
)
def test_one_deployment_serves_several_lines(stage, to, said, written):
    line = stage.plays(LINES)
    call = line.dials(to=to)
    call.ended("completed")
    assert kinds(call, "said") == [said]
    (reply,) = line.twilio.text("hello", from_=CALLER, to=to).replies
    assert reply["body"].startswith(written)
    assert reply["from"] == (to or line.line.number)
    assert line.twilio.text("Open?", from_=CALLER, to=SHOP).texts == ["Until six."]


def test_a_call_from_a_line_begins_as_that_line_does(stage, number):
    line = stage.plays(LINES)
    phone = line.phone(number)
    assert line.line.post("make-call", {"to": number, "from": SHOP}).status == 202
    call = phone.rings()
    call.hears("The shop.")
    assert call.shown()["from"] == SHOP


def test_every_other_verb_is_passed_on_with_its_attributes(stage, application, passed_on):
    line = stage.plays(passed_on)
    call = line.dials()
    call.hears(f"Paid by {CALLER}.")
    call.ended("completed")
    talk = application.talk()
    assert talk.hears(event="start")["start"]["customParameters"] == {"who": CALLER}
    assert talk.ended() == 1000
    assert [text.partition(":")[0] for text in kinds(call, "not_played")] == ["Transcription", "Pay Prompt"]
    assert document(line, call) == (
        f'<Response><Start><Stream name="tap" url="{application.address}/tap">'
        f'<Parameter name="who" value="{CALLER}" /></Stream></Start>'
        '<Start><Transcription languageCode="en-GB" partialResults="true" /></Start>'
        '<Stop><Stream name="tap" /></Stop><Stop><Transcription name="words" /></Stop>'
        f'<Pay action="{line.line.app}/api/voice/paid" chargeAmount="20.45">'
        '<Prompt for="payment-card-number"><Say>Your card number?</Say></Prompt></Pay></Response>'
    )


def test_a_machine_talks_with_the_caller_until_it_hands_the_call_over(stage, application, passed_on):
    line = stage.plays(passed_on)
    call = line.dials(scene="connected")
    call.hears(f"Hello, {CALLER}")
    talk = application.talk()
    assert talk.hears(type="setup")["customParameters"] == {"city": "WASHINGTON"}
    call.waits(2)
    call.says("I want to pay")
    talk.hears(type="prompt", voicePrompt="I want to pay")
    talk.says({"type": "text", "token": "To whom?", "last": True})
    call.hears("To whom?")
    talk.says({"type": "end", "handoffData": "bill 42"})
    call.hears("ended with bill 42.")
    call.ended(status="completed")


def test_an_echo_ends_and_what_follows_it_is_said(stage, passed_on):
    line = stage.plays(passed_on)
    call = line.dials(scene="machines")
    call.hears("Nothing else.")
    assert kinds(call, "not_played") == ["Echo: the local Twilio has no such machine"]


def test_a_call_is_referred_and_asked_what_follows(stage, passed_on):
    line = stage.plays(passed_on)
    call = line.dials(scene="referred")
    call.hears("Paid by")
    assert kinds(call, "referred") == ["sip:bob@example.com"]


def test_a_task_is_queued_with_what_the_caller_sent_as_text(stage, passed_on):
    line = stage.plays(passed_on)
    call = line.dials(scene="task")
    call.sees("queued")
    task = '<Task priority="5">{"who": "+12025550122"}</Task>'
    assert document(line, call) == (
        f'<Response><Enqueue workflowSid="WW0123456789abcdef0123456789abcdef">{task}</Enqueue></Response>'
    )
