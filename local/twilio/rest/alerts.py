"""Alerts: what the owner's error log holds, as the monitor API shows it: monitor.twilio.com."""

from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from local.twilio import codes
from local.twilio.engine.leg import Switchboard
from local.twilio.records import Alert
from local.twilio.render.alerts import render_alert
from local.twilio.rest.protocol import Form, absent, pages, passes, reads
from local.twilio.webhooks import Sent


@reads("LogLevel", "StartDate", "EndDate")
async def list_(board: Switchboard, request: Request, form: Form) -> Response:
    """List the alerts, newest first; what was asked and answered is shown of a single one only, as at Twilio."""
    found = [_shown(board, alert) for alert in reversed(board.account.alerts.entries) if _matches(form, alert)]
    return pages(request, form, "alerts", found, lambda shown: shown)


def _matches(form: Form, alert: Alert) -> bool:
    wanted, since, until = form.get("LogLevel"), form.get("StartDate"), form.get("EndDate")
    return (
        wanted in {"", codes.level(alert.code)}
        and (not since or passes(">", since, alert.at))
        and (not until or passes("<", until, alert.at))
    )


def _shown(board: Switchboard, alert: Alert) -> dict[str, Any]:
    sent = _cause(board, alert)
    return render_alert(board.account, alert, sent.method if sent else "POST")


async def fetch(board: Switchboard, request: Request, _: Form) -> Response:
    """Show one alert with the request that it came of, and its answer."""
    sid = request.path_params["sid"]
    alert = next((alert for alert in board.account.alerts.entries if alert.own_sid == sid), None)
    if not alert:
        raise absent(request)
    sent = _cause(board, alert)
    return JSONResponse(
        _shown(board, alert)
        | {
            "request_variables": urlencode(sent.parameters) if sent else "",
            "request_headers": urlencode(sent.request_headers) if sent else "",
            "response_headers": urlencode(sent.response_headers) if sent else "",
            "response_body": sent.body if sent else "",
        }
    )


def _cause(board: Switchboard, alert: Alert) -> Sent | None:
    """Return the last request about the same call or message to the address of the alert, before it was raised."""
    return next(
        (
            sent
            for sent in reversed(board.courier.sent.entries)
            if sent.sid == alert.sid and sent.url == alert.url and sent.at <= alert.at
        ),
        None,
    )
