"""The account."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from local.twilio.exchange import API_VERSION, Exchange
from local.twilio.rest.answers import Form
from local.twilio.sids import rfc2822


async def fetch(exchange: Exchange, _: Request, __: Form) -> Response:
    """Show the account; its own auth token is not shown, unlike at the real one."""
    path = f"/{API_VERSION}/Accounts/{exchange.account_sid}"
    return JSONResponse(
        {
            "sid": exchange.account_sid,
            "owner_account_sid": exchange.account_sid,
            "friendly_name": "The local account",
            "auth_token": None,
            "status": "active",
            "type": "Trial" if exchange.is_trial else "Full",
            "date_created": rfc2822(exchange.created),
            "date_updated": rfc2822(exchange.created),
            "uri": f"{path}.json",
            "subresource_uris": {"calls": f"{path}/Calls.json", "messages": f"{path}/Messages.json"},
        }
    )
