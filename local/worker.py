"""Microsoft's own worker library, in this process: it indexes function_app.py and calls its functions.

azure-functions-runtime is what runs the app in Azure. The calls made into it here are not a published API, so they are
made in this module only and the library is pinned.
"""

import sys
import uuid
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import msgspec
from azure_functions_runtime import handle_event, start_threadpool_executor
from azure_functions_runtime.bindings.datumdef import Datum
from azure_functions_runtime.bindings.meta import load_binding_registry
from azure_functions_runtime.native_invocation import invocation_request_native

__all__ = ["Datum", "Failed", "Function", "call", "load", "start", "text", "texts"]


class Failed(Exception):
    """A function raised. The worker library has logged the trace; `outcome` is one line of it."""


@dataclass(frozen=True, slots=True)
class Function:
    """A function of the app. `trigger` is its trigger binding: `type`, its parameter's `name` and what its type has."""

    name: str
    id: str
    trigger: dict[str, Any]
    outputs: dict[str, dict[str, Any]]


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
    outputs = {b["name"]: b for b in bindings if b["direction"].lower() == "out" and b["name"] != "$return"}
    return Function(row.name, row.function_id, trigger, outputs)


async def call(
    function: Function, given: Datum, metadata: dict[str, Datum] | None = None
) -> tuple[Any, dict[str, Any]]:
    """Call a function with its trigger's datum; return the returned datum and the output bindings' by name.

    `metadata` are a queue message's. A synchronous function runs on the worker's own threads, as many as
    PYTHON_THREADPOOL_THREAD_COUNT says. Raises Failed.
    """
    ok, returned, outputs, outcome, _ = await invocation_request_native(
        str(uuid.uuid4()), function.id, [(function.trigger["name"], given)], metadata or {}
    )
    if not ok:
        raise Failed(outcome)
    return returned, dict(outputs)


def text(value: str) -> Datum:
    """Return a string as the worker takes it."""
    return Datum(value, "string")


def texts(values: dict[str, str]) -> dict[str, Datum]:
    """Return strings by name as the worker takes them."""
    return {name: text(value) for name, value in values.items()}
