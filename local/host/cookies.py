"""Set-Cookie headers as the host writes them: from the parts that the worker sends, the value escaped.

Source: azure-functions-host, GrpcMessageExtensionUtilities and RawScriptResult; ASP.NET Core's ResponseCookies.
"""

from collections.abc import Iterable, Iterator
from http.cookies import Morsel, SimpleCookie
from urllib.parse import quote

# In ASP.NET Core's order: SetCookieHeaderValue.AppendToStringBuilder.
_PARTS = (("expires", "expires"), ("max-age", "max-age"), ("domain", "domain"), ("path", "path"))


def rendered(cookies: Iterable[SimpleCookie]) -> Iterator[str]:
    """Yield the value of a header for each cookie."""
    for cookie in cookies:
        for name, morsel in cookie.items():
            yield "; ".join([f"{name}={quote(morsel.value, safe='')}", *_attributes(morsel)])


def _attributes(morsel: "Morsel[str]") -> Iterator[str]:
    for part, shown in _PARTS:
        if morsel[part]:
            yield f"{shown}={morsel[part]}"
    if morsel["secure"]:
        yield "secure"
    if morsel["samesite"]:
        yield f"samesite={morsel['samesite'].lower()}"
    if morsel["httponly"]:
        yield "httponly"
