"""The stand-in as a web application: REST, the control API, and the switchboard behind both."""

import contextlib
from collections.abc import AsyncIterator

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response

from local.twilio import control, hearing, media, microphone, operations, page, tabs, wishes
from local.twilio.engine import (  # noqa: F401 -- their verbs
    connect,
    dial,
    gather,
    moving,
    others,
    queue,
    record,
    speaking,
    starting,
)
from local.twilio.engine.leg import Switchboard
from local.twilio.rest.protocol import Refusal, absent
from local.twilio.rest.routes import not_served, routes
from local.twilio.softphone import routes as softphone
from local.visitors import OnlyFromHere


def application(board: Switchboard) -> Starlette:
    """Return the application that serves a switchboard."""

    @contextlib.asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        yield
        await board.courier.close()
        await board.sounds.close()

    app = Starlette(
        routes=[
            *page.routes(),
            *tabs.routes(),
            *media.routes(),
            *microphone.routes(),
            *wishes.routes(),
            *hearing.routes(),
            *control.routes(),
            *softphone.routes(),
            *routes(),
        ],
        middleware=[Middleware(OnlyFromHere, shared=softphone.UNDER)],
        lifespan=lifespan,
        exception_handlers={400: _unreadable, 404: _not_found, 405: _not_allowed, Refusal: _refused},
    )
    app.state.board = board
    app.state.wishes, app.state.tabs, app.state.browsers = wishes.Wishes(), set(), {}
    return app


def leave(app: Starlette) -> None:
    """Let the streams of all pages end, which would go on for ever: the server does."""
    tabs.close(app.state.tabs)
    softphone.close(app.state.browsers)


async def _not_found(request: Request, _: Exception) -> Response:
    """Answer what no route serves: an operation of Twilio's by its name, anything else as what is not there."""
    path = request.url.path
    asked = next((one for one in operations.like(path) if one.method == request.method), None)
    if asked and asked.path.endswith(".json") and not path.endswith(".json"):
        return Refusal(
            20404, f"Twilio answers {path} in XML, the local one in JSON only: ask for {path}.json", 501
        ).response()
    return (not_served(asked) if asked else absent(request)).response()


async def _unreadable(_: Request, reason: Exception) -> Response:
    """Answer a form that cannot be read, such as one in parts without a boundary."""
    return Refusal(20001, str(getattr(reason, "detail", reason))).response()


async def _not_allowed(_: Request, __: Exception) -> Response:
    return Refusal(20004).response()


async def _refused(_: Request, refusal: Exception) -> Response:
    if not isinstance(refusal, Refusal):
        raise refusal
    return refusal.response()
