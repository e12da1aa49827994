"""ConversationRelay: what an application and a person on the call hear of each other."""

import contextlib
import io
import socket
import threading

import pytest
from twilio.request_validator import RequestValidator

from local.commands.people import converse
from local.twilio.people import NotSo
from tests.tools.sockets import Application
from tests.tools.stand_in import ACCOUNT, LINE, TOKEN

ANN = "+12025550122"


@pytest.fixture(scope="module")
def application():
    served = Application()
    yield served
    served.stop()


@pytest.fixture
def relay(twilio, app, application):
    """Return what rings the line and connects it with the application: the call, and the application's side of it."""
    calls = []

    def rings(attributes="", inside="", action=" action='after'", path="/relay", after="<Say>Goodbye</Say>"):
        noun = f"<ConversationRelay url='{application.address}{path}' {attributes}>{inside}</ConversationRelay>"
        app.says(voice=f"<Connect{action}>{noun}</Connect><Say>Next verb</Say>", after=after)
        calls.append(twilio.dial(from_=ANN))
        return calls[-1], application.talk()

    yield rings
    for call in calls:
        with contextlib.suppress(NotSo):  # it is over
            call.hangs_up()
        call.ended()


def text(token, **more):
    return {"type": "text", "token": token, "last": True, **more}


def test_the_application_is_told_who_calls_over_a_signed_connection(relay, application):
    call, talk = relay(
        inside="<Parameter name='order' value='42'/><Parameter name='who' value='Ann'/>", path="/a?b=c%2F"
    )
    setup = talk.hears(type="setup")
    assert setup.pop("sessionId").startswith("VX")
    assert setup == {
        "type": "setup", "accountSid": ACCOUNT, "parentCallSid": "", "callSid": call.sid, "from": ANN, "to": LINE,
        "forwardedFrom": "", "callType": "PSTN", "callerName": "", "direction": "inbound", "callStatus": "RINGING",
        "customParameters": {"order": "42", "who": "Ann"},
    }  # fmt: skip
    assert talk.url == f"{application.address}/a?b=c%2F"
    assert RequestValidator(TOKEN).validate(talk.url, {}, talk.headers["x-twilio-signature"])


def test_a_conversation_goes_to_and_fro_until_the_application_ends_it(relay, app, twilio):
    call, talk = relay("welcomeGreeting='Hello, who is there?'")
    call.hears("Hello, who is there?")
    call.waits(2)
    call.says("It is Ann")
    assert talk.hears(type="prompt") == {"type": "prompt", "voicePrompt": "It is Ann", "lang": "en-US", "last": True}
    talk.says(text("Hello", last=False), text(" Ann", last=False), text(", bye.", last=False), text(""))
    assert call.hears("Hello Ann, bye.").detail["language"] == "en-US"
    call.waits(3)
    talk.says({"type": "end", "handoffData": '{"to": "sales"}'})
    call.hears("Goodbye")
    call.ended(status="completed")
    assert talk.ended() == 1000
    (after,) = app.got("after")
    assert (after["SessionStatus"], after["SessionDuration"], after["HandoffData"], after["CallStatus"]) == (
        "ended", "6", '{"to": "sales"}', "in-progress",
    )  # fmt: skip
    assert after["SessionId"] == talk.messages[0]["sessionId"]
    assert "Next verb" not in str(call)
    assert [alert["code"] for alert in twilio.alerts() if alert["sid"] == call.sid] == [
        64102
    ]  # ws:// is not for Twilio


def test_without_an_action_the_document_goes_on_after_the_session(relay):
    call, talk = relay(action="")
    talk.says({"type": "end"})
    call.hears("Next verb")
    call.ended(status="completed")


def test_who_hangs_up_ends_the_session_and_the_action_is_still_asked(relay, app):
    call, talk = relay()
    talk.hears(type="setup")
    call.waits(4)
    call.hangs_up()
    assert talk.ended() == 1000
    call.ended(status="completed")
    (after,) = app.got("after")
    assert (after["SessionStatus"], after["SessionDuration"], after["CallStatus"]) == ("completed", "4", "completed")
    assert "HandoffData" not in after


def test_speaking_while_the_relay_speaks_interrupts_it(relay):
    call, talk = relay()
    talk.says(text("Life is a complex set of things. And then there is more of it."))
    call.hears("Life is")
    call.waits(1)
    call.says("Stop it")
    assert talk.hears(type="interrupt") == {
        "type": "interrupt", "utteranceUntilInterrupt": "Life is a", "durationUntilInterruptMs": 1000,
    }  # fmt: skip
    talk.hears(type="prompt", voicePrompt="Stop it")
    assert call.sees("interrupted").detail["lost"].endswith("there is more of it.")


@pytest.mark.parametrize(
    ("attributes", "override", "told"),
    [("interruptible='none'", {}, []), ("interruptible='dtmf'", {}, []), ("interruptible='false'", {}, []),
     ("", {"interruptible": False}, []), ("interruptible='none'", {"interruptible": True}, ["interrupt", "prompt"]),
     ("interruptible='none' reportInputDuringAgentSpeech='speech'", {}, ["prompt"])],
)  # fmt: skip
def test_what_may_not_be_interrupted_is_heard_to_its_end(relay, attributes, override, told):
    call, talk = relay(attributes)
    talk.says(text("This is to be heard by all.", **override))
    call.hears("This is")
    call.says("No")
    call.waits(5)
    call.says("Yes")
    talk.hears(type="prompt", voicePrompt="Yes")
    assert [message["type"] for message in talk.messages if message["type"] != "setup"][:-1] == told


def test_keys_are_told_where_they_are_to_be_detected_and_stop_the_speech(relay):
    call, talk = relay("dtmfDetection='true'")
    talk.says(text("Press a key, any key, whichever you like."))
    call.hears("Press a key")
    call.presses("4#")
    assert [talk.hears(type="dtmf")["digit"], talk.hears(type="dtmf")["digit"]] == ["4", "#"]
    call.sees("stopped")
    assert talk.got(type="interrupt") == []  # only words do that


def test_keys_are_not_told_unasked(relay):
    call, talk = relay()
    call.presses("4")
    call.says("Four")
    talk.hears(type="prompt", voicePrompt="Four")
    assert talk.got(type="dtmf") == []


def test_partial_prompts_repeat_the_utterance_as_it_grows(relay):
    call, talk = relay("partialPrompts='true'")
    call.says("I need help with my account please")
    talk.hears(type="prompt", last=True)
    assert [(one["voicePrompt"], one["last"]) for one in talk.got(type="prompt")] == [
        ("I need help", False), ("I need help with my account", False), ("I need help with my account please", True),
    ]  # fmt: skip


def test_languages_change_for_both_sides(relay):
    call, talk = relay("ttsLanguage='de-DE' transcriptionLanguage='fr-FR'")
    talk.says(text("Guten Tag. ", last=False), text("Ciao", lang="it-IT"))
    assert call.hears("Guten Tag.").detail["language"] == "de-DE"
    call.waits(1)
    assert call.hears("Ciao").detail["language"] == "it-IT"
    call.says("Bonjour")
    assert talk.hears(type="prompt")["lang"] == "fr-FR"
    talk.says({"type": "language", "ttsLanguage": "sv-SE", "transcriptionLanguage": "en-GB"})
    talk.says(text("Hej"))
    assert call.hears("Hej").detail["language"] == "sv-SE"
    call.waits(1)
    call.says("Hello")
    assert talk.hears(type="prompt")["lang"] == "en-GB"


def test_sounds_and_keys_are_played_in_their_turn(relay):
    call, talk = relay()
    talk.says({"type": "play", "source": "https://example.com/a.mp3", "loop": 2})
    talk.says({"type": "sendDigits", "digits": "1w#"}, text("Done."))
    assert call.hears("https://example.com/a.mp3").detail["loop"] == 2
    assert "Done." not in str(call)
    call.waits(6)
    assert call.hears("keys 1w#").detail == {"digits": "1w#"}
    call.waits(1.5)
    call.hears("Done.")


def test_what_is_preemptible_stops_for_the_next_talk_cycle(relay):
    call, talk = relay("preemptible='true'")
    talk.says(text("A long introduction that nobody needs to hear."))
    call.hears("A long introduction")
    talk.says(text("Here is what you want."))
    call.sees("preempted")
    call.hears("Here is what you want.")


def test_words_that_no_sentence_ends_are_said_after_a_moment(relay):
    call, talk = relay()
    talk.says(text("Hello there", last=False), {"type": "language", "ttsLanguage": "en-GB"})
    call.sees("language")
    assert "Hello there" not in str(call)
    call.waits(1)
    call.hears("Hello there")


def test_the_application_hears_who_speaks_when_it_wants_to(relay):
    call, talk = relay("events='speaker-events tokens-played'")
    talk.says(text("Good day."))
    call.hears("Good day.")
    call.waits(1)
    call.says("Hello")
    talk.hears(type="prompt")
    assert [(one["name"], one["value"]) for one in talk.got(type="info")] == [
        ("agentSpeaking", "off"), ("agentSpeaking", "on"), ("tokensPlayed", "Good day."), ("agentSpeaking", "off"),
        ("clientSpeaking", "on"), ("clientSpeaking", "off"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "message",
    ["no JSON", '{"type": "ping"}', '{"token": "x"}', '{"type": "text", "token": null}',
     '{"type": "sendDigits", "digits": "5A"}', '{"type": "sendDigits", "digits": ""}',
     '{"type": "play", "source": "tune.mp3"}', '{"type": "language"}', '{"type": "end", "handoffData": {"a": 1}}'],
)  # fmt: skip
def test_a_message_that_is_none_of_twilios_is_refused_and_the_session_goes_on(relay, twilio, message):
    call, talk = relay()
    talk.says(message)
    assert talk.hears(type="error")["description"] == f"Invalid message received: {message}"
    assert any(alert["code"] == 64107 and alert["sid"] == call.sid for alert in twilio.alerts())
    talk.says(text("Still here."))
    call.hears("Still here.")


def test_ten_of_them_in_a_row_end_the_session(relay, app):
    call, talk = relay()
    talk.says(*["{}"] * 9, text("A good one in between."), *["{}"] * 9)
    call.hears("A good one")
    assert talk.code is None
    talk.says("{}")
    assert talk.ended() == 1007
    call.hears("Goodbye")
    assert app.got("after")[0]["ErrorCode"] == "64105"


def test_an_application_that_hangs_up_on_twilio_is_told_to_the_action(relay, app, twilio):
    call, talk = relay()
    talk.closes(1011)
    call.hears("Goodbye")
    call.ended(status="completed")
    (after,) = app.got("after")
    assert (after["SessionStatus"], after["ErrorCode"], after["CallStatus"]) == ("failed", "64105", "in-progress")
    assert "1011" in after["ErrorMessage"]
    assert [alert["code"] for alert in twilio.alerts() if alert["sid"] == call.sid] == [64102, 64105]


def test_without_an_action_the_call_ends_with_a_lost_connection(relay):
    call, talk = relay(action="")
    talk.closes()
    call.ended(status="completed")
    assert "Next verb" not in str(call)


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


@pytest.mark.parametrize("path", ["/refuse/403", "/refuse/200", "/moved"])
def test_an_address_that_takes_no_connection_fails_the_session(twilio, app, application, path):
    app.says(
        voice=f"<Connect action='after'><ConversationRelay url='{application.address}{path}'/></Connect>",
        after="<Say>Sorry</Say>",
    )
    call = twilio.dial(from_=ANN)
    call.sees("alert", "64102 Unable to connect to WebSocket URL")
    call.hears("Sorry")
    (after,) = app.got("after")
    assert (after["SessionStatus"], after["ErrorCode"], after["SessionDuration"]) == ("failed", "64102", "0")
    assert application.talks.empty()


@pytest.mark.parametrize("url", ["ws://ahoy.example.com/relay", "https://127.0.0.1/relay", "wss://[::1", ""])
def test_only_wss_is_taken_but_for_this_machine(twilio, app, url):
    app.says(voice=f"<Connect action='after'><ConversationRelay url='{url}'/></Connect>", after="<Say>Sorry</Say>")
    call = twilio.dial(from_=ANN)
    call.hears("Sorry")
    assert app.got("after")[0]["ErrorCode"] == "64102"


def test_nobody_at_the_address_and_a_certificate_that_is_none_fail_the_session(twilio, app, application):
    for url in (f"ws://127.0.0.1:{free_port()}/relay", f"wss://127.0.0.1:{application.port}/relay"):
        app.says(voice=f"<Connect action='after'><ConversationRelay url='{url}'/></Connect>", after="<Say>Sorry</Say>")
        call = twilio.dial(from_=ANN)
        call.hears("Sorry")
    assert [after["ErrorCode"] for after in app.got("after")] == ["64102", "64102"]


def test_a_call_that_is_moved_by_rest_leaves_the_session(relay, rest, app):
    call, talk = relay()
    talk.hears(type="setup")
    rest.calls(call.sid).update(twiml="<Response><Say>Elsewhere</Say></Response>")
    call.hears("Elsewhere")
    assert talk.ended() == 1000
    assert app.got("after") == []


def test_somebody_at_the_terminal_talks_with_the_application(relay, monkeypatch, capsys):
    call, talk = relay("dtmfDetection='true'")
    monkeypatch.setattr("sys.stdin", io.StringIO("It is Ann\n"))

    def answers():
        talk.hears(type="prompt", voicePrompt="It is Ann")
        talk.says(text("Hello Ann."), {"type": "end"})

    application = threading.Thread(target=answers)
    application.start()
    converse(call)
    application.join()
    told = capsys.readouterr().out.splitlines()
    assert told[-6:-1] == ["spoke It is Ann", '  "Hello Ann."', "cut off Hello Ann.",
                           "disconnected ConversationRelay ended", '  "Goodbye"']  # fmt: skip
