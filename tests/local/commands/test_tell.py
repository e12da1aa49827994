"""dev.py tell --watch: told again when a flow or its stories are saved, by a process that begins anew."""

import signal
import subprocess
import sys

import pytest

from local.paths import ROOT

STORIES = 'people: {ann: "+12025550122"}\nstories: {One: {told: [ann dials, hears: Ahoy]}}\n'


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C reaches one process alone by a signal only elsewhere")
def test_it_is_told_again_when_something_is_saved_until_it_is_ended(tmp_path):
    flow, stories = tmp_path / "flow.yaml", tmp_path / "flow.stories.yaml"
    flow.write_text("voice: {start: [say: Ahoy]}", encoding="utf-8")
    stories.write_text(STORIES, encoding="utf-8")
    command = [sys.executable, str(ROOT / "dev.py"), "tell", "--watch", str(stories)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8") as watching:
        assert "true      One\n" in told(watching)
        flow.write_text("voice: {start: [say: Servus]}", encoding="utf-8")
        assert "NOT TRUE  One\n" in told(watching)
        stories.write_text(STORIES.replace("Ahoy", "Servus"), encoding="utf-8")
        assert "true      One\n" in told(watching)
        watching.send_signal(signal.SIGINT)
    assert watching.returncode == 0


def told(watching):
    """Return the lines of one telling, to the one that says that it waits."""
    lines = []
    while not (lines and lines[-1].startswith("Told again")):
        line = watching.stdout.readline()
        assert line, lines
        lines.append(line)
    return lines
