"""Fetches one pinned wheel from the package index with the standard library, as pip would: for whoever has no pip.

What comes is checked against the sha256 of the lock file, so it is the pinned one, whoever served it.
"""

import base64
import contextlib
import hashlib
import json
import netrc
import re
import ssl
import urllib.error
import urllib.request
from collections.abc import Iterable, Iterator
from html.parser import HTMLParser
from http.client import HTTPException
from pathlib import Path
from urllib.parse import unquote, urldefrag, urljoin, urlsplit, urlunsplit

from local.bootstrap.pip_settings import PipSettings
from local.bootstrap.quiet import NotReady, cause

PUBLIC = "pypi"  # the index when pip's settings name none
ACCEPTED = "application/vnd.pypi.simple.v1+json, text/html;q=0.5"  # PEP 691
WAITS_S = 30.0  # for the next bytes
TRIES = 3
HAS_NONE = "it has none for this system"


def wheel(name: str, version: str, sha256s: Iterable[str], tags: Iterable[str], settings: PipSettings) -> bytes:
    """Return the bytes of `name` at `version` for the first of the platform tags that there is a wheel for.

    `tags` are patterns of the last part of a wheel's name, the best first. Raises NotReady, with the way out.
    """
    client, complaints = Client(settings), []
    for place in _places(name, settings):
        found = _from(place, client, [named(name, version, tag) for tag in tags], set(sha256s))
        if isinstance(found, bytes):
            return found
        complaints.append(f"{shown(place)}: {found}")
    complaints = complaints or ["anywhere: pip's settings allow no index and name no folder"]
    reason = next(
        (one for one in complaints if not one.endswith(HAS_NONE)), complaints[0]
    )  # what can be mended comes first
    raise NotReady(f"{name} {version} cannot be fetched from {reason}.")


def shown(address: str) -> str:
    """Return an address without the name and password in it."""
    parts = urlsplit(address)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))


def _places(name: str, settings: PipSettings) -> Iterator[str]:
    """Return where links to wheels are, in pip's order."""
    for links in settings.find_links:
        yield links if "://" in links else Path(links).expanduser().absolute().as_uri()
    if not settings.no_index:
        for index in (settings.index_url or f"https://{PUBLIC}.org/simple", *settings.extra_index_url):
            yield f"{index.rstrip('/')}/{name}/"


def _from(place: str, client: "Client", patterns: list[re.Pattern[str]], pinned: set[str]) -> bytes | str:
    """Return the wheel from one place, or in words why it is not to be had there."""
    try:
        links = {unquote(urlsplit(link).path.rpartition("/")[2]): link for link in client.links(place)}
        names = (name for pattern in patterns for name in links if pattern.fullmatch(name))
        name = next(names, None)
        return _checked(client.read(links[name]), name, pinned) if name else HAS_NONE
    except (OSError, HTTPException, ValueError) as e:
        return _why(e)


def named(name: str, version: str, tag: str) -> re.Pattern[str]:
    """Return the pattern of the names of wheels with a platform tag; some carry several tags, with dots between."""
    return re.compile(rf"{name}-{re.escape(version)}-\S+-(\S*\.)?{tag}(\.\S*)?\.whl")


def _checked(content: bytes, name: str, pinned: set[str]) -> bytes:
    if hashlib.sha256(content).hexdigest() not in pinned:
        raise ValueError(f"what comes as {name} is not what is pinned: its sha256 differs")
    return content


def _why(error: Exception) -> str:
    if isinstance(error, urllib.error.HTTPError):
        return cause(f"{error.code} {error.reason}") if error.code in {401, 403, 407} else f"it answers {error.code}"
    if isinstance(error, ValueError | _MayPass):
        return str(error)
    return cause(f"{error} {getattr(error, 'reason', '')}")


class _MayPass(OSError):
    """Nothing came, or an error of the server's own: the same may succeed when it is asked again."""


class Client:
    """Reads addresses with pip's certificate, proxy and trusted hosts, and a name and password where one is known."""

    def __init__(self, settings: PipSettings) -> None:
        self._settings = settings
        handlers: list[urllib.request.BaseHandler] = []
        if settings.proxy:
            handlers.append(urllib.request.ProxyHandler({"http": settings.proxy, "https": settings.proxy}))
        self._handlers = handlers

    def links(self, place: str) -> Iterator[str]:
        """Return the addresses that a folder, or a page of an index in JSON or HTML, names."""
        parts = urlsplit(place)
        folder = Path(urllib.request.url2pathname(parts.path)) if parts.scheme == "file" else None
        if folder and folder.is_dir():
            if not (folder / "index.html").is_file():
                yield from (file.as_uri() for file in sorted(folder.iterdir()))
                return
            place = place.rstrip("/") + "/index.html"
        content, kind, address = self._open(place)
        if "json" in kind:
            yield from (urldefrag(urljoin(address, file["url"])).url for file in json.loads(content)["files"])
        else:
            page = _Page()
            page.feed(content.decode("utf-8", "replace"))
            yield from (urldefrag(urljoin(address, link)).url for link in page.links)

    def read(self, link: str) -> bytes:
        """Return what is at an address."""
        return self._open(link)[0]

    def _open(self, address: str) -> tuple[bytes, str, str]:
        """Return content, its type and the address at the end of all redirects; tries again what may pass."""
        for _ in range(TRIES - 1):
            with contextlib.suppress(_MayPass):
                return self._open_once(address)
        return self._open_once(address)

    def _open_once(self, address: str) -> tuple[bytes, str, str]:
        try:
            with self._opener(address).open(self._request(address), timeout=WAITS_S) as answer:
                return answer.read(), answer.headers.get("content-type", ""), answer.url
        except (OSError, HTTPException) as e:
            is_final = isinstance(getattr(e, "reason", None), ssl.SSLCertVerificationError | FileNotFoundError)
            if is_final or (isinstance(e, urllib.error.HTTPError) and e.code < 500):
                raise
            raise _MayPass(_why(e)) from e

    def _request(self, address: str) -> urllib.request.Request:
        request = urllib.request.Request(shown(address), headers={"accept": ACCEPTED})
        if signed := _credentials(address):
            request.add_unredirected_header(
                "authorization", "Basic " + base64.b64encode(":".join(signed).encode()).decode()
            )
        return request

    def _opener(self, address: str) -> urllib.request.OpenerDirector:
        context = trusting(self._settings)
        host = urlsplit(address)
        is_open = not host.username and not trusts_something(self._settings)
        if is_open or {host.hostname, f"{host.hostname}:{host.port}"} & set(self._settings.trusted_host):
            # Without any certificate on this machine, as in a small container, the sha256 tells the right one.
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        return urllib.request.build_opener(urllib.request.HTTPSHandler(context=context), *self._handlers)


def trusting(settings: PipSettings) -> ssl.SSLContext:
    """Return a context that trusts what pip is told to trust, else what this machine trusts. Raises NotReady."""
    try:
        context = ssl.create_default_context(cafile=settings.cert or None)
        if settings.client_cert:
            context.load_cert_chain(settings.client_cert)
    except OSError as e:
        named = settings.client_cert if settings.cert and Path(settings.cert).exists() else settings.cert
        raise NotReady(f"pip's settings name the certificate {named}, which cannot be read ({e.strerror}).") from None
    return context


def trusts_something(settings: PipSettings) -> bool:
    """Whether pip's settings or this machine name any certificate to trust; a small container has none."""
    if trusting(settings).cert_store_stats()["x509_ca"]:
        return True
    folder = ssl.get_default_verify_paths().capath  # read one by one when needed, so they are not counted
    return bool(folder) and any(Path(folder).iterdir())


def _credentials(address: str) -> tuple[str, str] | None:
    parts = urlsplit(address)
    if parts.username:
        return unquote(parts.username), unquote(parts.password or "")
    with contextlib.suppress(OSError, netrc.NetrcParseError):
        if found := netrc.netrc().authenticators(parts.hostname or ""):
            return found[0], found[2] or ""
    return None


class _Page(HTMLParser):
    """The links of an HTML page. Source: PEP 503."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self.links += [value for name, value in attrs if name == "href" and value]
