"""Does a deployed line work? Its real routes are asked, since the host reports no error when it found no functions."""

import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field

from shared import routes

PATIENCE_S = 240.0  # a first start, and roles that reach storage late
LOOK_S = 5.0
TIMEOUT_S = 20.0
PASSES = {0, 404, 500, 502, 503, 504}  # what a starting app answers; 0 is no answer at all


@dataclass(frozen=True, slots=True)
class Check:
    """A request and the status that a well line answers."""

    what: str
    method: str
    route: str
    expected: int
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes | None = None


CHECKS = (
    Check("the line is well", "GET", routes.HEALTH, 200),
    Check("a forged webhook is refused", "POST", routes.VOICE, 403,
          {"X-Twilio-Signature": "Zm9yZ2Vk", "Content-Type": "application/x-www-form-urlencoded"},
          b"CallSid=CA00000000000000000000000000000000&From=%2B12025550122&CallStatus=ringing"),
    Check("records are not shown without a key", "GET", routes.MESSAGES, 401),
)  # fmt: skip


def failures(
    base: str, patience_s: float = PATIENCE_S, *, sleep: Callable[[float], None] = time.sleep,
    now: Callable[[], float] = time.monotonic,
) -> list[str]:  # fmt: skip
    """Ask the app at `base` and return a sentence for each check that does not hold, after waiting for it to start."""
    until = now() + patience_s
    found = []
    for check in CHECKS:
        status, body = _ask(base, check)
        while status != check.expected and status in PASSES and now() < until:
            sleep(LOOK_S)
            status, body = _ask(base, check)
        if status == check.expected:
            print(f"  {check.what}")
        else:
            found.append(_sentence(check, status, body))
    return found


def _ask(base: str, check: Check) -> tuple[int, bytes]:
    request = urllib.request.Request(
        routes.url(base.rstrip("/"), check.route), data=check.body, headers=check.headers, method=check.method
    )
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_S) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as e:
        return e.code, e.read()
    except OSError as e:
        return 0, str(e).encode()


def _sentence(check: Check, status: int, body: bytes) -> str:
    request_line = f"{check.method} /{routes.PREFIX}/{check.route}"
    if status == 0:
        return f"{request_line}: no answer ({body.decode(errors='replace')})"
    if status == 404:
        return (
            f"{request_line}: 404, so the host found no functions; docs/operations.md, 'No functions found', says why"
        )
    reasons = _reasons(body) if check.route == routes.HEALTH else ""
    return f"{request_line}: expected {check.expected}, got {status}{reasons}"


def _reasons(body: bytes) -> str:
    """Return what a health report says is not well."""
    try:
        checks = json.loads(body)["checks"].items()
    except (ValueError, LookupError, TypeError, AttributeError):
        return ""
    told = "".join(f"; {part}: {', '.join(state) if isinstance(state, list) else state}"
                   for part, state in checks if state != "ok")  # fmt: skip
    is_unread = "Key Vault reference" in told
    return told + (
        "; docs/operations.md, 'Everything is refused', says how Azure reads the vault again" if is_unread else ""
    )
