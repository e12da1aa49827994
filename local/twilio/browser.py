"""A web page with Twilio's Voice SDK: it shows an access token, and its call goes where the token's application says.

From is `client:IDENTITY`. Whatever the page passes along arrives as it is, `To` among it: it is a wish of the page's.
"""

from typing import Any

from twilio.jwt import Jwt, JwtDecodeError
from twilio.jwt.access_token import AccessToken

from local.twilio.engine.call_life import receive_call
from local.twilio.engine.leg import Leg, Switchboard
from local.twilio.rest.protocol import Refusal

INVALID_TOKEN, INVALID_APPLICATION = 20101, 21218


def place_call(board: Switchboard, token: str, parameters: dict[str, str]) -> Leg:
    """Place the call of a page and return the line's leg. Raises Refusal when its token does not let it.

    `parameters` are what the page passes along.
    """
    grants = _grants(board, token)
    voice = grants.get("voice", {})
    application = board.account.applications.get(voice.get("outgoing", {}).get("application_sid", ""))
    if not application:
        raise Refusal(INVALID_APPLICATION, "the token names no TwiML application that places calls")
    to, more = parameters.get("To", ""), {name: value for name, value in parameters.items() if name != "To"}
    return receive_call(board, f"client:{grants['identity']}", to, more, settings=application.settings)


def _grants(board: Switchboard, token: str) -> dict[str, Any]:
    """Return what a token grants; refuse one that is too old, or that no key of this account has signed."""
    try:
        key = Jwt.from_jwt(token).payload.get("iss", "")
        checked = AccessToken.from_jwt(token, board.account.keys[key].secret)
    except (JwtDecodeError, KeyError) as e:
        raise Refusal(INVALID_TOKEN, f"invalid access token: {e}", 401) from None
    if checked.payload.get("sub") != board.account.sid:
        raise Refusal(INVALID_TOKEN, "the access token is for another account", 401)
    grants: dict[str, Any] = checked.payload["grants"]
    return grants
