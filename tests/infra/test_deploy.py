"""A deployment goes on through what passes, stops at what does not, and is not done before the line has answered."""

import argparse
import hashlib
import io
import json
import subprocess
import sys
import threading
import zipfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path

import pytest

from local import archive, deploy, package, smoke, wheels
from local.commands import deploy as command
from local.paths import ROOT
from shared import settings

REFRESH = "rest --method post"
NOT_ALLOWED = (
    "ERROR: (AuthorizationFailed) The client 'someone@example.com' does not have authorization to perform action "
    "'Microsoft.Web/sites/publish/action'"
)
WELL = {"/api/health": (200, {}), "/api/voice": (403, {}), "/api/messages": (401, {})}


@pytest.fixture
def app():
    """A server that answers as a deployed app might: `told` is status and document by path, or a list to go through."""

    class Asked(BaseHTTPRequestHandler):
        def answer(self):
            self.rfile.read(int(self.headers.get("content-length", 0)))
            told = server.told.get(self.path, (404, {}))
            status, document = told.pop(0) if isinstance(told, list) and len(told) > 1 else (
                told[0] if isinstance(told, list) else told)  # fmt: skip
            server.heard.append((self.command, self.path, self.headers.get("x-twilio-signature")))
            body = json.dumps(document).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = answer  # noqa: N815 -- the names that http.server calls

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Asked)
    server.told, server.heard = dict(WELL), []
    server.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def given(*arguments):
    parser = argparse.ArgumentParser()
    command.add_arguments(parser)
    return parser.parse_args(arguments)


def run(app, *more):
    return command.run(given("--resource-group", "rg", "--app", "ahoy-x", "--address", app.address, *more))


@pytest.fixture(scope="module")
def packages(tmp_path_factory):
    """A package in place of all that are pinned, which is the start of their zip."""
    made = tmp_path_factory.mktemp("packages") / "packages.zip"
    archive.write(made, [archive.entry(f"{wheels.LIES_IN}/msgspec/__init__.py", b"")])
    return made


@pytest.fixture(autouse=True)
def _pinned(monkeypatch, packages):
    """Let no test bring the packages: tests/infra/test_package.py does."""
    monkeypatch.setattr(wheels, "bring", lambda *_: packages)


def test_the_package_is_brought_there_and_the_line_is_looked_at(scm, app, capsys):
    assert run(app, "--yes") == 0
    (brought,) = scm.packages
    assert {"host.json", f"{wheels.LIES_IN}/msgspec/__init__.py"} <= set(zipfile.ZipFile(BytesIO(brought)).namelist())
    assert [(method, path) for method, path, _ in app.heard] == [
        ("GET", "/api/health"), ("POST", "/api/voice"), ("GET", "/api/messages"),
    ]  # fmt: skip
    assert app.heard[1][2], "the webhook was sent with a signature, though a forged one"
    told = capsys.readouterr().out
    assert f"dev.py connect NUMBER {app.address}" in told
    assert f"SHA-256 {hashlib.sha256(brought).hexdigest()}" in told


def test_a_package_that_was_made_before_is_brought_as_it_is(scm, app, tmp_path, packages):
    package.write(ROOT, tmp_path / "then.zip", packages)
    assert run(app, "--yes", "--package", str(tmp_path / "then.zip")) == 0
    assert scm.packages == [(tmp_path / "then.zip").read_bytes()]


@pytest.mark.parametrize(
    ("left_out", "complaint"),
    [
        ("flow.yaml", "lacks flow.yaml"), (".python_packages", "lacks .python_packages"), ("host.json", "host.json"),
        ("", "is no package"),
    ],
)  # fmt: skip
def test_a_package_that_the_app_could_not_run_is_not_brought(scm, app, tmp_path, capsys, left_out, complaint):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as made:
        for name in (*package.NEEDED, "flow.yaml", f"{wheels.LIES_IN}/a.py"):
            if not name.startswith(left_out):
                made.writestr(name, "")
    if not left_out:
        (tmp_path / "a.zip").write_bytes(b"no zip")
    assert run(app, "--yes", "--package", str(tmp_path / "a.zip")) == 1
    assert complaint in capsys.readouterr().err
    assert scm.asked == []


def test_secrets_that_were_not_there_at_the_first_start_are_read_again_once_the_package_is(azure, scm, app):
    assert run(app, "--yes") == 0
    assert len(scm.packages) == 1
    assert " ".join(azure.asked[-1][:3]) == REFRESH
    address, _, version = azure.asked[-1][-1].partition("?")
    assert address == (
        "/subscriptions/{subscriptionId}/resourceGroups/rg/providers/Microsoft.Web/sites/ahoy-x"
        "/config/configreferences/appsettings/refresh"
    )
    assert version == "api-version=2022-03-01"


@pytest.mark.parametrize(
    ("right", "wrong", "complaint"),
    [
        ("--url", "--uri-of", "arguments are required: --url"),
        ("post", "get", "NotFound"),
        ("?api-version=2022-03-01", "", "MissingApiVersionParameter"),
        ("/sites/", "/apps/", "NotFound"),
        ("{subscriptionId}", "{subscription}", "NotFound"),
    ],
)
def test_a_wrong_request_to_read_secrets_again_is_refused_as_azure_refuses_it(azure, right, wrong, complaint):
    deploy.read_secrets_again("rg", "ahoy-x")
    asked = azure.asked[-1]
    assert [word for word in asked if right in word]
    with pytest.raises(deploy.Stopped, match=complaint):
        deploy.az(*(word.replace(right, wrong) for word in asked))


def test_secrets_that_are_not_read_again_are_told_and_the_line_is_looked_at(azure, scm, app, capsys):
    azure.answers([REFRESH, 1, "", NOT_ALLOWED], scm=scm.host)
    assert run(app, "--yes") == 0
    assert "did not read the secrets again: ERROR: (AuthorizationFailed)" in capsys.readouterr().err
    assert len(app.heard) == 3


ARM_SAYS = {
    "ahoY_RESOURCE_GROUP": {"type": "String", "value": "rg-x"},
    "ahoY_APP": {"type": "String", "value": "ahoy-x"},
}


def test_the_app_is_the_one_that_a_deployment_has_made(azure, scm, app):
    """The Resource Manager answers AHOY_APP as ahoY_APP: its first word in lower case, up to the last letter."""
    azure.answers(["deployment sub show", 0, json.dumps(ARM_SAYS), ""], scm=scm.host)
    assert command.run(given("--deployment", "ahoy-x", "--address", app.address, "--yes")) == 0
    (asked,) = [asked for asked in azure.asked if "hostNameSslStates" in " ".join(asked)]
    assert asked[2:6] == ["--resource-group", "rg-x", "--name", "ahoy-x"]


@pytest.mark.parametrize("outputs", ["", "null", "{}", json.dumps({"ahoY_APP": {"type": "String", "value": ""}})])
def test_a_deployment_that_made_no_app_is_said(azure, capsys, outputs):
    azure.answers(["deployment sub show", 0, outputs, ""])
    assert command.run(given("--deployment", "ahoy-x", "--yes")) == 1
    assert 'The deployment "ahoy-x" made no app' in capsys.readouterr().err


def test_the_address_is_the_one_that_azure_names(azure):
    assert deploy.address("rg", "ahoy-x") == "https://ahoy-x.example.net"
    assert azure.asked[-1][:6] == ["functionapp", "show", "--resource-group", "rg", "--name", "ahoy-x"]


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("functionapp", "deploy", "--name", "x"), "misspelled"),
        (("functionapp", "show", "--name", "x"), "required: --resource-group"),
        (
            ("functionapp", "show", "--resource-group", "rg", "--name", "x", "--app", "y"),
            "unrecognized arguments: --app",
        ),
    ],
)
def test_what_the_real_azure_cli_refuses_is_refused_here(azure, arguments, complaint):
    azure.answers([" ".join(arguments[:2]), 0, "fine", ""])
    with pytest.raises(deploy.Stopped, match=complaint):
        deploy.az(*arguments)


@pytest.fixture
def windows(tmp_path):
    """The Azure CLI as its installer lays it out on Windows."""
    home = tmp_path / "Microsoft SDKs" / "CLI2"
    (home / "wbin").mkdir(parents=True)
    (home / "wbin" / "az.cmd").touch()
    (home / "python.exe").touch()
    return home


HOSTILE = ("--name", "a & calc", "x|y", "100%PATH%", 'say "hi"', "^", "")


def test_on_windows_no_argument_is_read_by_cmd(windows):
    assert deploy.started_as(windows / "wbin" / "az.cmd", HOSTILE) == [
        str(windows / "python.exe"), "-X", "utf8", "-IBm", "azure.cli", *HOSTILE,
    ]  # fmt: skip


def test_the_python_of_the_azure_cli_gets_each_argument_as_it_is(windows):
    if sys.platform == "win32":
        pytest.skip("a script cannot stand for python.exe there")
    (windows / "python.exe").write_text('#!/bin/sh\nprintf "%s\\n" "$@"\n', encoding="utf-8")
    (windows / "python.exe").chmod(0o755)
    command = deploy.started_as(windows / "wbin" / "az.cmd", HOSTILE)
    told = subprocess.run(command, capture_output=True, encoding="utf-8", check=True).stdout
    assert told.split("\n")[4:-1] == list(HOSTILE)


def test_a_script_without_its_python_gets_every_argument_in_quotes(windows):
    (windows / "python.exe").unlink()
    az = windows / "wbin" / "az.cmd"
    assert deploy.started_as(az, ("a & calc", "x|y", "^", "C:\\folder\\", "")) == (
        f'"{az}" "a & calc" "x|y" "^" "C:\\folder\\\\" ""'
    )


@pytest.mark.parametrize("argument", ['say "hi" & calc', "%PATH%", "a\ncalc"])
def test_what_cannot_be_quoted_for_cmd_is_refused_in_a_sentence(windows, argument):
    (windows / "python.exe").unlink()
    with pytest.raises(deploy.Stopped, match="cannot be given"):
        deploy.started_as(windows / "wbin" / "AZ.CMD", ("show", argument))


def test_elsewhere_the_program_is_started_as_it_is():
    assert deploy.started_as(Path("/usr/bin/az"), HOSTILE) == [str(Path("/usr/bin/az")), *HOSTILE]


def test_what_does_not_pass_is_said_at_once(azure, app, capsys):
    azure.answers(["get-access-token", 1, "", f"WARNING: something else\n{NOT_ALLOWED}"])
    assert run(app, "--yes") == 1
    assert capsys.readouterr().err.strip() == NOT_ALLOWED
    assert app.heard == []


def test_an_owner_who_says_no_has_nothing_deployed(scm, app, monkeypatch):
    monkeypatch.setattr("builtins.input", lambda _: "n")
    assert run(app) == 1
    assert (scm.asked, app.heard) == ([], [])


def test_without_anybody_to_ask_nothing_is_deployed(scm, app, monkeypatch, capsys):
    monkeypatch.setattr("sys.stdin", io.StringIO())
    assert run(app) == 1
    assert (scm.asked, app.heard) == ([], [])
    assert "--yes" in capsys.readouterr().err


def test_a_dry_run_asks_neither_azure_nor_the_app(azure, app, capsys):
    assert run(app, "--dry-run") == 0
    assert (azure.asked, app.heard) == ([], [])
    told = capsys.readouterr().out
    assert "bring it to ahoy-x" in told
    assert "/api/publish?RemoteBuild=false" in told


def test_a_missing_azure_cli_is_one_sentence(app, monkeypatch, capsys):
    monkeypatch.setenv("PATH", "")
    assert run(app, "--yes") == 1
    assert "az login" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [(), ("--app", "x"), ("--resource-group", "x"), ("--check-only",)])
def test_a_target_is_asked_for(arguments, capsys):
    assert command.run(given(*arguments)) == 1
    assert "--" in capsys.readouterr().err


def test_only_looking_needs_no_azure_cli(app, monkeypatch):
    monkeypatch.setenv("PATH", "")
    assert command.run(given("--check-only", "--address", app.address)) == 0


def failures(app, **told):
    """Look at an app with these answers; time passes only where the checks wait."""
    app.told |= {f"/api/{name}": answer for name, answer in told.items()}
    clock = [0.0]

    def sleep(seconds):
        clock[0] += seconds

    return smoke.failures(app.address, 60, sleep=sleep, now=lambda: clock[0]), clock[0]


def test_an_app_that_is_still_starting_is_waited_for(app):
    starting = [(404, {}), (503, {}), (503, {}), (200, {})]
    assert failures(app, health=starting) == ([], 3 * smoke.LOOK_S)


def test_an_app_without_functions_is_called_so(app):
    found, waited = failures(app, health=(404, {}), voice=(404, {}), messages=(404, {}))
    assert len(found) == 3
    assert all("found no functions" in sentence for sentence in found)
    assert waited == 60


def test_a_line_that_is_not_well_says_why(app):
    checks = {"settings": ["TWILIO_AUTH_TOKEN is not set"], "flow": "ok", "storage": "cannot be reached"}
    [sentence], _ = failures(app, health=(503, {"checks": checks}))
    assert sentence.endswith("got 503; settings: TWILIO_AUTH_TOKEN is not set; storage: cannot be reached")


def test_secrets_that_azure_has_not_read_say_how_it_reads_them(app):
    """The Azure Developer CLI finds nothing to provision then, and a restart does not read them either."""
    told = settings.read({"TWILIO_AUTH_TOKEN": "@Microsoft.KeyVault(SecretUri=https://v.example/secrets/x)"}).problems()
    found, _ = failures(app, health=(503, {"checks": {"settings": told}}))
    assert found[0].endswith("; docs/operations.md, 'Everything is refused', says how Azure reads the vault again")


@pytest.mark.parametrize(("route", "status"), [("voice", 200), ("messages", 200), ("voice", 401), ("health", 401)])
def test_an_open_or_wrongly_locked_door_is_found_at_once(app, route, status):
    [sentence], waited = failures(app, **{route: (status, {})})
    assert f"/api/{route}: expected" in sentence
    assert f"got {status}" in sentence
    assert waited == 0


def test_nobody_answering_is_said(app):
    app.shutdown()
    app.server_close()
    found, _ = failures(app)
    assert len(found) == 3
    assert all("no answer" in sentence for sentence in found)
