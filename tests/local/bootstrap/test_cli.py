"""How dev.py ends: with an exit code that a script can read, and without a trace."""

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from local import cli, progress
from local.bootstrap import lock
from local.bootstrap.quiet import NotReady
from local.paths import ROOT


def raising(error):
    def run():
        raise error

    return run


@pytest.mark.parametrize(
    ("error", "code"), [(NotReady("Something is missing."), 1), (KeyboardInterrupt(), 130)], ids=["not ready", "Ctrl-C"]
)
def test_an_end_that_is_expected_has_its_exit_code(error, code, capsys):
    assert cli.ending_quietly(raising(error)) == code
    assert capsys.readouterr().err == ("Something is missing.\n" if code == 1 else "")


def test_a_fault_of_our_own_keeps_its_trace():
    with pytest.raises(ZeroDivisionError):
        cli.ending_quietly(raising(ZeroDivisionError()))


PIPED = """
import sys
from local import cli
def run():
    for _ in range(100_000):
        print("x" * 100)
    return 0
sys.exit(cli.ending_quietly(run))
"""


@pytest.mark.parametrize("when", ["while it writes", "at its end"])
def test_when_nobody_reads_any_more_it_ends_without_a_word(when):
    text = PIPED if when == "while it writes" else PIPED.replace("100_000", "1")
    read, write = os.pipe()
    os.close(read)
    buffered = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    done = subprocess.run([sys.executable, "-c", text], cwd=ROOT, env=buffered, stdout=write, stderr=subprocess.PIPE,
                          check=False, encoding="utf-8")  # fmt: skip
    os.close(write)
    assert (done.stderr, done.returncode) == ("", cli.NOBODY_READS)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a disk that is always full is Linux's")
def test_a_full_disk_is_one_sentence():
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run([sys.executable, "-c", PIPED], cwd=ROOT, stdout=full, stderr=subprocess.PIPE, check=False,
                              encoding="utf-8")  # fmt: skip
    assert (done.stderr, done.returncode) == ("[Errno 28] No space left on device\n", 1)


CLOSED = """
import os, sys
os.close(int(sys.argv[1]))
os.execv(sys.executable, [sys.executable, "dev.py", "check", "flows/menu.yaml"])
"""


@pytest.mark.skipif(sys.platform == "win32", reason="shells of POSIX close streams")
@pytest.mark.parametrize("stream", [0, 1, 2])
def test_a_stream_that_is_closed_is_no_fault(stream):
    done = subprocess.run([sys.executable, "-c", CLOSED, str(stream)], cwd=ROOT, capture_output=True, check=False,
                          encoding="utf-8")  # fmt: skip
    assert (done.stderr, done.returncode) == ("", 0)


def test_what_runs_at_the_same_time_is_told_as_one(capsys, monkeypatch):
    monkeypatch.setattr(progress, "QUIET_S", 0.0)
    with progress.progress("the whole"), progress.progress("a part"):
        time.sleep(0.05)
    told = capsys.readouterr().err
    assert "the whole ..." in told
    assert "a part" not in told


def test_one_at_a_time_holds_the_lock(tmp_path):
    events = []

    def second():
        with lock.held(tmp_path / "lock"):
            events.append("second")

    with lock.held(tmp_path / "lock"):
        waiting = threading.Thread(target=second)
        waiting.start()
        time.sleep(3 * lock.LOOKS_S)
        events.append("first")
    waiting.join()
    assert events == ["first", "second"]
