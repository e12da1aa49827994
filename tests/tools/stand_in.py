"""The local Twilio as a process of its own, with no line behind it."""

import os
import subprocess
import sys

ACCOUNT = "AC" + "0" * 32
TOKEN = "12345678901234567890123456789012"
LINE = "+12025550100"
API_KEY = {"TWILIO_API_KEY_SID": "SK1", "TWILIO_API_KEY_SECRET": "the-secret-of-an-api-key-of-tests"}


def start(*options):
    """Start it; return the process and its address."""
    command = [sys.executable, "-m", "local.twilio", "--account-sid", ACCOUNT, "--number", LINE, "--with-parent"]
    environ = os.environ | {"TWILIO_AUTH_TOKEN": TOKEN} | API_KEY
    started = subprocess.Popen(
        [*command, *options], env=environ, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        encoding="utf-8",
    )  # fmt: skip
    announced = started.stdout.readline().strip()
    assert announced.startswith("listening on http://127.0.0.1:")
    return started, announced.removeprefix("listening on ")


def stop(started):
    """End it as its parent's end does."""
    started.stdin.close()
    started.wait(30)
    started.stdout.close()
