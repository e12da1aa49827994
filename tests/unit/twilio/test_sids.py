"""Whoever has seen a signed request cannot cut it into another one: of another message, call, sender or account."""

import logging
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from shared import settings
from shared.twilio import signature, webhook
from tests.tools.requests_in import BASE, TOKEN, get, post, sign

ACCOUNT = "AC" + "0" * 32
TEXT_SID = "SM0123456789abcdef0123456789abcdef"
CALL_SID = "CA0123456789abcdef0123456789abcdef"
OTHER = "SM" + "f" * 32
LINE = "+12025550100"
TEXT = {
    "AccountSid": ACCOUNT, "ApiVersion": "2010-04-01", "Body": "START", "From": "+12025550122", "FromCity": "NEW YORK",
    "FromCountry": "US", "FromState": "NY", "FromZip": "10001", "MessageSid": TEXT_SID, "NumMedia": "0",
    "NumSegments": "1", "SmsMessageSid": TEXT_SID, "SmsSid": TEXT_SID, "SmsStatus": "received", "To": LINE,
    "ToCountry": "US",
}  # fmt: skip
CALL = {
    "AccountSid": ACCOUNT, "ApiVersion": "2010-04-01", "CallSid": CALL_SID, "CallStatus": "in-progress",
    "Called": LINE, "Caller": "+12025550122", "Digits": "1", "Direction": "inbound", "From": "+12025550122",
    "ParentCallSid": "CA" + "1" * 32, "RecordingSid": "RE" + "2" * 32, "To": LINE,
}  # fmt: skip

pytestmark = pytest.mark.usefixtures("environ")


def seen(url, pairs, cut):
    """Return a request that carries the signature of `pairs`, and says `cut` instead."""
    signed = sign(BASE + url, pairs, TOKEN)
    assert sign(BASE + url, cut, TOKEN) == signed, "a cut that Twilio's own signature finds out"
    return post(url, cut, headers={"x-twilio-signature": signed})


def taken(req):
    try:
        return signature.verified(req, settings.current())
    except signature.Refused:
        return None


def without(parameters, *names, **more):
    return sorted((parameters | more).items() if not names else
                  ({n: v for n, v in parameters.items() if n not in names} | more).items())  # fmt: skip


@pytest.mark.parametrize(
    ("sent", "cut"),
    [
        (TEXT, without(TEXT, "NumMedia", MessageSid=TEXT_SID + "NumMedia0")),
        (TEXT, without(TEXT, "NumMedia", "MessageSid", MessageSi=f"d{TEXT_SID}NumMedia0")),
        (TEXT, without(TEXT, "MessageSid", FromZip=f"10001MessageSid{TEXT_SID}")),
        (TEXT, without(TEXT, "MessageSid", MessageSidSM=TEXT_SID[2:])),
        (TEXT, without(TEXT, "ApiVersion", AccountSid=ACCOUNT + "ApiVersion2010-04-01")),
        (CALL, without(CALL, "CallStatus", CallSid=f"{CALL_SID}CallStatusin-progress")),
        (CALL, without(CALL, "To", RecordingSid=f"RE{'2' * 32}To{LINE}")),
        (CALL, without(CALL, "RecordingSid", ParentCallSid=f"CA{'1' * 32}RecordingSidRE{'2' * 32}")),
        ({"ConferenceSid": "CF" + "3" * 32, "Digits": "1"}, [("ConferenceSid", "CF" + "3" * 32 + "Digits1")]),
    ],
)
def test_a_cut_that_drops_or_lengthens_a_sid_is_refused(sent, cut):
    assert taken(post("/api/sms", list(sent.items()))) == sent
    assert taken(seen("/api/sms", list(sent.items()), cut)) is None


def test_a_text_that_holds_another_request_is_none():
    """Its writer, who has seen its signature, would be somebody else who wrote something else."""
    within = f"STOPFrom+12025550111MessageSid{OTHER}MessageSidB"
    rest = "".join(name + TEXT[name] for name in ("From", "FromCity", "FromCountry", "FromState", "FromZip"))
    for hidden in ("MessageSidB", "NYFromZip10001MessageSid"):
        sent = TEXT | {"Body": within.removesuffix("MessageSidB") + hidden}
        kept = without(TEXT, "FromCity", "FromCountry", "FromState", "FromZip", Body="STOP", From="+12025550111")
        cut = [(name, OTHER if name == "MessageSid" else value) for name, value in kept]
        cut.append((hidden, f"{rest}MessageSid{TEXT_SID}"))
        assert taken(seen("/api/sms", list(sent.items()), cut)) is None


def test_the_words_of_a_form_are_not_taken_as_an_address():
    """A GET has its parameters in the address; a callback's has a query that the words of a form could lengthen."""
    url = "/api/status/call?intent=1"
    sent = CALL | {"CallerName": f"&CallSid=CA{'f' * 32}&CallStatus=completed&x="}
    signed = sign(BASE + url, list(sent.items()), TOKEN)
    words = "".join(name + value for name, value in sorted(sent.items()))
    assert taken(get(url + words, headers={"x-twilio-signature": signed})) is None
    body = b'{"CallStatus": "completed"}'
    headers = {"x-twilio-signature": signed, "content-type": "application/json"}
    assert taken(post(f"{url}{words}&bodySHA256=1", body=body, headers=headers)) is None


def test_the_query_of_a_get_is_not_taken_as_a_form():
    query = "&".join(f"{name}={quote(value)}" for name, value in TEXT.items())
    assert taken(get(f"/api/sms?{query}")) == TEXT
    signed = sign(f"{BASE}/api/sms?{query}", [], TOKEN)
    at = query.index("MessageSid")
    req = post(f"/api/sms?{query[:at]}", [("MessageSid", query[at + 10 :])], headers={"x-twilio-signature": signed})
    assert taken(req) is None


@pytest.mark.parametrize("name", ["MessageSid", "SmsSid", "CallSid", "RecordingSid", "ConferenceSid", "AccountSid"])
@pytest.mark.parametrize(
    "value",
    ["SM1", "SM" + "g" * 32, "SM" + "A" * 32, "sm" + "a" * 32, f"{TEXT_SID}\n", f" {TEXT_SID}", "XX" + "1" * 32],
)
def test_a_sid_is_two_letters_for_what_it_names_and_32_hex_digits(name, value):
    assert taken(post("/api/sms", [(name, value)])) is None


def test_a_request_of_another_account_is_refused(environ):
    other = "AC" + "9" * 32
    assert taken(post("/api/sms", list((TEXT | {"AccountSid": other}).items()))) is None
    environ(TWILIO_ACCOUNT_SID=other, TWILIO_AUTH_TOKEN=TOKEN)
    assert taken(post("/api/sms", list((TEXT | {"AccountSid": other}).items())))


def test_sids_that_nobody_knows_yet_are_kept():
    """Twilio's, those in the headers of a SIP call, and those that a page gives a call from a browser."""
    for name, value in (
        ("OriginalRepliedMessageSid", OTHER), ("FlowSid", "FW" + "1" * 32), ("SipHeader_X-Sid", "7"),
        ("SipHeader_X-Twilio-CallSid", CALL_SID), ("lastCallSid", CALL_SID),
    ):  # fmt: skip
        assert taken(post("/api/sms", [*TEXT.items(), (name, value)])) == TEXT | {name: value}


@given(st.data())
@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=300)
def test_however_it_is_cut_it_is_about_the_same(data):
    """Move, drop and add borders between names and values, and take what Twilio's signature does not find out."""
    sent = data.draw(st.sampled_from([TEXT, CALL]))
    words = "".join(name + value for name, value in sorted(sent.items()))
    marks = sorted(data.draw(st.lists(st.integers(1, len(words) - 1), min_size=1, max_size=24, unique=True)))
    marks = marks if len(marks) % 2 else marks[1:]
    pieces = [words[begin:end] for begin, end in zip([0, *marks], [*marks, len(words)], strict=True)]
    cut = list(zip(pieces[::2], pieces[1::2], strict=True))
    signed = sign(BASE + "/api/sms", list(sent.items()), TOKEN)
    found = taken(post("/api/sms", cut, headers={"x-twilio-signature": signed}))
    assert found is None or of_sids(found) == of_sids(sent)


def of_sids(parameters):
    return {name: value for name, value in parameters.items() if name.endswith("Sid")}


@pytest.mark.parametrize(
    "told",
    [
        {"MessageSid": f"{TEXT_SID}\nERROR forged"},
        {"CallStatus": "ringing\nERROR forged +12025550122"},
        {"Digits": "\n"},
        {"SmsStatus": f"receivedTo{LINE}"},
    ],
)
def test_nothing_that_is_signed_makes_a_line_of_the_log_or_a_number_in_it(told, caplog):
    caplog.set_level(logging.INFO, "ahoy")
    pairs = {"CallSid": CALL_SID} | told
    webhook.call(post("/api/voice", list(pairs.items())), lambda _: "<Response />")
    assert "forged" not in caplog.text
    assert LINE not in caplog.text
    assert not any("\n" in message for message in caplog.messages)


def test_a_text_says_which_it_is():
    assert webhook.text(post("/api/sms", [("Body", "hi")]), lambda _: "<Response />").status_code == 403
