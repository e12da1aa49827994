"""Requests as the host hands them over: of Twilio, signed as it signs, and of API callers."""

import json
from urllib.parse import urlencode

import azure.functions as func
from twilio.request_validator import RequestValidator

from shared.twilio.signature import Repeated
from tests.tools.stand_in import TOKEN

BASE = "https://ahoy.example.com"
FORM = "application/x-www-form-urlencoded"


def post(path, pairs=(), *, body=None, headers=None, signed_with=TOKEN, base=BASE, public=None):
    """Return a signed webhook request; `public` is the address that Twilio was told when it is not `base`."""
    url = base + path
    body = urlencode(list(pairs)).encode() if body is None else body
    headers = {"content-type": FORM} | (headers or {})
    if signed_with:
        headers.setdefault("x-twilio-signature", sign((public or base) + path, pairs, signed_with))
    return func.HttpRequest("POST", url, headers=headers, body=body)


def get(path, *, headers=None, signed_with=TOKEN):
    """Return a signed GET webhook request; its parameters are in the path's query."""
    headers = dict(headers or {})
    if signed_with:
        headers.setdefault("x-twilio-signature", sign(BASE + path, [], signed_with))
    return func.HttpRequest("GET", BASE + path, headers=headers, body=b"")


def api_request(document, route="send-sms", *, method="POST", params=None, route_params=None, **headers):
    """Return what a program with a function key asks, as the host hands it over; a header is named with underscores."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return func.HttpRequest(
        method, f"{BASE}/api/{route}", headers={"content-type": "application/json"} | named, params=params or {},
        route_params=route_params or {}, body=json.dumps(document).encode(),
    )  # fmt: skip


def sign(url, pairs, token, algorithm=None):
    """Sign as Twilio does."""
    return RequestValidator(token).compute_signature(url, Repeated(list(pairs)), algorithm)
