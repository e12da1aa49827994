"""An app whose queue function waits, fails or succeeds as its message says, and tells when it was called."""

import json
import threading
import time

import azure.functions as func

app = func.FunctionApp(http_auth_level=func.AuthLevel.ANONYMOUS)
gates = threading.Semaphore(0)
seen: list[dict[str, object]] = []


@app.queue_trigger("message", "jobs", "AzureWebJobsStorage")
def work(message: func.QueueMessage) -> None:
    does = message.get_body().decode()
    seen.append({"does": does, "try": message.dequeue_count, "id": message.id, "at": time.time()})
    if does.startswith("wait"):
        gates.acquire(timeout=60)
    if does.startswith("fail"):
        raise RuntimeError("as asked")


@app.queue_trigger("message", "jobs-poison", "AzureWebJobsStorage")
def bury(message: func.QueueMessage) -> None:
    seen.append({"does": f"buried {message.get_body().decode()}", "id": message.id, "at": time.time()})
    raise RuntimeError("a poison queue has no poison queue of its own")


@app.route("seen")
def show(req: func.HttpRequest) -> func.HttpResponse:
    return func.HttpResponse(json.dumps(seen), mimetype="application/json")


@app.route("release", methods=["POST"])
def release(req: func.HttpRequest) -> func.HttpResponse:
    gates.release()
    return func.HttpResponse()
