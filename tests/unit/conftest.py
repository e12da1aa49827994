"""What unit tests share: a line's settings, and requests as the host hands them over. No process, no network."""

import re
from functools import cache
from urllib.parse import parse_qsl, urlencode, urlsplit
from xml.etree import ElementTree as ET

import azure.functions as func
import pytest
from twilio.request_validator import RequestValidator

from shared import flow, settings
from shared.signature import Repeated

TOKEN = "12345678901234567890123456789012"
BASE = "https://ahoy.example.com"
FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def environ(monkeypatch):
    """Set the process's environment as `environ(NAME=value)`; the line of these tests, unless told otherwise."""

    def use(**values):
        for name in [*settings.Settings.__struct_fields__]:
            monkeypatch.delenv(name.upper(), raising=False)
        for name, value in values.items():
            monkeypatch.setenv(name, value)
        settings.current.cache_clear()
        flow.current.cache_clear()

    use(TWILIO_ACCOUNT_SID="AC" + "0" * 32, TWILIO_AUTH_TOKEN=TOKEN, TWILIO_PHONE_NUMBER="+12025550100")
    yield use
    settings.current.cache_clear()
    flow.current.cache_clear()


@pytest.fixture
def line(environ, tmp_path):
    """A line whose flow file is set by `line.says(yaml)`, asked by `line.asked(path, Name=value)`."""
    return _Line(environ, tmp_path)


class _Line:
    def __init__(self, environ, folder):
        self.environ, self.folder = environ, folder

    def says(self, text):
        """Write the flow file and forget the one before."""
        (self.folder / "flow.yaml").write_text(text, encoding="utf-8")
        return self.follows(self.folder / "flow.yaml")

    def follows(self, path):
        """Take a flow file that is there."""
        self.environ(TWILIO_AUTH_TOKEN=TOKEN, TWILIO_PHONE_NUMBER="+12025550100", AHOY_FLOW=str(path))
        return self

    def asked(self, path, /, **parameters):
        """Send a signed webhook to the app, and give the TwiML of the answer as an element."""
        answer = self.answer(path, **parameters)
        assert answer.status_code == 200
        return ET.fromstring(answer.get_body())  # noqa: S314 -- reads what the line itself wrote

    def answer(self, path, /, **parameters):
        """Send a signed webhook to the app by its routes, as the host does."""
        req = post(path, list(parameters.items()))
        function, found = _routed(urlsplit(path).path)
        query = dict(parse_qsl(urlsplit(path).query))
        return function(
            func.HttpRequest(
                "POST", req.url, headers=req.headers, params=query, route_params=found, body=req.get_body()
            )
        )

    def calls(self, **parameters):
        """Begin an inbound call."""
        return self.asked("/api/voice", **CALL | parameters)

    def texts(self, body, **parameters):
        """Send a text."""
        return self.asked("/api/sms", **TEXT | {"Body": body} | parameters)


CALL = {
    "CallSid": "CA0123456789abcdef0123456789abcdef",
    "From": "+12025550122",
    "To": "+12025550100",
    "CallStatus": "ringing",
    "Direction": "inbound",
}
TEXT = {"MessageSid": "SM0123456789abcdef0123456789abcdef", "From": "+12025550122", "To": "+12025550100"}


def _routed(path):
    for pattern, function in _routes():
        if match := re.fullmatch(pattern, path):
            return function, match.groupdict()
    raise AssertionError(f"no function answers {path}")


@cache
def _routes():
    import function_app

    return [
        ("/api/" + re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", found.get_trigger().route), found.get_user_function())
        for found in function_app.app.get_functions()
        if "POST" in {method.value for method in found.get_trigger().methods}
    ]


def post(path, pairs=(), *, body=None, headers=None, signed_with=TOKEN, base=BASE, public=None):
    """Give a signed webhook request; `public` is the address that Twilio was told when it is not `base`."""
    url = base + path
    body = urlencode(list(pairs)).encode() if body is None else body
    headers = {"content-type": FORM} | (headers or {})
    if signed_with:
        headers.setdefault("x-twilio-signature", sign((public or base) + path, pairs, signed_with))
    return func.HttpRequest("POST", url, headers=headers, body=body)


def get(path, *, headers=None, signed_with=TOKEN):
    """Give a signed GET webhook request; its parameters are in the path's query."""
    headers = dict(headers or {})
    if signed_with:
        headers.setdefault("x-twilio-signature", sign(BASE + path, [], signed_with))
    return func.HttpRequest("GET", BASE + path, headers=headers, body=b"")


def sign(url, pairs, token, algorithm=None):
    """Sign as Twilio does."""
    return RequestValidator(token).compute_signature(url, Repeated(list(pairs)), algorithm)
