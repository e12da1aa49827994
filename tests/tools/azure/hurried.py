"""Python whose clock hurries: whoever sleeps for seconds is awake at once, and that much time has passed."""

import runpy
import sys
import time
from pathlib import Path

_slept = [0.0]
_monotonic, _really_sleep = time.monotonic, time.sleep
LONG_S = 1  # below that somebody waits for another program, which does not hurry


def _sleep(seconds):
    if seconds < LONG_S:
        _really_sleep(seconds)
    else:
        _slept[0] += seconds


time.sleep = _sleep
time.monotonic = lambda: _monotonic() + _slept[0]
sys.argv = sys.argv[1:]
sys.path[0] = str(Path(sys.argv[0]).resolve().parent)
runpy.run_path(sys.argv[0], run_name="__main__")
