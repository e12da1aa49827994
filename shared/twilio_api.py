"""Twilio's REST API: place a call, send a text, look things up. The one place that imports twilio.rest."""

import logging
from functools import cache
from typing import Any

from requests import RequestException
from twilio.base.exceptions import TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client

from shared import settings
from shared.problem import Problem

TIMEOUT_S = 10.0  # an API caller waits; Twilio answers a creation within a second
RETRY_AFTER_S = 10  # when Twilio does not say when to come back
_UNVERIFIED = {21210, 21219, 21608}
_OPTED_OUT = {21610}

log = logging.getLogger("ahoy.twilio_api")
logging.getLogger("twilio.http_client").setLevel(logging.WARNING)  # it would log numbers and bodies


@cache
def client(known: settings.Settings) -> Client:
    """Give the one client of this process, with the API key when there is one."""
    user = known.twilio_api_key_sid or known.twilio_account_sid
    password = known.twilio_api_key_secret if known.twilio_api_key_sid else known.twilio_auth_token
    made = Client(user, password, known.twilio_account_sid, http_client=TwilioHttpClient(timeout=TIMEOUT_S))
    if known.twilio_api_base_url:
        made.api.base_url = known.twilio_api_base_url.rstrip("/")
    return made


def place_call(**parameters: Any) -> tuple[str, str]:
    """Place a call with Twilio's parameters (snake_case); give its SID and status. Raises Problem when refused."""
    known = settings.current()
    if problems := known.problems():
        raise Problem(503, "The line is not set up", "; ".join(problems))
    try:
        call = client(known).calls.create(**parameters)
    except TwilioRestException as refusal:
        raise refused(refusal) from None
    except RequestException as e:
        log.warning("Twilio did not answer: %s", type(e).__name__)
        raise Problem(
            503,
            "Twilio did not answer",
            "It is not known whether the call was placed; look at `calls` before trying again.",
            retry_after_s=RETRY_AFTER_S,
        ) from None
    return str(call.sid), str(call.status)


def refused(refusal: TwilioRestException) -> Problem:
    """Give Twilio's refusal as a problem document with its code and message and a status that fits the API caller."""
    status, title = _fitting(refusal)
    log.warning("Twilio refused: %s %s", refusal.status, refusal.code)
    return Problem(
        status,
        title,
        str(refusal.msg),
        retry_after_s=RETRY_AFTER_S if status == 503 else 0,
        twilio={"code": refusal.code, "message": str(refusal.msg), "status": refusal.status},
    )


def _fitting(refusal: TwilioRestException) -> tuple[int, str]:
    if refusal.status == 429 or refusal.status >= 500:
        return 503, "Twilio cannot take this now"
    if refusal.status in {401, 403} and refusal.code not in _UNVERIFIED:
        return 502, "Twilio refused the line's own account: check its credentials and funds"
    if refusal.code in _UNVERIFIED:
        return 403, "Twilio wants this number to be verified first"
    if refusal.code in _OPTED_OUT:
        return 409, "The recipient has opted out"
    return 400, "Twilio refused the request"
