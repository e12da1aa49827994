"""An address as the app gets it: decoded for its routes, encoded anew for `req.url`; host and scheme of the front end.

Source: azure-functions-host, GrpcMessageConversionExtensions (url) and AppServiceHeaderFixupMiddleware (front end);
ASP.NET Core, UrlDecoder (`%2F` stays encoded, `%00` is refused), PathNormalizer (dot segments, which are removed once
it is decoded) and PathString.ToUriComponent (what is encoded again).
"""

import re
from dataclasses import dataclass
from urllib.parse import quote, unquote_to_bytes

from starlette.requests import Request

DISGUISED = "disguised-host"  # the name under which Azure's front end was asked; it gives the worker another Host
FORWARDED = "x-forwarded-proto"
# RFC 3986: what a path may hold without an escape; a percent sign only before two digits
PATH_SIGNS = "/:@!$&'()*+,;=-._~%"

_ESCAPES = re.compile(r"(?:%(?!2[Ff])[0-9A-Fa-f]{2})+")
_LONE = re.compile(r"%(?![0-9A-Fa-f]{2})")


class BadPath(Exception):
    """A path holds a null character."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where a request goes. `path` is decoded, but for `%2F`; `query` is as it was sent."""

    scheme: str
    host: str
    path: str
    query: str

    @property
    def url(self) -> str:
        """The address as `req.url` has it."""
        path = quote(_LONE.sub("%25", self.path), safe=PATH_SIGNS)
        return f"{self.scheme}://{self.host}{path}" + (f"?{self.query}" if self.query else "")


def of(request: Request, *, is_behind_front_end: bool) -> Address:
    """Return the address of a request; only behind Azure's front end its headers say which host and scheme it had.

    Raises BadPath.
    """
    headers = request.headers if is_behind_front_end else {}
    return Address(
        scheme="https" if headers.get(FORWARDED, request.url.scheme).lower() == "https" else "http",
        host=headers.get(DISGUISED, request.headers.get("host", "")),
        path=decoded(request.scope["raw_path"].decode("latin-1")),
        query=request.scope["query_string"].decode("latin-1"),
    )


def decoded(path: str) -> str:
    """Return a path without its escapes, but for those of a slash and of what is no UTF-8, and without dot segments.

    Raises BadPath.
    """
    plain = _ESCAPES.sub(lambda found: _text(found[0]), path)
    if "\0" in plain:
        raise BadPath
    return _without_dots(plain)


def _without_dots(path: str) -> str:
    kept: list[str] = []
    *segments, last = path.split("/")[1:] or [""]
    for segment in (*segments, *((last, "") if last in {".", ".."} else (last,))):
        if segment == "..":
            kept[-1:] = []
        elif segment != ".":
            kept.append(segment)
    return "/" + "/".join(kept)


def _text(escapes: str) -> str:
    try:
        return unquote_to_bytes(escapes).decode()
    except UnicodeDecodeError:
        return escapes
