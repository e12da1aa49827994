"""The running line's API, as a script or a person calls it: over HTTP, with the function key."""

import json
import urllib.error
import urllib.parse
import urllib.request
from http.client import HTTPResponse
from typing import Any

from local.line import Line

TIMEOUT_S = 120  # reconciling and forgetting work for a minute before they say how far they came


class Refusal(Exception):
    """The app said no; the message is its problem document in sentences."""


def ask(line: Line, route: str, sent: dict[str, Any] | None = None, *, method: str | None = None, **query: str) -> Any:
    """Give what a route answers: GET, or POST when something is `sent`. Raises Refusal."""
    with opened(line, f"{line.app}/api/{route}?{urllib.parse.urlencode(query)}", sent, method=method) as answer:
        return json.loads(answer.read())


def opened(line: Line, address: str, sent: dict[str, Any] | None = None, *, method: str | None = None) -> HTTPResponse:
    """Give the answer of a full address of the app, to be read and closed. Raises Refusal."""
    body = None if sent is None else json.dumps(sent).encode()
    headers = {"x-functions-key": line.function_key, "content-type": "application/json"}
    request = urllib.request.Request(address, body, headers, method=method)
    try:
        answer: HTTPResponse = urllib.request.urlopen(request, timeout=TIMEOUT_S)
    except urllib.error.HTTPError as e:
        raise Refusal(_sentences(e)) from None
    return answer


def _sentences(error: urllib.error.HTTPError) -> str:
    try:
        problem = json.loads(error.read())
    except ValueError:
        return f"The app answered {error.code}."
    errors = [f"{wrong['field']}: {wrong['detail']}" for wrong in problem.get("errors", [])]
    return "\n".join([f"{problem['title']}.", *(errors or [problem.get("detail", "")])]).strip()
