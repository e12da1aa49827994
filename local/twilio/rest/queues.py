"""Queues and their members: look, make, and send a waiting caller to another document."""

from functools import partial

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from local.twilio.engine.leg import Switchboard
from local.twilio.engine.signals import Moved
from local.twilio.records import MAX_QUEUE_SIZE, Member, Queue
from local.twilio.render.queues import render_member, render_queue
from local.twilio.rest.protocol import Form, Refusal, absent, page, reads
from local.twilio.source import Source


def _queue(board: Switchboard, request: Request) -> Queue:
    queue = board.account.queues.get(request.path_params["queue"])
    if not queue:
        raise absent(request)
    return queue


def _member(queue: Queue, request: Request) -> Member:
    sid = request.path_params["sid"]
    member = next((member for member in queue.members if sid in {"Front", member.call.sid}), None)
    if not member:
        raise absent(request)
    return member


async def list_(board: Switchboard, request: Request, form: Form) -> Response:
    """List the queues."""
    return page(request, form, "queues", list(board.account.queues.values()), partial(render_queue, board.account))


@reads("FriendlyName", "MaxSize")
async def create(board: Switchboard, _: Request, form: Form) -> Response:
    """Make a queue; its name must be new."""
    name = _new_name(board, form.get("FriendlyName"))
    queue = Queue(name, form.int("MaxSize", MAX_QUEUE_SIZE))
    board.account.queues[queue.sid] = queue
    return JSONResponse(render_queue(board.account, queue), 201)


def _new_name(board: Switchboard, name: str) -> str:
    if not name or any(queue.friendly_name == name for queue in board.account.queues.values()):
        raise Refusal(22003, "The queue needs a FriendlyName that no other queue has")
    return name


async def fetch(board: Switchboard, request: Request, _: Form) -> Response:
    """Show one queue."""
    return JSONResponse(render_queue(board.account, _queue(board, request)))


@reads("FriendlyName", "MaxSize")
async def change(board: Switchboard, request: Request, form: Form) -> Response:
    """Rename a queue, or let more or fewer wait in it."""
    queue = _queue(board, request)
    queue.max_size = form.int("MaxSize", queue.max_size)
    if form.get("FriendlyName") not in {"", queue.friendly_name}:
        queue.friendly_name = _new_name(board, form.get("FriendlyName"))
    return JSONResponse(render_queue(board.account, queue))


async def delete(board: Switchboard, request: Request, _: Form) -> Response:
    """Forget a queue in which nobody waits."""
    queue = _queue(board, request)
    if queue.members:
        raise Refusal(20001, "Queue is not empty")
    del board.account.queues[queue.sid]
    return Response(status_code=204)


async def list_members(board: Switchboard, request: Request, form: Form) -> Response:
    """List who waits, the longest first."""
    queue = _queue(board, request)
    return page(request, form, "queue_members", queue.members, partial(render_member, board.account, queue))


async def fetch_member(board: Switchboard, request: Request, _: Form) -> Response:
    """Show who waits at the front, or one by the call's SID."""
    queue = _queue(board, request)
    return JSONResponse(render_member(board.account, queue, _member(queue, request)))


@reads("Url", "Method")
async def dequeue(board: Switchboard, request: Request, form: Form) -> Response:
    """Send a waiting caller to another document."""
    queue = _queue(board, request)
    member = _member(queue, request)
    if not form.get("Url"):
        raise Refusal(21205)
    shown = render_member(board.account, queue, member)
    queue.members.remove(member)
    board.legs[member.call.sid].interrupt(Moved(Source("voice", form.get("Url"), form.get("Method") or "POST")))
    return JSONResponse(shown)
