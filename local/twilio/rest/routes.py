"""Which resource answers which path; faults that a test set come first, then the question who asks."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from local.twilio.account import API_VERSION
from local.twilio.faults import Fault
from local.twilio.rest import accounts, caller_ids, calls, conferences, messages, numbers, queues, recordings
from local.twilio.rest.protocol import Refusal, Resource, authenticate, board_of, form_of

ACCOUNT = f"/{API_VERSION}/Accounts/{{account}}"

RESOURCES: dict[str, Mapping[str, Resource]] = {
    ".json": {"GET": accounts.fetch},
    "/Calls.json": {"GET": calls.list_, "POST": calls.create},
    "/Calls/{call}/Recordings.json": {"GET": recordings.list_},
    "/Calls/{sid}.json": {"GET": calls.fetch, "POST": calls.change, "DELETE": calls.delete},
    "/Messages.json": {"GET": messages.list_, "POST": messages.create},
    "/Messages/{sid}/Media.json": {"GET": messages.list_media},
    "/Messages/{sid}/Media/{media}": {"GET": messages.fetch_media, "DELETE": messages.delete_media},
    "/Messages/{sid}.json": {"GET": messages.fetch, "POST": messages.change, "DELETE": messages.delete},
    "/IncomingPhoneNumbers.json": {"GET": numbers.list_},
    "/IncomingPhoneNumbers/{sid}.json": {"GET": numbers.fetch, "POST": numbers.change},
    "/Applications.json": {"GET": numbers.list_applications, "POST": numbers.create_application},
    "/Applications/{sid}.json": {"GET": numbers.fetch_application, "POST": numbers.fetch_application},
    "/OutgoingCallerIds.json": {"GET": caller_ids.list_, "POST": caller_ids.create},
    "/OutgoingCallerIds/{sid}.json": {
        "GET": caller_ids.fetch,
        "POST": caller_ids.fetch,
        "DELETE": caller_ids.delete,
    },
    "/Conferences.json": {"GET": conferences.list_},
    "/Conferences/{conference}/Recordings.json": {"GET": recordings.list_},
    "/Conferences/{conference}/Participants.json": {"GET": conferences.list_participants},
    "/Conferences/{conference}/Participants/{sid}.json": {
        "GET": conferences.fetch_participant,
        "POST": conferences.change_participant,
        "DELETE": conferences.remove_participant,
    },
    "/Conferences/{conference}.json": {"GET": conferences.fetch, "POST": conferences.change},
    "/Queues.json": {"GET": queues.list_, "POST": queues.create},
    "/Queues/{queue}/Members.json": {"GET": queues.list_members},
    "/Queues/{queue}/Members/{sid}.json": {"GET": queues.fetch_member, "POST": queues.dequeue},
    "/Queues/{queue}.json": {"GET": queues.fetch, "POST": queues.fetch, "DELETE": queues.delete},
    "/Recordings.json": {"GET": recordings.list_},
    "/Recordings/{sid}": {"GET": recordings.fetch, "DELETE": recordings.delete},
}
OPEN = {"/Recordings/{sid}", "/Messages/{sid}/Media/{media}"}  # files: fetched without credentials, as by default


def routes() -> list[Route]:
    """Return the routes of the REST API."""
    return [
        Route(ACCOUNT + path, _endpoint(path, by_method), methods=["GET", "POST", "DELETE", "PUT"])
        for path, by_method in RESOURCES.items()
    ]


def _endpoint(path: str, by_method: Mapping[str, Resource]) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        board = board_of(request)
        form = await form_of(request)  # first: who hangs up meanwhile has asked all the same
        fault = board.faults.take("rest", path.strip("/").partition("/")[0].removesuffix(".json"), request.method)
        if fault:
            await _strike(fault)
        if not (path in OPEN and request.method in {"GET", "HEAD"} and not request.url.path.endswith(".json")):
            authenticate(board, request)
        response = await _resource(by_method, request.method)(board, request, form)
        return _Lost() if fault and fault.does == "lose-answer" else response

    return endpoint


def _resource(by_method: Mapping[str, Resource], method: str) -> Resource:
    resource = by_method.get("GET" if method == "HEAD" else method)
    if not resource:
        raise Refusal(20004)
    return resource


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
