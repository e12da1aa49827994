"""The line starts on Linux, macOS and Windows alike: what differs between them is known in one place."""

import ast
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from local.host.host_json import HostJson
from local.host.queue import Pace
from local.paths import ROOT
from local.process import quiet_environment

WINDOWS = 'import sys; sys.platform = "win32"\n'


def trees(*places):
    """Return each Python file of these folders with its syntax tree."""
    for path in sorted(path for place in places for path in (ROOT / place).rglob("*.py")):
        yield path.relative_to(ROOT).as_posix(), ast.parse(path.read_text(encoding="utf-8"))


def test_on_windows_the_command_is_called_by_its_launcher():
    told = "from local.wording import COMMAND, quoted; print(COMMAND, quoted('my flow.yaml'))"
    answers = [
        subprocess.run([sys.executable, "-c", how + told], cwd=ROOT, capture_output=True, encoding="utf-8", check=True)
        for how in ("", WINDOWS)
    ]
    assert answers[1].stdout == 'py dev.py "my flow.yaml"\n'
    if sys.platform != "win32":
        assert answers[0].stdout == "python3 dev.py 'my flow.yaml'\n"


def test_every_sentence_takes_the_command_from_there():
    told = {
        name
        for name, tree in trees("local")
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and "python3 dev.py" in str(node.value)
    }
    same_everywhere = {"local/commands/pin.py", "local/stand_ins/page.py"}  # what they write
    assert told == {"local/wording.py"} | same_everywhere


def unsaid(tree):
    """Return the calls that read or write text and leave to the system in which encoding, which differs on Windows."""
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
        named = {keyword.arg for keyword in call.keywords}
        modes = [one.value for one in call.args[:2] if isinstance(one, ast.Constant) and isinstance(one.value, str)]
        is_text = {
            "read_text": not call.args,
            "write_text": len(call.args) < 2,
            "open": not any("b" in mode for mode in modes)
            and (
                isinstance(call.func, ast.Name)
                or not call.args
                or any(re.fullmatch("[rwax+t]+", mode) for mode in modes)
            ),
        }.get(name, "text=True" in map(ast.unparse, call.keywords))
        if is_text and "encoding" not in named:
            yield f"{call.lineno}: {ast.unparse(call)}"


def test_whatever_is_read_or_written_as_text_names_its_encoding():
    every = trees("local", "shared", "tests", "bench")
    assert [f"{name}:{call}" for name, tree in every for call in unsaid(tree)] == []


@pytest.mark.parametrize(
    "call",
    ["run([], text=True)", "p.read_text()", "p.write_text(x)", "p.open()", "open(x)", "open(x, 'w')", "p.open('a')"],
)
def test_a_call_that_names_no_encoding_is_noticed(call):
    assert list(unsaid(ast.parse(call)))


@pytest.fixture
def away(tmp_path):
    """A folder whose path has spaces, with what calls dev.py; dev.py says where it is and what it was given."""
    folder = tmp_path / "my own line"
    folder.mkdir()
    for name in ("ahoy", "ahoy.cmd"):
        shutil.copy(ROOT / name, folder / name)
    (folder / "dev.py").write_text(
        "import os, sys\nprint(os.getcwd(), __file__, *sys.argv[1:], sep='\\n')\nsys.exit(3)\n", encoding="utf-8"
    )
    return folder


def called(program, folder):
    given = ["text", "hi there", "*", "$HOME", "a'b", ""]
    done = subprocess.run([program, *given], cwd=folder, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 3, done.stderr
    where, itself, *arguments = done.stdout.split("\n")[:-1]
    assert arguments == given
    assert Path(where).samefile(folder)
    return Path(itself)


def test_ahoy_runs_the_dev_py_beside_it_from_any_folder(away, tmp_path):
    program = away / ("ahoy.cmd" if sys.platform == "win32" else "ahoy")
    assert called(program, tmp_path).samefile(away / "dev.py")


@pytest.mark.skipif(sys.platform == "win32", reason="a link needs a privilege there, and .cmd files know none")
def test_ahoy_is_found_through_links(away, tmp_path):
    (tmp_path / "bin dir").mkdir()
    (tmp_path / "bin dir" / "first").symlink_to(away / "ahoy")
    (tmp_path / "second").symlink_to(Path("bin dir") / "first")
    assert called(tmp_path / "second", tmp_path / "bin dir").samefile(away / "dev.py")


@pytest.mark.skipif(sys.platform == "win32", reason="modes are POSIX's")
def test_ahoy_may_be_run():
    assert os.access(ROOT / "ahoy", os.X_OK)


SETTINGS = {"batchSize": "4", "newBatchThreshold": "1", "visibilityTimeout": "00:00:07",
            "maxPollingInterval": "00:00:02", "maxDequeueCount": "3"}  # fmt: skip


@pytest.mark.parametrize("cased", [str, str.upper])
def test_settings_in_capitals_as_windows_gives_them_override_the_hosts(cased):
    environ = {cased(f"AzureFunctionsJobHost__extensions__queues__{name}"): text for name, text in SETTINGS.items()}
    overridden = HostJson({"extensions": {"queues": {"batchSize": 32, "maxDequeueCount": 9}}}, environ)
    assert Pace.of(overridden) == Pace(4, 1, 7, 2, 3)
    written = HostJson({"extensions": {"queues": {cased(name): text for name, text in SETTINGS.items()}}}, {})
    assert Pace.of(written) == Pace(4, 1, 7, 2, 3)


def test_what_belongs_to_another_line_stays_behind_in_whatever_case(monkeypatch):
    for name in ("AZUREWEBJOBSSTORAGE", "AzureWebJobsStorage__accountName", "AHOY_FLOW", "Twilio_Auth_Token"):
        monkeypatch.setenv(name, "another")
    monkeypatch.setenv("AZUREFUNCTIONSJOBHOST__EXTENSIONS__QUEUES__BATCHSIZE", "1")
    ours = {"AzureWebJobsStorage": "ours", "AzureFunctionsJobHost__extensions__queues__batchSize": "2"}
    told = quiet_environment(**ours)
    assert "another" not in told.values()
    assert {name: told[name] for name in told if name.upper() in {one.upper() for one in ours}} == ours
