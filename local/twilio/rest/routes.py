"""Which resource answers which path; faults that a test set come first, then the question who asks."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from local.twilio import operations
from local.twilio.faults import Fault
from local.twilio.rest.checking import refuse_wrong
from local.twilio.rest.protocol import (
    Form,
    Refusal,
    Resource,
    authenticate,
    board_of,
    parameters_of,
    read_by,
)
from local.twilio.rest.served import OPEN, SERVED

NOTED = "X-Noted"  # names the parameters of a request that were taken and changed nothing

log = logging.getLogger("twilio.rest")


def routes() -> list[Route]:
    """Return the routes of the REST API."""
    return [
        Route(path, _endpoint(product, path, by_method), methods=["GET", "POST", "DELETE", "PUT"])
        for product, paths in SERVED.items()
        for path, by_method in paths.items()
    ]


def _endpoint(product: str, path: str, by_method: Mapping[str, Resource]) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        board = board_of(request)
        pairs = await parameters_of(request)  # first: who hangs up meanwhile has asked all the same
        fault = board.faults.take("rest", _resource_of(path), request.method)
        if fault:
            await _strike(fault)
        if not (path in OPEN and request.method in {"GET", "HEAD"} and not request.url.path.endswith(".json")):
            authenticate(board, request)
        resource = _resource(by_method, request)
        form = Form(pairs, read_by(resource))
        _check(product, path, request.method, form)
        response = await resource(board, request, form)
        _note(request, form, response)
        return _Lost() if fault and fault.does == "lose-answer" else response

    return endpoint


def _resource_of(path: str) -> str:
    """Return what a fault is set for: Calls of `/2010-04-01/Accounts/{account}/Calls/{sid}.json`."""
    below = path.partition("{account}")[2] or path.partition("/v")[2].partition("/")[2]
    return below.strip("/").partition("/")[0].removesuffix(".json")


def _resource(by_method: Mapping[str, Resource], request: Request) -> Resource:
    resource = by_method.get("GET" if request.method == "HEAD" else request.method)
    if resource:
        return resource
    raise next(
        (not_served(one) for one in operations.like(request.url.path) if one.method == request.method), Refusal(20004)
    )


def not_served(operation: operations.Operation) -> Refusal:
    """Return what is answered to an operation of Twilio's that is not played here."""
    return Refusal(20404, f"The local Twilio does not serve {operation}; docs/stand-ins.md has what it serves", 501)


def _check(product: str, path: str, method: str, form: Form) -> None:
    """Refuse values that cannot be; only what carries any is compared with Twilio's own description."""
    if any(value for _, value in form.sent()):
        operation = operations.at(product, path).get(method)
        if operation:
            refuse_wrong(operation, form)


def _note(request: Request, form: Form, response: Response) -> None:
    """Say which parameters have changed nothing, in the log and to whoever sent them."""
    if unread := ", ".join(form.unread()):
        log.info("%s %s: taken, and changes nothing here: %s", request.method, request.url.path, unread)
        response.headers[NOTED] = (
            unread.encode("latin-1", "replace").decode("latin-1").replace("\r", "").replace("\n", "")
        )


async def _strike(fault: Fault) -> None:
    """Refuse, or make the caller wait."""
    if fault.does == "hang":
        await asyncio.sleep(fault.delay_s)
    if fault.does == "answer":
        code = fault.code or (20429 if fault.status == 429 else 20500)
        raise Refusal(code, status=fault.status, retry_after_s=fault.retry_after_s)


class _Lost(Response):
    """The work was done but the answer does not arrive: the server closes a connection that promised more."""

    async def __call__(self, _scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"1000")]})
        await send({"type": "http.response.body", "body": b"{", "more_body": True})
