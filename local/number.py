"""A number of a Twilio account: where its calls and texts go when the app answers for it."""

from shared import routes


def webhooks_of(base: str) -> dict[str, str]:
    """Return what a number is set to so that the app at `base` answers, by the names of Twilio's client.

    A failed request is sent again to the same address, which any other instance may answer.
    """
    return {
        "voice_url": routes.url(base, routes.VOICE),
        "voice_method": "POST",
        "voice_fallback_url": routes.url(base, routes.VOICE),
        "sms_url": routes.url(base, routes.SMS),
        "sms_method": "POST",
        "sms_fallback_url": routes.url(base, routes.SMS),
        "status_callback": routes.url(base, routes.CALL_STATUS),
        "status_callback_method": "POST",
    }


def application_webhooks_of(base: str) -> dict[str, str]:
    """Return what a TwiML app is set to, through which browsers call: as a number is, for calls alone."""
    return {name: value for name, value in webhooks_of(base).items() if not name.startswith("sms")}


ADDRESSES = tuple(name for name in webhooks_of("") if not name.endswith("_method"))
