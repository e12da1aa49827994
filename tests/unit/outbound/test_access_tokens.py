"""Tokens for Twilio's Voice SDK: one identity, a while, and what a browser may do with it."""

import jwt
import msgspec
import pytest

from shared.http.problem import Problem, WrongFields
from shared.outbound import access_tokens
from tests.tools.requests_in import api_request
from tests.tools.stand_in import ACCOUNT

SECRET = "the-secret-of-an-api-key-that-is-long-enough"
KEY = {"TWILIO_API_KEY_SID": "SK1", "TWILIO_API_KEY_SECRET": SECRET}
APPLICATION = "AP" + "0" * 32


def asked(**document):
    return msgspec.to_builtins(access_tokens.token(api_request({"identity": "ann"} | document, "token")))


def grants(answer):
    return jwt.decode(answer["token"], SECRET, algorithms=["HS256"])["grants"]


def test_a_token_is_of_the_account_for_one_identity_and_an_hour(environ):
    environ(TWILIO_ACCOUNT_SID=ACCOUNT, **KEY)
    answer = asked()
    told = jwt.decode(answer["token"], SECRET, algorithms=["HS256"])
    assert (told["iss"], told["sub"], told["grants"]["identity"]) == ("SK1", ACCOUNT, "ann")
    assert told["exp"] - told["nbf"] == answer["ttl"] == access_tokens.DEFAULT_S


def test_calls_out_need_an_application_and_calls_in_may_be_left_out(environ):
    environ(TWILIO_ACCOUNT_SID=ACCOUNT, **KEY)
    assert asked()["calls_out"] is False
    assert grants(asked())["voice"] == {"incoming": {"allow": True}}
    environ(TWILIO_ACCOUNT_SID=ACCOUNT, TWILIO_TWIML_APP_SID=APPLICATION, **KEY)
    assert asked()["calls_out"] is True
    assert grants(asked(incoming=False))["voice"] == {"outgoing": {"application_sid": APPLICATION}}


def test_it_says_which_numbers_may_be_rung(environ, tmp_path):
    (tmp_path / "flow.yaml").write_text(
        'lines: {"+12025550100": {start: a}, "+12025550110": {start: a}}\nvoice: {a: [say: Hello.]}\n', "utf-8"
    )
    environ(
        TWILIO_ACCOUNT_SID=ACCOUNT, TWILIO_PHONE_NUMBER="+12025550100", AHOY_FLOW=str(tmp_path / "flow.yaml"), **KEY
    )
    assert asked()["lines"] == ["+12025550100", "+12025550110"]


@pytest.mark.parametrize("missing", KEY)
def test_without_an_api_key_there_is_none(environ, missing):
    environ(TWILIO_ACCOUNT_SID=ACCOUNT, **{name: value for name, value in KEY.items() if name != missing})
    with pytest.raises(Problem, match="TWILIO_API_KEY_SID") as none:
        asked()
    assert none.value.status == 503


@pytest.mark.usefixtures("environ")
@pytest.mark.parametrize("wrong", [{"identity": ""}, {"identity": "a b"}, {"identity": "a" * 122},
                                   {"identity": "alice\n"}, {"ttl": 59}, {"ttl": 86_401},
                                   {"incoming": "yes"}])  # fmt: skip
def test_a_wrong_field_is_named(wrong):
    with pytest.raises(WrongFields) as refused:
        asked(**wrong)
    assert [error["field"] for error in refused.value.document["errors"]] == list(wrong)
