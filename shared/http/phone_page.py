"""The phone page: Twilio's Voice SDK in a browser, as static files under a policy that names what the SDK needs.

Whoever opens it needs a function key before it does anything. On one machine the local Twilio stands in for Twilio's
addresses: its script comes before the SDK, and the page's own code knows nothing of it.
"""

import gzip
import hashlib
from functools import cache
from pathlib import Path

import azure.functions as func

from shared import settings

SDK = "voice-sdk-2.18.5.min.js"  # of @twilio/voice-sdk; a package brings it, see local/package.py
STAND_IN = "voice-sdk"  # where the local Twilio has it, and its script
FOLDER = Path(__file__).parent / "console" / "phone"
TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
_PAGE = FOLDER.with_name("phone.html")
_SCRIPT_PLACE = "<!-- stand-in -->"


def show(_: func.HttpRequest) -> func.HttpResponse:
    """Return the page."""
    at = _stand_in()
    script = f'<script src="{at}/{STAND_IN}/signalling.js"></script>' if at else ""
    html = _PAGE.read_text(encoding="utf-8").replace("{{sdk}}", SDK).replace(_SCRIPT_PLACE, script)
    headers = {
        "Content-Security-Policy": _policy(at),
        "Permissions-Policy": "microphone=(self)",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
    }
    return func.HttpResponse(html, mimetype="text/html", headers=headers)


def file(req: func.HttpRequest) -> func.HttpResponse:
    """Return a file of the page. The SDK's name has its version, so it is kept for a year; ours are asked for anew."""
    name = req.route_params["file"]
    if name == SDK and not (FOLDER / SDK).is_file():
        return _sdk_elsewhere()
    if name not in _names():
        return func.HttpResponse("There is no such file.", status_code=404, mimetype="text/plain")
    content, tag = _content(name, zipped="gzip" in req.headers.get("Accept-Encoding", ""))
    headers = {
        "ETag": tag,
        "Cache-Control": "public, max-age=31536000, immutable" if name == SDK else "no-cache",
        "Vary": "Accept-Encoding",
        "X-Content-Type-Options": "nosniff",
    }
    if req.headers.get("If-None-Match", "") == tag:
        return func.HttpResponse(status_code=304, headers=headers)
    if content[:2] == gzip.compress(b"")[:2]:
        headers["Content-Encoding"] = "gzip"
    return func.HttpResponse(content, mimetype=TYPES[Path(name).suffix], headers=headers)


def _sdk_elsewhere() -> func.HttpResponse:
    """Send the browser to the local Twilio's copy; without one say what is missing."""
    if at := _stand_in():
        return func.HttpResponse(status_code=302, headers={"Location": f"{at}/{STAND_IN}/{SDK}"})
    missing = f"The app was deployed without {SDK}. Deploy what `dev.py package` writes."
    return func.HttpResponse(missing, status_code=404, mimetype="text/plain")


def _stand_in() -> str:
    """Return where the local Twilio is, empty at Twilio: another region of it is reached by https."""
    base = settings.current().twilio_api_base_url.rstrip("/")
    return base if base.startswith("http://") else ""


def _policy(at: str) -> str:
    """Return what the page may load: its own files, Twilio's signalling, and the sounds that it makes itself."""
    return (
        f"default-src 'none'; script-src 'self' {at}; style-src 'self'; img-src 'self'; media-src blob:; "
        f"connect-src 'self' {at or 'wss://*.twilio.com'}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ).replace(" ;", ";")


@cache
def _names() -> frozenset[str]:
    return frozenset(one.name for one in FOLDER.iterdir() if one.suffix in TYPES)


@cache
def _content(name: str, *, zipped: bool) -> tuple[bytes, str]:
    """Return a file's bytes and its entity tag."""
    content = (FOLDER / name).read_bytes()
    content = gzip.compress(content, mtime=0) if zipped else content
    return content, f'"{hashlib.sha256(content).hexdigest()[:32]}"'
