"""Run in an environment that has only what is deployed: the worker library indexes the package and a call arrives.

Prints one JSON object: the functions it found, and the answers to a signed and to a forged voice webhook. The calls
into the library are those that local/host/worker.py explains; here nothing of this repository is on the path.
"""

import asyncio
import json
import sys
from types import SimpleNamespace

from azure_functions_runtime import handle_event, start_threadpool_executor
from azure_functions_runtime.bindings.datumdef import Datum
from azure_functions_runtime.bindings.meta import load_binding_registry
from azure_functions_runtime.native_invocation import invocation_request_native


class BindingInfo(SimpleNamespace):
    undefined, out, inout = range(3)


setattr(BindingInfo, "in", 0)


def index(folder):
    handle_event.protos = SimpleNamespace(
        BindingInfo=BindingInfo, RpcRetryOptions=SimpleNamespace, RpcFunctionMetadata=SimpleNamespace
    )
    load_binding_registry()
    start_threadpool_executor()
    sys.path.insert(0, folder)
    handle_event.load_function_metadata(folder, "test")
    return {row.name: row for row in handle_event._metadata_result or []}


def request(asked):
    def texts(values):
        return {name: Datum(value, "string") for name, value in values.items()}

    value = {
        "method": Datum("POST", "string"), "url": Datum(asked["url"], "string"), "headers": texts(asked["headers"]),
        "query": {}, "params": {}, "body": Datum(asked["body"].encode(), "bytes"),
    }  # fmt: skip
    return Datum(value, "http")


async def main(folder, asked):
    rows = index(folder)
    answers = []
    function = rows["voice"].function_id
    for each in asked:
        ok, returned, _, error, _ = await invocation_request_native("1", function, [("req", request(each))], {})
        if not ok:
            sys.exit(error)
        answers.append([int(returned.value["status_code"].value), returned.value["body"].value.decode()])
    sys.stdout.write(json.dumps({"functions": sorted(rows), "answers": answers}))


asyncio.run(main(sys.argv[1], json.loads(sys.argv[2])))
