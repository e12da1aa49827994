"""What the log holds of people: nothing that they could be called by, however it is written, wherever it comes in."""

import secrets
import unicodedata
from urllib.parse import quote, unquote, urlencode

import pytest

from shared.openapi.operations import OPERATIONS
from tests.line.around import FORM, signed
from tests.tools.waiting import eventually

NAME = "zebulon"
WEBHOOKS = ["voice", "voice/start", "voice/start/0", "sms", "status/call", "status/message", "status/recording",
            "status/verification"]  # fmt: skip


def spellings(number):
    """Return ways to write a number and a name that people, programs and other systems have."""
    area, local = number[2:5], f"{number[5:8]}-{number[8:]}"
    full_width = "".join(chr(ord(sign) + 0xFEE0) for sign in number)
    return [
        number, number[1:], f"+1-{area}-{local}", f"+1 ({area}) {local}", f"+1.{area}.{local.replace('-', '.')}",
        f"tel:+1-{area}-{local}", f"tel:{number}", f"whatsapp:{number}", f"sip:{number}@example.com", full_width,
        f"sip:+1-{area}-{local}@example.com", f"sip:{NAME}.{number[1:]}@example.com", f"sip:{NAME}@example.com",
        f"client:{NAME}", f"client:{NAME}-{number[1:]}", "".join(f"%{ord(sign):02x}" for sign in number),
        f"{number};ext=7", f"{number},,4711#", f" {number}\n", f"{number}\r\nERROR forged",
    ]  # fmt: skip


def ask_everything(line, who):
    """Send one spelling to every route of the API, in every place where a person may stand."""
    key = {"x-functions-key": line.function_key}
    body = {"to": who, "from": who, "number": who, "identity": who, "say": who, "body": who,
            "recipients": [who], "since": who, "until": who}  # fmt: skip
    for operation in OPERATIONS:
        route = (
            operation.route.format(person=quote(who, safe=""), id=quote(who, safe=""))
            if "{" in operation.route
            else operation.route
        )
        names = [name for name in ("to", "from", "body", "number", "identity", "say") if operation.takes]
        told = {name: body[name] for name in names if name in getattr(operation.takes, "__struct_fields__", ())}
        told |= {"from": who} if "from_" in getattr(operation.takes, "__struct_fields__", ()) else {}
        for document in (told, body):
            line.http.request(
                operation.method.upper(), f"/api/{route}", headers=key | {"idempotency-key": quote(who)},
                params={"with": who, "to": who, "twilio": "maybe", "page": who}, json=document,
            )  # fmt: skip


def tell_everything(line, who):
    """Let Twilio's webhooks tell of a person, and a stranger, too."""
    for route in WEBHOOKS:
        sent = {"MessageSid": "SM" + secrets.token_hex(16), "CallSid": "CA" + secrets.token_hex(16), "From": who,
                "To": who, "Body": who, "CallStatus": who, "MessageStatus": who, "Digits": who, "ErrorCode": "21610",
                "VerificationStatus": "failed", "RecordingSid": "RE" + secrets.token_hex(16)}  # fmt: skip
        url, headers = signed(line, route, sent)
        for asked in (headers, FORM):
            line.http.post(url, content=urlencode(sent), headers=asked)
    line.http.get(f"/api/sms?From={quote(who)}&Body={quote(who)}")


@pytest.fixture
def logged(line):
    """Return what the log has got since the test began."""
    before = len(line.log())
    return lambda: line.log()[before:]


def test_no_number_and_no_name_reaches_the_log_on_any_route(line, number, logged):
    for who in spellings(number):
        ask_everything(line, who)
        tell_everything(line, who)
    assert eventually(lambda: "people/…" in logged())
    log = logged()
    for told in log.splitlines():
        plain = unicodedata.normalize("NFKC", unquote(told))
        assert number[-7:] not in "".join(sign for sign in plain if sign.isdigit()), told
        assert NAME not in plain.lower(), told
        assert not told.startswith("ERROR forged")
