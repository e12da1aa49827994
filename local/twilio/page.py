"""The phone on the screen: a static page at the root of the local Twilio, under a policy that lets nothing else run."""

from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

FOLDER = Path(__file__).parent / "handset"
TYPES = {".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data: blob:; "
    "media-src 'self' blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-cache",  # a newer version is seen at once
}


def routes() -> list[Route]:
    """Return the routes of the page and of what belongs to it."""
    return [Route("/", _index), Route("/handset/{name}", _file)]


async def _index(_: Request) -> Response:
    return _served(FOLDER / "index.html")


async def _file(request: Request) -> Response:
    name = request.path_params["name"]
    known = {file.name: file for file in FOLDER.iterdir() if file.suffix in TYPES}
    return _served(known[name]) if name in known else Response(status_code=404)


def _served(file: Path) -> Response:
    return Response(file.read_bytes(), media_type=TYPES[file.suffix], headers=HEADERS)
