"""The package is exact, the same every time, and enough: Microsoft's worker runs it with its requirements alone."""

import json
import os
import subprocess
import sys
import venv
import zipfile
from importlib.util import cache_from_source
from pathlib import Path
from urllib.parse import urlencode

import pytest
from twilio.request_validator import RequestValidator

from local import package
from local.commands import package as command
from tests.infra.bicep import ROOT
from tests.infra.named import functions

STAY = ("local.settings.json", ".env", "tests/t.py", "shared/__pycache__/a.pyc", "old.zip", ".git/config")
TOKEN = "12345678901234567890123456789012"
URL = "https://ahoy.example.com/api/voice"
CALL = {"CallSid": "CA" + "0" * 32, "From": "+12025550122", "To": "+12025550100", "CallStatus": "ringing"}


@pytest.fixture
def app(tmp_path):
    """A small app in a folder, with files that must not leave it."""
    folder = tmp_path / "app"
    for name in (*package.NEEDED, "shared/a.py", "shared/b.html", *STAY):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{name}\n", encoding="utf-8")
    (folder / ".funcignore").write_text((ROOT / ".funcignore").read_text(encoding="utf-8"), encoding="utf-8")
    return folder


def test_the_package_holds_what_runs_and_nothing_else(tmp_path):
    package.write(ROOT, tmp_path / "a.zip")
    names = zipfile.ZipFile(tmp_path / "a.zip").namelist()
    top = {name.partition("/")[0] for name in names}
    assert top - {"flows", "__pycache__"} == {
        "function_app.py", "flow.yaml", "flow.yaml.tree", "host.json", "requirements.txt", "shared",
    }  # fmt: skip
    plain = {".txt", ".json", ".yaml", ".py", ".pyc", ".tree"}
    assert {Path(name).suffix for name in names} - plain <= {".html", ".js", ".css", ".svg"}


def test_each_module_has_its_bytecode_and_python_takes_it_without_a_look_at_the_source(tmp_path):
    package.write(ROOT, tmp_path / "a.zip")
    with zipfile.ZipFile(tmp_path / "a.zip") as made:
        made.extractall(tmp_path / "app")
        names = set(made.namelist())
    modules = {name for name in names if name.endswith(".py")}
    assert {name for name in names if name.endswith(".pyc")} == {
        Path(cache_from_source(name)).as_posix() for name in modules
    }
    (tmp_path / "app" / "shared" / "phone.py").write_text("raise RuntimeError", encoding="utf-8")
    done = subprocess.run([sys.executable, "-c", "import shared.phone"], cwd=tmp_path / "app", check=False)
    assert done.returncode == 0


def test_a_module_that_cannot_be_compiled_stops_the_package(app, tmp_path):
    (app / "shared" / "a.py").write_text("def broken(:\n", encoding="utf-8")
    with pytest.raises(package.NotAnApp, match=r"shared/a\.py"):
        package.write(app, tmp_path / "a.zip")


def test_what_funcignore_names_stays_at_home(app, tmp_path):
    names = package.write(app, tmp_path / "a.zip")
    assert names == ["function_app.py", "host.json", "requirements.txt", "shared/a.py", "shared/b.html"]


def test_the_same_files_give_the_same_bytes_whenever_they_were_written(app, tmp_path):
    package.write(app, tmp_path / "a.zip")
    for path in app.rglob("*.*"):
        os.utime(path, (1_700_000_000, 1_700_000_000))
    (app / "host.json").chmod(0o755)
    package.write(app, tmp_path / "b.zip")
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()
    (app / "host.json").write_text("another", encoding="utf-8")
    package.write(app, tmp_path / "b.zip")
    assert (tmp_path / "a.zip").read_bytes() != (tmp_path / "b.zip").read_bytes()


@pytest.mark.parametrize("name", package.NEEDED)
def test_a_package_that_would_find_no_functions_is_not_written(app, tmp_path, name):
    (app / name).unlink()
    with pytest.raises(package.NotAnApp, match=name):
        package.write(app, tmp_path / "a.zip")
    assert not (tmp_path / "a.zip").exists()


def test_a_folder_holds_the_same_files_as_the_zip_and_lets_none_be_left_out(app, tmp_path):
    laid_out = app / ".ahoy" / "package"
    (laid_out / "old").mkdir(parents=True)
    names = package.lay_out(app, laid_out)
    assert names == package.write(app, tmp_path / "a.zip")
    with zipfile.ZipFile(tmp_path / "a.zip") as made:
        zipped = {name: made.read(name) for name in made.namelist()}
    laid = {path.relative_to(laid_out).as_posix(): path.read_bytes() for path in laid_out.rglob("*") if path.is_file()}
    assert laid == {**zipped, ".funcignore": b""}
    assert not (laid_out / "old").exists()


@pytest.mark.parametrize("there", ["elsewhere", ".ahoy", "."])
def test_a_folder_that_may_hold_something_else_is_never_replaced(app, there):
    (app / there).mkdir(exist_ok=True)
    with pytest.raises(package.NotAnApp, match="is there already"):
        package.lay_out(app, app / there)
    assert (app / "host.json").exists()


def test_the_command_writes_where_it_is_told(tmp_path, capsys):
    import argparse

    parser = argparse.ArgumentParser()
    command.add_arguments(parser)
    assert command.run(parser.parse_args(["-o", str(tmp_path / "a.zip")])) == 0
    assert (tmp_path / "a.zip").exists()
    assert "files" in capsys.readouterr().out
    assert command.run(parser.parse_args(["-o", str(tmp_path / "nowhere" / "a.zip")])) == 1
    assert command.run(parser.parse_args(["--folder", str(tmp_path / "laid")])) == 0
    assert (tmp_path / "laid" / "host.json").exists()


def asked(token):
    signature = RequestValidator(token).compute_signature(URL, CALL)
    headers = {"content-type": "application/x-www-form-urlencoded", "x-twilio-signature": signature}
    return {"url": URL, "headers": headers, "body": urlencode(CALL)}


def python_of(environment):
    return environment / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")


@pytest.fixture(scope="module")
def environment(tmp_path_factory):
    """A new environment with the pinned requirements; the worker library comes on top, as it does in Azure."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, with_pip=True)
    pins = (ROOT / "requirements-dev.txt").read_text(encoding="utf-8").splitlines()
    worker = next(line for line in pins if line.startswith("azure-functions-runtime=="))
    install = [python_of(folder), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*install, "-r", ROOT / "requirements.txt", worker], check=True, timeout=360, stderr=subprocess.PIPE)
    return folder


@pytest.fixture
def unpacked(tmp_path):
    package.write(ROOT, tmp_path / "a.zip")
    zipfile.ZipFile(tmp_path / "a.zip").extractall(tmp_path / "app")
    return tmp_path / "app"


def answers(environment, app):
    """Let the worker library of the environment run the app, with nothing of this repository on its path."""
    there = {"TWILIO_ACCOUNT_SID": "AC" + "0" * 32, "TWILIO_AUTH_TOKEN": TOKEN, "TWILIO_PHONE_NUMBER": "+12025550100"}
    kept = {name: value for name, value in os.environ.items() if name in {"PATH", "SYSTEMROOT", "TEMP", "TMP"}}
    script = Path(__file__).with_name("answers.py")
    return subprocess.run(
        [python_of(environment), "-P", script, app, json.dumps([asked(TOKEN), asked("forged")])],
        cwd=app.parent, env=kept | there, capture_output=True, encoding="utf-8", check=False, timeout=60,
    )  # fmt: skip


@pytest.mark.downloads
@pytest.mark.timeout(400)
def test_the_package_and_its_requirements_are_enough_to_answer_a_call(environment, unpacked):
    ran = answers(environment, unpacked)
    assert ran.returncode == 0, ran.stderr
    told = json.loads(ran.stdout.splitlines()[-1])
    assert set(functions()) == set(told["functions"])
    (status, document), (refused, _) = told["answers"]
    assert (status, refused) == (200, 403)
    assert "<Say>" in document


@pytest.mark.downloads
@pytest.mark.timeout(400)
def test_a_file_that_the_package_forgot_is_noticed(environment, unpacked):
    (unpacked / "shared" / "webhook.py").unlink()
    ran = answers(environment, unpacked)
    assert ran.returncode != 0
    assert "webhook" in ran.stderr
