"""The owner's error log, by the monitor API: what went wrong, how bad it is, and the request that it came of."""

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs

import pytest
from starlette.responses import PlainTextResponse
from twilio.base.exceptions import TwilioException, TwilioRestException

from tests.tools.stand_in import LINE
from tests.tools.waiting import eventually

ANN = "+12025550122"


@pytest.fixture
def call(twilio, app):
    """A call with a warning, and then an error."""
    app.says(
        voice="<Say voice='Polly.Nobody'>Hi</Say><Redirect>broken?a=1</Redirect>", broken=PlainTextResponse("no", 500)
    )
    call = twilio.dial(from_=ANN)
    call.ended()
    return call


def of(alerts, call):
    return [alert for alert in alerts if alert.resource_sid == call.sid]


def test_the_list_has_the_newest_first_each_with_code_and_level(rest, call, app):
    newest, older = of(rest.monitor.v1.alerts.list(limit=20), call)
    assert [(one.error_code, one.log_level) for one in (newest, older)] == [("11200", "error"), ("13511", "warning")]
    assert newest.request_url == f"{app.address}/broken?a=1"
    assert newest.more_info == "https://www.twilio.com/docs/errors/11200"
    assert "Polly.Nobody" in older.alert_text
    assert newest.date_created <= datetime.now(UTC)


def test_one_is_shown_with_its_request_and_its_answer(rest, call):
    sid = of(rest.monitor.v1.alerts.list(limit=20), call)[0].sid
    assert sid.startswith("NO")
    alert = rest.monitor.v1.alerts(sid).fetch()
    assert parse_qs(alert.request_variables)["CallSid"] == [call.sid]
    assert (alert.response_body, alert.request_method) == ("no", "POST")
    assert "x-twilio-signature" in parse_qs(alert.request_headers)
    assert parse_qs(alert.response_headers)["content-type"] == ["text/plain; charset=utf-8"]


def test_the_list_is_narrowed_by_level_and_time_and_read_by_page(rest, call):
    alerts = rest.monitor.v1.alerts
    assert {one.error_code for one in of(alerts.list(log_level="warning", limit=50), call)} == {"13511"}
    assert len(of(alerts.list(page_size=1, limit=2), call)) == 2
    hour = timedelta(hours=1)
    assert len(of(alerts.list(start_date=datetime.now(UTC) - hour, end_date=datetime.now(UTC) + hour), call)) == 2
    assert alerts.list(end_date=datetime.now(UTC) - hour) == []
    with pytest.raises(TwilioException, match="20001"):
        alerts.list(log_level="loud")


def test_an_alert_that_is_not_there_is_not_found(rest):
    with pytest.raises(TwilioRestException) as refused:
        rest.monitor.v1.alerts("NO" + "0" * 32).fetch()
    assert refused.value.status == 404


def test_a_callback_that_nobody_takes_is_in_the_owners_log(twilio, app, rest):
    app.says(voice="", status=PlainTextResponse("no", 500))
    call = twilio.dial(from_="+12025550187")
    call.ended()
    text = rest.messages.create(to="+12025550188", from_=LINE, body="x", status_callback="http://127.0.0.1:9/status")
    codes = {call.sid: 15003, text.sid: 11205}

    def told():
        return codes.items() <= {(one.resource_sid, int(one.error_code)) for one in rest.monitor.v1.alerts.list()}

    assert eventually(told)
    assert {one.log_level for one in of(rest.monitor.v1.alerts.list(), call)} == {"warning"}
