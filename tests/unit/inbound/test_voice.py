"""A call goes through its flow, document by document, as Twilio would ask for them."""

from datetime import UTC, datetime
from xml.etree import ElementTree as ET

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from shared.flow.model import Callers
from shared.inbound.voice import _sorted
from shared.twilio.webhook import APOLOGY
from tests.tools.requests_in import BASE

# how Twilio, its carriers and SIP write a caller who shows no number
NOBODY = ["", "anonymous", "Restricted", "Unavailable", "UNKNOWN", "Private", "+266696687", "266696687", "+7378742833",
          "+2562533", "+8656696", "+86282452253", "sip:anonymous@anonymous.invalid"]  # fmt: skip
KEEP = [HealthCheck.function_scoped_fixture]
SID = "CA" + "1" * 32
MENU = """\
voice:
  start:
    - gather:
        prompt: Press 1 for sales, or say opening hours.
        choices: {"1": sales, opening hours: hours}
        attempts: 2
        wrong: sorry
    - say: You pressed nothing.
  sales: [say: Sales.]
  hours: [say: Nine to six.]
  sorry: [say: There is no such choice.]
"""


def verbs(response):
    return [(verb.tag, verb.text or "") for verb in response]


def text(response):
    return " ".join(response.itertext())


def test_a_call_begins_with_the_start_scene(line):
    line.says("voice: {start: [say: Hello Monkey!]}")
    assert verbs(line.calls()) == [("Say", "Hello Monkey!")]


def test_a_menu_asks_for_keys_and_speech_as_its_choices_need(line):
    gather = line.says(MENU).calls().find("Gather")
    assert gather.attrib == {
        "action": f"{BASE}/api/voice/start/0",
        "actionOnEmptyResult": "true",
        "hints": "opening hours",
        "input": "dtmf speech",
        "numDigits": "1",
    }
    assert verbs(gather) == [("Say", "Press 1 for sales, or say opening hours.")]


@pytest.mark.parametrize(
    ("sent", "heard"),
    [
        ({"Digits": "1"}, "Sales."),
        ({"SpeechResult": "The opening hours, please!", "Confidence": "0.9"}, "Nine to six."),
        ({"SpeechResult": "1."}, "Sales."),
        ({"SpeechResult": "Reopening hours"}, "Press 1 for sales"),
        ({"Digits": "7"}, "Press 1 for sales"),
        ({"Digits": ""}, "Press 1 for sales"),
        ({}, "Press 1 for sales"),
    ],
)
def test_a_choice_leads_to_its_scene_and_anything_else_asks_again(line, sent, heard):
    assert heard in text(line.says(MENU).asked("/api/voice/start/0", **sent))


def test_the_recogniser_is_given_the_choices_as_they_are_written(line):
    line.says("voice: {start: [gather: {prompt: Kim?, choices: {Sat\u0131ş: start, Straße: start, '2': start}}]}")
    gather = line.calls().find("Gather")
    assert (gather.get("hints"), gather.get("input")) == ("Sat\u0131ş, Straße", "dtmf speech")


@pytest.mark.parametrize(
    ("choice", "speech", "is_known"),
    [
        ("i'd like sales", "I\u2019d like sales.", True), ("I\u2019d like sales", "well, I'd like sales", True),
        ("हाँ", "हाँ", True), ("हाँ", "है", False), ("ไม่", "ไม", False), ("sì", "si\u0300", True),
        ("l'été", "L\u2019ÉTÉ", True), ("call back", "call\u2010back", True), ("sales", "sa\u200bles", True),
    ],
)  # fmt: skip
def test_a_choice_is_known_by_how_it_reads(line, choice, speech, is_known):
    line.says(
        f'voice: {{start: [gather: {{prompt: Who?, choices: {{"{choice}": yes}}}}, say: No.], "yes": [say: Yes.]}}'
    )
    assert text(line.asked("/api/voice/start/0", SpeechResult=speech)) == ("Yes." if is_known else "No.")


def test_after_the_last_attempt_a_wrong_choice_and_silence_part(line):
    line.says(MENU)
    again = line.asked("/api/voice/start/0", Digits="7").find("Gather")
    assert again.get("action") == f"{BASE}/api/voice/start/0?attempt=2"
    assert text(line.asked("/api/voice/start/0?attempt=2", Digits="7")) == "There is no such choice."
    assert text(line.asked("/api/voice/start/0?attempt=2", Digits="")) == "You pressed nothing."


def test_without_choices_any_input_goes_on_with_what_was_pressed(line):
    line.says("voice: {start: [gather: {digits: 4, prompt: Your PIN?, then: pin}], pin: [say: You pressed $Digits.]}")
    assert text(line.asked("/api/voice/start/0", Digits="4321")) == "You pressed 4321."


DIAL = """\
voice:
  start:
    - dial:
        {number: [+12025550101, +12025550102], timeout: 20, caller_id: $To, whisper: who, busy: busy, unanswered: no}
    - say: That was it.
  who: [say: A call from $From.]
  busy: [say: Busy.]
  no: [say: Nobody.]
"""


def test_dial_rings_numbers_with_a_whisper_and_says_what_follows(line):
    dial = line.says(DIAL).calls().find("Dial")
    assert dial.attrib == {"action": f"{BASE}/api/voice/start/0", "callerId": "+12025550100", "timeout": "20"}
    assert verbs(dial) == [("Number", "+12025550101"), ("Number", "+12025550102")]
    assert {number.get("url") for number in dial} == {f"{BASE}/api/voice/who"}
    assert text(line.asked("/api/voice/who", From="+12025550122")) == "A call from +12025550122."


@pytest.mark.parametrize(
    ("status", "heard"),
    [
        ("completed", "That was it."),
        ("answered", "That was it."),
        ("busy", "Busy."),
        ("no-answer", "Nobody."),
        ("failed", "Nobody."),
        ("canceled", "Nobody."),
        ("some new status", "That was it."),
    ],
)
def test_what_follows_a_dial_is_chosen_by_how_it_ended(line, status, heard):
    assert text(line.says(DIAL).asked("/api/voice/start/0", DialCallStatus=status)) == heard


@pytest.mark.parametrize(
    ("status", "bridged", "heard"),
    [
        ("completed", "true", "That was it."),
        ("completed", "false", "Nobody."),
        ("answered", "", "That was it."),
        ("busy", "false", "Busy."),
    ],
)
def test_a_phone_that_was_picked_up_and_refused_has_not_answered(line, status, bridged, heard):
    line.says(DIAL)
    assert text(line.asked("/api/voice/start/0", DialCallStatus=status, DialBridged=bridged)) == heard


def test_who_has_nobody_talking_and_names_no_scene_for_it_goes_on(line):
    line.says("voice: {start: [dial: {number: +12025550101, then: bye}, say: Nobody.], bye: [say: Bye.]}")
    told = {"DialCallStatus": "completed", "DialBridged": "false"}
    assert text(line.asked("/api/voice/start/0", **told)) == "Nobody."


def test_a_dial_without_outcomes_goes_on_in_its_own_document(line):
    line.says("voice: {start: [dial: {conference: {name: team, beep: onEnter}}, say: Goodbye.]}")
    assert verbs(line.calls()) == [("Dial", ""), ("Say", "Goodbye.")]
    assert "action" not in line.calls().find("Dial").attrib


def test_a_recorded_conversation_is_noted(line):
    line.says("voice: {start: [dial: {number: +12025550101, record: record-from-answer}]}")
    assert line.calls().find("Dial").get("recordingStatusCallback") == f"{BASE}/api/status/recording"


def test_a_recorded_conference_is_told_of_with_its_calls(line):
    line.says("voice: {start: [dial: {conference: {name: team, record: record-from-start}}]}")
    (conference,) = line.calls().find("Dial")
    told = f"{BASE}/api/status/recording"
    assert (conference.get("recordingStatusCallback"), conference.get("statusCallback")) == (told, told)
    assert conference.get("statusCallbackEvent") == "join"


def test_a_conference_with_a_callback_of_its_own_keeps_it(line):
    own = "status_callback: 'https://example.com/x', status_callback_event: end"
    line.says(f"voice: {{start: [dial: {{conference: {{name: team, record: record-from-start, {own}}}}}]}}")
    (conference,) = line.calls().find("Dial")
    assert (conference.get("statusCallback"), conference.get("statusCallbackEvent")) == ("https://example.com/x", "end")


def test_a_recording_goes_on_and_silence_goes_elsewhere(line):
    line.says(
        "voice: {start: [record: {max_length: 60, transcribe: true, then: thanks, no_input: silence}],"
        " thanks: [say: Thanks.], silence: [say: Silence.]}"
    )
    record, silence = line.calls()
    assert record.attrib == {
        "action": f"{BASE}/api/voice/start/0",
        "maxLength": "60",
        "recordingStatusCallback": f"{BASE}/api/status/recording",
        "transcribe": "true",
        "transcribeCallback": f"{BASE}/api/status/recording",
    }
    assert silence.text == "Silence."
    assert text(line.asked("/api/voice/start/0", RecordingUrl="https://x", Digits="#")) == "Thanks."


def test_a_record_never_repeats_its_own_document(line):
    line.says("voice: {start: [record: , say: Thanks.]}")
    assert line.calls().find("Record").get("action") == f"{BASE}/api/voice/start/0"
    assert text(line.asked("/api/voice/start/0", RecordingUrl="https://x")) == "Thanks."


QUEUE = """\
voice:
  start:
    - enqueue: {name: support, wait_url: waiting, then: bye, left: message, full: full}
    - say: The queue is broken.
  waiting: [say: You are number $QueuePosition.]
  bye: [say: Bye.]
  message: [say: Leave a message.]
  full: [say: Full.]
"""


@pytest.mark.parametrize(
    ("result", "heard"),
    [("bridged", "Bye."), ("leave", "Leave a message."), ("queue-full", "Full."), ("error", "The queue is broken.")],
)
def test_a_queue_says_what_follows(line, result, heard):
    enqueue = line.says(QUEUE).calls().find("Enqueue")
    assert (enqueue.text, enqueue.get("waitUrl")) == ("support", f"{BASE}/api/voice/waiting")
    assert text(line.asked("/api/voice/start/0", QueueResult=result)) == heard
    assert text(line.asked("/api/voice/waiting", QueuePosition="3")) == "You are number 3."


def test_an_empty_queue_is_a_call_that_nobody_answers(line):
    line.says("voice: {start: [dial: {queue: q, unanswered: empty}], empty: [say: Nobody waits.]}")
    assert (
        text(line.asked("/api/voice/start/0", DequeueResult="queue-empty", DialCallStatus="completed"))
        == "Nobody waits."
    )


SPAM = """\
voice:
  start:
    - callers: {match: [+12025550199, +1900*, hidden], then: spam}
    - say: Welcome.
  spam: [reject: busy]
"""


@pytest.mark.parametrize("caller", ["+12025550199", "+19005550123", *NOBODY])
def test_unwanted_callers_are_rejected_before_anything_else(line, caller):
    (reject,) = line.says(SPAM).calls(From=caller)
    assert (reject.tag, reject.attrib) == ("Reject", {"reason": "busy"})


@pytest.mark.parametrize("caller", ["sip:+1-202-555-0199@example.com", "sip:19005550123;x=1@example.com"])
def test_unwanted_callers_are_rejected_however_their_number_is_spelled(line, caller):
    (reject,) = line.says(SPAM).calls(From=caller)
    assert reject.tag == "Reject"


@pytest.mark.parametrize(
    ("listed", "caller"), [("+5215512345678", "+525512345678"), ("+525512345678", "+5215512345678")]
)
def test_a_caller_is_listed_in_either_spelling_of_their_number(line, listed, caller):
    (reject,) = line.says(SPAM.replace("+12025550199", listed)).calls(From=caller)
    assert reject.tag == "Reject"


@pytest.mark.parametrize("caller", ["+12025550122", "+1202555019", "client:bob", "+919005550123", "sip:bob@x.example"])
def test_other_callers_are_welcome(line, caller):
    assert text(line.says(SPAM).calls(From=caller)) == "Welcome."


def test_hidden_callers_match_only_where_the_file_says_so():
    assert {_sorted(Callers(numbers=frozenset({"+1"}), then="x", otherwise="y"), caller) for caller in NOBODY} == {"y"}


def test_closed_hours_turn_the_call_in_the_same_document(line):
    year = datetime.now(UTC).year
    every_day = [f"{day:%m-%d}" for day in (datetime(year, 1, 1, tzinfo=UTC), datetime.now(UTC))]
    hours = "open: Daily 00:00-24:00, timezone: UTC, closed: shut"
    line.says(f"voice: {{start: [hours: {{{hours}}}, say: Open.], shut: [say: Closed.]}}")
    assert text(line.calls()) == "Open."
    line.says(f"voice: {{start: [hours: {{{hours}, holidays: {every_day}}}, say: Open.], shut: [say: Closed.]}}")
    assert text(line.calls()) == "Closed."


def test_redirect_takes_a_scene_or_an_address(line):
    line.says("voice: {start: [say: Hi., redirect: two], two: [redirect: 'https://example.com/x?a=1&b=2']}")
    assert verbs(line.calls()) == [("Say", "Hi."), ("Redirect", f"{BASE}/api/voice/two")]
    assert verbs(line.asked("/api/voice/two")) == [("Redirect", "https://example.com/x?a=1&b=2")]


def test_a_prompt_is_heard_whatever_it_is_made_of(line):
    line.says(
        "voice: {start: [gather: {prompt: [Hello., {pause: 1}, {say: {text: Go., loop: 2}}], choices: {'1': start}}]}"
    )
    gather = line.calls().find("Gather")
    assert [(verb.tag, verb.text) for verb in gather] == [("Say", "Hello."), ("Pause", None), ("Say", "Go.")]


def test_every_other_verb_of_the_library_is_built_as_written(line):
    line.says("""
voice:
  start:
    - sms: {text: "Hello, $FromCity", to: $From}
    - play: {digits: w1, loop: 2}
    - pause: 2
    - start: {transcription: {language_code: en-GB, partial_results: yes}}
    - say: {voice: Polly.Amy, parts: [Hello, {break: {time: 1s}}, $FromCity]}
    - connect: {stream: {url: "wss://example.com/x", parameter: [{name: who, value: $From}]}, then: start}
""")
    assert ET.tostring(line.calls(FromCity="Paris"), encoding="unicode") == (
        '<Response><Sms to="+12025550122">Hello, Paris</Sms><Play digits="w1" loop="2" /><Pause length="2" />'
        '<Start><Transcription languageCode="en-GB" partialResults="true" /></Start>'
        '<Say voice="Polly.Amy">Hello <break time="1s" /> Paris</Say>'
        f'<Connect action="{BASE}/api/voice/start"><Stream url="wss://example.com/x">'
        '<Parameter name="who" value="+12025550122" /></Stream></Connect></Response>'
    )


@pytest.mark.parametrize("to", ["", ", to: $From"])
@pytest.mark.parametrize("caller", [*NOBODY, "client:alice", "sip:alice@example.com", "sip:+12025550122@example.com"])
def test_a_caller_without_a_number_gets_no_text_and_the_call_goes_on(line, caller, to):
    line.says(f"voice: {{start: [sms: {{text: We will call you{to}}}, say: Bye.]}}")
    assert verbs(line.calls(From=caller)) == [("Say", "Bye.")]
    assert verbs(line.calls(From="+12025550122")) == [("Sms", "We will call you"), ("Say", "Bye.")]


def test_a_text_during_a_call_that_the_line_placed_goes_to_the_callee(line):
    line.says("voice: {start: [sms: Hello]}")
    placed = {"Direction": "outbound-api", "From": "+12025550100"}
    assert verbs(line.calls(**placed, To="+12025550122")) == [("Sms", "Hello")]
    assert verbs(line.calls(**placed, To="client:alice")) == []


def test_a_text_to_somebody_else_leaves_whoever_calls_and_from_the_line(line):
    line.says("voice: {start: [sms: {text: A browser calls., to: +12025550101}]}")
    assert line.calls(From="").find("Sms").attrib == {"to": "+12025550101"}
    assert line.calls(From="client:alice", To="").find("Sms").attrib == {
        "from": "+12025550100", "to": "+12025550101"}  # fmt: skip


def test_a_browser_is_shown_as_the_line_where_the_file_shows_the_caller(line):
    line.says("voice: {start: [dial: {number: +12025550101, caller_id: $From}]}")
    assert line.calls(From="client:alice", To="").find("Dial").get("callerId") == "+12025550100"
    assert line.calls(From="+12025550122").find("Dial").get("callerId") == "+12025550122"


def test_a_scene_may_stand_where_one_is_named_and_is_named_after_its_place(line):
    line.says("""
voice:
  start:
    - gather:
        prompt: {text: Menü, language: de-DE}
        choices: {"1": {dial: "+12025550101"}, "*": [say: Bye., hangup], sales: hangup}
        no_input: {go: end}
    - dial: {number: "+12025550102", timeout: 20s, unanswered: {say: Nobody.}, whisper: [say: A call.]}
  end: [say: The end.]
""")
    gather = line.calls().find("Gather")
    assert (gather[0].text, gather[0].attrib) == ("Menü", {"language": "de-DE"})
    step = "/api/voice/start/0"
    assert text(line.asked(step, CallSid=SID, Digits="1")) == "+12025550101"
    assert verbs(line.asked(step, CallSid=SID, Digits="*")) == [("Say", "Bye."), ("Hangup", "")]
    assert verbs(line.asked(step, CallSid=SID, SpeechResult="Sales, please.")) == [("Hangup", "")]
    assert verbs(line.asked(step, CallSid=SID)) == [("Redirect", f"{BASE}/api/voice/end")]
    dial = line.asked("/api/voice/start/0", CallSid=SID, Digits="7").find("Dial")
    assert dial.attrib["timeout"] == "20"
    assert dial[0].attrib["url"] == f"{BASE}/api/voice/start-whisper"
    assert text(line.asked("/api/voice/start-whisper", CallSid=SID)) == "A call."
    assert text(line.asked("/api/voice/start/1", CallSid=SID, DialCallStatus="busy")) == "Nobody."


def test_a_merge_key_brings_in_what_is_not_written_beside_it(line):
    line.says("""
x-usual: &usual {timeout: 20, caller_id: $To}
x-long: &long {timeout: 60, hangup_on_star: yes}
voice:
  start:
    - dial: {<<: [*usual, *long], number: "+12025550101", caller_id: "+12025550102"}
""")
    dial = line.calls().find("Dial").attrib
    assert (dial["timeout"], dial["callerId"], dial["hangupOnStar"]) == ("20", "+12025550102", "true")


def test_scenes_in_one_place_are_numbered_and_take_nobodys_name(line):
    line.says("""
voice:
  start:
    - gather: {otherwise: {say: First.}}
    - gather: {otherwise: {say: Second.}}
    - redirect: start-otherwise-2
  start-otherwise-2: [hangup]
""")
    from shared import flow

    assert set(flow.current().scenes) == {"start", "start-otherwise", "start-otherwise-2", "start-otherwise-3"}
    assert text(line.asked("/api/voice/start/1", CallSid=SID)) == "Second."


@pytest.mark.parametrize(("hours", "said"), [("Daily 0-24", "Sales."), ("Daily 0:00-0:01", "Closed.")])
def test_hours_may_lead_to_a_scene_when_open_too(line, hours, said):
    line.says(f"""
voice:
  start:
    - hours: {{open: "{hours}", timezone: Etc/GMT+12, then: sales, closed: {{say: Closed.}}}}
  sales: [say: Sales.]
""")
    if datetime.now(UTC).strftime("%H:%M") != "12:00":  # one minute past midnight there
        assert text(line.calls()) == said


def test_one_deployment_serves_several_lines(line):
    line.says("""
lines:
  "+12025550110": {start: shop, messages: {otherwise: The shop.}}
  "+12025550111": {start: office}
voice: {start: [say: Other.], shop: [say: Shop.], office: [say: Office.]}
messages: {otherwise: Everything else.}
""")
    assert [text(line.calls(To=to)) for to in ("+12025550110", "+12025550111", "+12025550100")] == [
        "Shop.", "Office.", "Other."]  # fmt: skip
    assert text(line.calls(To="+12025550122", From="+12025550110", Direction="outbound-api")) == "Shop."
    assert text(line.texts("hi", To="+12025550110")) == "The shop."
    assert text(line.texts("hi", To="whatsapp:+12025550110")) == "The shop."
    assert text(line.texts("hi", To="+12025550111")) == "Everything else."


@pytest.mark.parametrize(
    "path", ["none", "start/99", "start/x", "none/0", "start/-1", "start/%C2%B2", "start/99999999999999"]
)
def test_a_place_that_is_not_in_the_flow_ends_in_an_apology(line, path, caplog):
    sid = "CA" + "1" * 32
    assert APOLOGY in text(line.says(MENU).asked(f"/api/voice/{path}", CallSid=sid))
    assert sid in caplog.text


def test_a_broken_file_apologises_to_callers_and_texters_and_health_says_why(line):
    line.says("voice: {start: [sya: Hello]}")
    assert APOLOGY in text(line.calls())
    assert APOLOGY in text(line.texts("hi"))
    from shared import flow

    assert str(flow.current().mistakes[0]) == 'flow.yaml:1:17: unknown verb "sya"; did you mean "say"?'


def test_a_document_that_twilio_would_refuse_is_an_apology(line):
    steps = ", ".join(["{say: " + "x" * 4000 + "}"] * 17)
    assert APOLOGY in text(line.says(f"voice: {{start: [{steps}]}}").calls())


def test_a_text_that_is_too_long_when_filled_is_said_and_sent_to_its_end(line):
    line.says('voice: {start: [say: "$SpeechResult.", sms: {text: "You said: $SpeechResult", to: +12025550101}]}')
    said = "word " * 1000
    response = line.calls(SpeechResult=said.strip())
    spoken, texted = response.findall("Say"), response.findall("Sms")
    assert " ".join(say.text for say in spoken) == said.strip() + "."
    assert " ".join(sms.text for sms in texted) == f"You said: {said.strip()}"
    assert ([len(say.text) <= 4096 for say in spoken], [len(sms.text) <= 1600 for sms in texted]) == (
        [True] * 2,
        [True] * 4,
    )
    assert {sms.get("to") for sms in texted} == {"+12025550101"}


def test_a_text_that_is_empty_when_filled_is_not_said(line):
    assert verbs(line.says("voice: {start: [say: $FromCity, say: Hi.]}").calls()) == [("Say", "Hi.")]


@given(
    value=st.text(max_size=60) | st.sampled_from(["</Say><Hangup/>", "$From", "${To}", "$$", "<break/>", "\x00\ud800"])
)
@hypothesis_settings(deadline=None, suppress_health_check=KEEP)
def test_whatever_a_caller_sends_is_text_and_nothing_else(line, value):
    line.says("""
voice:
  start:
    - say: {parts: ["$SpeechResult", {emphasis: {words: x}}]}
    - dial: {conference: "room-$SpeechResult"}
""")
    from shared import flow
    from shared.inbound import voice
    from shared.twilio.webhook import Webhook

    assert not flow.current().mistakes
    response = ET.fromstring(voice.begin(Webhook({"SpeechResult": value}, BASE)))  # noqa: S314 -- our own
    assert [element.tag for element in response.iter()] == ["Response", "Say", "emphasis", "Dial", "Conference"]
    said = response.find("Say").text or ""
    assert "\x00" not in said
    assert value.isprintable() is False or said == f"{value} "


def test_a_scene_is_rendered_within_a_third_of_a_millisecond(line):
    from timeit import repeat

    from shared.inbound import voice
    from shared.twilio.webhook import Webhook

    line.says(MENU)
    asked = Webhook({"From": "+12025550122", "To": "+12025550100"}, BASE)
    voice.begin(asked)
    assert min(repeat(lambda: voice.begin(asked), number=50, repeat=5)) / 50 < 0.0003


def test_what_follows_silence_is_said_to_the_caller_who_was_silent(line):
    line.says("""
voice:
  start: [record: {no_input: silent}]
  silent: [say: "Goodbye, $From."]
""")
    assert [text(line.calls(From=caller)) for caller in ("+12025550122", "+12025550133")] == [
        "Goodbye, +12025550122.", "Goodbye, +12025550133."]  # fmt: skip


@pytest.mark.parametrize("dial", ["{number: '+12025550101', record: record-from-answer}",
                                  "{conference: {name: team, record: record-from-start}}"])  # fmt: skip
def test_the_line_is_told_of_each_recording(line, dial):
    line.says(f"voice: {{start: [dial: {dial}]}}")
    (told,) = [verb.get("recordingStatusCallback") for verb in line.calls().iter() if verb.get("record")]
    assert told == f"{BASE}/api/status/recording"


@pytest.mark.parametrize("caller", ["client:reception", "sip:desk@office.sip.twilio.com"])
@pytest.mark.parametrize("wish", ["+19005550123", "sip:+19005550123@office.sip.twilio.com", ""])
def test_who_has_no_number_reaches_what_the_file_names_and_shows_the_lines(line, caller, wish):
    line.says('voice: {start: [say: "You rang $To.", dial: "+12025550101"]}')
    say, dial = line.calls(From=caller, To=wish)
    assert say.text == "You rang +12025550100."
    assert (dial.attrib["callerId"], dial[0].text) == ("+12025550100", "+12025550101")
