"""What is started is ended, and a process that cannot start says why."""

import os
import subprocess
import sys

import pytest

from local import azurite
from local.paths import ROOT
from local.process import Died, Process
from shared import settings
from shared.store.tables import Table
from tests.tools.processes import is_alive
from tests.tools.waiting import eventually


def test_the_emulator_comes_back_at_the_same_addresses_with_its_data(tmp_path):
    emulator = Process("the emulator", tmp_path / "log")
    first = azurite.start(emulator, tmp_path / "data")
    emulator.end()
    assert not emulator.is_running
    assert azurite.start(emulator, tmp_path / "data", first) == first
    emulator.end()


def test_a_process_that_ends_before_it_listens_is_named_with_its_last_lines(tmp_path):
    child = Process("the child", tmp_path / "log")
    with pytest.raises(Died, match="the child did not start") as died:
        child.start([sys.executable, "-c", "print('what went wrong')"], os.environ, tmp_path)
    assert "what went wrong" in str(died.value)


@pytest.mark.parametrize("is_upgraded", [False, True])
def test_nobody_else_on_this_machine_reads_what_people_said_to_the_line(tmp_path, is_upgraded):
    data, logs = tmp_path / "data", tmp_path / "logs"
    if is_upgraded:  # files of a run before
        for folder in (data, logs):
            folder.mkdir(0o755)
        (logs / "log").write_text("from +12025550122\n", encoding="utf-8")
    emulator = Process("the emulator", logs / "log")
    storage = settings.read({"AzureWebJobsStorage": azurite.connection_string(azurite.start(emulator, data))})
    assert Table(storage, "said").insert({"PartitionKey": "+12025550122", "RowKey": "row", "body": "a secret"})
    assert eventually(lambda: len(list(data.rglob("*"))) > 3)
    emulator.end()
    if os.name != "nt":  # there each person's own folders are theirs alone
        for made in (data, logs, *data.rglob("*"), *logs.rglob("*")):
            assert made.stat().st_mode & 0o777 == (0o700 if made.is_dir() else 0o600), made


def test_a_killed_parent_leaves_no_process_behind(tmp_path):
    program = (
        "import sys; from pathlib import Path; from local import azurite; from local.process import Process\n"
        "emulator = Process('e', Path(sys.argv[1]) / 'log')\n"
        "azurite.start(emulator, Path(sys.argv[1]))\n"
        "print(emulator.pid, flush=True); sys.stdin.read()"
    )
    with parent_of_an_emulator(program, tmp_path) as parent:
        child = int(parent.stdout.readline())
        assert is_alive(child)
        parent.kill()
    assert eventually(lambda: not is_alive(child))


def test_what_was_written_last_is_kept_when_the_parent_is_killed(tmp_path):
    program = (
        "import sys; from pathlib import Path; from local import azurite; from local.process import Process\n"
        "from shared import settings; from shared.store.tables import Table\n"
        "emulator = Process('e', Path(sys.argv[1]) / 'log')\n"
        "addresses = azurite.start(emulator, Path(sys.argv[1]) / 'data')\n"
        "table = Table(settings.read({'AzureWebJobsStorage': azurite.connection_string(addresses)}), 'kept')\n"
        "table.insert({'PartitionKey': 'p', 'RowKey': 'r', 'a': 'the last word'})\n"
        "print(emulator.pid, flush=True); sys.stdin.read()"
    )
    with parent_of_an_emulator(program, tmp_path) as parent:
        child = int(parent.stdout.readline())
        parent.kill()
    assert eventually(lambda: not is_alive(child))
    again = Process("the emulator", tmp_path / "log2")
    addresses = azurite.start(again, tmp_path / "data")
    table = Table(settings.read({"AzureWebJobsStorage": azurite.connection_string(addresses)}), "kept")
    found = table.get("p", "r")
    again.end()
    assert found
    assert found[0]["a"] == "the last word"


def parent_of_an_emulator(program, folder):
    """Start a program that starts an emulator in the folder, prints its process id and waits to be killed."""
    return subprocess.Popen([sys.executable, "-c", program, str(folder)], cwd=ROOT, encoding="utf-8",
                            stdin=subprocess.PIPE, stdout=subprocess.PIPE)  # fmt: skip
