"""What each route of the API takes and gives: the one place that says so. Twilio's webhooks are not part of it.

What an operation gives is the type that its function promises, so that the description says what mypy holds.
"""

import inspect
from collections.abc import Callable, Mapping
from typing import Any, Literal

import azure.functions as func
import msgspec

from shared import health, routes
from shared.history import export, forget, listing, reconcile
from shared.outbound import access_tokens, alerts, broadcasts, caller_ids, rate_limits, sending

KEY, ALERT_TOKEN = "functionKey", "alertToken"  # security schemes

TAGS = {
    "broadcasts": "One text or call to many.",
    "caller-ids": "Numbers that the line may show as caller.",
    "calls": "Calls that came in or left.",
    "line": "How the line is.",
    "messages": "Texts that came in or left.",
    "people": "What is known of a person.",
}


class Operation(msgspec.Struct, frozen=True, kw_only=True):
    """What a route takes and gives. `problems` are the statuses answered by a problem document, `files` media types."""

    name: str
    tag: str
    method: Literal["get", "post", "delete"]
    route: str
    summary: str
    description: str
    answers: Callable[[func.HttpRequest], Any]
    status: int = 200
    takes: Any = None
    query: type[msgspec.Struct] | None = None
    files: tuple[str, ...] = ()
    problems: tuple[int, ...] = ()
    reasons: Mapping[int, str] = {}  # where a problem has another reason than elsewhere
    later: tuple[int, ...] = (429, 503)  # the problems that say in Retry-After when to come back
    is_once: bool = False  # whether it knows an Idempotency-Key
    security: str = KEY  # how the caller proves itself: a security scheme, or empty when it need not

    @property
    def gives(self) -> Any:
        """The type of its answer."""
        return inspect.get_annotations(self.answers)["return"]


PATH = {"id": "The broadcast, as its start answered it.", "person": "The person's address, such as +12025550122."}

READING = (400, 503)
TAKING = (400, 413, 415, 503)  # what a route that takes a body may answer
LEAVING = (*TAKING, 403, 409, 429, 502)  # and one that lets something leave
KEYED = (409, 429, 503)  # `later` of one that does the same once

OPERATIONS = (
    Operation(
        name="listMessages", tag="messages", method="get", route=routes.MESSAGES, summary="List texts, newest first",
        description="All that came in or left, or those with one person or of a period, by page.",
        answers=listing.messages, query=listing.ListQuery, problems=READING,
    ),
    Operation(
        name="listCalls", tag="calls", method="get", route=routes.CALLS, summary="List calls, newest first",
        description="All that came in or left, or those with one person or of a period, by page.",
        answers=listing.calls, query=listing.ListQuery, problems=READING,
    ),
    Operation(
        name="exportMessages", tag="messages", method="get", route=routes.MESSAGES_EXPORT,
        summary="Export texts as a file",
        description="CSV or JSON Lines, so many rows an answer; its Link header names the next answer until the end.",
        answers=export.messages, query=export.ExportQuery, files=(export.CSV, export.JSON_LINES), problems=READING,
    ),
    Operation(
        name="exportCalls", tag="calls", method="get", route=routes.CALLS_EXPORT, summary="Export calls as a file",
        description="CSV or JSON Lines, so many rows an answer; its Link header names the next answer until the end.",
        answers=export.calls, query=export.ExportQuery, files=(export.CSV, export.JSON_LINES), problems=READING,
    ),
    Operation(
        name="deletePerson", tag="people", method="delete", route=routes.PERSON, summary="Forget a person",
        description="Deletes their texts, calls, recordings and places on lists. That they opted out stays known.",
        answers=forget.person, query=forget.ForgetQuery, problems=(*READING, 409),
        reasons={409: "It is a number of the line itself"},
    ),
    Operation(
        name="reconcile", tag="line", method="post", route=routes.RECONCILE,
        summary="Bring what Twilio's log has and the history has not",
        description="Compares a period, oldest first, for a minute at most. When it is not complete, go on from "
        "`reached`. A timer does the same for the present.",
        answers=reconcile.period, takes=reconcile.ReconcilePeriod, problems=TAKING,
    ),
    Operation(
        name="placeCall", tag="calls", method="post", route=routes.MAKE_CALL, summary="Place a call",
        description="Rings somebody, who then hears the flow. An Idempotency-Key makes it safe to ask again.",
        answers=sending.call, takes=sending.CallRequest, status=202,
        problems=(*LEAVING, 422), later=KEYED, is_once=True,
    ),
    Operation(
        name="sendMessage", tag="messages", method="post", route=routes.SEND_SMS, summary="Send a text",
        description="Sends a text or picture message. An Idempotency-Key makes it safe to ask again.",
        answers=sending.text, takes=sending.TextRequest, status=202,
        problems=(*LEAVING, 422), later=KEYED, is_once=True,
    ),
    Operation(
        name="startBroadcast", tag="broadcasts", method="post", route=routes.BROADCASTS,
        summary="Send one text, or place one call, to many",
        description="It begins at once and goes out in the background, as fast as limits let it; nobody gets it twice. "
        "An Idempotency-Key makes it safe to ask again.",
        answers=broadcasts.start, takes=broadcasts.BroadcastRequest, status=202, problems=(*TAKING, 409, 422),
        reasons={409: "A request with this Idempotency-Key is at work"}, later=KEYED, is_once=True,
    ),
    Operation(
        name="getBroadcast", tag="broadcasts", method="get", route=routes.BROADCAST,
        summary="See how far a broadcast is",
        description="Counts its recipients by what became of them.",
        answers=broadcasts.show, problems=(404, 503),
    ),
    Operation(
        name="updateBroadcast", tag="broadcasts", method="post", route=routes.BROADCAST,
        summary="Pause, resume or cancel a broadcast",
        description="What has left stays; resuming also takes up what was stuck.",
        answers=broadcasts.change, takes=broadcasts.BroadcastUpdate, problems=(*TAKING, 404, 409),
        reasons={409: "The broadcast was canceled"},
    ),
    Operation(
        name="listCallerIds", tag="caller-ids", method="get", route=routes.CALLER_IDS,
        summary="List the numbers that the line may show as caller",
        description="Those that are verified, and how the verifications ended that the line began.",
        answers=caller_ids.show, problems=(502, 503),
    ),
    Operation(
        name="verifyCallerId", tag="caller-ids", method="post", route=routes.CALLER_IDS, summary="Verify a number",
        description="Twilio rings it and asks its owner for the six digits that the answer shows.",
        answers=caller_ids.verify, takes=caller_ids.VerificationRequest, status=202, problems=LEAVING,
        reasons={409: "The recipient has opted out"},
    ),
    Operation(
        name="createAccessToken", tag="calls", method="post", route=routes.TOKEN,
        summary="Create an access token for Twilio's Voice SDK",
        description="With it a browser or an app rings the line, and is rung as `client:IDENTITY`.",
        answers=access_tokens.token, takes=access_tokens.AccessTokenRequest, problems=TAKING,
        reasons={503: "The line has no API key to sign it with"}, later=(),
    ),
    Operation(
        name="getLimits", tag="line", method="get", route=routes.LIMITS, summary="See what has left and what may",
        description="In this hour and day, and what was refused on a day.",
        answers=rate_limits.show, query=rate_limits.LimitsQuery, problems=READING,
    ),
    Operation(
        name="getHealth", tag="line", method="get", route=routes.HEALTH, summary="See whether the line is well",
        description="Open to everybody, and says nothing secret.",
        answers=health.report, problems=(503,),
        reasons={503: "The line is not well; `checks` says what is wrong"}, later=(), security="",
    ),
    Operation(
        name="receiveAlert", tag="line", method="post", route=routes.ALERTS,
        summary="Text an alert of Azure Monitor to the owner",
        description="An action group calls it, in the common alert schema. One alert is texted when it is raised and "
        "when it is over, however often it is told.",
        answers=alerts.text_owner, takes=alerts.Alert, problems=(401, 404, *LEAVING),
        reasons={401: "The token is missing or wrong", 404: "Nobody is to be texted: AHOY_ALERT_NUMBER is not set"},
        later=KEYED, security=ALERT_TOKEN,
    ),
)  # fmt: skip
