"""What Twilio refuses by a parameter's kind alone, whatever is asked: a choice that there is not, no number, no URL."""

from urllib.parse import urlsplit

from local.twilio.operations import Operation, Parameter
from local.twilio.rest.protocol import Form, Refusal

NUMBERS = {"IncomingPhoneNumber", "Local", "Mobile", "TollFree", "Application"}
INVALID_PARAMETER, INVALID_METHOD, INVALID_METHOD_OF_NUMBER, INVALID_DETECTION = 20001, 21209, 21403, 21234
INVALID_URL_OF_NUMBER, INVALID_VERIFY_PARAMETER = 21402, 60200
CODES = {  # by the name of the parameter; each is in Twilio's dictionary of errors
    "Url": 21205,
    "FallbackUrl": 21205,
    "Timeout": 21208,
    "StatusCallback": 21609,
    "MediaUrl": 21620,
    "ValidityPeriod": 21624,
    "StatusCallbackEvent": 21626,
    "MaxPrice": 21627,
    "ScheduleType": 35126,
}
OWN_CHECK = {"SendAt"}  # refused by the resource, which knows more


def refuse_wrong(operation: Operation, form: Form) -> None:
    """Refuse a value that Twilio's description of the operation does not allow, with Twilio's code."""
    for name, value in form.sent():
        parameter = operation.parameters.get(name)
        if parameter and value and name not in OWN_CHECK and (reason := _wrong(parameter, value)):
            raise Refusal(_code(operation, name), f"Invalid parameter {name}: {value} {reason}")


def _wrong(parameter: Parameter, value: str) -> str:
    """Return why a value is none of its kind; empty when it is one."""
    if parameter.kind == "bool":
        return "" if value.lower() in {"true", "false"} else "is neither true nor false"
    if parameter.choices:
        choices, given = parameter.choices, value.upper() if parameter.name.endswith("Method") else value
        return "" if given in choices else f"is none of {', '.join(sorted(choices))}"
    if parameter.kind == "int":
        return "" if value.isdecimal() else "is not a whole number from 0 on"
    if parameter.name.endswith(("Url", "Callback")):
        return "" if _is_url(value) else "is not a URL that begins with http:// or https://"
    return ""


def _is_url(text: str) -> bool:
    try:
        parts = urlsplit(text)
        return parts.scheme in {"http", "https"} and bool(parts.hostname)
    except ValueError:
        return False


def _code(operation: Operation, name: str) -> int:
    if operation.product == "verify":
        return INVALID_VERIFY_PARAMETER
    if name.endswith("Method"):
        return INVALID_METHOD_OF_NUMBER if operation.resource in NUMBERS else INVALID_METHOD
    if operation.resource in NUMBERS and name.endswith(("Url", "Callback")):
        return INVALID_URL_OF_NUMBER
    return INVALID_DETECTION if name.startswith("MachineDetection") else CODES.get(name, INVALID_PARAMETER)
