"""The worker process: Microsoft's own worker library, which indexes function_app.py and calls its functions.

azure-functions-runtime is what runs the app in Azure. The calls made into it here are not a published API, so they are
made in this module only and the library is pinned. What the app prints goes to standard error: standard output is the
pipe to the host.
"""

import argparse
import asyncio
import os
import signal
import sys
import threading
from pathlib import Path
from types import SimpleNamespace
from typing import IO, Any

import msgspec
from azure_functions_runtime import handle_event, start_threadpool_executor
from azure_functions_runtime.bindings.datumdef import Datum
from azure_functions_runtime.bindings.meta import load_binding_registry
from azure_functions_runtime.native_invocation import invocation_request_native
from azure_functions_runtime.utils.executor import invocation_id_cv

from local.host import cookies, logs
from local.host.host_json import HostJson
from local.host.protocol import Answer, Clock, Function, Invocation, Loaded, Outcome, Request, ToWorker, frames, write


class _BindingInfo(SimpleNamespace):
    """Stands where the worker expects its protobuf message; the numbers are those of FunctionRpc.proto."""

    undefined = 0
    out = 1
    inout = 2


setattr(_BindingInfo, "in", 0)


def start() -> None:
    """Bring the library up as Azure does before there is an app: its bindings (azure.functions) and its threads."""
    handle_event.protos = SimpleNamespace(
        BindingInfo=_BindingInfo, RpcRetryOptions=SimpleNamespace, RpcFunctionMetadata=SimpleNamespace
    )
    load_binding_registry()
    start_threadpool_executor()


def load(folder: Path) -> list[Function]:
    """Import `function_app.py` of a folder as Azure does. Raises what the import or the library's checks raise."""
    sys.path.insert(0, str(folder))
    handle_event.load_function_metadata(str(folder), "local host")
    return [_function(row) for row in handle_event._metadata_result or []]  # noqa: SLF001 -- see the docstring above


def _function(row: Any) -> Function:
    bindings = [msgspec.json.decode(binding) for binding in row.raw_bindings]
    trigger = next(binding for binding in bindings if binding["type"].endswith("Trigger"))
    outputs = [b["name"] for b in bindings if b["direction"].lower() == "out" and b["name"] != "$return"]
    return Function(row.name, row.function_id, trigger, tuple(outputs))


async def call(invocation: Invocation) -> Outcome:
    """Run a function; a synchronous one runs on the library's own threads (PYTHON_THREADPOOL_THREAD_COUNT)."""
    metadata = _texts(invocation.metadata)
    given = _datum(invocation)
    with logs.running(invocation.id, invocation.name):
        ok, returned, _, error, _ = await invocation_request_native(
            invocation.id, invocation.function_id, [(invocation.parameter, given)], metadata
        )
    return Outcome(invocation.id, returned=_returned(returned)) if ok else Outcome(invocation.id, error or "failed")


def _datum(invocation: Invocation) -> Datum:
    given = invocation.given
    if not isinstance(given, Request):
        return Datum(given, invocation.kind)
    return Datum(
        {
            "method": Datum(given.method, "string"),
            "url": Datum(given.url, "string"),
            "headers": _texts(given.headers),
            "query": _texts(given.query),
            "params": _texts(given.params),
            "body": Datum(given.body, "bytes"),
        },
        "http",
    )


def _texts(values: dict[str, str]) -> dict[str, Datum]:
    return {name: Datum(value, "string") for name, value in values.items()}


def _returned(datum: Datum | None) -> Answer | str | None:
    if datum is None or datum.value is None:
        return None
    if datum.type != "http":
        return datum.value if isinstance(datum.value, str) else str(datum.value)
    given = datum.value
    return Answer(
        int(given["status_code"].value),
        {name: each.value for name, each in given["headers"].items()},
        tuple(cookies.rendered(given["cookies"] or ())),
        given["body"].value,
    )


def _set_clock(clock: Clock) -> None:
    from shared import clock as callers

    callers.set_to(clock.at)


class _Worker:
    """One process's life: it loads the app, says so, and runs what it is told until the host ends."""

    def __init__(self, said: IO[bytes], told: IO[bytes]) -> None:
        self._said, self._told = said, told
        self._at_work: set[asyncio.Task[None]] = set()

    async def live(self, folder: Path) -> None:
        """Load the app and run until the host's end of the pipe closes."""
        write(self._told, Loaded(tuple(load(folder))))
        threading.Thread(target=self._listen, args=(asyncio.get_running_loop(),), daemon=True).start()
        await asyncio.Event().wait()

    def _listen(self, loop: asyncio.AbstractEventLoop) -> None:
        decode = msgspec.msgpack.Decoder(ToWorker).decode
        for frame in frames(self._said):
            loop.call_soon_threadsafe(self._do, decode(frame))
        os._exit(0)  # at once: with its host a worker is gone in Azure, too

    def _do(self, asked: ToWorker) -> None:
        if isinstance(asked, Clock):
            _set_clock(asked)
            return
        task = asyncio.create_task(self._run(asked))
        self._at_work.add(task)
        task.add_done_callback(self._at_work.discard)

    async def _run(self, invocation: Invocation) -> None:
        write(self._told, await call(invocation))


def main() -> None:
    """Run the app of a folder for the host at the other end of standard input and output."""
    arguments = argparse.ArgumentParser(prog="python -m local.host.worker", description=main.__doc__)
    arguments.add_argument("--app", type=Path, required=True, help="the app's folder")
    arguments.add_argument("--name", default="", help="the name of its instance, for the log")
    given = arguments.parse_args()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the host, which then ends this process in order
    said, told = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    with open(os.devnull, "rb") as nothing:  # noqa: PTH123 -- a name of the system's
        os.dup2(nothing.fileno(), 0)
    os.dup2(2, 1)
    logs.begin_worker(logs.Levels.of(HostJson.read(given.app, os.environ)), invocation_id_cv.get, given.name)
    start()
    asyncio.run(_Worker(said, told).live(given.app))


if __name__ == "__main__":
    main()
