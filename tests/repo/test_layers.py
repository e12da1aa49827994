"""Who may import whom in shared/ and local/: the contracts in pyproject.toml, and that they would notice."""

import shutil
import subprocess
import sys

import pytest

from local.paths import ROOT

CHECK = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True))"


def checked(folder):
    """Hold the contracts to a folder; return the exit code and what is said of it."""
    done = subprocess.run([sys.executable, "-c", CHECK], cwd=folder, capture_output=True, encoding="utf-8", check=False)
    return done.returncode, done.stdout + done.stderr


def test_the_contracts_are_kept():
    code, said = checked(ROOT)
    assert code == 0, said


@pytest.mark.parametrize(
    ("name", "line"),
    [
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
    ],
)
def test_an_import_from_above_is_noticed(tmp_path, name, line):
    for folder in ("shared", "local"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    path = tmp_path / name
    path.write_text(f"{path.read_text(encoding='utf-8')}\n\n{line}\n", encoding="utf-8")
    code, said = checked(tmp_path)
    assert code == 1
    assert "is not allowed to import" in said


def test_a_wing_that_no_layer_names_is_noticed(tmp_path):
    for folder in ("shared", "local"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    (tmp_path / "shared" / "utils.py").write_text("", encoding="utf-8")
    assert checked(tmp_path)[0] == 1
