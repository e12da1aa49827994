"""A Dial that REST ends: its old action is asked, what that answers is not played.

Source: Twilio's changelog of 24 May 2021 on <Dial>, and a measured call: the callee's leg ends, the action of the old
Dial is asked (`DialCallStatus=completed`), then the new document.
"""

ANN = "+12025550183"


def test_the_action_of_a_bridge_that_is_moved_is_asked_and_not_played(twilio, app, desk, rest):
    bob = desk()
    app.says(
        voice=f"<Dial action='after'>{bob.address}</Dial><Redirect>never</Redirect>",
        after="<Say>Not played</Say>",
        other="<Say>Moved</Say>",
        never="",
    )
    call = twilio.dial(from_=ANN)
    call.sees("bridged")
    call.waits(seconds=20)
    rest.calls(call.sid).update(url=f"{app.address}/other")
    call.hears("Moved")
    call.ended()
    bob.rings().ended(status="completed")
    (told,) = app.got("after")
    assert (told["DialCallStatus"], told["DialBridged"], told["DialCallDuration"]) == ("completed", "true", "20")
    assert told["CallStatus"] == "in-progress"
    assert "Not played" not in str(call)
    assert app.got("never") == []
    assert [path for path, _ in app.requests if path != "status"] == ["voice", "after", "other"]


def test_a_dial_that_is_moved_while_it_rings_stops_ringing(twilio, app, desk, rest):
    bob = desk(answers="asks")
    app.says(voice=f"<Dial action='after'>{bob.address}</Dial>", after="", other="<Say>Moved</Say>")
    call = twilio.dial(from_=ANN)
    leg = bob.rings()
    rest.calls(call.sid).update(url=f"{app.address}/other")
    call.hears("Moved")
    leg.ended(status="canceled")
    (told,) = app.got("after")
    assert (told["DialCallStatus"], told["DialBridged"], told["DialCallSid"]) == ("canceled", "false", leg.sid)


def test_without_an_action_a_redirect_that_follows_is_asked_and_nothing_else(twilio, app, desk, rest):
    bob = desk()
    app.says(
        voice=f"<Dial>{bob.address}</Dial><Redirect>next</Redirect>",
        next="<Say>Not played</Say>",
        other="<Say>Moved</Say>",
    )
    call = twilio.dial(from_=ANN)
    call.sees("bridged")
    rest.calls(call.sid).update(url=f"{app.address}/other")
    call.hears("Moved")
    call.ended()
    assert len(app.got("next")) == 1
    assert "Not played" not in str(call)
    app.says(voice=f"<Dial>{bob.address}</Dial><Say>Not played</Say>")
    call = twilio.dial(from_=ANN)
    call.sees("bridged")
    rest.calls(call.sid).update(url=f"{app.address}/other")
    call.hears("Moved")
    call.ended()
    assert "Not played" not in str(call)


def test_a_conference_that_is_moved_out_of_asks_its_old_action(twilio, app, rest):
    app.says(voice="<Dial action='after'><Conference>Away</Conference></Dial>", after="", other="<Say>Moved</Say>")
    call = twilio.dial(from_=ANN)
    call.sees("joined")
    rest.calls(call.sid).update(url=f"{app.address}/other")
    call.hears("Moved")
    (told,) = app.got("after")
    assert (told["DialCallStatus"], "ConferenceSid" in told) == ("answered", True)


def test_a_bridge_whose_callee_is_moved_ends_for_the_caller(twilio, app, desk, rest):
    bob = desk()
    app.says(
        voice=f"<Dial action='after'>{bob.address}</Dial>", after="<Say>He is gone</Say>", other="<Say>Moved</Say>"
    )
    call = twilio.dial(from_=ANN)
    call.sees("bridged")
    leg = bob.rings()
    rest.calls(leg.sid).update(url=f"{app.address}/other")
    leg.hears("Moved")
    call.hears("He is gone")
    assert app.got("after")[0]["DialCallStatus"] == "completed"


def test_a_call_that_rest_ends_during_a_bridge_asks_its_action_as_after_a_hang_up(twilio, app, desk, rest):
    bob = desk()
    app.says(voice=f"<Dial action='after'>{bob.address}</Dial>", after="")
    call = twilio.dial(from_=ANN)
    call.sees("bridged")
    rest.calls(call.sid).update(status="completed")
    call.ended(status="completed")
    bob.rings().ended(status="completed")
    (told,) = app.got("after")
    assert (told["DialCallStatus"], told["CallStatus"]) == ("completed", "completed")
