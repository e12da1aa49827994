"""Queues: waiting in line, leaving it, being served."""

ANN = "+12025550180"


def test_a_queue_is_waited_in_and_served(twilio, app, rest):
    agent = "+12025550191"

    def voice(parameters):
        if parameters["From"] == agent:
            return "<Dial action='served'><Queue url='hello'>support</Queue></Dial>"
        return "<Enqueue waitUrl='wait' action='done'>support</Enqueue>"

    app.says(
        voice=voice,
        wait=lambda parameters: f"<Say>You are number {parameters['QueuePosition']}</Say><Pause length='20'/>",
        hello="<Say>You will be connected</Say>",
        done="<Say>Bye</Say>",
        served="",
    )
    caller = twilio.dial(from_=ANN)
    caller.hears("You are number 1")
    caller.waits(seconds=30)
    caller.hears("You are number 1")
    (queue,) = [queue for queue in rest.queues.list() if queue.friendly_name == "support"]
    assert queue.current_size == 1
    assert [member.call_sid for member in queue.members.list()] == [caller.sid]
    serving = twilio.dial(from_=agent)
    caller.hears("You will be connected")
    serving.sees("bridged")
    serving.hangs_up()
    caller.hears("Bye")
    assert (app.got("done")[0]["QueueResult"], app.got("done")[0]["QueueTime"]) == ("bridged", "30")
    assert app.got("served")[0]["DequeuedCallSid"] == caller.sid
    assert app.got("hello")[0]["DequeingCallSid"] == serving.sid


def test_a_caller_leaves_the_queue_or_hangs_up_in_it(twilio, app):
    app.says(
        voice="<Enqueue waitUrl='wait' action='done'>line</Enqueue>",
        wait="<Gather numDigits='1' action='out'><Say>Press a key to leave</Say></Gather>",
        out="<Leave/>",
        done="<Say>You left</Say>",
    )
    call = twilio.dial(from_=ANN)
    call.hears("Press a key")
    call.presses("1")
    call.hears("You left")
    assert app.got("done")[0]["QueueResult"] == "leave"
    call = twilio.dial(from_=ANN)
    call.hears("Press a key")
    call.hangs_up()
    call.ended()
    assert (app.got("done")[1]["QueueResult"], app.got("done")[1]["CallStatus"]) == ("hangup", "completed")
