"""Wait for what other processes do, on a condition and with a deadline."""

import time

LOOK_S = 0.02


def eventually(look, seconds=30):
    """Return the first true value that `look` returns within `seconds`, or the last false one."""
    deadline = time.monotonic() + seconds
    while not (seen := look()) and time.monotonic() < deadline:
        time.sleep(LOOK_S)
    return seen
