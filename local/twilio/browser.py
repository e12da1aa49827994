"""A web page with Twilio's Voice SDK: it shows an access token, and its call goes where the token's application says.

From is `client:IDENTITY`. Whatever the page passes along arrives as it is, `To` among it: it is a wish of the page's.
"""

import time
from dataclasses import dataclass
from typing import Any

from local.twilio.engine.call_life import receive_call
from local.twilio.engine.leg import Leg, Switchboard
from local.twilio.rest.protocol import Refusal

INVALID_TOKEN, EXPIRED_TOKEN, INVALID_APPLICATION = 20101, 20104, 21218


@dataclass(frozen=True, slots=True)
class Grants:
    """What an access token lets a page do: be rung as `address`, place calls through an application, until `expires`.

    `expires` is in seconds since 1970; `application_sid` is empty when it places none.
    """

    identity: str
    expires: float
    may_be_rung: bool
    application_sid: str

    @property
    def address(self) -> str:
        """As whom it rings and is rung."""
        return f"client:{self.identity}"


def place_call(board: Switchboard, token: str, parameters: dict[str, str]) -> Leg:
    """Place the call of a page and return the line's leg. Raises Refusal when its token does not let it.

    `parameters` are what the page passes along.
    """
    grants = granted(board, token)
    application = board.account.applications.get(grants.application_sid)
    if not application:
        raise Refusal(INVALID_APPLICATION, "the token names no TwiML application that places calls")
    to, more = parameters.get("To", ""), {name: value for name, value in parameters.items() if name != "To"}
    return receive_call(board, grants.address, to, more, settings=application.settings)


def granted(board: Switchboard, token: str) -> Grants:
    """Return what a token grants. Raises Refusal for one that is too old, or that no key of this account has signed."""
    from twilio.jwt import Jwt, JwtDecodeError  # and what decrypts, for the lines that no page rings
    from twilio.jwt.access_token import AccessToken

    try:
        key = Jwt.from_jwt(token).payload.get("iss", "")
        checked = AccessToken.from_jwt(token, board.account.keys[key].secret).payload
    except (JwtDecodeError, KeyError) as e:
        code = EXPIRED_TOKEN if "expired" in str(e) else INVALID_TOKEN
        raise Refusal(code, f"invalid access token: {e}", 401) from None
    if checked.get("sub") != board.account.sid:
        raise Refusal(INVALID_TOKEN, "the access token is for another account", 401)
    return _grants(checked)


def _grants(payload: dict[str, Any]) -> Grants:
    granted = payload.get("grants", {})
    voice = granted.get("voice", {})
    return Grants(
        identity=granted.get("identity", ""),
        expires=float(payload.get("exp", time.time())),
        may_be_rung=bool(voice.get("incoming", {}).get("allow")),
        application_sid=voice.get("outgoing", {}).get("application_sid", ""),
    )
