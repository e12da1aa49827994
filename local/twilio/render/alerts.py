"""An alert of the owner's error log, as the monitor API shows it."""

from typing import Any

from local.twilio import codes
from local.twilio.account import API_VERSION, Account
from local.twilio.records import Alert


def render_alert(account: Account, alert: Alert, method: str) -> dict[str, Any]:
    """Return an `alert` of an `account` as a list shows it; `method` is that of the request that it came of."""
    at = alert.at.strftime("%Y-%m-%dT%H:%M:%SZ")
    return {
        "account_sid": account.sid,
        "alert_text": alert.text,
        "api_version": API_VERSION,
        "date_created": at,
        "date_generated": at,
        "date_updated": at,
        "error_code": str(alert.code),
        "log_level": codes.level(alert.code),
        "more_info": f"https://www.twilio.com/docs/errors/{alert.code}",
        "request_method": method,
        "request_url": alert.url,
        "resource_sid": alert.sid,
        "service_sid": None,
        "sid": alert.own_sid,
        "url": f"{account.base_url}/v1/Alerts/{alert.own_sid}",
    }
