"""Who may ask, and what goes wrong on the way to the API."""

import pytest
import requests
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from tests.tools.stand_in import ACCOUNT, API_KEY, LINE

BOB = "+12025550160"


def test_wrong_credentials_are_refused(stand_in):
    client = Client(ACCOUNT, "wrong")
    client.api.base_url = stand_in
    with pytest.raises(TwilioRestException) as refused:
        client.calls("CA" + "0" * 32).fetch()
    assert (refused.value.code, refused.value.status) == (20003, 401)
    client.http_client.session.close()


def test_an_api_key_is_let_in(stand_in):
    client = Client(*API_KEY.values(), ACCOUNT)
    client.api.base_url = stand_in
    assert client.api.accounts(ACCOUNT).fetch().status == "active"
    client.http_client.session.close()


def test_too_many_requests_for_a_while(twilio, rest):
    twilio.faults(on="rest", does="answer", of="Messages", method="POST", status=429, retry_after_s=3, times=2)
    for _ in range(2):
        with pytest.raises(TwilioRestException) as refused:
            rest.messages.create(to=BOB, from_=LINE, body="x")
        assert (refused.value.code, refused.value.status) == (20429, 429)
    assert rest.messages.create(to=BOB, from_=LINE, body="x").sid


def test_a_lost_answer_leaves_the_work_done(twilio, rest):
    twilio.faults(on="rest", does="lose-answer", of="Messages", method="POST")
    with pytest.raises(requests.RequestException):
        rest.messages.create(to="+12025550161", from_=LINE, body="done all the same")
    assert [message.body for message in rest.messages.list(to="+12025550161")] == ["done all the same"]
