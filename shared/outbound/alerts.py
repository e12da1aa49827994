"""Azure Monitor raised an alert: the owner gets it as a text through the line, once however often it is told.

Whoever tells is an action group, which can send no header of ours: its token stands in the address. It opens nothing
but this, and reaches nobody but the owner.
"""

import hmac
from datetime import UTC, datetime
from typing import Annotated, Literal

import azure.functions as func
import msgspec
from msgspec import Meta

from shared import routes, settings
from shared.flow.placeholders import clean
from shared.http import api
from shared.http.problem import Problem
from shared.outbound import sending
from shared.outbound.sending import TextRequest
from shared.store import messages
from shared.twilio import signature

TOKEN = "token"  # noqa: S105 -- the name of a parameter
MAX_BODY_BYTES = 256 * 1024  # an alert brings what its query found
MAX_RULE_CHARACTERS = 60  # of which one text holds all

type Condition = Annotated[
    Literal["Fired", "Resolved"], Meta(title="AlertCondition", description="Whether it has begun or is over.")
]
type Severity = Annotated[
    Literal["Sev0", "Sev1", "Sev2", "Sev3", "Sev4"],
    Meta(title="AlertSeverity", description="How bad it is; 0 is worst."),
]


class AlertEssentials(msgspec.Struct, frozen=True, rename="camel"):
    """What Azure Monitor's common alert schema says of every alert, as far as a text tells it."""

    alert_id: Annotated[str, Meta(min_length=1, max_length=1000, description="What one alert is told by.")]
    alert_rule: Annotated[str, Meta(min_length=1, max_length=1000, description="The rule that raised it.")]
    severity: Severity
    monitor_condition: Condition
    fired_date_time: Annotated[datetime, Meta(tz=True, description="When it began.")]
    resolved_date_time: Annotated[
        Annotated[datetime, Meta(tz=True)] | None, Meta(description="When it was over; null before.")
    ] = None


class AlertData(msgspec.Struct, frozen=True):
    """The part of an alert that says what happened."""

    essentials: Annotated[AlertEssentials, Meta(description="What every alert says.")]


class Alert(msgspec.Struct, frozen=True, rename="camel"):
    """An alert in the common alert schema; what it has beyond this is left."""

    schema_id: Annotated[
        Literal["azureMonitorCommonAlertSchema"], Meta(description="Always `azureMonitorCommonAlertSchema`.")
    ]
    data: Annotated[AlertData, Meta(description="What happened.")]


class AlertTexted(msgspec.Struct, frozen=True):
    """The text that tells of the alert."""

    sid: Annotated[str, Meta(description="Twilio's SID of the text.")]
    status: messages.Status


def text_owner(req: func.HttpRequest) -> AlertTexted:
    """Text the alert to the owner. Raises Problem 401 without the token, 404 when nobody is to be texted."""
    config = settings.current()
    _check_token(req.params.get(TOKEN, ""), config.ahoy_alert_token)
    if not config.ahoy_alert_number:
        raise Problem(404, "Alerts are not texted", "AHOY_ALERT_NUMBER is not set.")
    alert = api.body(req, Alert, MAX_BODY_BYTES).data.essentials
    request = TextRequest(to=config.ahoy_alert_number, body=sentence(alert))
    key = f"{alert.alert_id} {alert.monitor_condition}"  # one alert is told when it fires and when it is over
    sent = sending.text_once(routes.ALERTS, key, request, signature.base_url(req, config))
    return AlertTexted(sid=sent["sid"], status=sent["status"])


def sentence(alert: AlertEssentials) -> str:
    """Return what the owner reads: the rule, whether it began or is over, how bad it is, and when."""
    is_over = alert.monitor_condition == "Resolved"
    at = ((is_over and alert.resolved_date_time) or alert.fired_date_time).astimezone(UTC)
    rule = " ".join(clean(alert.alert_rule).split())[:MAX_RULE_CHARACTERS]
    return f"Alert {rule} {'is over' if is_over else 'raised'}, {alert.severity}, {at:%Y-%m-%d %H:%M} UTC"


def _check_token(given: str, token: str) -> None:
    is_set = token and not token.startswith(settings.UNRESOLVED)
    if not (is_set and hmac.compare_digest(given.encode(), token.encode())):
        raise Problem(401, "The token is missing or wrong")
