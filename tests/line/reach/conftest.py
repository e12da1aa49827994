"""A line for what reaches out, with an API key and limits that tests of something else do not meet."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import httpx
import pytest
from azure.core.exceptions import ResourceNotFoundError
from azure.data.tables import TableServiceClient

from local import account, paths
from local import line as lines
from local.line import BECOMES_WELL_S, Running
from tests.line.around import Answer
from tests.line.reach.owner import Home, run
from tests.tools.numbers import fictional
from tests.tools.waiting import eventually


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

    def struck(self):
        """Wait until all that is to go wrong has begun to."""
        assert eventually(lambda: not self.http.get("/_local/faults").json())


@dataclass(frozen=True)
class World:
    """What happens to a running line: it crashes, time passes, the timer's time comes."""

    running: Running
    api: Api

    def crash(self):
        """Kill the app as a power cut would, and start it again at its address."""
        self.running.host.kill()
        self.running.start_host(self.running.host, urlsplit(self.running.line.app).port)
        assert eventually(lambda: self.api.get("health").status == 200, BECOMES_WELL_S)

    def a_minute_passes(self, table, **where):
        """Make the rows of a table, narrowed by their columns, a minute older than they are."""
        with TableServiceClient.from_connection_string(self.running.line.storage) as service:
            for row in self.rows(table, **where):
                row["at"] = (datetime.fromisoformat(row["at"]) - timedelta(seconds=61)).isoformat()
                service.get_table_client(table).update_entity(row)

    def rows(self, table, **where):
        """Return the rows of a table, narrowed by their columns; a table that is not there yet has none."""
        asked = " and ".join(f"{name} eq @{name}" for name in where)
        with TableServiceClient.from_connection_string(self.running.line.storage) as service:
            try:
                return list(service.get_table_client(table).query_entities(asked, parameters=where))
            except ResourceNotFoundError:
                return []

    def timer(self):
        """Let the host run the timer's function now."""
        answer = self.api.http.post("/admin/functions/reconcile", headers={"x-functions-key": self.api.key})
        assert answer.status_code == 202


@pytest.fixture
def world(processes, api):
    return World(processes, api)


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
        "AHOY_ALERT_NUMBER": "+12025550109",
        "AHOY_ALERT_TOKEN": "the-token-of-the-alerts-of-tests",
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
    """Return numbers that no other test has called or texted, from the range for fiction around the line's city."""
    return fictional(240, 301, 571, 703)


@pytest.fixture
def of(processes, tmp_path, monkeypatch):
    """The account of the line as dev.py start writes it down; its number is connected to the app afterwards."""
    card = tmp_path / "line.json"
    lines.write(processes.line, card)
    monkeypatch.setattr(paths, "CARD", card)
    back = ("connect", "--local", "--yes", processes.line.phone_number, processes.line.app)
    run(*back)
    known = account.current(is_local=True)
    yield known
    known.client().incoming_phone_numbers.list()[0].update(voice_application_sid="")
    run(*back)


@pytest.fixture
def home(tmp_path, processes, generous):
    """The folder of an owner whose line this is."""
    return Home(tmp_path, processes, (generous["TWILIO_API_KEY_SID"], generous["TWILIO_API_KEY_SECRET"]))
