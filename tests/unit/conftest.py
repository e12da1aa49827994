"""What unit tests share: a line's settings, and where one is needed, a storage emulator. No network, no host."""

import itertools
import re
import secrets
from functools import cache
from urllib.parse import parse_qsl, urlsplit
from xml.etree import ElementTree as ET

import azure.functions as func
import pytest

from local import azurite
from local.process import Process
from local.twilio.client import Twilio
from shared import flow, routes, settings
from shared.inbound import voice
from shared.store.tables import Discreet
from tests.tools import app_functions
from tests.tools.numbers import fictional
from tests.tools.requests_in import post
from tests.tools.stand_in import ACCOUNT, LINE, TOKEN, start, stop

NOBODY = "http://127.0.0.1:9"  # where nobody listens


@pytest.fixture
def environ(monkeypatch):
    """Set the process's environment as `environ(NAME=value)`; the line of these tests, unless told otherwise."""

    def use(**values):
        for name in [*settings.Settings._fields]:
            monkeypatch.delenv(name.upper(), raising=False)
        for name, value in values.items():
            monkeypatch.setenv(name, value)
        _forget()

    use(TWILIO_ACCOUNT_SID="AC" + "0" * 32, TWILIO_AUTH_TOKEN=TOKEN, TWILIO_PHONE_NUMBER="+12025550100")
    yield use
    _forget()


def _forget():
    """Let the next request read the environment and the flow file anew, as a new process does."""
    for known in (settings.current, flow.current, flow._as_of, voice._is_constant, voice._constant):
        known.cache_clear()


@pytest.fixture
def line(environ, tmp_path):
    """A line whose flow file is set by `line.says(yaml)`, asked by `line.asked(path, Name=value)`."""
    return _Line(environ, tmp_path)


class _Line:
    def __init__(self, environ, folder):
        self.environ, self.folder = environ, folder

    def says(self, text):
        """Write the flow file and forget the one before."""
        (self.folder / "flow.yaml").write_text(text, encoding="utf-8")
        return self.follows(self.folder / "flow.yaml")

    def follows(self, path):
        """Take a flow file that is there."""
        self.environ(TWILIO_AUTH_TOKEN=TOKEN, TWILIO_PHONE_NUMBER="+12025550100", AHOY_FLOW=str(path))
        return self

    def asked(self, path, /, **parameters):
        """Send a signed webhook to the app, and return the TwiML of the answer as an element."""
        answer = self.answer(path, **parameters)
        assert answer.status_code == 200
        return ET.fromstring(answer.get_body())  # noqa: S314 -- reads what the line itself wrote

    def answer(self, path, /, **parameters):
        """Send a signed webhook to the app by its routes, as the host does."""
        req = post(path, list(parameters.items()))
        function, found = _routed(urlsplit(path).path)
        query = dict(parse_qsl(urlsplit(path).query))
        return function(
            func.HttpRequest(
                "POST", req.url, headers=req.headers, params=query, route_params=found, body=req.get_body()
            )
        )

    def calls(self, **parameters):
        """Begin an inbound call."""
        return self.asked("/api/voice", **CALL | parameters)

    def texts(self, body, **parameters):
        """Send a text."""
        return self.asked("/api/sms", **TEXT | {"Body": body} | parameters)


@pytest.fixture(scope="session")
def storage(emulated_storage):
    """The settings of a line that has a storage account, and nothing else."""
    return emulated_storage


@pytest.fixture(scope="session")
def emulated_storage(tmp_path_factory):
    """The settings of a line that has a storage emulator, and nothing else."""
    folder = tmp_path_factory.mktemp("storage")
    emulator = Process("the emulator", folder / "log")
    addresses = azurite.start(emulator, folder / "data")
    yield settings.read({"AzureWebJobsStorage": azurite.connection_string(addresses)})
    emulator.end()


@pytest.fixture(scope="session")
def stand_in():
    """The address of a local Twilio that has no line behind it: what it calls back reaches nobody."""
    started, address = start("--clock", "manual")
    yield address
    stop(started)


@pytest.fixture
def twilio(stand_in):
    """The people around the line, and what goes wrong."""
    with Twilio(stand_in) as client:
        yield client
        client.faults()


@pytest.fixture
def ours(environ, storage, stand_in):
    """Let this process be a line with storage and a Twilio; `ours(NAME=value)` sets more, or other values."""

    def use(**more):
        usual = {
            "TWILIO_ACCOUNT_SID": ACCOUNT, "TWILIO_AUTH_TOKEN": TOKEN, "TWILIO_PHONE_NUMBER": LINE,
            "TWILIO_API_BASE_URL": stand_in, "PUBLIC_BASE_URL": NOBODY, "AHOY_HOURLY_LIMIT": "100000",
            "AHOY_DAILY_LIMIT": "100000", routes.QUEUES_CONNECTION: storage.storage_connection,
        }  # fmt: skip
        environ(**usual | more)

    use()
    return use


@pytest.fixture
def storage_away(ours):
    """A line whose storage answers nothing."""
    ports = [f"http://127.0.0.1:{port}" for port in (1, 2, 3)]
    return lambda **more: ours(**{routes.QUEUES_CONNECTION: azurite.connection_string(ports)} | more)


@pytest.fixture
def requests_of(monkeypatch):
    """Count the requests that some work makes to the tables: `requests_of(work)`."""
    send, made = Discreet.send, []
    monkeypatch.setattr(Discreet, "send", lambda self, request, **how: made.append(1) or send(self, request, **how))

    def count(work):
        before = len(made)
        work()
        return len(made) - before

    return count


@pytest.fixture(scope="session")
def _numbers():
    return fictional(212, 213, 312, 415, 617)


@pytest.fixture
def number(_numbers):
    """A phone's number that no other test has."""
    return next(_numbers)


@pytest.fixture
def another(_numbers):
    """A second one."""
    return next(_numbers)


@pytest.fixture(scope="session")
def fresh_table():
    """Make names of tables that no other test has, each with the letter given."""
    run, numbers = secrets.token_hex(4), itertools.count()
    return lambda letter: f"{letter}{next(numbers)}x{run}"


CALL = {
    "CallSid": "CA0123456789abcdef0123456789abcdef",
    "From": "+12025550122",
    "To": "+12025550100",
    "CallStatus": "ringing",
    "Direction": "inbound",
}
TEXT = {"MessageSid": "SM0123456789abcdef0123456789abcdef", "From": "+12025550122", "To": "+12025550100"}


def _routed(path):
    for pattern, function in _routes():
        if match := re.fullmatch(pattern, path):
            return function, match.groupdict()
    raise AssertionError(f"no function answers {path}")


@cache
def _routes():
    return [
        ("/api/" + re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", found.get_trigger().route), found.get_user_function())
        for found in app_functions.functions()
        if "POST" in {method.value for method in getattr(found.get_trigger(), "methods", None) or []}
    ]
