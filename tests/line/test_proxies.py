"""A line starts and works behind whatever proxies the environment names, even such as nothing here can speak to."""

import os
import subprocess
import sys

import pytest

from local.paths import ROOT

NOBODY = "http://127.0.0.1:9"  # refuses, or never answers
PROGRAM = """
import sys
from pathlib import Path

from local import loopback

loopback.keep_direct()  # as dev.py does first

from local import api_client, line
from local.twilio.client import Twilio
from tests.tools import hello

with line.running(Path(sys.argv[1]), settings=hello.PLAYED) as running, Twilio(running.line.twilio) as twilio:
    print(*twilio.text("hi", from_="+12025550122").texts)
    api_client.ask(api_client.of(running.line), "send-sms", {"to": "+12025550123", "body": "Good morning"})
    print(sorted(row["body"] for row in api_client.ask(api_client.of(running.line), "messages")["messages"]))
    print(twilio.dial(from_="+12025550122").ended().text)
"""


@pytest.mark.parametrize(
    "proxies",
    [
        {"HTTP_PROXY": NOBODY, "HTTPS_PROXY": NOBODY, "ALL_PROXY": NOBODY},
        {"ALL_PROXY": "socks5://127.0.0.1:9"},
    ],
    ids=["http", "socks"],
)
def test_a_proxy_that_refuses_is_not_asked(tmp_path, proxies):
    environ = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")} | proxies
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(tmp_path)],
        cwd=ROOT, env=environ, capture_output=True, encoding="utf-8", check=False, timeout=100,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    texts, stored, call = done.stdout.splitlines()
    assert texts == "Hey, thanks for the ping! Twilio and Azure rock!"
    assert "Good morning" in stored
    assert call == "completed"
