"""The function app in this process: the host's routes and the worker library, without the processes around them.

What it remembers between requests is forgotten when it is to play another flow, as a new process would.
"""

import contextlib
import os
import uuid
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import cache
from typing import Any
from unittest import mock

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
        try:
            outcome = await worker.call(invocation)
        except (SystemExit, KeyboardInterrupt) as e:  # a verb of the owner's own would end this whole process
            raise Failed(f"it ended its process: {type(e).__name__}") from None
        if outcome.error:
            raise Failed(outcome.error)
        return outcome.returned

    def set_clock(self, at: datetime | None) -> None:
        """Let it be another time for the app; None: the real one."""
        from shared import clock

        clock.set_to(at)


@contextlib.contextmanager
def playing(environ: Mapping[str, str]) -> Iterator[Instance]:
    """Let the app play with these settings and no others while the block runs; nothing of it stays in the process."""
    from shared import clock
    from shared.settings import Settings

    others = dict.fromkeys(map(str.upper, Settings.__struct_fields__), "")
    with mock.patch.dict(os.environ, others | dict(environ)):
        forget()
        try:
            host_json = HostJson.read(ROOT, {})
            yield Instance(App(_functions(), host_json.prefix, Keys(KEY), queue.Pace.of(host_json)), Here())
        finally:
            clock.set_to(None)
            forget()


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
