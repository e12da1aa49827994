"""The verbs in which the line and a caller talk: say, play, pause, gather, record, redirect, reject, hangup, sms."""

import pytest

from tests.line.stage import CALLER, MOBILE
from tests.tools.waiting import eventually
from tests.tools.web import answering

pytestmark = pytest.mark.usefixtures("nothing_amiss")

FLOW = """
entrances: [said, played, asked, typed, told, kept, ended-by-key, forwarded, texted, silent, guarded, endless, phrased]
voice:
  start:
    - callers: {match: "+12025550151", then: refused}
    - callers: {match: "+12025550152", then: engaged}
    - redirect: said
  refused:
    - reject: rejected
  engaged:
    - reject: {reason: busy}
  said:
    - say: {text: "Bonjour, $From et <Lea> & Co!", voice: Polly.Lea, language: fr-FR, loop: 2}
    - pause: 3
    - pause:
    - say: {voice: Polly.Amy, parts: [One, {break: {time: 1s}}, {emphasis: {words: two, level: strong}}, three]}
    - hangup
  played:
    - play: https://ahoy.example.com/hello.mp3
    - play: {url: "https://ahoy.example.com/again.wav", loop: 3}
    - play: {digits: wW12#}
  endless:
    - say: {text: For ever., loop: 0}
  asked:
    - gather:
        digits: 2
        timeout: 8
        prompt:
          - say: {text: Two keys please., language: en-GB}
          - pause: 1
          - play: https://ahoy.example.com/tick.mp3
        choices: {"12": twelve, "34": twelve}
        attempts: 2
        wrong: wrong
        no_input: nothing
  twelve:
    - say: "You pressed $Digits."
  wrong:
    - say: That is none of them.
  nothing:
    - say: You pressed nothing.
  typed:
    - gather: {prompt: Your number and the star., finish_on_key: "*", timeout: 10, then: twelve}
    - say: You entered no number.
  told:
    - gather:
        input: speech
        language: en-GB
        hints: [apples, pears]
        speech_timeout: auto
        speech_model: phone_call
        profanity_filter: false
        prompt: What would you like?
        then: heard
    - say: We did not hear you.
  heard:
    - say: "You said $SpeechResult with $Confidence."
  phrased:
    - gather:
        prompt: Say sales, or after sales.
        choices: {sales: heard, after sales: wrong}
        otherwise: nothing
  guarded:
    - gather: {prompt: Listen to all of it., barge_in: false, digits: 1, then: twelve}
  silent:
    - gather: {prompt: "Ask only once.", timeout: 2}
    - say: We go on.
  kept:
    - record:
        max_length: 20
        timeout: 3
        finish_on_key: "#"
        play_beep: false
        trim: do-not-trim
        transcribe: true
        then: thanks
        no_input: nothing
  ended-by-key:
    - record: {then: thanks}
    - say: Nothing was recorded.
  thanks:
    - say: "Recorded $RecordingDuration seconds."
  forwarded:
    - redirect: {url: "https://example.org/%s", method: GET}
  texted:
    - sms: "We are open, $From."
    - sms: {text: A note., to: "+12025550102", from: $To}
    - say: Sent.
"""


@pytest.fixture
def line(stage):
    return stage.plays(FLOW)


def kinds(call, *wanted):
    return [(event.kind, event.text) for event in call.transcript if event.kind in wanted]


def test_say_has_voice_language_and_loop_and_what_a_caller_sends_stays_text(line):
    call = line.dials(scene="said")
    call.ended("completed")
    first, second, spelled = [event for event in call.transcript if event.kind == "said"]
    assert first.text == second.text == f"Bonjour, {CALLER} et <Lea> & Co!"
    assert (first.detail["voice"], first.detail["language"]) == ("Polly.Lea", "fr-FR")
    assert spelled.text == "One two three"
    assert kinds(call, "paused") == [("paused", "3 s"), ("paused", "1 s")]


def test_play_plays_files_and_keys(line):
    call = line.dials(scene="played")
    call.ended("completed")
    again = ("played", "https://ahoy.example.com/again.wav")
    hello = ("played", "https://ahoy.example.com/hello.mp3")
    assert kinds(call, "played") == [hello, again, again, again, ("played", "keys wW12#")]


def test_what_is_said_for_ever_ends_with_the_caller(line):
    call = line.dials(scene="endless")
    call.hears("For ever.")
    call.waits(3600)
    assert call.status == "in-progress"
    call.hangs_up()
    call.ended("completed")


def test_gather_takes_the_asked_number_of_keys_and_nests_its_prompt(line):
    call = line.dials(scene="asked")
    assert call.hears("Two keys please.").detail["language"] == "en-GB"
    call.hears("https://ahoy.example.com/tick.mp3")
    call.presses("3")
    call.waits(7)
    call.presses("4")
    call.hears("You pressed 34.")


def test_gather_asks_again_and_tells_silence_from_a_wrong_choice(line):
    call = line.dials(scene="asked")
    for _ in range(2):
        call.hears("Two keys please.")
        call.presses("99")
    call.hears("That is none of them.")
    call = line.dials(scene="asked")
    for _ in range(2):
        call.hears("Two keys please.")
        call.waits(8)
    call.hears("You pressed nothing.")


def test_gather_ends_with_its_own_key_and_goes_on_after_silence(line):
    line.dials(scene="typed").presses("0202#55*").hears("You pressed 0202#55.")
    call = line.dials(scene="typed")
    call.hears("Your number and the star.")
    call.waits(10)
    call.hears("You entered no number.")


def test_gather_hears_speech_with_hints_and_language(line):
    call = line.dials(scene="told")
    listening = call.sees("listening", "speech").detail
    assert (listening["hints"], listening["language"]) == ("apples, pears", "en-GB")
    assert listening["speechModel"] == "phone_call"
    assert listening["profanityFilter"] == "false"
    call.says("Two <apples> & a $From, please")
    call.hears("You said Two <apples> & a $From, please with 0.9.")
    call = line.dials(scene="told")
    call.presses("1")
    call.waits(5)
    call.hears("We did not hear you.")


@pytest.mark.parametrize(
    ("words", "heard"),
    [
        ("Sales!", "You said Sales!"),
        ("I need after-sales service", "That is none"),
        ("salesman", "You pressed nothing"),
    ],
)
def test_gather_finds_the_longest_choice_in_what_was_said(line, words, heard):
    line.dials(scene="phrased").says(words).hears(heard)


def test_gather_without_choices_goes_on_whatever_happens(line):
    call = line.dials(scene="silent")
    call.hears("Ask only once.")
    call.waits(2)
    call.hears("We go on.")
    line.dials(scene="silent").presses("5#").hears("We go on.")


def test_a_prompt_that_may_not_be_interrupted_is_heard_to_its_end(line):
    call = line.dials(scene="guarded")
    assert call.sees("listening").detail["bargeIn"] == "false"
    call.presses("7")
    call.hears("You pressed 7.")


def test_record_obeys_its_attributes_and_tells_the_next_scene(line):
    call = line.dials(scene="kept")
    told = call.sees("listening", "recording").detail
    assert (told["maxLength"], told["timeout"], told["finishOnKey"]) == ("20", "3", "#")
    assert (told["playBeep"], told["trim"], told["transcribe"]) == ("false", "do-not-trim", "true")
    call.records(60, "A very long story")
    call.hears("Recorded 20 seconds.")
    line.line.has_recorded(call.sid, duration_s=20, transcript="A very long story", transcript_status="completed")
    call = line.dials(scene="kept")
    call.waits(3)
    call.hears("You pressed nothing.")


def test_record_ends_with_any_key_or_goes_on_in_silence(line):
    line.dials(scene="ended-by-key").records(7, ends="5").hears("Recorded 7 seconds.")
    call = line.dials(scene="ended-by-key")
    call.waits(5)
    call.hears("Nothing was recorded.")
    call.ended("completed")


def test_redirect_goes_to_a_scene_or_to_an_address(stage, line):
    call = line.dials()
    call.hears("Bonjour")
    document = b"<Response><Say>Somewhere else, $From</Say></Response>"
    with answering(document, headers={"Content-Type": "text/xml"}) as (address, paths):
        stage.plays(FLOW.replace("https://example.org/%s", f"{address}/there?line=1"))
        call = stage.dials(scene="forwarded")
        call.hears("Somewhere else, $From")
        call.ended("completed")
    (url,) = paths
    assert url.startswith("/there?line=1&")
    assert f"CallSid={call.sid}" in url


@pytest.mark.parametrize(("caller", "reason"), [("+12025550151", "rejected"), ("+12025550152", "busy")])
def test_reject_never_answers(line, caller, reason):
    call = line.dials(from_=caller)
    call.ended("busy" if reason == "busy" else "")
    assert kinds(call, "answered", "said") == []
    assert f'reason="{reason}"' in line.twilio.webhooks("voice", call.sid)[0].body


def test_sms_writes_to_the_caller_or_to_somebody_during_the_call(line, number):
    caller, other = line.phone(number), line.phone(MOBILE)
    before = len(other.messages())
    call = line.dials(from_=number, scene="texted")
    call.hears("Sent.")
    assert caller.receives(f"We are open, {number}.")["from"] == line.line.number
    note = eventually(lambda: other.messages(after=before))[0]
    assert (note["body"], note["from"]) == ("A note.", line.line.number)
    assert note["direction"] == "outbound-call"
