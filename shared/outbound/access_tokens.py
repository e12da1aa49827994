"""Access tokens for Twilio's Voice SDK: a browser may then ring the line, and be rung as `client:IDENTITY`.

A token signs with the API key; the auth token cannot. What a browser's call may do is decided where every call is: it
arrives at the voice webhook with `client:IDENTITY` as caller, and the flow says the rest.
"""

from typing import Annotated, Any, TypedDict

import azure.functions as func
import msgspec

from shared import settings
from shared.http import api
from shared.http.problem import Problem

DEFAULT_S = 3_600
MOST_S = 86_400  # Twilio's own


class TokenRequest(msgspec.Struct, kw_only=True):
    """The body of POST token. `ttl` is in seconds."""

    identity: Annotated[str, msgspec.Meta(pattern="^[A-Za-z0-9_]{1,121}$")]
    ttl: Annotated[int, msgspec.Meta(ge=60, le=MOST_S)] = DEFAULT_S
    incoming: bool = True


class Token(TypedDict):
    """An access token; `calls_out` says whether a TwiML app lets it place calls."""

    token: str
    identity: str
    ttl: int
    calls_out: bool


def token(req: func.HttpRequest) -> dict[str, Any]:
    """Return a token for one identity. Raises Problem 503 when there is no API key to sign it with."""
    wanted, known = api.body(req, TokenRequest), settings.current()
    if not (known.twilio_api_key_sid and known.twilio_api_key_secret):
        raise Problem(503, "The line has no API key", "Set TWILIO_API_KEY_SID and TWILIO_API_KEY_SECRET.")
    from twilio.jwt.access_token import AccessToken
    from twilio.jwt.access_token.grants import VoiceGrant

    made = AccessToken(
        known.twilio_account_sid, known.twilio_api_key_sid, known.twilio_api_key_secret,
        identity=wanted.identity, ttl=wanted.ttl,
    )  # fmt: skip
    application = known.twilio_twiml_app_sid or None
    made.add_grant(VoiceGrant(outgoing_application_sid=application, incoming_allow=wanted.incoming))
    return {"token": made.to_jwt(), "identity": wanted.identity, "ttl": wanted.ttl, "calls_out": bool(application)}
