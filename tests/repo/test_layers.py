"""Who may import whom in shared/ and local/: the contracts in pyproject.toml, and that they would notice."""

import re
import shutil
import subprocess
import sys

import pytest

from local.paths import ROOT

CHECK = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True))"
PLANTED = [
    ("shared/flow/graph.py", "from shared.outbound import policy"),
    ("shared/store/merge.py", "from shared.twilio import log"),
    ("shared/outbound/dispatch.py", "from shared.inbound import texts"),
    ("shared/phone.py", "from shared.http.problem import Problem"),
    ("shared/http/api.py", "from local import wording"),
    ("local/line.py", "from local.commands import connect"),
    ("local/bootstrap/uv.py", "from local import host"),
    ("local/wording.py", "from local import process"),
    ("local/twilio/records.py", "from local.twilio.engine.leg import Leg"),
    ("local/twilio/engine/states.py", "from local.twilio.rest import calls"),
    ("local/twilio/account.py", "from local.twilio.render.calls import render_call"),
    ("local/doctor.py", "from shared.store import tables"),
]


def checked(folder):
    """Hold the contracts to a folder; return the exit code and the report."""
    done = subprocess.run([sys.executable, "-c", CHECK], cwd=folder, capture_output=True, encoding="utf-8", check=False)
    return done.returncode, done.stdout + done.stderr


def copied(folder):
    """Copy what the contracts are about."""
    for name in ("shared", "local"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


def test_the_contracts_are_kept():
    code, report = checked(ROOT)
    assert code == 0, report


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    """What is reported of a copy in which all of these imports are planted."""
    folder = copied(tmp_path_factory.mktemp("planted"))
    for name, line in PLANTED:
        path = folder / name
        path.write_text(f"{path.read_text(encoding='utf-8')}\n\n{line}\n", encoding="utf-8")
    code, text = checked(folder)
    assert code == 1
    return text


@pytest.mark.parametrize(("name", "line"), PLANTED)
def test_an_import_from_above_is_noticed(report, name, line):
    module, (package, attribute) = name.removesuffix(".py").replace("/", "."), re.findall(r"[\w.]+", line)[1::2]
    number = len((ROOT / name).read_text(encoding="utf-8").splitlines()) + 3
    edge = rf"{re.escape(module)} -> {re.escape(package)}(\.{attribute})?"
    assert re.search(rf"^- +{edge} \(l\.{number}\)\n\n", report, re.MULTILINE), report


def test_a_wing_that_no_layer_names_is_noticed(tmp_path):
    folder = copied(tmp_path)
    (folder / "shared" / "utils.py").write_text("", encoding="utf-8")
    assert checked(folder)[0] == 1
