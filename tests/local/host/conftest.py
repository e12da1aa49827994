"""Small apps, served in this process by the local host; their functions run in a real worker process."""

import asyncio
import json
import os
import textwrap

import httpx
import pytest

from local.host.channel import Worker
from local.host.host_json import HostJson
from local.host.instance import App, Instance
from local.host.keys import Keys
from local.host.queue import Pace

GRACE_S = 0.6
KEYS = Keys("the-key", "the-master-key")
IMPORTS = "import azure.functions as func\n\napp = func.FunctionApp(http_auth_level=func.AuthLevel.ANONYMOUS)\n\n"


class Probe:
    """An app that is asked without a server."""

    def __init__(self, folder, code, host_json, **more):
        (folder / "function_app.py").write_text(IMPORTS + textwrap.dedent(code), encoding="utf-8")
        (folder / "host.json").write_text(json.dumps(host_json or {}), encoding="utf-8")
        settings = HostJson.read(folder, {})
        self.worker = Worker(folder, settings.timeout_s, grace_s=GRACE_S)
        self.app = App(self.worker.functions(), settings.prefix, KEYS, Pace.of(settings), **more)
        self.instance = Instance(self.app, self.worker)

    def ask(self, path, method="GET", **more):
        async def asked():
            transport = httpx.ASGITransport(app=self.instance)
            async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:7071") as client:
                return await client.request(method, path, **more)

        return asyncio.run(asked())

    def runs(self, name, kind="string", given=""):
        function = next(function for function in self.app.functions if function.name == name)
        return asyncio.run(self.instance.run(function, kind, given))


@pytest.fixture(scope="module")
def serve(tmp_path_factory):
    """Return what serves an app of this code until the tests of the file are over."""
    probes = []

    def served(code, host_json=None, **more):
        probes.append(Probe(tmp_path_factory.mktemp("app"), code, host_json, **more))
        return probes[-1]

    yield served
    for probe in probes:
        probe.worker.end()


@pytest.fixture(autouse=True)
def _few_threads(monkeypatch):
    monkeypatch.setitem(os.environ, "PYTHON_THREADPOOL_THREAD_COUNT", "4")
