"""A running line, as those around it see it: its API with the key, its Twilio, its processes and what they store."""

import json
import re
from collections.abc import Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from urllib.parse import urlsplit

import httpx
from azure.core.exceptions import ResourceNotFoundError
from azure.data.tables import TableServiceClient
from twilio.request_validator import RequestValidator

from local import line as lines
from local.account import Account
from local.host.logs import LOST
from local.line import BECOMES_WELL_S
from local.twilio.client import Twilio
from shared.person import identity
from tests.tools import hello
from tests.tools.waiting import eventually

FORM = {"content-type": "application/x-www-form-urlencoded"}
BY_HAND = {"AzureWebJobs.reconcile.Disabled": "true"}  # or the timer would come every five minutes amid a test


@dataclass(frozen=True)
class Answer:
    """What the API answered."""

    status: int
    told: dict
    headers: httpx.Headers


@dataclass(frozen=True)
class Line:
    """A running line."""

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

    @property
    def key(self):
        return {"x-functions-key": self.function_key}

    @property
    def master_key(self):
        return {"x-functions-key": self.running.line.master_key}

    def account(self, auth_token=""):
        """Return the account at its Twilio, with another token when one is given."""
        config = self.running.line
        return Account(config.account_sid, auth_token or config.auth_token, config.twilio)

    def get(self, route, **query):
        return self._answer(self.http.get(f"/api/{route}", params=query, headers=self.key))

    def shows(self, route, **query):
        """Return what the API answers once the storage has answered it: a machine may be too busy for it in time."""
        return eventually(lambda: (answer := self.get(route, **query)).status == 200 and answer.told)

    def post(self, route, document, **headers):
        return self._answer(self.http.post(f"/api/{route}", json=document, headers=self.key | headers))

    def listed(self, route, person):
        """Return the texts or calls with a person, newest first.

        A person's list is written behind the answer to a webhook, that of all before it: what the one has is waited
        for in the other.
        """

        def is_whole():
            every = self.shows(route, limit=1000)[route]
            theirs = {row["sid"] for row in self.shows(route, limit=1000, **{"with": person})[route]}
            return theirs >= {row["sid"] for row in every if row["person"] == identity(person)}

        assert eventually(is_whole), f"the list of {person} lacks what that of all has"
        return self.shows(route, limit=1000, **{"with": person})[route]

    def logs(self, *texts):
        """Wait until the log has these texts: another thread writes down what the app says."""
        return eventually(lambda: all(text in self.log() for text in texts))

    def log(self):
        """Return the log as far as it is written down."""
        return (self.running.folder / "logs" / "app.log").read_text(encoding="utf-8")

    def call_row(self, sid):
        """Return the stored row of a call, None when there is none (yet)."""
        return next((row for row in self.shows("calls", limit=1000)["calls"] if row["sid"] == sid), None)

    def remembers(self, sid, **expected):
        """Wait until the row of a call has these values."""
        eventually(lambda: expected.items() <= (self.call_row(sid) or {}).items())
        row = self.call_row(sid) or {}
        assert expected.items() <= row.items(), row
        return row

    def has_recorded(self, sid, **expected):
        """Wait until a recording of a call has these values in the call's row, and return it."""

        def found():
            recordings = (self.call_row(sid) or {}).get("recordings", {}).values()
            return next((one for one in recordings if expected.items() <= one.items()), None)

        assert eventually(found), self.call_row(sid)
        return found()

    def rows(self, table, **where):
        """Return the rows of a table, narrowed by their columns; a table that is not there yet has none."""
        narrowed = " and ".join(f"{name} eq @{name}" for name in where)
        with TableServiceClient.from_connection_string(self.running.line.storage) as service:
            try:
                return list(service.get_table_client(table).query_entities(narrowed, parameters=where))
            except ResourceNotFoundError:
                return []

    def a_minute_passes(self, table, **where):
        """Make the rows of a table, narrowed by their columns, a minute older than they are."""
        with TableServiceClient.from_connection_string(self.running.line.storage) as service:
            for row in self.rows(table, **where):
                row["at"] = (datetime.fromisoformat(row["at"]) - timedelta(seconds=61)).isoformat()
                service.get_table_client(table).update_entity(row)

    def timer(self):
        """Let the host run the timer's function now, to its end: it reads what a test that follows lets fail."""
        before = self._timer_runs()
        assert self.http.post("/admin/functions/reconcile", headers=self.master_key).status_code == 202
        assert eventually(lambda: self._timer_runs() > before)

    def _timer_runs(self):
        """Return how often the log says that the timer's function has ended."""
        return len(re.findall("reconcile (?:done|stopped)", self.log()))

    def crash(self):
        """Kill the app as a power cut would, and start it again at its address."""
        self.running.host.kill()
        self.running.start_host(urlsplit(self.app).port)
        assert eventually(lambda: self.get("health").status == 200, BECOMES_WELL_S)

    @staticmethod
    def _answer(answer):
        return Answer(answer.status_code, json.loads(answer.content or b"{}"), answer.headers)


@contextmanager
def running(folder, settings: Mapping[str, str] = MappingProxyType({}), others=(), instances=1):
    """Run a line in a folder whose timer comes by hand only; time passes at its Twilio as tests say."""
    with (
        lines.running(
            folder, clock="manual", settings={**hello.PLAYED, **BY_HAND, **settings}, others=others, instances=instances
        ) as started,
        seen(started) as line,
    ):
        yield line


@contextmanager
def seen(started):
    """Yield a line that has been started, as those around it see it."""
    with (
        Twilio(started.line.twilio) as twilio,
        httpx.Client(base_url=started.line.app, timeout=60, trust_env=False) as http,
    ):
        yield Line(started, twilio, http)


def lost(log):
    """Return the warnings and errors that Azure drops: said outside of a running invocation, and never within one."""
    said = {text for _, mark, text in _SAID.findall(log) if not mark}
    return [text for level, mark, text in _SAID.findall(log) if mark and level != "INFO" and text not in said]


_SAID = re.compile(rf"^\S+ \S+ ([A-Z]+) [\w.]+?({re.escape(LOST)})?: (.*)$", re.MULTILINE)


def struck(line):
    """Wait until all that is to go wrong has begun to."""
    assert eventually(lambda: not line.twilio.ask("GET", "/faults"))


def signed(line, route, parameters):
    """Return the address of a webhook, and the headers that sign it."""
    url = f"{line.app}/api/{route}"
    signature = RequestValidator(line.running.line.auth_token).compute_signature(url, parameters)
    return url, FORM | {"x-twilio-signature": signature}


@contextmanager
def deaf(line):
    """Texts reach Twilio and no webhook leaves it, as when its request is lost on the way."""
    (own,) = line.account().client().incoming_phone_numbers.list(phone_number=line.number)
    address = own.sms_url
    own.update(sms_url="")
    yield
    own.update(sms_url=address)


def reconcile(line, minutes=30, **more):
    since = (datetime.now(UTC) - timedelta(minutes=minutes)).isoformat()
    answer = line.post("reconcile", {"since": since} | more)
    assert answer.status == 200, answer.told
    return answer.told


def forget(line, number, **query):
    answer = line.http.delete(f"/api/people/{number.replace('+', '%2B')}", params=query, headers=line.key)
    assert answer.status_code == 200, answer.text
    return answer.json()
