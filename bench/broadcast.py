"""Measures a broadcast on this machine: `python -m bench.broadcast 100 1000` prints a row of a table for each size.

Time until accepted and until the last text is with the local Twilio, and the app's peak memory. Real processes; the
emulator and both servers share this machine's cores, so the figures show how cost grows, not what Azure does.
"""

import sys
import tempfile
import time
from pathlib import Path

import httpx

from local import line

LIMITS = dict.fromkeys(("AHOY_HOURLY_LIMIT", "AHOY_DAILY_LIMIT", "AHOY_PERSON_HOURLY_LIMIT"), "9999999")
LOOK_S = 0.5


def people(count: int) -> list[str]:
    """Give valid numbers; the range kept for fiction has only a hundred, and these reach nobody but the stand-in."""
    return [f"+1202{200 + n // 10_000:03d}{n % 10_000:04d}" for n in range(count)]


def measured(count: int) -> str:
    """Give one row: recipients, seconds to accept, seconds to finish, a second, peak memory."""
    with tempfile.TemporaryDirectory() as folder, line.running(Path(folder), settings=LIMITS) as running:
        headers = {"x-functions-key": running.line.function_key}
        with httpx.Client(base_url=running.line.app, headers=headers, timeout=230) as http:
            began = time.monotonic()
            sent = http.post("/api/broadcasts", json={"body": "hello", "to": people(count)}).raise_for_status().json()
            accepted_s = time.monotonic() - began
            while http.get(f"/api/broadcasts/{sent['id']}").json()["state"] != "done":
                time.sleep(LOOK_S)
            took_s = time.monotonic() - began
            counts = http.get(f"/api/broadcasts/{sent['id']}").json()["counts"]
        if counts["sent"] != count:
            sys.exit(f"{count} were asked for: {counts}")
        return f"| {count:,} | {accepted_s:.2f} | {took_s:.1f} | {count / took_s:.0f} | {_peak_mb(running.host.pid)} |"


def _peak_mb(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    return int(status.partition("VmHWM:")[2].split()[0]) // 1024


if __name__ == "__main__":
    print("| recipients | accepted, s | done, s | a second | app's peak memory, MB |\n|---|---|---|---|---|")
    for size in sys.argv[1:]:
        print(measured(int(size)), flush=True)
