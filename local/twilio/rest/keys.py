"""API keys: whoever has one may ask in the account's name until it is deleted."""

import secrets
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from local.twilio.engine.leg import Switchboard
from local.twilio.products import ApiKey
from local.twilio.rest.protocol import Form, absent, page, reads
from local.twilio.sids import rfc2822, utc_now


def _render(key: ApiKey) -> dict[str, Any]:
    """Return a key as REST shows it: without its secret."""
    return {
        "sid": key.sid,
        "friendly_name": key.friendly_name,
        "date_created": rfc2822(key.created),
        "date_updated": rfc2822(key.updated),
    }


def _key(board: Switchboard, request: Request) -> ApiKey:
    key = board.account.keys.get(request.path_params["sid"])
    if not key:
        raise absent(request)
    return key


async def list_(board: Switchboard, request: Request, form: Form) -> Response:
    """List the keys."""
    name = "signing_keys" if "/SigningKeys" in request.url.path else "keys"
    return page(request, form, name, list(reversed(board.account.keys.values())), _render)


@reads("FriendlyName")
async def create(board: Switchboard, _: Request, form: Form) -> Response:
    """Make a key; only this answer has its secret."""
    key = ApiKey(secrets.token_hex(16), form.get("FriendlyName"))
    board.account.keys[key.sid] = key
    return JSONResponse(_render(key) | {"secret": key.secret}, 201)


async def fetch(board: Switchboard, request: Request, _: Form) -> Response:
    """Show one key."""
    return JSONResponse(_render(_key(board, request)))


@reads("FriendlyName")
async def change(board: Switchboard, request: Request, form: Form) -> Response:
    """Rename a key."""
    key = _key(board, request)
    key.friendly_name, key.updated = form.get("FriendlyName") or key.friendly_name, utc_now()
    return JSONResponse(_render(key))


async def delete(board: Switchboard, request: Request, _: Form) -> Response:
    """Delete a key: who has it is a stranger from now on."""
    del board.account.keys[_key(board, request).sid]
    return Response(status_code=204)
