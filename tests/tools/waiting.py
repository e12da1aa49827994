"""Wait for what other processes do, on a condition and with a deadline."""

import time

LOOK_S, LONGEST_S = 0.02, 0.25  # between two looks, the longer the longer it lasts: each costs whoever is looked at


def eventually(look, seconds=30):
    """Return the first true value that `look` returns within `seconds`, or the last false one."""
    began = time.monotonic()
    while not (seen := look()) and (waited := time.monotonic() - began) < seconds:
        time.sleep(min(max(LOOK_S, waited / 10), LONGEST_S))
    return seen
