"""What a request to the REST API may say: values that Twilio refuses, filters of lists, what is not served."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest
from twilio.base.exceptions import TwilioException, TwilioRestException

from local.twilio.rest import calls
from local.twilio.rest.protocol import Form, read_by
from tests.local.twilio.test_account import refusal
from tests.tools.stand_in import ACCOUNT, LINE, TOKEN

BOB, URL = "+12025550180", "https://a.example.com/"
API = f"/2010-04-01/Accounts/{ACCOUNT}"
TODAY, TOMORROW = datetime.now(UTC).date(), datetime.now(UTC).date() + timedelta(days=1)


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"method": "PUT"}, 21209),
        ({"timeout": "soon"}, 21208),
        ({"timeout": -1}, 21208),
        ({"timeout": "9" * 5000}, 21208),
        ({"timeout": 0}, 21208),
        ({"time_limit": 10**12}, 20001),
        ({"machine_detection": "Enable", "machine_detection_timeout": 60}, 21234),
        ({"machine_detection": "Enable", "machine_detection_speech_threshold": 10}, 21234),
        ({"status_callback": "https://our_app.example.com/"}, 21609),
        ({"url": "https://a.example.com/a b"}, 21205),
        ({"send_digits": "1" * 33}, 21206),
        ({"status_callback": "/status"}, 21609),
        ({"status_callback": URL, "status_callback_event": ["answered", "sold"]}, 21626),
        ({"send_digits": "1 2"}, 21206),
        ({"url": "voice"}, 21205),
        ({"machine_detection": "Perhaps"}, 21234),
        ({"record": "sometimes"}, 20001),
        ({"recording_channels": "three"}, 20001),
        ({"twiml": f"<Response><Say>{'x' * 4000}</Say></Response>"}, 32018),
        ({"application_sid": "AP" + "0" * 32}, 21218),
    ],
)
def test_a_call_that_cannot_be_is_refused_by_its_fault(rest, wrong, code):
    assert refusal(lambda: rest.calls.create(**{"to": BOB, "from_": LINE, "url": URL} | wrong)) == code


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"validity_period": 0}, 21624),
        ({"validity_period": "long"}, 21624),
        ({"status_callback": "status"}, 21609),
        ({"media_url": ["cat.png"]}, 21620),
        ({"content_sid": "HX" + "0" * 32}, 21655),
        ({"risk_check": "perhaps"}, 20001),
    ],
)
def test_a_text_that_cannot_be_is_refused_by_its_fault(rest, wrong, code):
    assert refusal(lambda: rest.messages.create(**{"to": BOB, "from_": LINE, "body": "x"} | wrong)) == code


def test_a_call_that_goes_on_is_not_canceled(twilio, app, rest):
    app.says(voice="<Gather timeout='60'/>")
    dialled = twilio.dial(from_=BOB)
    dialled.sees("listening")
    call = rest.calls(dialled.sid)
    assert call.update(status="canceled").status == "in-progress"
    assert call.update(status="completed").status == "completed"


def test_a_live_call_takes_no_state_that_there_is_not(twilio, app, rest):
    app.says(voice="<Pause length='60'/><Gather/>")
    call = rest.calls(twilio.dial(from_=BOB).sid)
    assert refusal(lambda: call.update(status="bogus")) == 20001
    assert refusal(lambda: call.update(twiml="<Response/>", method="PUT")) == 21209
    assert call.update(status="completed").status == "completed"


@pytest.mark.parametrize(
    "wrong",
    [
        {"Status": "bogus"},
        {"StartTime": "soon"},
        {"StartTime": "9999-12-31"},
        {"EndTime>": "0001-01-01T00:00:00+14:00"},
        {"Page": "²"},
        {"PageSize": "9" * 5000},
    ],
)
def test_a_filter_that_cannot_be_is_refused(stand_in, wrong):
    answer = httpx.get(
        f"{stand_in}{API}/Calls.json",
        auth=(ACCOUNT, TOKEN),
        params=wrong,
    )
    assert (answer.status_code, answer.json()["code"]) == (400, 20001)


def test_a_page_holds_a_thousand_at_most(stand_in):
    answer = httpx.get(f"{stand_in}{API}/Calls.json?PageSize=1001", auth=(ACCOUNT, TOKEN))
    assert (answer.status_code, answer.json()["code"]) == (400, 20007)


def test_the_token_of_a_page_is_one_that_was_given(stand_in):
    answer = httpx.get(f"{stand_in}{API}/Calls.json?PageToken=7", auth=(ACCOUNT, TOKEN))
    assert (answer.status_code, answer.json()["code"]) == (400, 21481)


def test_calls_are_found_by_what_is_known_of_them(twilio, app, rest):
    app.says(voice="")
    person = "+12025550181"
    sid = twilio.dial(from_=person).sid
    twilio.call(sid).ended()
    ours = {"from_": "(202) 555-0181"}
    found = [
        {}, {"to": LINE}, {"status": "completed"}, {"start_time": TODAY}, {"start_time_after": TODAY},
        {"end_time": TODAY}, {"end_time_before": TOMORROW},
    ]  # fmt: skip
    not_found = [
        {"to": BOB}, {"status": "busy"}, {"start_time": TOMORROW}, {"start_time_after": TOMORROW},
        {"start_time_before": TODAY}, {"end_time_after": TOMORROW}, {"parent_call_sid": "CA" + "0" * 32},
    ]  # fmt: skip
    assert [[call.sid for call in rest.calls.list(**ours | by)] for by in found] == [[sid]] * len(found)
    assert [rest.calls.list(**ours | by) for by in not_found] == [[]] * len(not_found)


def test_conferences_and_their_people_are_found_by_what_is_known_of_them(twilio, app, rest):
    app.says(voice="<Dial><Conference muted='true'>filters</Conference></Dial>")
    call = twilio.dial(from_=BOB)
    call.sees("joined")
    conferences = rest.conferences
    (found,) = conferences.list(friendly_name="filters", status="init", date_created=TODAY, date_updated_after=TODAY)
    assert conferences.list(friendly_name="filters", date_created_before=TODAY) == []
    people = conferences(found.sid).participants
    assert [len(people.list(**by)) for by in ({"muted": True}, {"muted": False}, {"hold": False})] == [1, 0, 1]
    assert refusal(lambda: conferences(found.sid).update(status="init")) == 20001
    call.hangs_up()


def test_a_queue_is_made_changed_and_deleted(rest):
    made = rest.queues.create(friendly_name="desk", max_size=2)
    assert (made.update(friendly_name="front desk").friendly_name, made.fetch().max_size) == ("front desk", 2)
    assert refusal(lambda: made.update(max_size=5001)) == 20001
    assert refusal(lambda: rest.queues.create(friendly_name="front desk")) == 22003
    other = rest.queues.create(friendly_name="back desk")
    assert refusal(lambda: other.update(friendly_name="front desk")) == 22003
    assert other.update(friendly_name="back desk", max_size=3).max_size == 3
    assert refusal(lambda: rest.queues.create(friendly_name="x" * 65)) == 20002
    assert made.delete()


def test_what_is_taken_and_changes_nothing_is_named(stand_in):
    form = {
        "To": BOB,
        "From": LINE,
        "Twiml": "<Response/>",
        "CallReason": "news",
        "Trim": "do-not-trim",
        "Colour": "red",
    }
    answer = httpx.post(f"{stand_in}{API}/Calls.json", auth=(ACCOUNT, TOKEN), data=form)
    assert (answer.status_code, answer.headers["x-noted"]) == (201, "CallReason, Colour, Trim")


def test_what_is_not_served_says_which_operation_that_is(rest, stand_in):
    with pytest.raises(TwilioException) as refused:
        rest.addresses.list()
    assert "GET https://api.twilio.com/2010-04-01/Accounts/{account_sid}/Addresses.json" in str(refused.value)
    with pytest.raises(TwilioRestException) as refused:
        rest.api.accounts.create()
    assert (refused.value.status, "docs/stand-ins.md" in refused.value.msg) == (501, True)
    answer = httpx.get(f"{stand_in}/nowhere", auth=(ACCOUNT, TOKEN))
    assert (answer.status_code, answer.json()["code"]) == (404, 20404)


@pytest.mark.parametrize(
    ("method", "path", "sent", "status", "code"),
    [
        ("PATCH", "Calls.json", {}, 405, 20004),
        ("POST", "Calls.json", {"content": b"x", "headers": {"Content-Type": "multipart/form-data"}}, 400, 20001),
        ("POST", "Messages.json", {"data": {"To": BOB, "From": LINE}, "files": {"Body": b"x"}}, 400, 21602),
        ("POST", "Calls.json", {"data": {f"Name{n}": "x" for n in range(2000)}}, 400, 21201),
    ],
)
def test_a_request_that_cannot_be_read_is_refused_in_json(stand_in, method, path, sent, status, code):
    answer = httpx.request(method, f"{stand_in}{API}/{path}", auth=(ACCOUNT, TOKEN), **sent)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_who_asks_for_xml_is_told_that_there_is_json_only(stand_in):
    answer = httpx.get(f"{stand_in}{API}/Calls", auth=(ACCOUNT, TOKEN))
    assert (answer.status_code, f"ask for {API}/Calls.json" in answer.json()["message"]) == (501, True)


def test_an_operation_gets_only_what_it_says_that_it_reads():
    form = Form([("CallReason", "news")], read_by(calls.create))
    with pytest.raises(LookupError, match="CallReason"):
        form.get("CallReason")
