"""The function app in this process: the host's routes and the worker library, without the processes around them.

What it remembers between requests is forgotten when it is to play another flow, as a new process would.
"""

import contextlib
import os
import uuid
from collections.abc import Iterator, Mapping
from concurrent.futures import thread
from datetime import datetime
from functools import cache
from traceback import walk_tb
from typing import Any
from unittest import mock

from local import leaving
from local.host import queue, worker
from local.host.channel import Failed
from local.host.host_json import HostJson
from local.host.instance import App, Instance
from local.host.keys import Keys
from local.host.protocol import Answer, Function, Invocation, Request
from local.paths import ROOT

KEY = "told"
_IN_A_THREAD = thread._WorkItem.run.__code__  # noqa: SLF001 -- the one frame that only a pool's own threads have

_at_work: set[str] = set()  # the invocations that have not ended
leaving.busy.append(lambda: bool(_at_work) or _is_verb_overdue())


class Here:
    """Calls functions in this process, as a worker process of the host does in its own."""

    async def call(
        self, function: Function, kind: str, given: Request | str, metadata: dict[str, str] | None = None
    ) -> Answer | str | None:
        """Run a function; return what it returned. Raises Failed."""
        invocation = Invocation(
            str(uuid.uuid4()), function.id, function.name, function.trigger["name"], kind, given, metadata or {}
        )
        _at_work.add(invocation.id)
        try:
            outcome = await worker.call(invocation)
        except (SystemExit, KeyboardInterrupt) as e:
            if not _is_of_a_thread(e):  # somebody wants all of this to end
                raise
            _at_work.discard(invocation.id)  # a verb of the owner's own would end this whole process
            raise Failed(f"it ended its process: {type(e).__name__}") from None
        _at_work.discard(invocation.id)
        if outcome.error:
            raise Failed(outcome.error)
        return outcome.returned

    def set_clock(self, at: datetime | None) -> None:
        """Let it be another time for the app; None: the real one."""
        from shared import clock

        clock.set_to(at)


def _is_of_a_thread(e: BaseException) -> bool:
    """Whether an exception was raised where functions run, and not in this thread while it gave one work."""
    return any(frame.f_code is _IN_A_THREAD for frame, _ in walk_tb(e.__traceback__))


def _is_verb_overdue() -> bool:
    """Whether a verb of the owner's own still does something for which nobody waited longer."""
    from shared.inbound import own_verbs

    return bool(own_verbs._workers.overdue)  # noqa: SLF001 -- all that knows


@contextlib.contextmanager
def playing(environ: Mapping[str, str]) -> Iterator[Instance]:
    """Let the app play with these settings and no others while the block runs; nothing of it stays in the process."""
    from shared import clock
    from shared.settings import Settings

    others = dict.fromkeys(map(str.upper, Settings._fields), "")
    with mock.patch.dict(os.environ, others | dict(environ)):
        forget()
        try:
            yield _instance()
        finally:
            clock.set_to(None)
            forget()


@cache
def _instance() -> Instance:
    worker.start()
    host_json = HostJson.read(ROOT, {})
    return Instance(App(worker.load(ROOT), host_json.prefix, Keys(KEY), queue.Pace.of(host_json)), Here())


def forget() -> None:
    """Let the next request read the settings and the flow file anew, as a new process does."""
    from shared import flow, settings
    from shared.inbound import voice

    remembered: list[Any] = [settings.current, flow.current, voice._is_constant, voice._constant]  # noqa: SLF001 -- all that a process keeps of a flow, but for its file as it is
    for known in remembered:
        known.cache_clear()
