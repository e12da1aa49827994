"""The whole line as real processes: the worker library, the emulator, the local Twilio; started once per run."""

import httpx
import pytest

from local import line as lines
from local.twilio.client import Twilio
from shared import settings
from tests.line.around import Line
from tests.line.stage import BRANCH, SHOP, Stage
from tests.tools.numbers import fictional

_numbers = fictional(212, 213, 312, 415, 617, 305, 206)


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
    return next(_numbers)


@pytest.fixture
def another():
    """A second number that no other test has."""
    return next(_numbers)


@pytest.fixture(scope="session")
def whole_stage(tmp_path_factory):
    with (
        lines.running(tmp_path_factory.mktemp("stage"), clock="manual", others=(SHOP, BRANCH)) as running,
        Twilio(running.line.twilio) as twilio,
        httpx.Client(base_url=running.line.app, timeout=30, trust_env=False) as http,
    ):
        yield Stage(Line(running, twilio, http))


@pytest.fixture
def stage(whole_stage):
    """A second line, which plays any flow; phones and faults are as at first when the test is over."""
    yield whole_stage
    whole_stage.cleared()


@pytest.fixture
def ours(line, monkeypatch):
    """Let the shared code of this process belong to the running line."""
    known = line.running.line

    def use(**more):
        environ = {
            "AzureWebJobsStorage": known.storage, "TWILIO_ACCOUNT_SID": known.account_sid,
            "TWILIO_AUTH_TOKEN": known.auth_token, "TWILIO_PHONE_NUMBER": known.phone_number,
            "TWILIO_API_BASE_URL": known.twilio, **more,
        }  # fmt: skip
        monkeypatch.setattr(settings, "current", lambda: settings.read(environ))

    use()
    return use
