"""The packages go to Azure as Linux has them, compiled, the same bytes from each machine, and are enough for a call."""

import json
import marshal
import os
import platform
import re
import subprocess
import sys
import threading
import zipfile
from pathlib import Path
from urllib.parse import urlencode

import pytest
from twilio.request_validator import RequestValidator

from local import package, wheels
from local.bootstrap import environment as environments
from local.bootstrap import uv
from local.paths import ROOT
from tests.infra.named import functions
from tests.infra.test_package import files_of
from tests.tools import checkout

TOKEN = "12345678901234567890123456789012"
URL = "https://ahoy.example.com/api/voice"
CALL = {"CallSid": "CA" + "0" * 32, "From": "+12025550122", "To": "+12025550100", "CallStatus": "ringing"}
SMALL = ("msgspec", "pyyaml", "tzdata", "typing-extensions")  # compiled, with data, in one file
# The same package from two machines, as far as one can be two.
MADE = """
import os, sys
from pathlib import Path
os.umask(int(sys.argv[1], 8))
from local import package, wheels
folder = Path(sys.argv[2])
packages = wheels.make(folder / "requirements.txt", folder, package.MOUNTED_AT)
package.write(Path(sys.argv[3]), folder / "ahoy.zip", packages)
"""
MACHINES = {
    "a": ("022", {"TZ": "Pacific/Auckland", "LC_ALL": "C", "PYTHONHASHSEED": "1"}),
    "another/and a deeper one": ("077", {"TZ": "America/New_York", "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "2"}),
}
pytestmark = [pytest.mark.downloads, pytest.mark.timeout(400)]


def pinned(names):
    """Return what requirements.txt says of some packages."""
    text = (ROOT / "requirements.txt").read_text("utf-8")
    return "".join(re.search(rf"(?m)^{name}==(?:.*\\\n)+.*\n", text)[0] for name in names)


@pytest.fixture(scope="module")
def two(tmp_path_factory):
    """The package of this project with a few of its packages, from two machines."""
    made = []
    for name, (umask, environ) in MACHINES.items():
        home = tmp_path_factory.mktemp("machine")
        folder, project = home / name, home / "project"
        folder.mkdir(parents=True)
        (folder / "requirements.txt").write_text(pinned(SMALL if not made else reversed(SMALL)), "utf-8")
        checkout.copy(project)
        own = {"HOME": str(home), "USERPROFILE": str(home), "PYTHONPYCACHEPREFIX": str(home / "cache")}
        command = [sys.executable, "-c", MADE, umask, folder, project]
        subprocess.run(command, cwd=ROOT, env={**os.environ, **environ, **own}, check=True)
        made.append(folder / "ahoy.zip")
    return made


def test_two_machines_make_the_same_bytes(two):
    one, other = two
    assert one.read_bytes() == other.read_bytes()


def test_the_packages_are_those_of_linux_and_compiled_for_where_they_lie(two):
    with zipfile.ZipFile(two[0]) as made:
        packed = {name: made.read(name) for name in made.namelist() if name.startswith(wheels.LIES_IN)}
    assert f"{wheels.LIES_IN}/msgspec/_core.cpython-313-x86_64-linux-gnu.so" in packed
    modules = {name for name in packed if name.endswith(".py")}
    compiled = {name: content for name, content in packed.items() if name.endswith(".pyc")}
    assert len(compiled) == len(modules) > 50
    for name, content in compiled.items():
        folder, _, file = name.rpartition("__pycache__/")
        assert content[4:8] == b"\1\0\0\0", "taken by the hash of its source, which nobody looks at"
        assert set(files_of(marshal.loads(content[16:]))) == {  # noqa: S302 -- made a moment ago
            f"{package.MOUNTED_AT}/{folder}{file.partition('.')[0]}.py"
        }


def test_nothing_tells_who_made_it_where(two):
    with zipfile.ZipFile(two[0]) as made:
        names = {Path(name).name for name in made.namelist()}
        told = [name for name in made.namelist() if str(two[0].parent).encode() in made.read(name)]
    assert told == []
    assert names & {"RECORD", "INSTALLER", "REQUESTED", "direct_url.json"} == set()
    assert "METADATA" in names, "importlib.metadata reads versions there"


def test_a_wheel_that_is_not_the_pinned_one_is_refused(tmp_path):
    other = re.sub(r"sha256:[0-9a-f]{64}", "sha256:" + "0" * 64, pinned(["msgspec"]))
    (tmp_path / "requirements.txt").write_text(other, "utf-8")
    with pytest.raises(uv.NotReady, match="x86_64-manylinux_2_28 cannot be had"):
        wheels.make(tmp_path / "requirements.txt", tmp_path, package.MOUNTED_AT)
    assert not (tmp_path / "packages.zip").exists()


def test_what_is_made_is_kept_until_what_is_pinned_changes(tmp_path, monkeypatch):
    made = []

    def make(lock, folder, _):
        made.append(lock.read_text("utf-8"))
        (folder / "packages.zip").write_text(made[-1], "utf-8")
        return folder / "packages.zip"

    monkeypatch.setattr(wheels, "KEPT_IN", tmp_path / "kept")
    monkeypatch.setattr(wheels, "make", make)
    for text in ("a", "a", "b"):
        (tmp_path / "requirements.txt").write_text(text, "utf-8")
        assert wheels.bring(tmp_path / "requirements.txt", "/home").read_text("utf-8") == text
    assert made == ["a", "b"]
    (tmp_path / "kept" / "new-of-somebody-ended").mkdir()
    assert len(list((tmp_path / "kept").glob("*.zip"))) == 1
    monkeypatch.setattr(wheels, "version", lambda: "3.13.99")
    wheels.bring(tmp_path / "requirements.txt", "/home")
    assert made == ["a", "b", "b"]
    assert list((tmp_path / "kept").glob("new-*")) == []


def test_two_that_make_it_at_the_same_time_make_it_once(tmp_path, monkeypatch):
    made, others, brought = [], [], []

    def bring():
        brought.append(wheels.bring(tmp_path / "requirements.txt", "/home"))

    def make(_lock, folder, _):
        made.append(folder)
        if len(made) == 1:  # somebody else comes while this one is at work
            others.append(threading.Thread(target=bring))
            others[0].start()
            others[0].join(0.5)
        (folder / "packages.zip").write_text("whole", "utf-8")
        return folder / "packages.zip"

    (tmp_path / "requirements.txt").write_text("a", "utf-8")
    monkeypatch.setattr(wheels, "KEPT_IN", tmp_path / "kept")
    monkeypatch.setattr(wheels, "make", make)
    bring()
    others[0].join()
    assert [file.read_text("utf-8") for file in brought] == ["whole", "whole"]
    assert len(made) == 1


def asked(token):
    signature = RequestValidator(token).compute_signature(URL, CALL)
    headers = {"content-type": "application/x-www-form-urlencoded", "x-twilio-signature": signature}
    return {"url": URL, "headers": headers, "body": urlencode(CALL)}


@pytest.fixture(scope="module")
def environment(tmp_path_factory):
    """A new environment with the worker library alone, as Azure has it; all else is in the package."""
    if (sys.platform, platform.machine()) != ("linux", "x86_64") or platform.libc_ver()[0] != "glibc":
        pytest.skip("the package is for Linux on x86-64 with glibc")
    folder = tmp_path_factory.mktemp("environment")
    uv.make_environment(folder, Path(sys.executable))
    text = (ROOT / "requirements-local.txt").read_text(encoding="utf-8")
    worker = re.search(r"^azure-functions-runtime==\S+", text, re.MULTILINE)[0]
    uv.run("no worker", "pip", "install", "--quiet", "--no-deps", "--python", folder, worker)
    return folder


@pytest.fixture
def unpacked(tmp_path):
    checkout.copy(tmp_path / "ours")
    package.write(tmp_path / "ours", tmp_path / "a.zip", wheels.bring(ROOT / "requirements.txt", package.MOUNTED_AT))
    zipfile.ZipFile(tmp_path / "a.zip").extractall(tmp_path / "app")
    return tmp_path / "app"


def answers(environment, app):
    """Let the worker library of the environment run the app, with nothing of this repository on its path."""
    there = {"TWILIO_ACCOUNT_SID": "AC" + "0" * 32, "TWILIO_AUTH_TOKEN": TOKEN, "TWILIO_PHONE_NUMBER": "+12025550100"}
    there |= {"PYTHONPATH": str(app / wheels.LIES_IN)}
    kept = {name: value for name, value in os.environ.items() if name in {"PATH", "SYSTEMROOT", "TEMP", "TMP"}}
    script = Path(__file__).with_name("answers.py")
    return subprocess.run(
        [environments.interpreter(environment), "-P", script, app, json.dumps([asked(TOKEN), asked("forged")])],
        cwd=app.parent, env=kept | there, capture_output=True, encoding="utf-8", check=False, timeout=60,
    )  # fmt: skip


def test_the_package_is_enough_to_answer_a_call_and_a_file_that_it_forgot_is_noticed(environment, unpacked, tmp_path):
    ran = answers(environment, unpacked)
    assert ran.returncode == 0, ran.stderr
    told = json.loads(ran.stdout.splitlines()[-1])
    assert set(functions()) == set(told["functions"])
    (status, document), (refused, _) = told["answers"]
    assert (status, refused) == (200, 403)
    assert "<Say>" in document
    for lost in (unpacked / wheels.LIES_IN / "azure", unpacked / "shared" / "twilio" / "webhook.py"):
        away = lost.rename(tmp_path / "away")
        ran = answers(environment, unpacked)
        away.rename(lost)
        assert ran.returncode != 0
        assert lost.stem in ran.stderr
