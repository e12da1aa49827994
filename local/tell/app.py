"""The function app in this process: the host's routes and the worker library, without the processes around them.

What it remembers between requests is forgotten when it is to play another flow, as a new process would.
"""

import os
import uuid
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any

from local.host import queue, worker
from local.host.channel import Failed
from local.host.host_json import HostJson
from local.host.instance import App, Instance
from local.host.keys import Keys
from local.host.protocol import Answer, Function, Invocation, Request
from local.paths import ROOT

KEY = "told"


class Here:
    """Calls functions in this process, as a worker process of the host does in its own."""

    async def call(
        self, function: Function, kind: str, given: Request | str, metadata: dict[str, str] | None = None
    ) -> Answer | str | None:
        """Run a function; return what it returned. Raises Failed."""
        invocation = Invocation(
            str(uuid.uuid4()), function.id, function.name, function.trigger["name"], kind, given, metadata or {}
        )
        outcome = await worker.call(invocation)
        if outcome.error:
            raise Failed(outcome.error)
        return outcome.returned

    def set_clock(self, at: datetime | None) -> None:
        """Let it be another time for the app; None: the real one."""
        from shared import clock

        clock.set_to(at)


def application(environ: Mapping[str, str]) -> Instance:
    """Return the app as it plays with these settings; one that was returned before is not to be used any more."""
    from shared.settings import Settings

    for name in map(str.upper, Settings.__struct_fields__):
        os.environ.pop(name, None)
    os.environ.update(environ)
    forget()
    functions = _functions()
    host_json = HostJson.read(ROOT, {})
    return Instance(App(functions, host_json.prefix, Keys(KEY), queue.Pace.of(host_json)), Here())


@cache
def _functions() -> list[Function]:
    worker.start()
    return worker.load(ROOT)


def forget() -> None:
    """Let the next request read the settings and the flow file anew, as a new process does."""
    from shared import flow, settings
    from shared.inbound import voice

    remembered: list[Any] = [settings.current, flow.current, flow._as_of, voice._is_constant, voice._constant]  # noqa: SLF001 -- all that a process keeps of a flow
    for known in remembered:
        known.cache_clear()
