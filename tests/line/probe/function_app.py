"""An app that tells what it sees, to compare the local host with what is known of the real one."""

import json
import threading
import time

import azure.functions as func

app = func.FunctionApp(http_auth_level=func.AuthLevel.ANONYMOUS)
together = threading.Barrier(2, timeout=10)


def seen(req: func.HttpRequest) -> func.HttpResponse:
    return func.HttpResponse(json.dumps({
        "method": req.method, "url": req.url, "headers": dict(req.headers), "params": dict(req.params),
        "route": dict(req.route_params), "body": req.get_body().decode("latin-1"),
    }), mimetype="application/json")  # fmt: skip


@app.route("see/{name}", methods=["GET", "POST"])
def see(req: func.HttpRequest) -> func.HttpResponse:
    return seen(req)


@app.route("number/{n:int}")
def number(req: func.HttpRequest) -> func.HttpResponse:
    return seen(req)


@app.route("maybe/{name?}")
async def maybe(req: func.HttpRequest) -> func.HttpResponse:
    return seen(req)


@app.route("all/{*rest}")
def everything(req: func.HttpRequest) -> func.HttpResponse:
    return seen(req)


@app.route("locked", auth_level=func.AuthLevel.FUNCTION)
def locked(req: func.HttpRequest) -> func.HttpResponse:
    return func.HttpResponse("open")


@app.route("fails")
def fails(req: func.HttpRequest) -> func.HttpResponse:
    raise RuntimeError("secret inside")


@app.route("together")
def meet(req: func.HttpRequest) -> func.HttpResponse:
    together.wait()
    return func.HttpResponse("met")


@app.route("text")
def text(req: func.HttpRequest) -> str:
    return "plain"


ticks: list[bool] = []


@app.timer_trigger("timer", schedule="* * * * * *")
def tick(timer: func.TimerRequest) -> None:
    ticks.append(timer.past_due)
    if len(ticks) == 1:
        raise RuntimeError("the first one fails")


runs = {"at work": 0, "most": 0, "ended": 0, "by hand": 0, "disabled": 0}


@app.timer_trigger("timer", schedule="* * * * * *")
def slow(timer: func.TimerRequest) -> None:
    runs["at work"] += 1
    runs["most"] = max(runs["most"], runs["at work"])
    time.sleep(1.3)  # the next time comes meanwhile
    runs["at work"] -= 1
    runs["ended"] += 1


@app.timer_trigger("timer", schedule="0 0 0 29 2 *")
def seldom(timer: func.TimerRequest) -> None:
    runs["by hand"] += 1


@app.timer_trigger("timer", schedule="* * * * * *")
def disabled_timer(timer: func.TimerRequest) -> None:
    runs["disabled"] += 1


@app.route("disabled")
def disabled_route(req: func.HttpRequest) -> func.HttpResponse:
    return func.HttpResponse("answered")


@app.route("runs")
def ran(req: func.HttpRequest) -> func.HttpResponse:
    return func.HttpResponse(json.dumps(runs))


@app.route("ticks", auth_level=func.AuthLevel.ANONYMOUS)
def ticked(req: func.HttpRequest) -> func.HttpResponse:
    return func.HttpResponse(json.dumps(ticks))


@app.blob_trigger("blob", path="pictures/{name}", connection="AzureWebJobsStorage")
@app.queue_output("more", queue_name="more", connection="AzureWebJobsStorage")
def picture(blob: func.InputStream, more: func.Out[str]) -> None:
    more.set("seen")
