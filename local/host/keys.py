"""Who may call a function: by no key, by the function key or by the master key.

A header wins over the query, even an empty one. Source: azure-functions-host, AuthenticationLevelHandler,
FunctionAuthorizationHandler and AuthUtility.
"""

from dataclasses import dataclass
from hmac import compare_digest

from starlette.requests import Request

HEADER = "x-functions-key"
QUERY = "code"


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys of an app. An empty one opens nothing."""

    function: str
    master: str = ""

    def open(self, request: Request, level: str) -> bool:
        """Whether a request may pass a door of a level: anonymous, function or admin."""
        if level == "anonymous":
            return True
        given = _given(request)
        return _is(given, self.master) or (level == "function" and _is(given, self.function))


def _given(request: Request) -> str:
    headers = request.headers.getlist(HEADER)
    if headers:
        return headers[0]
    return next((value for name, value in request.query_params.multi_items() if name.lower() == QUERY), "")


def _is(given: str, key: str) -> bool:
    return bool(key) and compare_digest(given.encode(), key.encode())
