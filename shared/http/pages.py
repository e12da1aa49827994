"""Web pages: static files, with values filled in as text and a policy that lets nothing else run."""

import re
import secrets
from html import escape
from pathlib import Path

import azure.functions as func

_FOLDER = Path(__file__).parent / "console"
_PLACE = re.compile(r"\{\{(\w+)\}\}")


def make_call(req: func.HttpRequest) -> func.HttpResponse:
    """Return the page with the Call button, `to` filled in from the query. It never dials by itself."""
    return page("make-call.html", to=req.params.get("to", ""))


def page(name: str, **values: str) -> func.HttpResponse:
    """Return a page of ours; `{{name}}` in it stands for a value, escaped, and `{{nonce}}` for this answer's nonce."""
    nonce = secrets.token_urlsafe(16)
    filled = {"nonce": nonce} | {field: escape(value) for field, value in values.items()}
    html = _PLACE.sub(lambda place: filled[place[1]], (_FOLDER / name).read_text(encoding="utf-8"))
    headers = {
        "Content-Security-Policy": f"default-src 'none'; script-src 'nonce-{nonce}'; style-src 'nonce-{nonce}'; "
        "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
    }
    return func.HttpResponse(html, mimetype="text/html", headers=headers)
