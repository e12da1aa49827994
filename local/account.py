"""The Twilio account that a command works on: from the running local line, the environment or local.settings.json."""

import json
import os
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local import line, paths

TIMEOUT_S = 15
PROBE = {"CallSid": "CA" + "0" * 32, "From": "+12025550122", "CallStatus": "ringing", "Direction": "inbound"}


class NotSet(Exception):
    """The account is not known; the message says which settings are missing."""


@dataclass(frozen=True, slots=True, repr=False)
class Account:
    """An account and how it is reached. `number` and `base` (where the app is) are empty when they are not set."""

    sid: str
    auth_token: str
    api: str = ""
    number: str = ""
    base: str = ""
    key: tuple[str, str] = ("", "")  # SID and secret of an API key
    flow: str = line.FLOW  # a path from the root of this folder
    application: str = ""  # SID of the TwiML app through which browsers call, when it has one
    is_local: bool = False  # the line of this machine, whose `base` is where it is, not where it may have been

    def client(self) -> Any:
        """Return Twilio's client for it."""
        from twilio.rest import Client

        client = Client(self.sid, self.auth_token)
        if self.api:  # which serves all products
            client.api.base_url = client.monitor.base_url = self.api
        return client


def flow() -> Path:
    """Return the flow file that the line of this folder plays."""
    return paths.ROOT / (settings().get("AHOY_FLOW", "").strip() or line.FLOW)


def current(*, is_local: bool) -> Account:
    """Return the account. Raises NotSet, or line.NoLine when the local one does not run."""
    if is_local:
        running = line.read(paths.CARD)
        return Account(
            running.account_sid, running.auth_token, running.twilio, running.phone_number, running.app,
            flow=running.flow, application=running.browsers.get("TWILIO_TWIML_APP_SID", ""), is_local=True,
        )  # fmt: skip
    values = settings()
    needed = ("TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN")
    if missing := [name for name in needed if not values.get(name)]:
        raise NotSet(f"{' and '.join(missing)} must be set, in the environment or in local.settings.json.")
    return Account(
        values["TWILIO_ACCOUNT_SID"],
        values["TWILIO_AUTH_TOKEN"],
        values.get("TWILIO_API_BASE_URL", ""),
        values.get("TWILIO_PHONE_NUMBER", ""),
        values.get("PUBLIC_BASE_URL", "").rstrip("/"),
        (values.get("TWILIO_API_KEY_SID", ""), values.get("TWILIO_API_KEY_SECRET", "")),
        values.get("AHOY_FLOW", "").strip() or line.FLOW,
        values.get("TWILIO_TWIML_APP_SID", ""),
    )


def settings() -> dict[str, str]:
    """Return the settings of local.settings.json and the environment, which wins."""
    file = paths.ROOT / "local.settings.json"
    values: dict[str, str] = json.loads(file.read_text(encoding="utf-8")).get("Values", {}) if file.exists() else {}
    return values | {name: value for name, value in os.environ.items() if value}


def refusal(error: Exception) -> str:
    """Return Twilio's reason in one line; a refused list is raised as another type than a refused single thing."""
    code = getattr(error, "code", None)
    return f"{getattr(error, 'msg', '')} (code {code})" if code else ", ".join(str(part) for part in error.args)


def prove(account: Account, base: str, number: str) -> str:
    """Ask the app as Twilio would, signed and forged; return what is wrong, empty when all is well. Nothing is kept.

    The app is at `base`, without a slash at its end; `number` is the one that the call seems to be for.
    """
    from twilio.request_validator import RequestValidator

    url, parameters = f"{base}/api/voice", {**PROBE, "To": number, "AccountSid": account.sid}
    signature = RequestValidator(account.auth_token).compute_signature(url, parameters)
    status, body = _post(url, parameters, signature)
    if status == 403:
        return "The app refuses Twilio's signature: TWILIO_AUTH_TOKEN there is another, or PUBLIC_BASE_URL is not BASE."
    if status != 200 or "<Response" not in body:
        return f"{url} answers {status or body} instead of TwiML: is the app deployed and started there?"
    status, body = _post(url, parameters, "forged")
    if status != 403:
        return f"{url} answers {status or body} instead of 403 to a forged request: it is not this app."
    return ""


def _post(url: str, parameters: dict[str, str], signature: str) -> tuple[int, str]:
    body = urllib.parse.urlencode(parameters).encode()
    request = urllib.request.Request(url, body, {"X-Twilio-Signature": signature})
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_S) as answer:
            return answer.status, answer.read().decode(errors="replace")
    except urllib.error.HTTPError as e:
        return e.code, ""
    except OSError as e:
        return 0, str(e)
