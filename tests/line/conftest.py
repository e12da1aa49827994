"""The whole line as real processes: the worker library, the emulator, the local Twilio; started once per run."""

import itertools
import json
from dataclasses import dataclass

import httpx
import pytest

from local import line as lines
from local.twilio.client import Twilio

AREAS = (212, 213, 312, 415, 617, 305, 206)
_numbers = itertools.count(1)


@dataclass(frozen=True)
class Answer:
    """What the API answered."""

    status: int
    told: dict
    headers: httpx.Headers


@dataclass(frozen=True)
class Line:
    """A running line, as those around it see it: its API with the key, its Twilio, its processes."""

    running: lines.Running
    twilio: Twilio
    http: httpx.Client

    @property
    def app(self):
        return self.running.line.app

    @property
    def number(self):
        return self.running.line.phone_number

    @property
    def function_key(self):
        return self.running.line.function_key

    def get(self, route, **query):
        return self._answer(
            self.http.get(f"/api/{route}", params=query, headers={"x-functions-key": self.function_key})
        )

    def post(self, route, document, **headers):
        headers = {"x-functions-key": self.function_key} | headers
        return self._answer(self.http.post(f"/api/{route}", json=document, headers=headers))

    def log(self):
        return (self.running.folder / "logs" / "app.log").read_text()

    @staticmethod
    def _answer(answer):
        return Answer(answer.status_code, json.loads(answer.content or b"{}"), answer.headers)


@pytest.fixture(scope="session")
def whole_line(tmp_path_factory):
    with (
        lines.running(tmp_path_factory.mktemp("line"), clock="manual") as running,
        Twilio(running.line.twilio) as twilio,
        httpx.Client(base_url=running.line.app, timeout=30, trust_env=False) as http,
    ):
        yield Line(running, twilio, http)


@pytest.fixture
def line(whole_line):
    yield whole_line
    whole_line.twilio.faults()


@pytest.fixture
def number():
    """A phone's number that no other test has, from the range kept for fiction in other cities than the line's."""
    area, last = divmod(next(_numbers), 100)
    return f"+1{AREAS[area]}55501{last:02d}"
