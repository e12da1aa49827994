"""What unit tests share: a line's settings. No process, no network."""

import pytest

from shared import flow, settings
from tests.unit.signed import TOKEN


@pytest.fixture
def environ(monkeypatch):
    """Set the process's environment as `environ(NAME=value)`; the line of these tests, unless told otherwise."""

    def use(**values):
        for name in [*settings.Settings.__struct_fields__]:
            monkeypatch.delenv(name.upper(), raising=False)
        for name, value in values.items():
            monkeypatch.setenv(name, value)
        settings.current.cache_clear()
        flow.current.cache_clear()

    use(TWILIO_ACCOUNT_SID="AC" + "0" * 32, TWILIO_AUTH_TOKEN=TOKEN, TWILIO_PHONE_NUMBER="+12025550100")
    yield use
    settings.current.cache_clear()
    flow.current.cache_clear()
