"""Who may ask what listens on this machine: its own programs, and no page of elsewhere in a browser that runs on it.

A page may send a request to any address, and its name may be made to mean this machine (DNS rebinding). The browser
then says in `Origin` which page asks, and in `Host` under which name.
"""

import re

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

REFUSED = "Only programs of this machine are answered here, and pages of this very address."
_HERE = re.compile(r"(127\.0\.0\.1|localhost|\[::1\])(:[0-9]{1,5})?", re.IGNORECASE)


def is_from_here(headers: Headers) -> bool:
    """Whether a request names this machine as its host, and as its page the same address, or none."""
    hosts, pages = headers.getlist("host"), headers.getlist("origin")
    is_host = len(hosts) == 1 and _HERE.fullmatch(hosts[0])
    return bool(is_host) and all(page.lower() == f"http://{hosts[0].lower()}" for page in pages)


class OnlyFromHere:
    """An ASGI app that refuses whatever is not from here, and lets another app answer the rest."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or pass it on."""
        if scope["type"] == "http" and not is_from_here(Headers(scope=scope)):
            await PlainTextResponse(REFUSED, 403)(scope, receive, send)
            return
        await self._app(scope, receive, send)
