"""Whoever starts the app by `func start` has the local Twilio around it; here the local host stands for Core Tools."""

import json
import shutil
import socket
import sys

import pytest

from local import func_settings, paths
from local import line as lines
from local.process import Process, quiet_environment
from tests.line.around import BY_HAND, seen
from tests.line.stage import CALLER
from tests.tools import hello


@pytest.fixture
def line(tmp_path):
    """A line without its app, which is expected at a port that nobody listens at yet."""
    with socket.socket() as kept:
        kept.bind(("127.0.0.1", 0))  # nobody else gets the port until the app is started
        app = f"http://localhost:{kept.getsockname()[1]}"
        with lines.running(tmp_path, clock="manual", settings=hello.PLAYED, app=app) as started, seen(started) as line:
            lines.write(started.line, tmp_path / "line.json")
            kept.close()
            yield line


def test_the_app_that_is_started_from_the_settings_answers_the_number(line, tmp_path):
    shutil.copy(paths.ROOT / func_settings.EXAMPLE, tmp_path)
    func_settings.write(tmp_path, func_settings.prepare(tmp_path, lines.known(tmp_path / "line.json")))
    document = json.loads((tmp_path / func_settings.FILE).read_text("utf-8"))
    environ = quiet_environment(**document["Values"], **BY_HAND, AHOY_HOST_KEY=line.function_key)
    command = [sys.executable, "-m", "local.host", f"--port={document['Host']['LocalHttpPort']}", "--with-parent"]
    host = Process("the app in place of func", tmp_path / "logs" / "func.log")
    try:
        host.start(command, environ, paths.ROOT)
        call = line.twilio.dial(from_=CALLER)
        call.hears("Hello Monkey!")
        assert lines.read(tmp_path / "line.json").app == line.app
        assert line.running.died() == ""
    finally:
        host.end()
