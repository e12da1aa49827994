"""Is the line configured, is its flow file right, can it reach its storage? Says nothing secret.

A mistake in the flow shows pieces of the owner's files, and the words of whatever their verbs raised: everybody is told
how many there are, the log and `dev.py check` say which.
"""

import time
from functools import lru_cache
from typing import Annotated, Literal

import azure.functions as func
import msgspec
from msgspec import Meta

from shared import flow, settings
from shared.deadline import run_within
from shared.http.problem import Problem

STORAGE_S = 2.5
KEPT_S = 5  # health is open to everybody; storage is asked at most this often


type Well = Annotated[Literal["ok"], Meta(title="Well", description="Nothing is wrong.")]


class HealthChecks(msgspec.Struct, frozen=True):
    """The state of each part of the line."""

    settings: Annotated[Well | list[str], Meta(description="`ok`, or what is missing or wrong in them.")]
    flow: Annotated[Well | list[str], Meta(description="`ok`, or how many mistakes it has.")]
    storage: Annotated[str, Meta(description="`ok`, or what is wrong with it.")]


class Health(msgspec.Struct, frozen=True):
    """The line is well; one that is not answers 503."""

    status: Well
    checks: Annotated[HealthChecks, Meta(description="The state of each part.")]


WELL = HealthChecks("ok", "ok", "ok")


def report(req: func.HttpRequest) -> Health:
    """Return the state of each part; raises Problem 503 with the same parts when one is not well."""
    _ = req
    checks = HealthChecks(
        settings=settings.current().problems() or "ok",
        flow=_flow(len(flow.on_disk().mistakes)),
        storage=_storage(int(time.monotonic() / KEPT_S)),
    )
    if checks == WELL:
        return Health("ok", checks)
    raise Problem(503, "The line is not well", "See `checks`.", checks=checks)


def _flow(mistakes: int) -> Well | list[str]:
    if not mistakes:
        return "ok"
    return [f"{mistakes} mistake{'s' * (mistakes > 1)}; the log and `dev.py check` say which"]


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

    messages.table().get("health")
