"""Queues: waiting in line, leaving it, being served."""

import itertools

import pytest

from local.twilio.records import MAX_QUEUE_SIZE

ANN = "+12025550180"
AGENT = "+12025550191"
_names = itertools.count()


@pytest.fixture
def name():
    """Return the name of a queue that nobody has named yet."""
    return f"line-{next(_names)}"


@pytest.fixture
def roles(app):
    """Return a function that gives callers and the agent their documents."""

    def say(caller, agent, **more):
        app.says(voice=lambda told: agent if told["From"] == AGENT else caller, **more)

    return say


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


def test_a_queue_that_nobody_has_named_is_not_found_at_once(twilio, app, rest, name):
    app.says(voice=f"<Dial action='served'><Queue>{name}</Queue></Dial>", served="<Say>There is no such queue</Say>")
    twilio.dial(from_=AGENT).hears("There is no such queue")
    told = app.got("served")[0]
    assert (told["DequeueResult"], told["DialCallStatus"], told["DialBridged"]) == (
        "queue-not-found", "failed", "false")  # fmt: skip
    assert name not in [queue.friendly_name for queue in rest.queues.list()]


def test_a_queue_that_is_there_and_empty_is_waited_for(twilio, app, rest, name):
    rest.queues.create(friendly_name=name)
    app.says(voice=f"<Dial action='served' timeout='20'><Queue>{name}</Queue></Dial>", served="<Say>Nobody came</Say>")
    agent = twilio.dial(from_=AGENT)
    agent.waits(seconds=19)
    assert app.got("served") == []
    agent.waits(seconds=1)
    agent.hears("Nobody came")
    assert app.got("served")[0]["DequeueResult"] == "queue-empty"


def test_a_queue_holds_a_thousand_unless_it_is_told_otherwise(twilio, app, rest, name):
    app.says(voice=f"<Enqueue>{name}</Enqueue>")
    call = twilio.dial(from_=ANN)
    call.sees("queued")
    call.hears("hold music")
    (queue,) = [queue for queue in rest.queues.list() if queue.friendly_name == name]
    assert queue.max_size == MAX_QUEUE_SIZE == 1000


def test_who_finds_a_queue_full_was_never_in_it(twilio, app, name):
    app.says(
        voice=f"<Enqueue maxQueueSize='2' waitUrl='' action='done'>{name}</Enqueue>",
        done="<Say>Please call later</Say>",
    )
    first, second = twilio.dial(from_=ANN), twilio.dial(from_=ANN)
    first.sees("queued")
    second.sees("queued")
    twilio.dial(from_=ANN).hears("Please call later")
    told = app.got("done")[0]
    assert (told["QueueResult"], "QueueSid" in told, "QueueTime" in told) == ("queue-full", False, False)
    assert "hold music" not in str(first)


def test_who_serves_is_told_how_long_it_took(twilio, app, roles, name):
    roles(f"<Enqueue waitUrl=''>{name}</Enqueue>", f"<Dial action='served'><Queue>{name}</Queue></Dial>", served="")
    caller = twilio.dial(from_=ANN)
    sid = caller.sees("queued").detail["sid"]
    caller.waits(seconds=12)
    agent = twilio.dial(from_=AGENT)
    agent.sees("bridged")
    agent.waits(seconds=30)
    agent.hangs_up()
    agent.ended()
    told = app.got("served")[0]
    assert (told["QueueSid"], told["DequeuedCallQueueTime"], told["DequeuedCallDuration"]) == (sid, "12", "30")


def test_a_conversation_out_of_a_queue_is_recorded(twilio, app, roles, name):
    wish = "record='record-from-answer' recordingStatusCallback='made' action='served'"
    roles(f"<Enqueue waitUrl=''>{name}</Enqueue>", f"<Dial {wish}><Queue>{name}</Queue></Dial>", served="", made="")
    caller = twilio.dial(from_=ANN)
    caller.sees("queued")
    agent = twilio.dial(from_=AGENT)
    agent.sees("bridged")
    agent.waits(seconds=25)
    agent.hangs_up()
    agent.ended()
    (sent,) = twilio.webhooks("recording-status", agent.sid, wait_s=20)
    assert (sent.parameters["RecordingDuration"], app.got("served")[0]["RecordingDuration"]) == ("25", "25")


def test_who_is_moved_out_of_a_conversation_was_bridged_before(twilio, app, rest, roles, name):
    roles(
        f"<Enqueue waitUrl='' action='done'>{name}</Enqueue>",
        f"<Dial><Queue>{name}</Queue></Dial>",
        done="<Say>Not played</Say>",
        other="<Say>Moved</Say>",
    )
    caller = twilio.dial(from_=ANN)
    caller.sees("queued")
    twilio.dial(from_=AGENT).sees("bridged")
    caller.sees("bridged")
    rest.calls(caller.sid).update(url=f"{app.address}/other")
    caller.hears("Moved")
    assert [told["QueueResult"] for told in app.got("done")] == ["redirected-from-bridged"]
    assert "Not played" not in str(caller)


def test_who_is_moved_out_of_the_line_was_waiting(twilio, app, rest, name):
    app.says(
        voice=f"<Enqueue waitUrl='' action='done'>{name}</Enqueue>",
        done="<Say>Not played</Say>",
        other="<Say>Moved</Say>",
    )
    caller = twilio.dial(from_=ANN)
    caller.sees("queued")
    rest.calls(caller.sid).update(url=f"{app.address}/other")
    caller.hears("Moved")
    assert [told["QueueResult"] for told in app.got("done")] == ["redirected"]
