"""Instances behind Azure's front end: one address, memory of their own, and signatures that hold there."""

import asyncio
from urllib.parse import urlencode

import httpx
import pytest
from twilio.request_validator import RequestValidator

from local.host.channel import Worker
from local.host.front import Front, groups
from local.host.host_json import HostJson
from local.host.instance import App
from local.host.queue import Pace
from local.paths import ROOT
from tests.local.host.conftest import IMPORTS, KEYS
from tests.tools.waiting import eventually

PUBLIC = "https://ahoy-1a2b.westeurope-01.azurewebsites.net"
TOKEN = "0123456789abcdef0123456789abcdef"
CALL = {"CallSid": "CA" + "0" * 32, "From": "+12025550122", "To": "+12025550100", "CallStatus": "ringing"}
FLOW = 'voice: {start: [gather: {prompt: Press 1., choices: {"1": start}}]}'
CODE = """
import os
from pathlib import Path
from shared import clock

seen = []


@app.route("pid")
def pid(req: func.HttpRequest) -> func.HttpResponse:
    seen.append(1)
    return func.HttpResponse(f"{os.getpid()} {len(seen)} {clock.now().year}")


@app.route("url")
def url(req: func.HttpRequest) -> func.HttpResponse:
    return func.HttpResponse(req.url)


@app.queue_trigger("message", "jobs", "AzureWebJobsStorage")
def work(message: func.QueueMessage) -> None:
    Path(__file__).with_name("worked").write_text(f"{os.getpid()} {message.get_body().decode()}")
"""


class Fronted:
    """An app on several instances."""

    def __init__(self, folder, count, public=""):
        self.folder, self.workers = folder, []
        self.runner = asyncio.Runner()
        host_json = HostJson.read(folder, {})
        first = self.worker()
        app = App(first.functions(), "api", KEYS, Pace.of(host_json), is_behind_front_end=True)
        self.front = Front(groups(app, first, count, self.worker), public)

    def worker(self, _name=""):
        self.workers.append(Worker(self.folder, 60))
        return self.workers[-1]

    def ask(self, path, method="GET", **more):
        async def asked():
            transport = httpx.ASGITransport(app=self.front)
            async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:7071") as client:
                return await client.request(method, path, **more)

        return self.runner.run(asked())

    def started(self):
        return [worker for worker in self.workers if worker._process is not None]

    def end(self):
        self.runner.close()
        for worker in self.workers:
            worker.end()


@pytest.fixture(scope="module")
def fronted(tmp_path_factory):
    """A small app on two instances of each group."""
    folder = tmp_path_factory.mktemp("fronted")
    (folder / "function_app.py").write_text(IMPORTS + CODE, encoding="utf-8")
    app = Fronted(folder, 2)
    yield app
    app.end()


def test_requests_go_to_one_instance_after_the_other_and_none_knows_the_others_memory(fronted):
    asked = [fronted.ask("/api/pid").text.split()[:2] for _ in range(4)]
    (first, one), (second, another), (third, two), (fourth, other_two) = asked
    assert (first, second) == (third, fourth)
    assert first != second
    assert (one, another, two, other_two) == ("1", "1", "2", "2")


def test_a_queues_function_runs_apart_from_http_in_a_worker_that_starts_when_there_is_work(fronted):
    http = {fronted.ask("/api/pid").text.split()[0] for _ in range(2)}
    assert len(fronted.started()) == 2
    key = {"x-functions-key": KEYS.master}
    assert fronted.ask("/admin/functions/work", "POST", headers=key, json={"input": "by hand"}).status_code == 202
    worked = fronted.folder / "worked"
    assert eventually(lambda: fronted.ask("/api/url") and worked.exists() and worked.read_text(encoding="utf-8"))
    pid, _, text = worked.read_text(encoding="utf-8").partition(" ")
    assert (text, pid in http, len(fronted.started())) == ("by hand", False, 3)


def test_the_time_that_is_told_holds_on_every_instance(fronted):
    key = {"x-functions-key": KEYS.master}
    assert fronted.ask("/admin/clock", "PUT", content=b"2031-01-01T00:00:00+00:00", headers=key).status_code == 204
    assert [fronted.ask("/api/pid").text.split()[2] for _ in range(2)] == ["2031", "2031"]
    fronted.ask("/admin/clock", "PUT", content=b"", headers=key)
    assert "2031" not in fronted.ask("/api/pid").text


def test_what_a_caller_says_of_host_and_scheme_is_the_front_ends_to_say(fronted):
    lies = {"disguised-host": "evil.example", "x-forwarded-proto": "https"}
    assert fronted.ask("/api/url", headers=lies).text == "http://127.0.0.1:7071/api/url"


@pytest.fixture(scope="module")
def public(tmp_path_factory):
    """The app itself, without storage, behind Azure's front end."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("TWILIO_AUTH_TOKEN", TOKEN)
        patched.delenv("PUBLIC_BASE_URL", raising=False)
        flow = tmp_path_factory.mktemp("flow") / "flow.yaml"
        flow.write_text(FLOW, encoding="utf-8")
        patched.setenv("AHOY_FLOW", str(flow))
        app = Fronted(ROOT, 1, PUBLIC)
        yield app
        app.end()


@pytest.mark.parametrize(
    ("base", "status"), [(PUBLIC, 200), (PUBLIC.replace("https", "http"), 403), ("http://127.0.0.1:7071", 403)]
)
def test_a_webhook_is_signed_for_the_address_that_twilio_knows(public, base, status):
    signature = RequestValidator(TOKEN).compute_signature(f"{base}/api/voice", CALL)
    headers = {"content-type": "application/x-www-form-urlencoded", "x-twilio-signature": signature}
    answer = public.ask("/api/voice", "POST", content=urlencode(CALL), headers=headers)
    assert answer.status_code == status
    assert (f'action="{PUBLIC}/api/voice/start/0"' in answer.text) == (status == 200)
