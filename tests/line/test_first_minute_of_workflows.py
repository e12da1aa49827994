"""What the workflow lives through on a machine as it comes, lived through here: start, ring, text, Ctrl-C."""

import contextlib
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.infra.test_platform_files import first_minutes
from tests.line.test_first_minute import folder  # noqa: F401 -- a fixture
from tests.tools.shells import shell_here


def live(script, where, temporary):
    """Run a script as a step is run; return its exit code and all that it said. What it started ends with it."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    with subprocess.Popen(
        ["sh", "-e", "-c", script], cwd=where, env={**os.environ, "PATH": path, "RUNNER_TEMP": str(temporary)},
        encoding="utf-8", stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True,
    ) as step:  # fmt: skip
        code = step.wait(60)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(step.pid, signal.SIGTERM)
        return code, step.stdout.read()


@pytest.mark.skipif(not shell_here("sh"), reason="there is no sh on this machine")
def test_the_first_minute_of_the_workflow(folder, tmp_path):  # noqa: F811 -- the fixture
    script = first_minutes()["bare", "sh"]
    assert script.count("dev.py start ") == 1
    script = script.replace("dev.py start ", "dev.py start --port 0 ")
    code, said = live(script, folder, tmp_path)
    assert (code, said.splitlines()[-1]) == (0, "Ahoy has ended."), said
    assert "Hello Monkey!" in said
    code, said = live(script.replace("Hello Monkey!", "Hello Ape!"), folder, tmp_path)
    assert code == 1, said
