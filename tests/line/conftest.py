"""The whole line as real processes: the worker library, the emulator, the local Twilio; started once per run."""

import json
from dataclasses import dataclass

import httpx
import pytest

from local import line as lines


@dataclass(frozen=True)
class Answer:
    """What the API answered."""

    status: int
    told: dict
    headers: httpx.Headers


@dataclass(frozen=True)
class Api:
    """The line's API with its key."""

    http: httpx.Client
    key: str

    def get(self, route, **query):
        return self._answer(self.http.get(f"/api/{route}", params=query, headers={"x-functions-key": self.key}))

    def post(self, route, document, **headers):
        return self._answer(
            self.http.post(f"/api/{route}", json=document, headers={"x-functions-key": self.key} | headers)
        )

    @staticmethod
    def _answer(answer):
        return Answer(answer.status_code, json.loads(answer.content or b"{}"), answer.headers)


@pytest.fixture(scope="session")
def processes(tmp_path_factory):
    with lines.running(tmp_path_factory.mktemp("line"), clock="manual") as running:
        yield running
