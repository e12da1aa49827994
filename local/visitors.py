"""Who may ask what listens on this machine: its own programs, and no page of elsewhere in a browser that runs on it.

A page may send a request to any address, and its name may be made to mean this machine (DNS rebinding). The browser
then says in `Origin` which page asks, and in `Host` under which name. Of what a page only reads, as a picture, it says
no `Origin`; but in `Sec-Fetch-Site` whether page and address are one (https://www.w3.org/TR/fetch-metadata/).
"""

import re

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

REFUSED = "Only programs of this machine are answered here, and pages of this very address."
_HERE = re.compile(r"(127\.0\.0\.1|localhost|\[::1\])(:[0-9]{1,5})?", re.IGNORECASE)


def is_from_here(headers: Headers) -> bool:
    """Whether a request names this machine as its host, and as its page the same address, or none."""
    return _is_own(headers) and headers.get("sec-fetch-site", "none") in {"none", "same-origin"}


def _is_own(headers: Headers) -> bool:
    hosts, pages = headers.getlist("host"), headers.getlist("origin")
    is_host = len(hosts) == 1 and _HERE.fullmatch(hosts[0])
    return bool(is_host) and all(page.lower() == f"http://{hosts[0].lower()}" for page in pages)


def _is_link(scope: Scope, headers: Headers) -> bool:
    """Whether somebody follows a link of another page to the first page here: it is shown, and nothing is done."""
    is_page = scope["path"] == "/" and scope["method"] == "GET"
    return is_page and headers.get("sec-fetch-mode") == "navigate" and _is_own(headers)


def is_of_this_machine(headers: Headers) -> bool:
    """Whether a request names this machine as its host, and as its page one of any port of it, or none."""
    hosts, pages = headers.getlist("host"), headers.getlist("origin")
    return len(hosts) == 1 and all(
        _HERE.fullmatch(name) for name in (*hosts, *(page.removeprefix("http://") for page in pages))
    )


class OnlyFromHere:
    """An ASGI app that refuses whatever is not from here, and lets another app answer the rest.

    What is `shared`, the beginning of a path, is there for pages of all programs of this machine.
    """

    def __init__(self, app: ASGIApp, shared: str = "") -> None:
        self._app, self._shared = app, shared

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or pass it on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        is_shared = bool(self._shared) and scope["path"].startswith(self._shared)
        headers = Headers(scope=scope)
        if not (is_of_this_machine if is_shared else is_from_here)(headers) and not _is_link(scope, headers):
            await PlainTextResponse(REFUSED, 403)(scope, receive, send)
            return
        await self._app(scope, receive, send)
