"""Every address and queue of the app, spelled once: function_app registers them, TwiML and Twilio are given them."""

from urllib.parse import quote

PREFIX = "api"  # host.json, extensions.http.routePrefix

MAKE_CALL = "make-call"
SEND_SMS = "send-sms"
VOICE = "voice"
SCENE = "voice/{scene}"
STEP = "voice/{scene}/{step}"  # what follows a step: the number of the step in its scene, from 0
SMS = "sms"
CALL_STATUS = "status/call"
MESSAGE_STATUS = "status/message"
RECORDING_STATUS = "status/recording"
VERIFICATION_STATUS = "status/verification"
MESSAGES = "messages"
MESSAGES_EXPORT = "messages/export"
CALLS = "calls"
CALLS_EXPORT = "calls/export"
PERSON = "people/{person}"
RECONCILE = "reconcile"
OPENAPI = "openapi.json"
BROADCASTS = "broadcasts"
BROADCAST = "broadcasts/{id}"
CALLER_IDS = "caller-ids"
PHONE = "phone"
PHONE_FILE = "phone/{file}"
TOKEN = "token"  # noqa: S105 -- an address
LIMITS = "limits"
ALERTS = "alerts"
HEALTH = "health"

# Queues, and the setting that says where they are.
BROADCASTS_QUEUE = "broadcasts"
BROADCASTS_POISON_QUEUE = "broadcasts-poison"  # the host's own name for what failed too often
QUEUES_CONNECTION = "AzureWebJobsStorage"


def url(base: str, route: str, **parameters: str) -> str:
    """Return the full address of a route below `base` (`https://host`), its parameters filled in and escaped."""
    path = route.format(**{name: quote(value, safe="") for name, value in parameters.items()})
    return f"{base}/{PREFIX}/{path}"
