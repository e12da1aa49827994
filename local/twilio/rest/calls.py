"""Calls: place one, look at them, change a live one."""

import re
from dataclasses import replace
from functools import partial

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from local.twilio.engine.call_life import Order, place_call
from local.twilio.engine.detection import TIMEOUT_S, Wish
from local.twilio.engine.leg import Callback, Leg, Switchboard
from local.twilio.engine.signals import Finished, HungUp, Moved
from local.twilio.engine.taking import UPDATE
from local.twilio.records import Call
from local.twilio.render.calls import render_call
from local.twilio.rest.checking import is_url
from local.twilio.rest.protocol import Form, Refusal, absent, is_same, is_within, page, reachable, reads
from local.twilio.sids import address
from local.twilio.source import Source

RECORDING = ("RecordingChannels", "RecordingStatusCallback", "RecordingStatusCallbackMethod",
             "RecordingStatusCallbackEvent", "RecordingTrack")  # fmt: skip
DETECTION = ("MachineDetection", "MachineDetectionTimeout",
             "AsyncAmd", "AsyncAmdStatusCallback", "AsyncAmdStatusCallbackMethod")  # fmt: skip
DOCUMENT = ("Url", "Method", "Twiml", "ApplicationSid", "FallbackUrl", "FallbackMethod")
CALLBACK = ("StatusCallback", "StatusCallbackMethod", "StatusCallbackEvent")
MAX_TWIML = 4000  # characters of a document in a request
SEND_DIGITS = re.compile(r"[0-9*#wW,A-Da-d]{0,32}")


@reads("To", "From", "CallerId", "Timeout", "TimeLimit", "SendDigits", "Record",
       *RECORDING, *DETECTION, *DOCUMENT, *CALLBACK)  # fmt: skip
async def create(board: Switchboard, _: Request, form: Form) -> Response:
    """Place a call."""
    to = reachable(form.get("To"))
    from_ = caller(board, form, to)
    if board.account.is_unverified(to):
        raise Refusal(21219)
    callback = Callback.of(
        form.get("StatusCallback"), form.get("StatusCallbackMethod"), form.all("StatusCallbackEvent")
    )
    leg = place_call(board, to, from_, _order(board, form), callback)
    return JSONResponse(render_call(board.account, leg.call), 201)


def caller(board: Switchboard, form: Form, to: str) -> str:
    """Return the address that a call is placed under: its CallerId, else From. Raises Refusal for what may not be.

    Source: Twilio's description of From: where To is a phone number, it must be one, too.
    """
    if not form.get("From"):
        raise Refusal(21213)
    shown = [_own(board, given, to) for given in (form.get("From"), form.get("CallerId")) if given]
    return shown[-1]


def _own(board: Switchboard, given: str, to: str) -> str:
    from_ = address(given)
    if not from_ or (to.startswith("+") and not from_.startswith("+")):
        raise Refusal(21212, f"Invalid 'From' Number (caller ID): {given}")
    if from_.startswith("+") and not board.account.may_show(from_):
        raise Refusal(21210, f"The source phone number provided, {from_}, is not yet verified for your account")
    return from_


def _order(board: Switchboard, form: Form) -> Order:
    wish = Wish(
        mode=form.get("MachineDetection"),
        timeout_s=form.int("MachineDetectionTimeout", TIMEOUT_S),
        is_async=form.get("AsyncAmd") == "true",
        callback_url=form.get("AsyncAmdStatusCallback"),
        callback_method=form.get("AsyncAmdStatusCallbackMethod") or "POST",
    )
    limit = form.int("TimeLimit", 0)
    if not SEND_DIGITS.fullmatch(form.get("SendDigits")):
        raise Refusal(21206, f"Invalid SendDigits {form.get('SendDigits')[:99]}: at most 32 of 0-9, A-D, *, # and w")
    return Order(
        source=_source(board, form),
        fallback=_fallback(form),
        timeout_s=min(form.int("Timeout", 60), 600),
        time_limit_s=limit or None,
        send_digits=form.get("SendDigits"),
        machine=wish,
        record=form.named(RECORDING) if form.get("Record") == "true" else None,
    )


def _source(board: Switchboard, form: Form) -> Source:
    url, twiml = form.get("Url"), form.get("Twiml")
    application = form.get("ApplicationSid") if form.may_read("ApplicationSid") else ""
    method = form.get("Method") or "POST"
    if application:
        settings = board.account.applications.get(application)
        if not settings:
            raise Refusal(21218, f"Invalid ApplicationSid {application}")
        url, method = settings.settings.get("VoiceUrl", ""), settings.settings.get("VoiceMethod") or "POST"
    if len(twiml) > MAX_TWIML:
        raise Refusal(32018, f"Twiml size exceeded maximum allowed value of {MAX_TWIML} characters")
    if not twiml and not is_url(url):
        raise Refusal(21205, f"Url is not a valid URL: {url}" if url else "Url parameter is required")
    return Source("voice", url, method, twiml="" if url else twiml)


def _fallback(form: Form) -> Source | None:
    url = form.get("FallbackUrl")
    return Source("fallback", url, form.get("FallbackMethod") or "POST") if url else None


@reads("To", "From", "Status", "ParentCallSid", "StartTime", "EndTime")
async def list_(board: Switchboard, request: Request, form: Form) -> Response:
    """List the calls, newest first."""
    found = [call for call in reversed(board.account.calls.values()) if _matches(call, form)]
    return page(request, form, "calls", found, partial(render_call, board.account))


def _matches(call: Call, form: Form) -> bool:
    status = "queued" if call.status == "initiated" else call.status
    shown = {"To": call.to, "From": call.from_, "Status": status, "ParentCallSid": call.parent_call_sid or ""}
    return (
        all(is_same(form, name, value) for name, value in shown.items())
        and is_within(form, "StartTime", call.start)
        and is_within(form, "EndTime", call.end)
    )


async def fetch(board: Switchboard, request: Request, _: Form) -> Response:
    """Show one call."""
    return JSONResponse(render_call(board.account, _call(board, request)))


def _call(board: Switchboard, request: Request) -> Call:
    call = board.account.calls.get(request.path_params["sid"])
    if not call:
        raise absent(request)
    return call


@reads("Status", "TimeLimit", *(set(DOCUMENT) - {"ApplicationSid"}), "StatusCallback", "StatusCallbackMethod")
async def change(board: Switchboard, request: Request, form: Form) -> Response:
    """Give a live call another document, or end it."""
    call = _call(board, request)
    leg = board.legs.get(call.sid)
    if not leg:
        raise Refusal(21220)
    status = form.get("Status")
    if status == "completed" or (status == "canceled" and not call.answered):  # a call that goes on is not canceled
        leg.interrupt(Finished() if call.answered else HungUp() if call.direction == "inbound" else Finished())
        await leg.clock.settle(1)
    elif form.get("Url") or form.get("Twiml"):
        if not call.answered:
            raise Refusal(21220)
        leg.fallback = _fallback(form) or leg.fallback
        leg.interrupt(Moved(_source(board, form).heard_in(UPDATE)))
    _change_callback(leg, form)
    if form.get("TimeLimit"):
        leg.clock.alarm(form.int("TimeLimit", 0), lambda: leg.interrupt(Finished()))
    return JSONResponse(render_call(board.account, call))


def _change_callback(leg: Leg, form: Form) -> None:
    if form.get("StatusCallback"):
        method = form.get("StatusCallbackMethod") or "POST"
        leg.callback = replace(leg.callback, url=form.get("StatusCallback"), method=method)


async def delete(board: Switchboard, request: Request, _: Form) -> Response:
    """Forget a finished call."""
    call = _call(board, request)
    if call.sid in board.legs:
        raise Refusal(20009, "Call is in progress and cannot be deleted", 409)
    del board.account.calls[call.sid]
    return Response(status_code=204)
