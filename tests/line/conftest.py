"""The whole line as real processes: the worker library, the emulator, the local Twilio; started once per run."""

import pytest

from local import line as lines
from local import paths
from shared import settings
from tests.line.around import lost, running
from tests.line.stage import BRANCH, SHOP, Stage
from tests.tools.numbers import fictional
from tests.tools.waiting import eventually

_numbers = fictional(212, 213, 312, 415, 617, 305, 206)


@pytest.fixture(scope="session")
def whole_line(tmp_path_factory):
    with running(tmp_path_factory.mktemp("line")) as line:
        yield line
        assert eventually(lambda: not lost(line.log())), "an owner must see what is said outside of invocations, too"


@pytest.fixture
def line(whole_line):
    yield whole_line
    whole_line.twilio.faults()


@pytest.fixture
def card(line, tmp_path, monkeypatch):
    """The file by which commands find the line of this machine: this one."""
    file = tmp_path / "line.json"
    lines.write(line.running.line, file)
    monkeypatch.setattr(paths, "CARD", file)
    return file


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
    with running(tmp_path_factory.mktemp("stage"), others=(SHOP, BRANCH)) as line:
        yield Stage(line)


@pytest.fixture
def stage(whole_stage):
    """A second line, which plays any flow; phones and faults are as at first when the test is over."""
    yield whole_stage
    whole_stage.cleared()


@pytest.fixture
def nothing_amiss(stage):
    """Twilio has nothing to complain of: no error and no warning in the owner's log while a test ran."""
    before = len(stage.twilio.alerts())
    yield
    told = [f"{alert['code']} {alert['text']}" for alert in stage.twilio.alerts()[before:]]
    assert [one for one in told if "is taken here alone" not in one] == []  # of a WebSocket of this machine


@pytest.fixture
def ours(line, monkeypatch):
    """Let the shared code of this process belong to the running line."""
    config = line.running.line

    def use(**more):
        environ = {
            "AzureWebJobsStorage": config.storage, "TWILIO_ACCOUNT_SID": config.account_sid,
            "TWILIO_AUTH_TOKEN": config.auth_token, "TWILIO_PHONE_NUMBER": config.phone_number,
            "TWILIO_API_BASE_URL": config.twilio, **more,
        }  # fmt: skip
        monkeypatch.setattr(settings, "current", lambda: settings.read(environ))

    use()
    return use
