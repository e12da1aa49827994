"""dev.py tell ends at once, in order: when it is interrupted, and when an owner's own verb still sleeps."""

import contextlib
import os
import signal
import subprocess
import sys
import time

import pytest

from local import leaving
from local.paths import ROOT

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there are no terminals of this kind")

SLEEPING = """import time
from pathlib import Path

from shared.flow import verb


@verb
def sleep_long(call):
    (Path(__file__).parent / "asleep").touch()
    time.sleep(600)
"""
HURRIED = """
from shared.inbound import own_verbs

own_verbs.OWN_VERBS_S = 0.2  # three seconds for everybody else
import sys

from local import cli

sys.exit(cli.main())
"""
AT_ONCE_S = 45  # far below the sleep, far above what a busy machine needs


@pytest.fixture
def sleeper(tmp_path):
    """A folder with a flow whose verb sleeps, and two stories of it."""
    (tmp_path / "flow.yaml").write_text("voice: {start: [sleep_long: ]}\n", encoding="utf-8")
    (tmp_path / "verbs.py").write_text(SLEEPING, encoding="utf-8")
    (tmp_path / "flow.stories.yaml").write_text(
        'people: {ann: "+12025550122"}\nstories:\n'
        "  Silence: {told: [ann texts: hello, ann gets nothing]}\n  Sleep: {told: [ann dials, hears: Ahoy]}\n",
        encoding="utf-8",
    )
    return tmp_path


def test_a_verb_that_sleeps_makes_its_story_untrue_and_holds_nobody_up(sleeper):
    told = subprocess.run(
        [sys.executable, "-c", HURRIED, "tell", str(sleeper / "flow.stories.yaml")],
        cwd=ROOT, capture_output=True, encoding="utf-8", timeout=AT_ONCE_S, check=False,
    )  # fmt: skip
    assert (told.returncode, told.stderr) == (1, "")
    assert "true      Silence\nNOT TRUE  Sleep\n" in told.stdout
    assert "2 stories told, 1 not true" in told.stdout


@contextlib.contextmanager
def in_a_terminal(*words):
    """Run dev.py in a terminal of its own; yield its process and what reads the terminal."""
    ours, theirs = os.openpty()
    command = [sys.executable, str(ROOT / "dev.py"), *words]
    with (
        subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True) as process,
        os.fdopen(ours, "r+b", buffering=0) as terminal,
    ):
        os.close(theirs)
        try:
            yield process, terminal
        finally:
            process.kill()


def rest(terminal):
    """Return what is still written, to the end."""
    shown = b""
    with contextlib.suppress(OSError):  # on Linux, the end of a terminal
        while more := terminal.read(4096):
            shown += more
    return shown.decode()


def interrupt(process):
    os.killpg(process.pid, signal.SIGINT)  # as Ctrl-C does, to all of the terminal's


def test_ctrl_c_in_the_middle_of_a_story_ends_it_at_once_with_nothing_left(sleeper):
    with in_a_terminal("tell", str(sleeper / "flow.stories.yaml"), "Sleep") as (process, terminal):
        end = time.monotonic() + AT_ONCE_S
        while not (sleeper / "asleep").exists():
            assert time.monotonic() < end
            time.sleep(0.02)
        interrupt(process)
        shown = rest(terminal)
        assert (process.wait(AT_ONCE_S), shown) == (130, "")
        with pytest.raises(ProcessLookupError):
            os.killpg(process.pid, 0)


def test_ctrl_c_between_stories_leaves_what_was_said():
    files = [str(file) for file in (ROOT / "flows").glob("*.stories.yaml")] * 20
    with in_a_terminal("tell", *files) as (process, terminal):
        shown = terminal.read(1)
        interrupt(process)
        shown = shown.decode() + rest(terminal)
        assert process.wait(AT_ONCE_S) == 130
        assert shown.startswith("true ")
        assert "Traceback" not in shown


def test_who_has_nothing_left_to_do_ends_as_python_ends(monkeypatch):
    monkeypatch.setattr(leaving, "busy", [lambda: False])
    leaving.leave(1)
