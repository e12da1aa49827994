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
RANGES = {  # of numbers; a call's ringing is cut to ten minutes
    "Timeout": range(1, MOST),
    "MachineDetectionTimeout": range(3, 60),
    "MachineDetectionSpeechThreshold": range(1000, 6001),
    "MachineDetectionSpeechEndThreshold": range(500, 5001),
    "MachineDetectionSilenceTimeout": range(2000, 10_001),
    "MaxParticipants": range(2, 251),
    "MaxSize": range(5001),
    "ValidityPeriod": range(1, 36_001),
}
OWN_CHECK = {"SendAt", "StartDate", "EndDate"}  # refused by the resource, which knows more
WEB_SOCKETS = {"Stream"}  # resources whose Url is none of the web


def refuse_wrong(operation: Operation, form: Form) -> None:
    """Refuse a value that Twilio's description of the operation does not allow, with Twilio's code."""
    form.in_small_letters({name for name, parameter in operation.parameters.items() if parameter.kind == "bool"})
    longest_name = NAME_OF_VERIFY if operation.product == "verify" else NAME
    for name, value in form.sent():
        parameter = operation.parameters.get(name)
        if name == "Url" and operation.resource in WEB_SOCKETS:
            continue
        if parameter and value and name not in OWN_CHECK and (reason := _wrong(parameter, value, longest_name)):
            raise Refusal(_code(operation, name), f"Invalid parameter {name}: {value[:SHOWN]} {reason}")


def _wrong(parameter: Parameter, value: str, longest_name: int) -> str:
    """Return why a value is none of its kind; empty when it is one."""
    choices = parameter.choices
    if choices and parameter.kind != "bool":
        return "" if value in choices else f"is none of {', '.join(sorted(choices))}"
    if parameter.name == "FriendlyName":
        return "" if len(value) <= longest_name else f"is longer than {longest_name} characters"
    kind = "URL" if parameter.name.endswith(("Url", "Callback")) else parameter.kind
    is_right, reason = KINDS.get(kind, (str.__len__, ""))
    if not is_right(value):
        return reason
    allowed = RANGES.get(parameter.name)
    return "" if not allowed or whole(value) in allowed else f"is not from {allowed[0]} to {allowed[-1]}"


def _is_bool(text: str) -> bool:
    return text.lower() in {"true", "false"}


def is_url(text: str) -> bool:
    """Tell whether a text is a whole address of the web; Twilio wants a valid host name, which has no underscore."""
    try:
        parts = urlsplit(text.strip())
        parts.port  # noqa: B018 -- raises for one that is none
    except ValueError:
        return False
    host = parts.hostname or ""
    is_plain = not any(character.isspace() or not character.isprintable() for character in text.strip())
    return parts.scheme in {"http", "https"} and bool(host) and "_" not in host and is_plain


NO_MOMENT = "is no date as in 2026-11-23, nor a time of ISO 8601"
KINDS: dict[str, tuple[Callable[[str], object], str]] = {  # what a value of each must be, and what it is not
    "bool": (_is_bool, "is neither true nor false"),
    "int": (lambda text: whole(text) is not None, f"is not a whole number from 0 to {MOST}"),
    "date": (moment, NO_MOMENT),
    "datetime": (moment, NO_MOMENT),
    "URL": (is_url, "is not a URL that begins with http:// or https://"),
}


def _code(operation: Operation, name: str) -> int:
    if operation.product == "verify":
        return INVALID_VERIFY_PARAMETER
    if name.endswith("Method"):
        return INVALID_METHOD_OF_NUMBER if operation.resource in NUMBERS else INVALID_METHOD
    if operation.resource in NUMBERS and name.endswith(("Url", "Callback")):
        return INVALID_URL_OF_NUMBER
    return INVALID_DETECTION if name.startswith("MachineDetection") else CODES.get(name, INVALID_PARAMETER)
