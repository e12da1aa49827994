"""A request as its function gets it, and what a function returned as an HTTP answer.

Source: azure-functions-host, GrpcMessageConversionExtensions.ToRpcHttp and RawScriptResult; Kestrel's HttpHeaders,
which are read as UTF-8 and written in ASCII only.
"""

from collections.abc import Iterable
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import Response

from local.host import protocol
from local.host.addresses import Address


class BadHeader(Exception):
    """A header has bytes that are no UTF-8."""


async def given(request: Request, address: Address, parameters: dict[str, str]) -> protocol.Request:
    """Return the request. A body without Content-Length stays behind, as it does at the host. Raises BadHeader."""
    body = await request.body() if int(request.headers.get("content-length") or 0) else b""
    return protocol.Request(
        method=request.method,
        url=address.url,
        headers=_headers(request) | {"host": address.host},
        query={name: value for name, value in _joined(parse_qsl(address.query, keep_blank_values=True)) if value},
        params=parameters,
        body=body,
    )


def _headers(request: Request) -> dict[str, str]:
    try:
        return dict(_joined((name.decode().lower(), value.decode()) for name, value in request.headers.raw))
    except UnicodeDecodeError:
        raise BadHeader from None


def _joined(pairs: Iterable[tuple[str, str]]) -> Iterable[tuple[str, str]]:
    """Join the values of a repeated name with commas, as the host does: without case, as it is spelled first."""
    joined: dict[str, tuple[str, list[str]]] = {}
    for name, value in pairs:
        joined.setdefault(name.lower(), (name, []))[1].append(value)
    return ((name, ",".join(values)) for name, values in joined.values())


def response(returned: protocol.Answer | str | None) -> Response:
    """Return what a function returned as an answer; raises ValueError for a header that is not ASCII."""
    if not isinstance(returned, protocol.Answer):
        return Response(returned or b"", media_type="text/plain" if returned else None)
    answer = Response(returned.body, status_code=returned.status)
    answer.raw_headers = [(b"content-length", str(len(returned.body)).encode())]
    headers = [*returned.headers.items(), *(("set-cookie", cookie) for cookie in returned.cookies)]
    answer.raw_headers += [(name.lower().encode("ascii"), _ascii(name, value)) for name, value in headers]
    return answer


def _ascii(name: str, value: str) -> bytes:
    if not (value.isascii() and value.isprintable()):
        raise ValueError(f"the header {name} of the answer has signs that no header may have")
    return value.encode()
