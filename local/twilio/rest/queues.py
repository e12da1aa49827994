"""Queues and their members: look, make, and send a waiting caller to another document."""

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from local.twilio.engine.leg import Moved
from local.twilio.engine.queue import MAX_SIZE, Member, Queue
from local.twilio.engine.source import Source
from local.twilio.exchange import Exchange
from local.twilio.rest.answers import Form, Refusal, absent, page, uri
from local.twilio.sids import rfc2822


def render(exchange: Exchange, queue: Queue) -> dict[str, Any]:
    """Return a queue as REST shows it."""
    path = uri(exchange, f"Queues/{queue.sid}")
    return {
        "sid": queue.sid,
        "account_sid": exchange.account_sid,
        "friendly_name": queue.friendly_name,
        "current_size": len(queue.members),
        "max_size": queue.max_size,
        "average_wait_time": queue.average_s(),
        "date_created": rfc2822(queue.created),
        "date_updated": rfc2822(queue.created),
        "uri": f"{path}.json",
        "subresource_uris": {"members": f"{path}/Members.json"},
    }


def _render_member(exchange: Exchange, queue: Queue, member: Member) -> dict[str, Any]:
    return {
        "call_sid": member.leg.call.sid,
        "queue_sid": queue.sid,
        "date_enqueued": rfc2822(member.since),
        "position": queue.members.index(member) + 1 if member in queue.members else 0,
        "wait_time": member.waited_s(),
        "uri": uri(exchange, f"Queues/{queue.sid}/Members/{member.leg.call.sid}.json"),
    }


def _queue(exchange: Exchange, request: Request) -> Queue:
    queue = exchange.queues.get(request.path_params["queue"])
    if not queue:
        raise absent(request)
    return queue


def _member(queue: Queue, request: Request) -> Member:
    sid = request.path_params["sid"]
    member = next((member for member in queue.members if sid in {"Front", member.leg.call.sid}), None)
    if not member:
        raise absent(request)
    return member


async def list_(exchange: Exchange, request: Request, form: Form) -> Response:
    """List the queues."""
    return page(request, form, "queues", list(exchange.queues.values()), lambda queue: render(exchange, queue))


async def create(exchange: Exchange, _: Request, form: Form) -> Response:
    """Make a queue; its name must be new."""
    name = form.get("FriendlyName")
    if not name or any(queue.friendly_name == name for queue in exchange.queues.values()):
        raise Refusal(22003, "The queue needs a FriendlyName that no other queue has")
    queue = Queue(name, form.int("MaxSize", MAX_SIZE))
    exchange.queues[queue.sid] = queue
    return JSONResponse(render(exchange, queue), 201)


async def fetch(exchange: Exchange, request: Request, form: Form) -> Response:
    """Show one queue, changed by what a POST carries."""
    queue = _queue(exchange, request)
    queue.friendly_name = form.get("FriendlyName") or queue.friendly_name
    queue.max_size = form.int("MaxSize", queue.max_size)
    return JSONResponse(render(exchange, queue))


async def delete(exchange: Exchange, request: Request, _: Form) -> Response:
    """Forget a queue in which nobody waits."""
    queue = _queue(exchange, request)
    if queue.members:
        raise Refusal(22001, "Queue is not empty")
    del exchange.queues[queue.sid]
    return Response(status_code=204)


async def list_members(exchange: Exchange, request: Request, form: Form) -> Response:
    """List who waits, the longest first."""
    queue = _queue(exchange, request)
    return page(request, form, "queue_members", queue.members, lambda one: _render_member(exchange, queue, one))


async def fetch_member(exchange: Exchange, request: Request, _: Form) -> Response:
    """Show who waits at the front, or one by the call's SID."""
    queue = _queue(exchange, request)
    return JSONResponse(_render_member(exchange, queue, _member(queue, request)))


async def dequeue(exchange: Exchange, request: Request, form: Form) -> Response:
    """Send a waiting caller to another document."""
    queue = _queue(exchange, request)
    member = _member(queue, request)
    if not form.get("Url"):
        raise Refusal(21205)
    shown = _render_member(exchange, queue, member)
    queue.members.remove(member)
    member.leg.interrupt(Moved(Source("voice", form.get("Url"), form.get("Method") or "POST")))
    return JSONResponse(shown)
