"""Is the line configured, is its flow file right, can it reach its storage? Says nothing secret."""

import time
from functools import lru_cache
from typing import Any

import azure.functions as func

from shared import flow, settings
from shared.deadline import run_within
from shared.http.problem import Problem

STORAGE_S = 2.5
KEPT_S = 5  # health is open to everybody; storage is asked at most this often


def report(req: func.HttpRequest) -> dict[str, Any]:
    """Return the state of each part; raises Problem 503 with the same parts when one is not well."""
    _ = req
    parts = {
        "settings": settings.current().problems() or "ok",
        "flow": [str(mistake) for mistake in flow.current().mistakes] or "ok",
        "storage": _storage(int(time.monotonic() / KEPT_S)),
    }
    if all(state == "ok" for state in parts.values()):
        return {"status": "ok", "checks": parts}
    raise Problem(503, "The line is not well", "See `checks`.", checks=parts)


@lru_cache(maxsize=1)
def _storage(moment: int) -> str:
    """Read a row that need not be there; a missing row is a storage that answers."""
    _ = moment
    if not settings.current().has_storage:
        return "not set"
    try:
        run_within(STORAGE_S, _read)
    except TimeoutError:
        return "does not answer in time"
    except Exception as e:  # noqa: BLE001 -- whatever is wrong, health says so
        return f"cannot be reached ({type(e).__name__})"
    return "ok"


def _read() -> None:
    from shared.store import messages

    messages.book().get("health")
