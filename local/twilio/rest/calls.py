"""Calls: place one, look at them, change a live one."""

from typing import Any
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from local.twilio.engine.calls import Order, callback_of
from local.twilio.engine.detection import Wish
from local.twilio.engine.leg import Finished, HungUp, Moved
from local.twilio.engine.source import Source
from local.twilio.exchange import API_VERSION, Exchange
from local.twilio.records import Call
from local.twilio.rest.answers import Form, Refusal, absent, is_within, page, reachable, uri
from local.twilio.sids import address, rfc2822

SUBRESOURCES = ("Notifications", "Recordings", "Payments", "Events", "Siprec", "Streams", "Transcriptions",
                "UserDefinedMessages", "UserDefinedMessageSubscriptions")  # fmt: skip


def render(exchange: Exchange, call: Call) -> dict[str, Any]:
    """Return a call as REST shows it; what is not known yet is null."""
    path = uri(exchange, f"Calls/{call.sid}")
    return {
        "sid": call.sid,
        "date_created": rfc2822(call.created),
        "date_updated": rfc2822(call.updated),
        "parent_call_sid": call.parent_call_sid,
        "account_sid": exchange.account_sid,
        "to": call.to,
        "to_formatted": formatted(call.to),
        "from": call.from_,
        "from_formatted": formatted(call.from_),
        "phone_number_sid": call.phone_number_sid,
        "status": "queued" if call.status == "initiated" else call.status,
        "start_time": rfc2822(call.start),
        "end_time": rfc2822(call.end),
        "duration": str(call.duration_s) if call.is_over else None,
        "price": call.price,
        "price_unit": "USD",
        "direction": call.direction,
        "answered_by": call.answered_by,
        "api_version": API_VERSION,
        "forwarded_from": call.forwarded_from,
        "group_sid": None,
        "caller_name": call.caller_name,
        "queue_time": str(call.queue_time_ms),
        "trunk_sid": None,
        "annotation": None,
        "uri": f"{path}.json",
        "subresource_uris": {_snake(name): f"{path}/{name}.json" for name in SUBRESOURCES},
    }


def formatted(number: str) -> str:
    """Return `(202) 555-0100` for numbers of North America, anything else as it is."""
    if number.startswith("+1") and len(number) == 12:
        return f"({number[2:5]}) {number[5:8]}-{number[8:]}"
    return number


def _snake(name: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name).removeprefix("_")


async def create(exchange: Exchange, _: Request, form: Form) -> Response:
    """Place a call."""
    to = reachable(form.get("To"))
    from_ = _caller(exchange, form.get("From"))
    if exchange.is_unverified(to):
        raise Refusal(21219)
    callback = callback_of(
        form.get("StatusCallback"), form.get("StatusCallbackMethod"), form.all("StatusCallbackEvent")
    )
    leg = exchange.place_call(
        to, form.get("CallerId") or from_, _order(exchange, form), callback, form.get("FallbackUrl")
    )
    return JSONResponse(render(exchange, leg.call), 201)


def _caller(exchange: Exchange, given: str) -> str:
    if not given:
        raise Refusal(21213)
    from_ = address(given)
    if not from_:
        raise Refusal(21212, f"Invalid 'From' Number (caller ID): {given}")
    if from_.startswith("+") and not exchange.may_show(from_):
        raise Refusal(21210, f"The source phone number provided, {from_}, is not yet verified for your account")
    return from_


def _order(exchange: Exchange, form: Form) -> Order:
    wish = Wish(
        mode=form.get("MachineDetection"),
        is_async=form.get("AsyncAmd") == "true",
        callback_url=form.get("AsyncAmdStatusCallback"),
        callback_method=form.get("AsyncAmdStatusCallbackMethod") or "POST",
    )
    limit = form.int("TimeLimit", 0)
    return Order(
        source=_source(exchange, form),
        timeout_s=min(form.int("Timeout", 60), 600),
        time_limit_s=limit or None,
        send_digits=form.get("SendDigits"),
        machine=wish,
        record=form.named(RECORDING) if form.get("Record") == "true" else None,
    )


RECORDING = ("RecordingChannels", "RecordingStatusCallback", "RecordingStatusCallbackMethod",
             "RecordingStatusCallbackEvent", "RecordingTrack")  # fmt: skip


def _source(exchange: Exchange, form: Form) -> Source:
    url, twiml, application = form.get("Url"), form.get("Twiml"), form.get("ApplicationSid")
    method = form.get("Method") or "POST"
    if application:
        settings = exchange.applications.get(application)
        if not settings:
            raise Refusal(21218, f"Invalid ApplicationSid {application}")
        url, method = settings.settings.get("VoiceUrl", ""), settings.settings.get("VoiceMethod") or "POST"
    if not twiml and not _is_url(url):
        raise Refusal(21205, f"Url is not a valid URL: {url}" if url else "Url parameter is required")
    return Source("voice", url, method, twiml="" if url else twiml)


def _is_url(text: str) -> bool:
    parts = urlsplit(text)
    return parts.scheme in {"http", "https"} and bool(parts.hostname)


async def list_(exchange: Exchange, request: Request, form: Form) -> Response:
    """List the calls, newest first."""
    found = [call for call in reversed(exchange.calls.values()) if _matches(call, form)]
    return page(request, form, "calls", found, lambda call: render(exchange, call))


def _matches(call: Call, form: Form) -> bool:
    shown = {"To": call.to, "From": call.from_, "Status": call.status, "ParentCallSid": call.parent_call_sid or ""}
    return (
        all(form.get(name) in {"", value} for name, value in shown.items())
        and is_within(form, "StartTime", call.start)
        and is_within(form, "EndTime", call.end)
    )


async def fetch(exchange: Exchange, request: Request, _: Form) -> Response:
    """Show one call."""
    return JSONResponse(render(exchange, _call(exchange, request)))


def _call(exchange: Exchange, request: Request) -> Call:
    call = exchange.calls.get(request.path_params["sid"])
    if not call:
        raise absent(request)
    return call


async def change(exchange: Exchange, request: Request, form: Form) -> Response:
    """Return a live call another document, or end it."""
    call = _call(exchange, request)
    leg = exchange.legs.get(call.sid)
    if not leg:
        raise Refusal(21220)
    status = form.get("Status")
    if status == "canceled" and call.answered:
        raise Refusal(21220, "Call is in-progress. Cannot cancel.")
    if status in {"canceled", "completed"}:
        leg.interrupt(Finished() if call.answered else HungUp() if call.direction == "inbound" else Finished())
        await leg.clock.settled(1)
    elif form.get("Url") or form.get("Twiml"):
        if not call.answered:
            raise Refusal(21220)
        leg.interrupt(Moved(_source(exchange, form)))
    return JSONResponse(render(exchange, call))


async def delete(exchange: Exchange, request: Request, _: Form) -> Response:
    """Forget a finished call."""
    call = _call(exchange, request)
    if call.sid in exchange.legs:
        raise Refusal(20009, "Call is in progress and cannot be deleted", 409)
    del exchange.calls[call.sid]
    return Response(status_code=204)
