"""Each command in the guides is run, as its reader would run it: against a line under https, with its own settings."""

import json
import os
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import httpx
import pytest

from local import account
from local import line as lines
from local.paths import ROOT
from tests.line.reach.owner import app_with
from tests.line.reach.tunnel import opened
from tests.tools.shells import Request, blocks, powershell, shell_here
from tests.tools.waiting import eventually

GUIDES = ("go-live", "texting", "security", "rotate-token", "troubleshooting")
ADDRESSES = re.compile(r"https://[\w.-]*(?:example\.com|azurewebsites\.net)\b|\bBASE\b")
COMMAND = re.compile(r"python3 dev\.py [^`\n]+")
CURL = re.compile(r"^curl (?:[^\n]*\\\n)*[^\n]*", re.MULTILINE)
REQUEST = re.compile(r"^ {4}(GET|POST) /api/(\S+) +(\{[^}\n]*\})", re.MULTILINE)
ADDRESS = re.compile(r"`\$BASE(/api/[^`]+)`")
EXPECTED = {"tunnel": "is connected", "connect": "is connected", "doctor": "ok     signature",
            "limits": "calls and texts have left", "check": ": ok, "}  # fmt: skip


def text(guide):
    return (ROOT / "docs" / f"{guide}.md").read_text(encoding="utf-8")


def found(pattern):
    return [(guide, match) for guide in GUIDES for match in pattern.findall(text(guide))]


SHOWN = [block.text for guide in GUIDES for block in blocks(text(guide)) if block.language == "powershell"]
INVOKED = [one for shown in SHOWN for one in powershell(shown) if isinstance(one, Request)]


@pytest.mark.skipif(not (shell_here("bash") and shutil.which("curl")), reason="bash and curl are not on this machine")
@pytest.mark.parametrize(("guide", "command"), [*found(CURL), ("README", None)])
def test_each_curl_is_answered(line, twilio, guide, command):
    if command is None:
        page = (ROOT / "README.md").read_text(encoding="utf-8")
        (command,) = re.findall(r"^(?:\$ )?(curl (?:[^\n]*\\\n)*[^\n]*)", page, re.MULTILINE)
        command = command.replace("http://127.0.0.1:7071", "$BASE")
    environ = {**os.environ, "BASE": line.app, "KEY": line.function_key}
    done = subprocess.run(
        ["bash", "-c", f"{command} -sS --fail-with-body"],
        env=environ,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, (guide, done.stdout, done.stderr)
    did_what_was_asked(json.loads(done.stdout), twilio)


def did_what_was_asked(answer, twilio):
    assert {"code", "token", "sid"} & answer.keys()
    if "code" in answer:
        assert twilio.phone(answer["number"]).rung(wait_s=20)[-1].sid == answer["call_sid"]


@pytest.mark.parametrize("request_", INVOKED, ids=[one.url for one in INVOKED])
def test_each_request_of_powershell_is_answered(line, twilio, request_):
    """As Invoke-RestMethod makes it; there is no PowerShell on most machines that run this."""
    method, url, headers, body = request_
    headers = {name: value.replace("$KEY", line.function_key) for name, value in headers}
    answer = httpx.request(method, url.replace("$BASE", line.app), headers=headers, content=body)
    assert answer.is_success, answer.text
    did_what_was_asked(answer.json(), twilio)


@pytest.mark.parametrize(("guide", "path"), found(ADDRESS))
def test_each_address_is_there(line, guide, path):
    is_page = path.partition("?")[0].endswith(("/make-call", "/phone"))
    answer = line.http.get(path) if is_page else line.http.post(path)
    assert answer.status_code == (200 if is_page else 403), (guide, path)  # 403: Twilio has not signed it


def test_each_request_of_texting_is_accepted(line, home, twilio):
    requests = REQUEST.findall(text("texting"))
    assert len(requests) == 4
    with home.app_with(AHOY_FLOW=str(ROOT / "flows" / "subscribe.yaml")) as runs_with:
        assert eventually(lambda: line.get("health").status == 200)
        twilio.text("join", "+12025550122")
        runs_with(AHOY_FLOW=str(ROOT / "flows" / "reminder.yaml"))
        assert eventually(lambda: line.get("health").status == 200)
        for method, route, document in requests:
            answer = line.post(route, json.loads(document))
            assert (method, answer.status) == ("POST", 202), answer.told
            if route == "broadcasts":
                name = answer.told["id"]
                assert eventually(lambda name=name: line.shows(f"broadcasts/{name}")["state"] == "done", 30)


def test_a_token_is_rotated_step_by_step_without_a_refusal(home, line):
    old = line.account()
    new = line.account("e" * 32)
    app, number = line.app, line.number
    assert account.prove(new, app, number) != ""
    with home.app_with(
        TWILIO_AUTH_TOKEN_SECONDARY=new.auth_token
    ) as runs_with:  # step 2; in step 3 Twilio changes over
        assert [account.prove(one, app, number) for one in (old, new)] == ["", ""]
        runs_with(TWILIO_AUTH_TOKEN=new.auth_token)  # step 4
        assert account.prove(new, app, number) == ""
        assert "refuses" in account.prove(old, app, number)


def test_every_guide_is_looked_at():
    assert set(GUIDES) <= {path.stem for path in Path(ROOT / "docs").glob("*.md")}
    assert {guide for guide, _ in found(COMMAND)} == {"go-live", "rotate-token", "texting", "troubleshooting"}
    assert len(INVOKED) == len(found(CURL)) == 2


@pytest.fixture(scope="module")
def tunnel(whole_line, tmp_path_factory):
    """The line under an https address that it knows to be its own: the address, and the file of its certificate."""
    with (
        opened(whole_line.app, tmp_path_factory.mktemp("tunnel")) as (base, certificate),
        app_with(whole_line.running, PUBLIC_BASE_URL=base),
    ):
        yield base, certificate
    lines._connect(whole_line.running.line)


@pytest.fixture
def tunnelled(tunnel, home, monkeypatch):
    """The folder of the owner of that line; nobody is asked, everybody says yes."""
    base, certificate = tunnel
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    monkeypatch.setattr("urllib.request._opener", None)  # one that was made before trusts the usual ones only
    monkeypatch.setattr("builtins.input", lambda _: "y")
    home.values["PUBLIC_BASE_URL"] = base
    return home


@pytest.mark.usefixtures("card")
@pytest.mark.parametrize(("guide", "command"), found(COMMAND))
def test_each_command_of_dev_py_does_what_the_guide_says(tunnelled, line, capsys, guide, command):
    base, number = tunnelled.values["PUBLIC_BASE_URL"], line.number
    words = shlex.split(ADDRESSES.sub(base, command.partition("  ")[0]).replace("NUMBER", number))[2:]
    tunnelled.run("connect", "--yes", number, base)  # the doctor looks at a number that is connected
    capsys.readouterr()
    assert tunnelled.run(*words) == 0, (guide, capsys.readouterr())
    assert EXPECTED[words[0]] in capsys.readouterr().out
    assert tunnelled.settings()["PUBLIC_BASE_URL"] == base


def test_a_tunnel_is_set_and_the_number_points_at_it(tunnelled, line, capsys):
    base = tunnelled.values.pop("PUBLIC_BASE_URL")
    assert tunnelled.run("tunnel", base) == 0
    assert f"PUBLIC_BASE_URL: nothing -> {base}" in capsys.readouterr().out
    assert tunnelled.settings()["PUBLIC_BASE_URL"] == base
    assert line.account().client().incoming_phone_numbers.list()[0].voice_url == f"{base}/api/voice"
