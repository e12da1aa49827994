"""A worker of its own for bench.cold: Microsoft's library asked as its gRPC channel asks it, and nothing of ours.

    python -I -S bench/driver.py FOLDER...

The folders are what the worker in Azure has on its path. A line of JSON on standard input is what the host asks for,
one on standard output the answer: {"app": FOLDER} loads an app and gives its functions,
{"function": ID, "request": {...}} calls one. The first line out says that the worker waits for an app.
"""

import asyncio
import json
import logging
import os
import sys
from types import SimpleNamespace
from typing import TextIO

sys.path.extend(sys.argv[1:])
from azure_functions_runtime import handle_event, start_threadpool_executor
from azure_functions_runtime.bindings.meta import load_binding_registry


class Message(SimpleNamespace):
    """A message of FunctionRpc.proto, as far as the library looks: fields, and which of several is set."""

    def WhichOneof(self, _: str) -> str:  # noqa: N802 -- protobuf's name
        """Return the one field that is set."""
        return next(iter(vars(self)))


class Binding(Message):
    """BindingInfo with the numbers of its enumerations."""

    undefined, out, inout = 0, 1, 2


class Status(Message):
    """StatusResult with the numbers of its enumeration."""

    Failure, Success = 0, 1


setattr(Binding, "in", 0)
PROTOS = SimpleNamespace(
    BindingInfo=Binding, StatusResult=Status, **dict.fromkeys(
        ("RpcFunctionMetadata", "RpcRetryOptions", "WorkerMetadata", "WorkerInitResponse", "FunctionMetadataResponse",
         "FunctionLoadResponse", "InvocationResponse", "ParameterBinding", "TypedData", "RpcHttp", "RpcException"),
        Message,
    ),
)  # fmt: skip


def main() -> None:
    """Answer line after line until there are none."""
    said = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what an app prints is no answer
    load_binding_registry()  # as the placeholder in Azure does before it is given an app
    start_threadpool_executor()
    asyncio.run(_answers(said))


async def _answers(said: TextIO) -> None:
    print("{}", file=said, flush=True)
    for line in sys.stdin:
        asked = json.loads(line)
        answer = await (_load(asked["app"]) if "app" in asked else _call(asked["function"], asked["request"]))
        print(json.dumps(answer), file=said, flush=True)


async def _load(folder: str) -> dict[str, str]:
    """Return the functions of an app, id by name: it is initialised, its functions are told, each is loaded."""
    sys.path.insert(0, folder)
    asked = {"capabilities": {}, "function_app_directory": folder}
    began = await handle_event.worker_init_request(_streamed("worker_init_request", **asked))
    _insist(began)
    told = await handle_event.functions_metadata_request(_streamed("functions_metadata_request"))
    for row in told.function_metadata_results:
        _insist(await handle_event.function_load_request(
            _streamed("function_load_request", function_id=row.function_id)
        ))  # fmt: skip
    return {row.name: row.function_id for row in told.function_metadata_results}


async def _call(function: str, given: dict[str, object]) -> dict[str, object]:
    """Return status and body of what a function of HTTP answers."""
    body = Message(bytes=str(given["body"]).encode())
    http = Message(**given | {"body": body, "params": {}, "query": {}})
    trace = SimpleNamespace(trace_parent="", trace_state="", attributes={})
    again = SimpleNamespace(retry_count=0, max_retry_count=0, exception=None)
    answer = await handle_event.invocation_request(_streamed(
        "invocation_request", invocation_id="1", function_id=function, trigger_metadata={},
        input_data=[Message(data=Message(http=http), name="req")], trace_context=trace, retry_context=again,
    ))  # fmt: skip
    _insist(answer)
    shown = answer.return_value.http
    return {"status": int(shown.status_code), "body": shown.body.bytes.decode()}


def _streamed(kind: str, **fields: object) -> SimpleNamespace:
    """Return what the library is given: a StreamingMessage, and who asks."""
    asked = SimpleNamespace(**{kind: SimpleNamespace(**fields)})
    return SimpleNamespace(request=asked, properties={"host": "127.0.0.1", "protos": PROTOS})


def _insist(answer: Message) -> None:
    if answer.result.status != Status.Success:
        sys.exit(f"the worker failed: {answer.result.exception}")


logging.getLogger().setLevel(logging.WARNING)  # what the library says of each call goes to the host, not to this pipe
main()
