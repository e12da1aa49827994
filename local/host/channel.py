"""The host's end of a worker: a process of its own that is started, called, and started anew when it hangs or dies.

An invocation that takes longer than `functionTimeout` has failed; when it does not end within a grace period either,
the whole worker is ended with all that runs in it. Source: azure-webjobs-sdk, FunctionExecutor and TimeoutAttribute;
azure-functions-host, WebScriptHostExceptionHandler.
"""

import asyncio
import contextlib
import logging
import subprocess
import sys
import threading
import uuid
from concurrent.futures import Future
from datetime import datetime
from pathlib import Path

import msgspec

from local.host.protocol import (
    Answer,
    Clock,
    FromWorker,
    Function,
    Invocation,
    Outcome,
    Request,
    ToWorker,
    frames,
    write,
)
from local.paths import ROOT

GRACE_S = 2.0
LOADS_S = 60.0  # Source: azure-functions-host's own limit for a worker's start
ENDS_S = 2.0

log = logging.getLogger("Host.Worker")


class Failed(Exception):
    """A function raised, or took too long, or its process ended. The worker has logged the trace; this is one line."""


class NotLoaded(Exception):
    """The app could not be imported; the trace stands in the log."""


class Worker:
    """One worker process at a time, for the app of a folder."""

    def __init__(self, app: Path, timeout_s: float | None, grace_s: float = GRACE_S, name: str = "") -> None:
        """`timeout_s` is functionTimeout; None: there is none. The `name` of its instance stands in its log."""
        self._app, self._name = app, name
        self._timeout_s = timeout_s
        self._grace_s = grace_s
        self._lock = threading.RLock()
        self._process: subprocess.Popen[bytes] | None = None
        self._listener: threading.Thread | None = None
        self._loaded: Future[tuple[Function, ...]] = Future()
        self._waited_for: dict[str, Future[Outcome]] = {}
        self._at: datetime | None = None
        self._has_ended = False

    def start(self) -> None:
        """Start the process, without waiting for what it loads."""
        with self._lock:
            self._loaded = Future()
            self._process = subprocess.Popen(
                [sys.executable, "-m", "local.host.worker", f"--app={self._app}", f"--name={self._name}"],
                cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            )  # fmt: skip
            self._listener = threading.Thread(target=self._listen, args=(self._process, self._loaded), daemon=True)
            self._listener.start()

    def functions(self) -> tuple[Function, ...]:
        """Wait until the app is loaded and return its functions; raises NotLoaded."""
        self._ensure_started()
        return self._loaded.result(LOADS_S)

    async def call(
        self, function: Function, kind: str, given: Request | str, metadata: dict[str, str] | None = None
    ) -> Answer | str | None:
        """Run a function; return what it returned. `metadata` are a queue message's. Raises Failed."""
        invocation = Invocation(
            str(uuid.uuid4()), function.id, function.name, function.trigger["name"], kind, given, metadata or {}
        )
        outcome = None
        while outcome is None:
            await self._loads()
            outcome = self._begin(invocation)
        try:
            done = await asyncio.wait_for(asyncio.shield(asyncio.wrap_future(outcome)), self._timeout_s)
        except TimeoutError:
            await self._too_long(function, outcome)
            raise Failed(f"it took longer than {self._timeout_s:g} s, the functionTimeout of host.json") from None
        if done.error:
            raise Failed(done.error)
        return done.returned

    async def _loads(self) -> None:
        """Wait until a process is there that has loaded the app."""
        if self._process is not None and self._loaded.done() and not self._loaded.exception():
            return
        try:
            await asyncio.to_thread(self.functions)
        except NotLoaded as e:
            raise Failed(str(e)) from None

    async def _too_long(self, function: Function, outcome: Future[Outcome]) -> None:
        log.error("%s took longer than %g s: it is cancelled", function.name, self._timeout_s)
        await asyncio.wait([asyncio.wrap_future(outcome)], timeout=self._grace_s)
        if not outcome.done():
            log.warning("%s goes on: its worker is started anew, and all that runs in it ends", function.name)
            await asyncio.to_thread(self._kill)

    def set_clock(self, at: datetime | None) -> None:
        """Let it be another time for the app, in workers started later, too; None: the real one."""
        self._at = at
        with self._lock:
            if self._loaded.done() and not self._loaded.exception():
                self._say(Clock(at))

    def end(self) -> None:
        """End the process."""
        with self._lock:
            self._has_ended = True
            process = self._process
        if process is None:
            return
        _close(process)
        try:
            process.wait(ENDS_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def _ensure_started(self) -> None:
        with self._lock:
            if self._process is None:
                self.start()

    def _begin(self, invocation: Invocation) -> Future[Outcome] | None:
        """Send it to a worker that has loaded the app; None when another has taken its place, which has not yet."""
        outcome: Future[Outcome] = Future()
        with self._lock:
            if not self._loaded.done():
                return None
            self._waited_for[invocation.id] = outcome
            try:
                self._say(invocation)
            except OSError:  # it ends just now: whoever listens to it notices
                self._fail_all("its worker process has ended")
        return outcome

    def _say(self, said: ToWorker) -> None:
        assert self._process is not None  # noqa: S101 -- it is started first
        assert self._process.stdin is not None  # noqa: S101 -- it was asked for
        write(self._process.stdin, said)

    def _kill(self) -> None:
        """End the process and wait until whoever listens to it has started another."""
        with self._lock:
            process, listener = self._process, self._listener
        if process is not None and listener is not None:
            process.kill()
            listener.join()

    def _listen(self, process: "subprocess.Popen[bytes]", loaded: "Future[tuple[Function, ...]]") -> None:
        assert process.stdout is not None  # noqa: S101 -- it was asked for
        decode = msgspec.msgpack.Decoder(FromWorker).decode
        with process.stdout:
            for frame in frames(process.stdout):
                self._hear(decode(frame), loaded)
        code = process.wait()
        with self._lock:
            _close(process)
            self._fail_all("its worker process has ended")
            if not self._has_ended:
                self._restart(code, loaded)

    def _hear(self, told: FromWorker, loaded: "Future[tuple[Function, ...]]") -> None:
        if isinstance(told, Outcome):
            with self._lock:
                outcome = self._waited_for.pop(told.id, None)
            if outcome is not None:
                outcome.set_result(told)
            return
        with self._lock:
            if self._at is not None:
                self._say(Clock(self._at))
            loaded.set_result(told.functions)

    def _fail_all(self, why: str) -> None:
        for invocation_id, outcome in self._waited_for.items():
            outcome.set_result(Outcome(invocation_id, error=why))
        self._waited_for.clear()

    def _restart(self, code: int, loaded: "Future[tuple[Function, ...]]") -> None:
        if loaded.done():
            log.error("the worker process has ended (%s) and is started anew", code)
            self.start()
            return
        loaded.set_exception(NotLoaded("the app cannot be loaded; the log has the cause"))


def _close(process: "subprocess.Popen[bytes]") -> None:
    with contextlib.suppress(OSError):  # it ends already
        if process.stdin is not None:
            process.stdin.close()
