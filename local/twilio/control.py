"""The people around the line, as JSON under /_local/: they dial, text, press, speak, wait; tests read what happened.

POST /calls                    {from, to?, parameters?}                 somebody rings the line
GET  /calls/{sid}/transcript   ?after=N&wait_s=S                        what happened on a call
POST /browsers                 {token, parameters?}                     a web page rings with an access token
POST /calls/{sid}/{act}        answer decline press say record hang-up wait
PUT  /phones/{address}         {answers, talks_s, presses, ...}         how a phone behaves
GET  /phones/{address}/rings   ?after=N&wait_s=S                        the calls that rang it
GET  /phones/{address}/texts   ?after=N&wait_s=S                        the texts that reached it
POST /messages                 {from, to?, body, media?, parameters?}   somebody texts the line; waits for the reply
GET  /webhooks                 ?kind=K&sid=S&after=N&wait_s=S           every request made to the app, with its answer
GET  /alerts                   ?after=N&wait_s=S                        what the owner's error log holds
POST /faults, DELETE /faults                                            what is to go wrong
GET  /faults                                                            what of it has not happened yet
GET  /line                                                              account and numbers
"""

import base64
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from local.twilio import browser, carrier
from local.twilio.engine.leg import Answered, Declined, HungUp, Leg, Silence, Spoke
from local.twilio.exchange import ANONYMOUS, Exchange
from local.twilio.faults import Fault
from local.twilio.journal import Journal
from local.twilio.phones import Behaviour
from local.twilio.records import Media, Message
from local.twilio.rest import calls, messages
from local.twilio.rest.answers import Refusal, exchange_of
from local.twilio.sids import address

SETTLE_S = 20  # real seconds that a person's act waits for the machines to finish
SPEAKING_RATE = 15  # characters a second
MAX_WAIT_S = 60.0


class Dial(msgspec.Struct):
    """Somebody rings the line; without `from` the number is hidden."""

    from_: str = msgspec.field(name="from", default="")
    to: str = ""
    parameters: dict[str, str] = {}


class Page(msgspec.Struct):
    """A web page rings; it passes along what it wants."""

    token: str
    parameters: dict[str, str] = {}


class Text(msgspec.Struct):
    """Somebody texts the line; media are {content_type, url} or {content_type, content} in base64."""

    from_: str = msgspec.field(name="from")
    body: str = ""
    to: str = ""
    media: list[dict[str, str]] = []
    parameters: dict[str, str] = {}


class Act(msgspec.Struct):
    """What a person does on a call; each act takes what it needs."""

    keys: str = ""
    text: str = ""
    confidence: float = 0.9
    seconds: float = 0.0
    ends: str = "silence"


Endpoint = Callable[[Exchange, Request], Awaitable[Any]]


def routes() -> list[Route]:
    """Return the routes of the control API."""
    table: list[tuple[str, str, Endpoint]] = [
        ("GET", "/line", _line),
        ("POST", "/browsers", _ring_from_page),
        ("POST", "/calls", _dial),
        ("GET", "/calls/{sid}", _call),
        ("GET", "/calls/{sid}/transcript", _transcript),
        ("POST", "/calls/{sid}/{act}", _act),
        ("PUT", "/phones/{address}", _behave),
        ("GET", "/phones/{address}/rings", _rings),
        ("GET", "/phones/{address}/texts", _texts),
        ("POST", "/messages", _text),
        ("GET", "/webhooks", _webhooks),
        ("GET", "/alerts", _alerts),
        ("GET", "/faults", _faults),
        ("POST", "/faults", _fault),
        ("DELETE", "/faults", _no_faults),
    ]
    return [Route(f"/_local{path}", _json(endpoint), methods=[method]) for method, path, endpoint in table]


def _json(endpoint: Endpoint) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        try:
            found = await endpoint(exchange_of(request), request)
        except (msgspec.ValidationError, msgspec.DecodeError) as e:
            return Refusal(20001, str(e)).response()
        return Response(msgspec.json.encode(found), media_type="application/json")

    return answer


async def _since[T](request: Request, journal: Journal[T], wanted: Callable[[T], bool] = lambda _: True) -> list[T]:
    query = request.query_params
    wait_s = min(float(query.get("wait_s", 0)), MAX_WAIT_S)
    return await journal.after(int(query.get("after", 0)), wait_s, wanted)


async def _line(exchange: Exchange, _: Request) -> dict[str, Any]:
    clock = "manual" if exchange.manual_clock else "real"
    return {"account_sid": exchange.account_sid, "numbers": list(exchange.numbers), "clock": clock}


async def _dial(exchange: Exchange, request: Request) -> dict[str, Any]:
    asked = msgspec.json.decode(await request.body(), type=Dial)
    to = _own(exchange, asked.to)
    leg = exchange.receive_call(asked.from_ or ANONYMOUS, to, asked.parameters)
    return calls.render(exchange, leg.call)


async def _ring_from_page(exchange: Exchange, request: Request) -> dict[str, Any]:
    page = msgspec.json.decode(await request.body(), type=Page)
    return calls.render(exchange, browser.call(exchange, page.token, page.parameters).call)


def _own(exchange: Exchange, to: str) -> str:
    to = to or next(iter(exchange.numbers))
    if to.removeprefix("whatsapp:") not in exchange.numbers:
        raise Refusal(20404, f"{to} is not a number of this account")
    return to


async def _call(exchange: Exchange, request: Request) -> dict[str, Any]:
    found = exchange.calls.get(request.path_params["sid"])
    if not found:
        raise Refusal(20404)
    return calls.render(exchange, found)


async def _transcript(exchange: Exchange, request: Request) -> Any:
    found = exchange.calls.get(request.path_params["sid"])
    if not found:
        raise Refusal(20404)
    return await _since(request, found.transcript)


async def _act(exchange: Exchange, request: Request) -> dict[str, Any]:
    """Do what a person does. With the manual clock people wait until the machines have finished speaking."""
    leg = exchange.legs.get(request.path_params["sid"])
    does = ACTS.get(request.path_params["act"])
    if not does:
        raise Refusal(20404, f"unknown act; there are {', '.join(ACTS)}")
    act = msgspec.json.decode(await request.body() or b"{}", type=Act)
    if leg and leg.clock.is_manual:
        await leg.clock.settled(SETTLE_S)
    if not leg or leg.call.is_over:
        raise Refusal(21220, "the call is over", 409)
    await does(leg, act)
    return calls.render(exchange, leg.call)


async def _answer(leg: Leg, _: Act) -> None:
    leg.post(Answered())


async def _decline(leg: Leg, _: Act) -> None:
    leg.post(Declined())


async def _press(leg: Leg, act: Act) -> None:
    leg.press(act.keys)


async def _say(leg: Leg, act: Act) -> None:
    leg.note("spoke", act.text)
    if leg.peer:
        leg.peer.note("heard", act.text)
    seconds = act.seconds or len(act.text) / SPEAKING_RATE
    leg.clock.move(seconds)
    leg.post(Spoke(act.text, act.confidence, seconds))


async def _record(leg: Leg, act: Act) -> None:
    """Speak for some seconds; `ends`: how that stops: silence, hang-up, a key, or nothing yet when empty."""
    await _say(leg, act)
    await leg.clock.settled(SETTLE_S)  # or what was said is lost with a hang-up that follows at once
    if act.ends == "hang-up":
        await _hang_up(leg, act)
    elif act.ends == "silence":
        leg.post(Silence())
    else:
        leg.press(act.ends)


async def _hang_up(leg: Leg, _: Act) -> None:
    leg.note("hung_up", "the person hung up", by="person")
    leg.interrupt(HungUp())


async def _wait(leg: Leg, act: Act) -> None:
    await leg.clock.waits(act.seconds)


ACTS: dict[str, Callable[[Leg, Act], Awaitable[None]]] = {
    "answer": _answer,
    "decline": _decline,
    "press": _press,
    "say": _say,
    "record": _record,
    "hang-up": _hang_up,
    "wait": _wait,
}


def _address(request: Request) -> str:
    given = request.path_params["address"]
    found = address(given)
    if not found:
        raise Refusal(20404, f"{given} is no phone number, client: or sip: address")
    return found


async def _behave(exchange: Exchange, request: Request) -> Behaviour:
    phone = exchange.phone(_address(request))
    phone.behaviour = msgspec.json.decode(await request.body(), type=Behaviour)
    return phone.behaviour


async def _rings(exchange: Exchange, request: Request) -> list[dict[str, Any]]:
    legs = await _since(request, exchange.phone(_address(request)).rings)
    return [calls.render(exchange, leg.call) for leg in legs]


async def _texts(exchange: Exchange, request: Request) -> list[dict[str, Any]]:
    texts = await _since(request, exchange.phone(_address(request)).texts)
    return [_render(exchange, text) for text in texts]


def _render(exchange: Exchange, message: Message) -> dict[str, Any]:
    return messages.render(exchange, message) | {
        "media_urls": [media.url or carrier.media_url(exchange, message, media) for media in message.media]
    }


async def _text(exchange: Exchange, request: Request) -> dict[str, Any]:
    asked = msgspec.json.decode(await request.body(), type=Text)
    to = _own(exchange, asked.to)
    if asked.from_.startswith("whatsapp:") and not to.startswith("whatsapp:"):
        to = f"whatsapp:{to}"
    media = [
        Media(one.get("content_type", "image/jpeg"), one.get("url", ""), base64.b64decode(one.get("content", "")))
        for one in asked.media
    ]
    message = Message(to, asked.from_, asked.body, "inbound", media, status="received")
    replies = await carrier.receive(exchange, message, asked.parameters)
    return {"sid": message.sid, "replies": [_render(exchange, reply) for reply in replies]}


async def _webhooks(exchange: Exchange, request: Request) -> Any:
    kind, sid = request.query_params.get("kind", ""), request.query_params.get("sid", "")
    return await _since(request, exchange.courier.sent, lambda one: kind in {"", one.kind} and sid in {"", one.sid})


async def _alerts(exchange: Exchange, request: Request) -> Any:
    return await _since(request, exchange.alerts)


async def _faults(exchange: Exchange, _: Request) -> list[Fault]:
    return exchange.faults.waiting


async def _fault(exchange: Exchange, request: Request) -> Fault:
    fault = msgspec.json.decode(await request.body(), type=Fault)
    exchange.faults.waiting.append(fault)
    return fault


async def _no_faults(exchange: Exchange, _: Request) -> list[Fault]:
    exchange.faults.waiting.clear()
    return []
