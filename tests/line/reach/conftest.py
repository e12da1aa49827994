"""A line for what reaches out, with an API key and limits that tests of something else do not meet."""

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


@dataclass(frozen=True)
class Twilio:
    """The local Twilio's control API: the people around the line, and what goes wrong."""

    http: httpx.Client

    def text(self, from_, body, **parameters):
        sent = {"from": from_, "body": body, "parameters": parameters}
        return self.http.post("/_local/messages", json=sent).json()

    def texts(self, number, wait_s=0):
        return self.http.get(f"/_local/phones/{number}/texts", params={"wait_s": wait_s}).json()

    def rings(self, number, wait_s=0):
        return self.http.get(f"/_local/phones/{number}/rings", params={"wait_s": wait_s}).json()

    def phone(self, number, **behaviour):
        self.http.put(f"/_local/phones/{number}", json=behaviour).raise_for_status()

    def fault(self, **fault):
        self.http.post("/_local/faults", json=fault).raise_for_status()

    def no_faults(self):
        self.http.delete("/_local/faults").raise_for_status()


@pytest.fixture(scope="session")
def processes(tmp_path_factory, generous):
    with lines.running(tmp_path_factory.mktemp("line"), clock="manual", settings=generous) as running:
        yield running


@pytest.fixture(scope="session")
def generous():
    """Limits that no test of something else meets, and a queue that tries again at once."""
    return {
        "AHOY_HOURLY_LIMIT": "100000",
        "AHOY_DAILY_LIMIT": "100000",
        "AzureFunctionsJobHost__extensions__queues__visibilityTimeout": "00:00:00",
        "TWILIO_API_KEY_SID": "SK" + "0" * 32,
        "TWILIO_API_KEY_SECRET": "the-secret-of-the-api-key-of-tests",
        "TWILIO_TWIML_APP_SID": "AP" + "0" * 32,
    }


@pytest.fixture(scope="session")
def api(processes):
    with httpx.Client(base_url=processes.line.app, timeout=60) as http:
        yield Api(http, processes.line.function_key)


@pytest.fixture
def twilio(processes):
    with httpx.Client(base_url=processes.line.twilio, timeout=60) as http:
        known = Twilio(http)
        yield known
        known.no_faults()


@pytest.fixture(scope="session")
def numbers():
    """Give numbers that no other test has called or texted."""
    return (f"+120255501{n:02d}" for n in range(10, 100))


@pytest.fixture(scope="session")
def api_at():
    """Give the API of another line or instance."""
    return Api


@pytest.fixture(scope="session")
def twilio_at():
    return Twilio
