"""What Twilio refuses by a parameter's kind alone, whatever is asked: a choice that there is not, no number, no URL."""

from collections.abc import Callable
from urllib.parse import urlsplit

from local.twilio.operations import Operation, Parameter
from local.twilio.rest.protocol import SHOWN, Form, Refusal, moment
from local.twilio.sids import MOST, whole

NUMBERS = {"IncomingPhoneNumber", "Local", "Mobile", "TollFree", "Application"}
INVALID_PARAMETER, INVALID_METHOD, INVALID_METHOD_OF_NUMBER, INVALID_DETECTION = 20001, 21209, 21403, 21234
INVALID_URL_OF_NUMBER, INVALID_VERIFY_PARAMETER = 21402, 60200
CODES = {  # by the name of the parameter; each is in Twilio's dictionary of errors
    "Url": 21205,
    "FallbackUrl": 21205,
    "FriendlyName": 20002,
    "Timeout": 21208,
    "StatusCallback": 21609,
    "MediaUrl": 21620,
    "ValidityPeriod": 21624,
    "StatusCallbackEvent": 21626,
    "MaxPrice": 21627,
    "ScheduleType": 35126,
}
NAME, NAME_OF_VERIFY = 64, 30  # characters of a FriendlyName
OWN_CHECK = {"SendAt", "StartDate", "EndDate"}  # refused by the resource, which knows more
WEB_SOCKETS = {"Stream"}  # resources whose Url is none of the web


def refuse_wrong(operation: Operation, form: Form) -> None:
    """Refuse a value that Twilio's description of the operation does not allow, with Twilio's code."""
    longest_name = NAME_OF_VERIFY if operation.product == "verify" else NAME
    for name, value in form.sent():
        parameter = operation.parameters.get(name)
        if name == "Url" and operation.resource in WEB_SOCKETS:
            continue
        if parameter and value and name not in OWN_CHECK and (reason := _wrong(parameter, value, longest_name)):
            raise Refusal(_code(operation, name), f"Invalid parameter {name}: {value[:SHOWN]} {reason}")


def _wrong(parameter: Parameter, value: str, longest_name: int) -> str:
    """Return why a value is none of its kind; empty when it is one."""
    choices, given = parameter.choices, value.upper() if parameter.name.endswith("Method") else value
    if choices and parameter.kind != "bool":
        return "" if given in choices else f"is none of {', '.join(sorted(choices))}"
    if parameter.name == "FriendlyName":
        return "" if len(value) <= longest_name else f"is longer than {longest_name} characters"
    kind = "URL" if parameter.name.endswith(("Url", "Callback")) else parameter.kind
    is_right, reason = KINDS.get(kind, (str.__len__, ""))
    return "" if is_right(value) else reason


def _is_bool(text: str) -> bool:
    return text.lower() in {"true", "false"}


def _is_url(text: str) -> bool:
    try:
        parts = urlsplit(text)
        return parts.scheme in {"http", "https"} and bool(parts.hostname)
    except ValueError:
        return False


NO_MOMENT = "is no date as in 2026-11-23, nor a time of ISO 8601"
KINDS: dict[str, tuple[Callable[[str], object], str]] = {  # what a value of each must be, and what it is not
    "bool": (_is_bool, "is neither true nor false"),
    "int": (lambda text: whole(text) is not None, f"is not a whole number from 0 to {MOST}"),
    "date": (moment, NO_MOMENT),
    "datetime": (moment, NO_MOMENT),
    "URL": (_is_url, "is not a URL that begins with http:// or https://"),
}


def _code(operation: Operation, name: str) -> int:
    if operation.product == "verify":
        return INVALID_VERIFY_PARAMETER
    if name.endswith("Method"):
        return INVALID_METHOD_OF_NUMBER if operation.resource in NUMBERS else INVALID_METHOD
    if operation.resource in NUMBERS and name.endswith(("Url", "Callback")):
        return INVALID_URL_OF_NUMBER
    return INVALID_DETECTION if name.startswith("MachineDetection") else CODES.get(name, INVALID_PARAMETER)
