"""What starts beside each line, and again with each changed flow, loads when it is asked."""

import subprocess
import sys

import pytest

from local.paths import ROOT

LOADED = "import sys, {}; {}; print(*{{'azure', 'aiohttp', 'jwt'}} & sys.modules.keys())"


@pytest.mark.parametrize(
    ("module", "does", "loaded"),
    [
        ("local.stagehand.__main__", "pass", ""),
        ("local.twilio.__main__", "pass", ""),
        ("local.host.queue", "local.host.queue.client_class()", "azure"),
    ],
)
def test_a_start_loads_nothing_that_it_may_never_need(module, does, loaded):
    told = subprocess.run(
        [sys.executable, "-c", LOADED.format(module, does)], cwd=ROOT, capture_output=True, encoding="utf-8", check=True
    )
    assert told.stdout.strip() == loaded
