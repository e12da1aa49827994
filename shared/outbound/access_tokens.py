"""Access tokens for Twilio's Voice SDK: a browser may then ring the line, and be rung as `client:IDENTITY`.

A token signs with the API key; the auth token cannot. What a browser's call may do is decided where every call is: it
arrives at the voice webhook with `client:IDENTITY` as caller, and the flow says the rest.
"""

from typing import Annotated

import azure.functions as func
import msgspec
from msgspec import Meta

from shared import flow, settings
from shared.http import api
from shared.http.problem import Problem

DEFAULT_S = 3_600
MOST_S = 86_400  # Twilio's own


class AccessTokenRequest(msgspec.Struct, kw_only=True):
    """Whom a token is for, and what it lets them do."""

    identity: Annotated[
        str, Meta(pattern=r"^[A-Za-z0-9_]{1,121}\Z", description="Who it is: the line sees `client:IDENTITY`.")
    ]
    ttl: Annotated[int, Meta(ge=60, le=MOST_S, description="How many seconds it lasts.")] = DEFAULT_S
    incoming: Annotated[bool, Meta(description="Whether they may be rung.")] = True


class AccessToken(msgspec.Struct, frozen=True):
    """An access token."""

    token: Annotated[str, Meta(description="The token, a JWT for Twilio's Voice SDK.")]
    identity: Annotated[str, Meta(description="Who it is for.")]
    ttl: Annotated[int, Meta(description="How many seconds it lasts.")]
    calls_out: Annotated[bool, Meta(description="Whether a TwiML app lets it place calls.")]
    lines: Annotated[
        list[str], Meta(description="What it may ring as `To`: the line's number, and the flow's `lines`.")
    ]


def token(req: func.HttpRequest) -> AccessToken:
    """Return a token for one identity. Raises Problem 503 when there is no API key to sign it with."""
    request, config = api.body(req, AccessTokenRequest), settings.current()
    if not (config.twilio_api_key_sid and config.twilio_api_key_secret):
        raise Problem(503, "The line has no API key", "Set TWILIO_API_KEY_SID and TWILIO_API_KEY_SECRET.")
    from twilio.jwt import access_token
    from twilio.jwt.access_token.grants import VoiceGrant

    made = access_token.AccessToken(
        config.twilio_account_sid, config.twilio_api_key_sid, config.twilio_api_key_secret,
        identity=request.identity, ttl=request.ttl,
    )  # fmt: skip
    application = config.twilio_twiml_app_sid or None
    made.add_grant(VoiceGrant(outgoing_application_sid=application, incoming_allow=request.incoming))
    lines = dict.fromkeys([config.twilio_phone_number, *flow.current().lines])
    return AccessToken(made.to_jwt(), request.identity, request.ttl, calls_out=bool(application), lines=list(lines))
