"""The owner of a line: a folder with the settings and the flow, and the commands of dev.py."""

import contextlib
import json
import shutil

import pytest

from local import paths
from tests.line.commands import run
from tests.tools import hello


class Home:
    """A folder with local.settings.json and flow.yaml, as an owner has it, for a line that runs elsewhere."""

    def __init__(self, folder, running, key):
        self.folder, self.running = folder, running
        config = running.line
        self.values = {
            "TWILIO_ACCOUNT_SID": config.account_sid, "TWILIO_AUTH_TOKEN": config.auth_token,
            "TWILIO_PHONE_NUMBER": config.phone_number, "TWILIO_API_BASE_URL": config.twilio,
            "PUBLIC_BASE_URL": config.app, "TWILIO_API_KEY_SID": key[0], "TWILIO_API_KEY_SECRET": key[1],
        }  # fmt: skip
        shutil.copy(hello.FILE, folder / "flow.yaml")

    def run(self, *words, **changes):
        """Run a command of dev.py here, with changes to local.settings.json; return its exit code."""
        (self.folder / "local.settings.json").write_text(
            json.dumps({"Values": self.values | changes}), encoding="utf-8"
        )
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(paths, "ROOT", self.folder)
            return run(*words)

    def settings(self):
        """Return what stands in local.settings.json."""
        return json.loads((self.folder / "local.settings.json").read_text(encoding="utf-8"))["Values"]

    def app_with(self, **settings):
        """Let the app run with other settings for a while."""
        return app_with(self.running, **settings)


@contextlib.contextmanager
def app_with(running, **settings):
    """Let the app of a line run with other settings for a while, and with others again by what is yielded."""
    usual = dict(running.settings)

    def runs_with(**settings):
        running.settings.clear()
        running.restart_host(usual | settings)

    try:
        if settings:
            runs_with(**settings)
        yield runs_with
    finally:
        runs_with()
