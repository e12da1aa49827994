"""How often the app is asked for a call or a text, counted where Twilio asks, is what `dev.py cost` reckons with."""

from local import cost
from tests.tools.waiting import eventually


def webhooks(line, sid, last):
    """Return how many webhooks told of a call or text, once the one with its last status is among them."""

    def told():
        return [sent.parameters.get("CallStatus") or sent.parameters.get("MessageStatus") for sent in found()]

    def found():
        return line.twilio.webhooks(sid=sid)

    assert eventually(lambda: last in told()), told()
    return len(found())


def test_a_call_that_comes_in_is_its_steps_and_one_callback(line, number):
    call = line.twilio.dial(from_=number)
    call.ended("completed")
    assert webhooks(line, call.sid, "completed") == 1 + cost.CALL_IN


def test_a_call_that_is_made_is_a_request_four_callbacks_and_its_steps(line, number):
    line.twilio.phone(number, answers="yes")
    sid = line.post("make-call", {"to": number}).told["sid"]
    line.twilio.call(sid).ended("completed")
    assert 1 + webhooks(line, sid, "completed") == 1 + cost.CALL_OUT


def test_a_text_that_is_sent_is_a_request_and_three_callbacks(line, number):
    sid = line.post("send-sms", {"to": number, "body": "hello"}).told["sid"]
    assert 1 + webhooks(line, sid, "delivered") == cost.TEXT_OUT


def test_a_text_that_comes_in_is_one_webhook_and_its_answer_tells_of_itself_no_more(line, number):
    came = line.twilio.text("hi", from_=number)
    assert len(line.twilio.webhooks(sid=came.sid)) == cost.TEXT_IN
    assert came.replies
    assert line.twilio.webhooks(sid=came.replies[0]["sid"]) == []
