"""A running line, as those around it see it: its API with the key, its Twilio, its processes."""

import json
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import httpx
from twilio.request_validator import RequestValidator
from twilio.rest import Client

from local import line as lines
from local.twilio.client import Twilio
from tests.tools.waiting import eventually

FORM = {"content-type": "application/x-www-form-urlencoded"}


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

    def get(self, route, **query):
        return self._answer(
            self.http.get(f"/api/{route}", params=query, headers={"x-functions-key": self.function_key})
        )

    def post(self, route, document, **headers):
        headers = {"x-functions-key": self.function_key} | headers
        return self._answer(self.http.post(f"/api/{route}", json=document, headers=headers))

    def log(self):
        return (self.running.folder / "logs" / "app.log").read_text(encoding="utf-8")

    def call_row(self, sid):
        """Return the stored row of a call, None when there is none (yet)."""
        return next((row for row in self.get("calls", limit=1000).told["calls"] if row["sid"] == sid), None)

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

    @staticmethod
    def _answer(answer):
        return Answer(answer.status_code, json.loads(answer.content or b"{}"), answer.headers)


def signed(line, route, parameters):
    url = f"{line.app}/api/{route}"
    return url, FORM | {
        "x-twilio-signature": RequestValidator(line.running.line.auth_token).compute_signature(url, parameters)
    }


@contextmanager
def deaf(line):
    """Texts reach Twilio and no webhook leaves it, as when its request is lost on the way."""
    known = line.running.line
    client = Client(known.account_sid, known.auth_token)
    client.api.base_url = known.twilio
    (own,) = client.incoming_phone_numbers.list(phone_number=known.phone_number)
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
    answer = line.http.delete(
        f"/api/people/{number.replace('+', '%2B')}", params=query, headers={"x-functions-key": line.function_key}
    )
    assert answer.status_code == 200, answer.text
    return answer.json()
