"""An app's API, as a script or a person calls it: over HTTP, with the function key."""

import json
import os
import sys
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass, field
from datetime import datetime
from email.message import Message
from http.client import HTTPException
from typing import Any

from local import address, line, paths

CLOCK = "/admin/clock"  # of the local host alone (local/host/instance.py)
TIMEOUT_S = 120  # reconciling and forgetting work for a minute before they say how far they came


class NotAsked(Exception):
    """The app cannot be asked or does not answer as one; the message says what is missing."""


class Refusal(Exception):
    """The app said no; the message is its problem document in sentences."""


@dataclass(frozen=True, slots=True)
class App:
    """Where an app is, without a slash at the end, and a function key of it."""

    base: str
    key: str = field(repr=False)


def current() -> App:
    """Return the app of AHOY_URL and AHOY_KEY, else that of the line of this machine. Raises NotAsked, line.NoLine."""
    url, key = (os.environ.get(name, "").strip() for name in ("AHOY_URL", "AHOY_KEY"))
    if not url:
        return of(line.read(paths.CARD))
    try:
        base = address.checked(url)
    except address.NotSafe as e:
        raise NotAsked(f"AHOY_URL: {e}") from None
    if not (key.isascii() and key.isprintable() and key):
        raise NotAsked(f"AHOY_KEY must be a function key of {base}, which AHOY_URL names; it is not set, or is none.")
    print(f"Asking {base} (AHOY_URL).", file=sys.stderr)
    return App(base, key)


def of(running: line.Line) -> App:
    """Return the app of a line of this machine."""
    return App(running.app, running.function_key)


def ask(app: App, route: str, sent: dict[str, Any] | None = None, *, method: str | None = None, **query: str) -> Any:
    """Return what a route answers: GET, or POST when something is `sent`. Raises Refusal or NotAsked."""
    body, _ = fetch(app, route, sent, method=method, **query)
    try:
        return json.loads(body)
    except ValueError:
        raise NotAsked(f"{app.base} answers, but not as this app does; is it its address?") from None


def fetch(
    app: App, route: str, sent: dict[str, Any] | None = None, *, method: str | None = None, **query: str
) -> tuple[bytes, Message]:
    """Return body and headers of an answer to GET, or to POST when there is something `sent`; `method` wins over both.

    `route` is relative to /api/, `query` what follows its question mark. Raises Refusal with what the app says, or
    NotAsked when it does not answer.
    """
    url = f"{app.base}/api/{route}?{urllib.parse.urlencode(query)}"
    headers = {"x-functions-key": app.key, "content-type": "application/json"}
    body = None if sent is None else json.dumps(sent).encode()
    try:
        with _OPENER.open(urllib.request.Request(url, body, headers, method=method), timeout=TIMEOUT_S) as answer:
            return answer.read(), answer.headers
    except urllib.error.HTTPError as e:
        raise Refusal(sentences(e.code, e.read())) from None
    except (OSError, HTTPException) as e:
        raise NotAsked(f"{app.base} does not answer: {getattr(e, 'reason', e) or type(e).__name__}.") from None


def set_clock(running: line.Line, at: datetime | None) -> None:
    """Set the clock of the app of a line of this machine; None: as it is. Raises NotAsked."""
    body = at.isoformat().encode() if at else b""
    headers = {"x-functions-key": running.master_key}
    asked = urllib.request.Request(f"{running.app}{CLOCK}", body, headers, method="PUT")
    try:
        with _OPENER.open(asked, timeout=TIMEOUT_S):
            return
    except (OSError, HTTPException) as e:
        raise NotAsked(f"The clock of {running.app} cannot be set: {e}.") from None


class _Stay(urllib.request.HTTPRedirectHandler):
    """A redirection would take the key along, to whomever it names."""

    def redirect_request(self, *_: Any) -> None:
        """Go nowhere: the answer is the refusal."""


_OPENER = urllib.request.build_opener(_Stay)


def sentences(status: int, body: bytes) -> str:
    """Return a problem document in sentences."""
    try:
        problem = json.loads(body)
        errors = [f"{wrong['field']}: {wrong['detail']}" for wrong in problem.get("errors", [])]
        return "\n".join([f"{problem['title']}.", *(errors or [problem.get("detail", "")])]).strip()
    except (ValueError, LookupError, TypeError, AttributeError):
        return f"The app answered {status}{' to the function key' if status in {401, 403} else ''}."
