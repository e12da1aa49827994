"""A call, as REST shows it and as every request about it tells."""

from typing import Any

from local.twilio.account import API_VERSION, Account
from local.twilio.geography import geography
from local.twilio.records import Call
from local.twilio.render.spelling import formatted, snake_case
from local.twilio.sids import rfc2822

SUBRESOURCES = ("Notifications", "Recordings", "Payments", "Events", "Siprec", "Streams", "Transcriptions",
                "UserDefinedMessages", "UserDefinedMessageSubscriptions")  # fmt: skip


def render_call(account: Account, call: Call) -> dict[str, Any]:
    """Return a call as REST shows it; what is not known yet is null."""
    path = account.uri(f"Calls/{call.sid}")
    return {
        "sid": call.sid,
        "date_created": rfc2822(call.created),
        "date_updated": rfc2822(call.updated),
        "parent_call_sid": call.parent_call_sid,
        "account_sid": account.sid,
        "to": call.to,
        "to_formatted": formatted(call.to),
        "from": call.from_,
        "from_formatted": formatted(call.from_),
        "phone_number_sid": call.phone_number_sid,
        "status": "queued" if call.status == "initiated" else call.status,
        "start_time": rfc2822(call.start),
        "end_time": rfc2822(call.end),
        "duration": str(call.duration_s) if call.is_over else None,
        "price": call.price,
        "price_unit": "USD",
        "direction": call.direction,
        "answered_by": call.answered_by,
        "api_version": API_VERSION,
        "forwarded_from": call.forwarded_from,
        "group_sid": None,
        "caller_name": call.caller_name,
        "queue_time": str(call.queue_time_ms),
        "trunk_sid": None,
        "annotation": None,
        "uri": f"{path}.json",
        "subresource_uris": {snake_case(name): f"{path}/{name}.json" for name in SUBRESOURCES},
    }


def call_parameters(account: Account, call: Call) -> dict[str, str]:
    """Return the parameters of every voice request about a call."""
    parameters = {
        "CallSid": call.sid,
        "AccountSid": account.sid,
        "From": call.from_,
        "To": call.to,
        "Caller": call.from_,
        "Called": call.to,
        "CallStatus": call.status,
        "ApiVersion": API_VERSION,
        "Direction": call.direction,
    }
    for role in ("From", "To", "Caller", "Called"):
        parameters |= geography(role, parameters[role])
    optional = {
        "ParentCallSid": call.parent_call_sid,
        "ForwardedFrom": call.forwarded_from,
        "CallerName": call.caller_name,
    }
    return parameters | {name: value for name, value in optional.items() if value} | call.parameters
