"""Is a deployment well? Each check says what it found and, when something is wrong, what to do about it."""

import base64
import json
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Literal

from local import account, paths
from local.account import Account
from local.number import application_webhooks_of, webhooks_of
from local.wording import COMMAND, quoted

TIMEOUT_S = 15
CLOCK_S = 30  # access tokens and signed storage requests suffer before that is reached
TWILIO = "https://api.twilio.com"


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found, in a `text`; `remedy` says what to do when it is not well. A hint is no fault."""

    check: str
    state: Literal["ok", "wrong", "hint"]
    text: str
    remedy: str = ""


def findings(of: Account, given_base: str = "") -> Iterator[Finding]:
    """Check one after the other. The app is at `given_base`, else where calls go, else where settings say it is.

    Without credentials nothing else can be asked.
    """
    status, _, date = _ask(of, (of.sid, of.auth_token), "")
    if status != 200:
        yield Finding("credentials", "wrong", f"Twilio answers {status or 'nothing'} to account and token",
                      "Copy account SID and auth token from the first page of Twilio's console.")  # fmt: skip
        return
    yield Finding("credentials", "ok", f"Twilio knows account {of.sid[:6]}…")
    yield _clock(date)
    yield _api_key(of)
    number = _number(of)
    if number is None:
        yield Finding("number", "wrong", f"{of.number or 'TWILIO_PHONE_NUMBER'} is no number of this account",
                      f"Set TWILIO_PHONE_NUMBER to one that `{_connect(of)}` lists.")  # fmt: skip
        return
    yield Finding("number", "ok", f"{of.number} is the account's")
    given_base = given_base or (of.base if of.is_local else "")
    base = given_base or _goes_to(number) or of.base
    yield _webhooks(of, number, base)
    if of.application:
        yield _application(of, base)
    if of.base and not given_base and of.base != base:
        yield _other_address(of, base)
    yield _address(of, base)
    yield from _health(base)
    yield _flow(of.flow)
    yield from _registration(of.number)


def _ask(of: Account, user: tuple[str, str], path: str, **query: str) -> tuple[int, Any, str]:
    """Ask Twilio's REST API; return status (0 without an answer), document and Date."""
    url = f"{of.api or TWILIO}/2010-04-01/Accounts/{of.sid}{path}.json?{urllib.parse.urlencode(query)}"
    login = base64.b64encode(":".join(user).encode()).decode()
    request = urllib.request.Request(url, headers={"Authorization": f"Basic {login}"})
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_S) as answer:
            return answer.status, json.loads(answer.read()), answer.headers.get("Date", "")
    except urllib.error.HTTPError as e:
        return e.code, {}, ""
    except OSError:
        return 0, {}, ""


def _clock(date: str) -> Finding:
    if not date:
        return Finding("clock", "hint", "Twilio does not say what time it is")
    off_s = abs((datetime.now(UTC) - parsedate_to_datetime(date)).total_seconds())
    if off_s > CLOCK_S:
        return Finding("clock", "wrong", f"this clock and Twilio's differ by {off_s:.0f} s",
                       "Let the system set its clock (NTP): tokens and storage signatures depend on it.")  # fmt: skip
    return Finding("clock", "ok", "this clock agrees with Twilio's")


def _api_key(of: Account) -> Finding:
    if not all(of.key):
        return Finding("API key", "hint", "no API key is set",
                       "Make one in the console for access tokens, and so that REST needs no auth token.")  # fmt: skip
    status, _, _ = _ask(of, of.key, "/Calls")
    if status != 200:
        return Finding("API key", "wrong", f"Twilio answers {status} to the API key",
                       "Make a new key; TWILIO_API_KEY_SID and TWILIO_API_KEY_SECRET are a pair.")  # fmt: skip
    return Finding("API key", "ok", "Twilio knows the API key")


def _number(of: Account) -> dict[str, Any] | None:
    _, found, _ = _ask(of, (of.sid, of.auth_token), "/IncomingPhoneNumbers", PhoneNumber=of.number)
    numbers: list[dict[str, Any]] = found.get("incoming_phone_numbers", []) if found else []
    return next((one for one in numbers if one["phone_number"] == of.number), None)


def _goes_to(number: dict[str, Any]) -> str:
    """Return the address of the app that calls go to; empty when it is none such as this."""
    from shared import routes

    url, path = number.get("voice_url") or "", routes.url("", routes.VOICE)
    return url.removesuffix(path) if url.endswith(path) else ""


def _other_address(of: Account, base: str) -> Finding:
    """Nothing is wrong with the line; which of the two is meant, only its owner knows."""
    return Finding("PUBLIC_BASE_URL", "hint", f"it is {of.base} here, but calls go to {base}, which is looked at",
                   f"If {base} is your line, take PUBLIC_BASE_URL out here. "
                   "If not, take all calls and texts away from it: "
                   f"{COMMAND} connect {of.number} {of.base}")  # fmt: skip


def _connect(of: Account) -> str:
    return f"{COMMAND} connect" + (" --local" if of.is_local else "")


def _webhooks(of: Account, number: dict[str, Any], base: str) -> Finding:
    if number.get("voice_application_sid") or number.get("sms_application_sid"):
        return Finding("webhooks", "wrong", "a TwiML application answers for this number and wins over its webhooks",
                       "Take it off the number in Twilio's console.")  # fmt: skip
    wrong = [name for name, value in webhooks_of(base).items() if number.get(name) != value]
    if wrong:
        remedy = f"{_connect(of)} {of.number} {base or 'https://…'}"
        text = f"the number's {', '.join(wrong)} are not those of {base or 'an app'}"
        now = f"; calls go to {number['voice_url'] or 'nowhere'} now" if "voice_url" in wrong else ""
        return Finding("webhooks", "wrong", text + now, remedy)
    return Finding("webhooks", "ok", f"calls and texts go to {base}")


def _application(of: Account, base: str) -> Finding:
    """Look at the TwiML app through which browsers call."""
    status, found, _ = _ask(of, (of.sid, of.auth_token), f"/Applications/{of.application}")
    if status != 200:
        return Finding("TwiML app", "wrong", f"Twilio answers {status or 'nothing'} for {of.application}",
                       "Set TWILIO_TWIML_APP_SID to a TwiML app of this account, or leave it empty.")  # fmt: skip
    if wrong := [name for name, value in application_webhooks_of(base).items() if found.get(name) != value]:
        return Finding("TwiML app", "wrong", f"its {', '.join(wrong)} are not those of {base or 'an app'}",
                       f"{_connect(of)} {of.number} {base or 'https://…'}")  # fmt: skip
    return Finding("TwiML app", "ok", f"calls of browsers go to {base}")


def _address(of: Account, base: str) -> Finding:
    if not base:
        return Finding("signature", "wrong", "it is not known where the app is",
                       "Set PUBLIC_BASE_URL, or connect the number first.")  # fmt: skip
    if wrong := account.prove(of, base, of.number):
        return Finding("signature", "wrong", wrong, "Compare PUBLIC_BASE_URL and the token of the app with these.")
    return Finding("signature", "ok", f"{base} answers what Twilio signs and refuses what is forged")


def _health(base: str) -> Iterator[Finding]:
    """What the app says of itself: settings and limits, its flow, its storage."""
    try:
        with urllib.request.urlopen(f"{base}/api/health", timeout=TIMEOUT_S) as answer:
            checks = json.loads(answer.read())["checks"]
    except urllib.error.HTTPError as e:
        checks = _checks(e)
    except (OSError, ValueError):
        checks = {}
    if not checks:
        yield Finding("app", "wrong", f"{base}/api/health does not answer",
                      "Look at its log; `0 functions loaded` there means that the app cannot be imported.")  # fmt: skip
        return
    for part, state in _with_limits(checks).items():
        if state == "ok":
            yield Finding(part, "ok", "the app says: ok")
        else:
            text = "; ".join(state) if isinstance(state, list) else str(state)
            yield Finding(part, "wrong", text, REMEDIES.get(part, "Look at docs/troubleshooting.md."))


def _with_limits(checks: dict[str, Any]) -> dict[str, Any]:
    """Tell the limits apart from the other settings: nothing leaves while one cannot be read."""
    settings = checks.get("settings", "ok")
    if settings == "ok":
        return checks | {"limits": "ok"}
    limits = [one for one in settings if "_LIMIT " in one]
    return checks | {"settings": [one for one in settings if one not in limits] or "ok", "limits": limits or "ok"}


REMEDIES = {
    "limits": "A limit is a whole number, or not set at all for its default; docs/settings.md has them.",
    "settings": "Set it where the app runs; docs/settings.md says what each is for.",
    "flow": f"{COMMAND} check says where; deploy the file again.",
    "storage": "Is the account there, and has the app's identity the role Storage Table Data Contributor?",
}


def _checks(error: urllib.error.HTTPError) -> dict[str, Any]:
    try:
        checks: dict[str, Any] = json.loads(error.read()).get("checks", {})
    except ValueError:
        return {}
    return checks


def _flow(file: str) -> Finding:
    from shared import flow

    found = sorted(flow.check(paths.ROOT / file), key=lambda mistake: not mistake.breaks)
    if found:
        return Finding(file, "wrong" if found[0].breaks else "hint", str(found[0]), f"{COMMAND} check {quoted(file)}")
    return Finding(file, "ok", "the file on this machine is right")


def _registration(number: str) -> Iterator[Finding]:
    from shared import phone

    if phone.region(number) == "US":
        yield Finding("registration", "hint", "US carriers drop texts from numbers that are not registered",
                      "Register it (A2P 10DLC), or verify a toll-free number: docs/texting.md.")  # fmt: skip
