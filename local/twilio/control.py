"""The people around the line, as JSON under /_local/: they dial, text, press, speak, wait; tests read what happened.

POST /calls                    {from, to?, parameters?}                 somebody rings the line
GET  /calls/{sid}/transcript   ?after=N&wait_s=S                        what happened on a call
POST /browsers                 {token, parameters?}                     a web page rings with an access token
POST /calls/{sid}/{act}        answer decline press say speaks record hang-up wait skip
GET  /phones                                                            what reached each phone, engaged or not
PUT  /phones                   {answers, talks_s, presses, ...}         how every phone behaves
PUT  /phones/{address}         {answers, talks_s, presses, ...}         how a phone behaves
GET  /phones/{address}/rings   ?after=N&wait_s=S                        the calls that rang it
GET  /phones/{address}/texts   ?after=N&wait_s=S                        the texts that reached it
POST /messages                 {from, to?, body, media?, parameters?}   somebody texts the line; waits for the reply
GET  /webhooks                 ?kind=K&sid=S&after=N&wait_s=S           every request made to the app, with its answer
GET  /alerts                   ?after=N&wait_s=S                        what the owner's error log holds
POST /faults, DELETE /faults                                            what is to go wrong
GET  /faults                                                            what of it has not happened yet
GET  /line                                                              account and numbers
GET  /tab                      ?number=N                                a browser tab is a phone: see tabs.py
DELETE /line                                                            end all calls, forget what happened
PUT  /clock                    {at?, leads?, app?, key?}                what time it is
POST /clock                    {seconds}                                time passes for everybody
"""

import base64
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Annotated, Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from local.twilio import browser
from local.twilio.acts import ACTS, SETTLE_S, Act
from local.twilio.along import Along
from local.twilio.engine import carrier, replies
from local.twilio.engine.anew import begin_anew
from local.twilio.engine.call_life import receive_call
from local.twilio.engine.leg import Switchboard
from local.twilio.faults import Fault
from local.twilio.journal import Journal, wanted
from local.twilio.phones import Behaviour
from local.twilio.records import Call, Media, Message
from local.twilio.render.calls import render_call
from local.twilio.render.messages import media_url, render_message
from local.twilio.rest.protocol import AGE, Refusal, board_of
from local.twilio.sids import ANONYMOUS, address, utc_now
from shared import clock


class Dial(msgspec.Struct):
    """Somebody rings the line; without `from` the number is hidden. `phone` is whose screen shows it, if any does."""

    from_: str = msgspec.field(name="from", default="")
    to: str = ""
    phone: str = ""
    parameters: dict[str, str] = {}


class Page(msgspec.Struct):
    """A web page rings; it passes along what it wants."""

    token: str
    parameters: dict[str, str] = {}


class Text(msgspec.Struct):
    """Somebody texts the line; media are {content_type, url} or {content_type, content} in base64.

    `phone` is whose screen shows it, if any does.
    """

    from_: str = msgspec.field(name="from")
    body: str = ""
    to: str = ""
    phone: str = ""
    media: list[dict[str, str]] = []
    parameters: dict[str, str] = {}


class Time(msgspec.Struct):
    """What time it is from now on; without `at` the real one.

    When it `leads`, what passes on the calls of a manual clock has passed for everybody: also for the app, whose clock
    is at the address `app` and opened by `key`.
    """

    at: Annotated[datetime, msgspec.Meta(tz=True)] | None = None
    leads: bool = False
    app: str = ""
    key: str = ""


Endpoint = Callable[[Switchboard, Request], Awaitable[Any]]


def routes() -> list[Route]:
    """Return the routes of the control API."""
    table: list[tuple[str, str, Endpoint]] = [
        ("GET", "/line", _show_line),
        ("DELETE", "/line", _begin_anew),
        ("PUT", "/clock", _set_clock),
        ("POST", "/clock", _let_pass),
        ("POST", "/browsers", _ring_from_page),
        ("POST", "/calls", _dial),
        ("GET", "/calls/{sid}", _show_call),
        ("GET", "/calls/{sid}/transcript", _read_transcript),
        ("POST", "/calls/{sid}/{act}", _act),
        ("GET", "/phones", _show_phones),
        ("PUT", "/phones", _set_all_behaviour),
        ("PUT", "/phones/{address}", _set_behaviour),
        ("GET", "/phones/{address}/rings", _read_rings),
        ("GET", "/phones/{address}/texts", _read_texts),
        ("POST", "/messages", _receive_text),
        ("GET", "/webhooks", _read_webhooks),
        ("GET", "/alerts", _read_alerts),
        ("GET", "/faults", _show_faults),
        ("POST", "/faults", _add_fault),
        ("DELETE", "/faults", _lift_faults),
    ]
    return [Route(f"/_local{path}", _json(endpoint), methods=[method]) for method, path, endpoint in table]


def _json(endpoint: Endpoint) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        try:
            document = await endpoint(board_of(request), request)
        except (msgspec.ValidationError, msgspec.DecodeError) as e:
            return Refusal(20001, str(e)).response()
        return Response(msgspec.json.encode(document), media_type="application/json")

    return answer


async def _since[T](request: Request, journal: Journal[T], matches: Callable[[T], bool] = lambda _: True) -> list[T]:
    asked = wanted(request.query_params)
    return await journal.after(asked.after, asked.wait_s, matches)


async def _show_line(board: Switchboard, _: Request) -> dict[str, Any]:
    clock = "manual" if board.manual_clock else "real"
    return {"account_sid": board.account.sid, "numbers": list(board.account.numbers), "clock": clock}


async def _begin_anew(board: Switchboard, request: Request) -> dict[str, Any]:
    await begin_anew(board)
    return await _show_line(board, request)


async def _set_clock(board: Switchboard, request: Request) -> datetime:
    told = msgspec.json.decode(await request.body(), type=Time)
    if told.at and told.at.year not in AGE:
        raise Refusal(20001, f"It is never {told.at}: expected a year from {AGE[0]} to {AGE[-1]}")
    await board.courier.settle(SETTLE_S)  # what has happened is told at the time at which it happened
    clock.set_to(told.at)
    carrier.let_leave(board)
    board.leads, board.courier.along = told.leads, Along(told.app, told.key)
    await board.courier.tell_time()
    return utc_now()


async def _let_pass(board: Switchboard, request: Request) -> datetime:
    seconds = msgspec.json.decode(await request.body(), type=Act).seconds
    end = utc_now() + timedelta(seconds=seconds)
    for tree in {leg.clock for leg in board.legs.values() if not leg.call.is_over}:
        await tree.waits(seconds)
    if board.leads and utc_now() < end:
        clock.set_to(end)
    carrier.let_leave(board)
    await board.courier.tell_time()
    return utc_now()


async def _dial(board: Switchboard, request: Request) -> dict[str, Any]:
    person = msgspec.json.decode(await request.body(), type=Dial)
    to = _own(board, person.to)
    leg = receive_call(board, person.from_ or ANONYMOUS, to, person.parameters)
    if person.phone:
        leg.has_ears = True
        board.phone(person.phone).dialled.append(leg.call)
    return render_call(board.account, leg.call)


async def _ring_from_page(board: Switchboard, request: Request) -> dict[str, Any]:
    page = msgspec.json.decode(await request.body(), type=Page)
    return render_call(board.account, browser.place_call(board, page.token, page.parameters).call)


def _own(board: Switchboard, to: str) -> str:
    to = to or next(iter(board.account.numbers))
    if to.removeprefix("whatsapp:") not in board.account.numbers:
        raise Refusal(20404, f"{to} is not a number of this account")
    return to


async def _show_call(board: Switchboard, request: Request) -> dict[str, Any]:
    return render_call(board.account, _call(board, request))


def _call(board: Switchboard, request: Request) -> Call:
    call = board.account.calls.get(request.path_params["sid"])
    if not call:
        raise Refusal(20404)
    return call


async def _read_transcript(board: Switchboard, request: Request) -> Any:
    return await _since(request, _call(board, request).transcript)


async def _act(board: Switchboard, request: Request) -> dict[str, Any]:
    """Do what a person does. With the manual clock people wait until the machines have finished speaking."""
    leg = board.legs.get(request.path_params["sid"])
    do = ACTS.get(request.path_params["act"])
    if not do:
        raise Refusal(20404, f"unknown act; there are {', '.join(ACTS)}")
    act = msgspec.json.decode(await request.body() or b"{}", type=Act)
    if leg and leg.clock.is_manual:
        await leg.clock.settle(SETTLE_S)
    if not leg or leg.call.is_over:
        raise Refusal(21220, "the call is over", 409)
    await do(leg, act)
    await board.courier.tell_time()
    return render_call(board.account, leg.call)


def _address(request: Request) -> str:
    given = request.path_params["address"]
    found = address(given)
    if not found:
        raise Refusal(20404, f"{given} is no phone number, client: or sip: address")
    return found


async def _set_behaviour(board: Switchboard, request: Request) -> Behaviour:
    phone = board.phone(_address(request))
    phone.behaviour = msgspec.json.decode(await request.body(), type=Behaviour)
    return phone.behaviour


async def _show_phones(board: Switchboard, _: Request) -> list[dict[str, Any]]:
    called: dict[str, list[str]] = {address: [] for address in board.phones}
    for call in board.account.calls.values():
        if call.direction != "inbound":
            called.setdefault(call.to, []).append(call.sid)
    return [
        {"address": address, "calls": sids, "texts": len(board.phone(address).texts.entries)}
        for address, sids in called.items()
    ]


async def _set_all_behaviour(board: Switchboard, request: Request) -> Behaviour:
    board.usual = msgspec.json.decode(await request.body(), type=Behaviour)
    for phone in board.phones.values():
        phone.behaviour = board.usual
    return board.usual


async def _read_rings(board: Switchboard, request: Request) -> list[dict[str, Any]]:
    calls = await _since(request, board.phone(_address(request)).rings)
    return [render_call(board.account, call) for call in calls]


async def _read_texts(board: Switchboard, request: Request) -> list[dict[str, Any]]:
    texts = await _since(request, board.phone(_address(request)).texts)
    return [show_text(board, text) for text in texts]


def show_text(board: Switchboard, message: Message) -> dict[str, Any]:
    """Return a text as REST shows it, with what people see of it beside."""
    return render_message(board.account, message) | {
        "media_urls": [media.url or media_url(board.account, message, media) for media in message.media],
        "media_types": [media.content_type for media in message.media],
        "at": message.created,
        "is_by_twilio": message.sid not in board.account.messages,  # its answer to STOP, START or HELP
    }


async def _receive_text(board: Switchboard, request: Request) -> dict[str, Any]:
    text = msgspec.json.decode(await request.body(), type=Text)
    to = _own(board, text.to)
    if text.from_.startswith("whatsapp:") and not to.startswith("whatsapp:"):
        to = f"whatsapp:{to}"
    media = [
        Media(one.get("content_type", "image/jpeg"), one.get("url", ""), base64.b64decode(one.get("content", "")))
        for one in text.media
    ]
    message = Message(to, text.from_, text.body, "inbound", media, status="received")
    if text.phone:
        board.phone(text.phone).wrote.append(message)
    sent = await replies.receive(board, message, text.parameters)
    return {
        "sid": message.sid,
        "replies": [show_text(board, reply) for reply in sent],
        "is_opted_out": board.account.has_opted_out(text.from_, to),
    }


async def _read_webhooks(board: Switchboard, request: Request) -> Any:
    kind, sid = request.query_params.get("kind", ""), request.query_params.get("sid", "")
    return await _since(request, board.courier.sent, lambda one: kind in {"", one.kind} and sid in {"", one.sid})


async def _read_alerts(board: Switchboard, request: Request) -> Any:
    return await _since(request, board.account.alerts)


async def _show_faults(board: Switchboard, _: Request) -> list[Fault]:
    return board.faults.waiting


async def _add_fault(board: Switchboard, request: Request) -> Fault:
    fault = msgspec.json.decode(await request.body(), type=Fault)
    board.faults.waiting.append(fault)
    return fault


async def _lift_faults(board: Switchboard, _: Request) -> list[Fault]:
    board.faults.waiting.clear()
    return []
