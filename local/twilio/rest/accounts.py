"""The account, and what is left of its money."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from local.twilio.engine.leg import Switchboard
from local.twilio.render.numbers import render_account
from local.twilio.render.usage import balance
from local.twilio.rest.protocol import Form, Refusal, absent, is_same, page, reads


@reads("FriendlyName", "Status")
async def list_(board: Switchboard, request: Request, form: Form) -> Response:
    """List the accounts: the one that there is."""
    account = board.account
    found = [account] if is_same(form, "FriendlyName", account.name) and is_same(form, "Status", "active") else []
    return page(request, form, "accounts", found, render_account)


async def fetch(board: Switchboard, request: Request, _: Form) -> Response:
    """Show the account."""
    return JSONResponse(render_account(_account(board, request).account))


@reads("FriendlyName", "Status")
async def change(board: Switchboard, request: Request, form: Form) -> Response:
    """Rename the account; a main account is suspended or closed in the console alone."""
    account = _account(board, request).account
    if form.get("Status") not in {"", "active"}:
        raise Refusal(21477, "Unable to update Status for parent accounts")
    account.name = form.get("FriendlyName") or account.name
    return JSONResponse(render_account(account))


def _account(board: Switchboard, request: Request) -> Switchboard:
    if request.path_params["account"] != board.account.sid:
        raise absent(request)
    return board


async def fetch_balance(board: Switchboard, _: Request, __: Form) -> Response:
    """Tell what is left after all calls, texts and numbers so far."""
    account = board.account
    return JSONResponse({"account_sid": account.sid, "balance": f"{balance(account):.5f}", "currency": "USD"})
