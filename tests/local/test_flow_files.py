"""A line's own files: which a flow needs, what the checker says of them, and when they have changed."""

import pytest

from local import flow_files, paths

USES = "from shared.flow import Call, verb\n\n{}\n\n@verb\ndef count(call: Call):\n    return None\n"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder that is the line's, with its flow."""
    monkeypatch.setattr(paths, "ROOT", tmp_path)
    write(tmp_path / "flow.yaml", "voice: {start: [say: Hello]}")
    return tmp_path


def write(file, text=""):
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return file


def needed(folder, flow="flow.yaml"):
    return [path.relative_to(folder).as_posix() for path in flow_files.needed(folder / flow, folder)]


def test_a_flow_without_verbs_needs_itself_whether_it_is_there_or_not(folder):
    write(folder / "prices.py")
    assert needed(folder) == ["flow.yaml"]
    assert needed(folder, "night.yaml") == ["night.yaml"]


@pytest.mark.parametrize(
    "imports",
    [
        "import prices",
        "import prices as p, json",
        "from prices import of",
        "def later():\n    from prices import of",
        "import twilio, shared.flow, prices",
    ],
)
def test_what_verbs_import_of_the_folder_is_needed_and_what_that_imports(folder, imports):
    write(folder / "verbs.py", USES.format(imports))
    write(folder / "prices.py", "import tables.old\nimport verbs\n")
    for name in ("tables/__init__.py", "tables/old.py", "tables/deep/new.py", "tables/patients.csv", "other.py"):
        write(folder / name)
    wanted = ["flow.yaml", "verbs.py", "prices.py", "tables/__init__.py", "tables/deep/new.py", "tables/old.py"]
    assert sorted(needed(folder)) == sorted(wanted)


def test_verbs_beside_a_flow_in_another_folder_come_before_those_of_the_root(folder):
    write(folder / "verbs.py")
    assert needed(folder, "shop/flow.yaml") == ["shop/flow.yaml", "verbs.py"]
    write(folder / "shop" / "verbs.py")
    assert needed(folder, "shop/flow.yaml") == ["shop/flow.yaml", "shop/verbs.py"]


@pytest.mark.parametrize("source", ["def broken(:\n", "\0", "from . import prices\n", ""])
def test_verbs_that_are_no_python_are_needed_all_the_same(folder, source):
    write(folder / "verbs.py", source)
    assert needed(folder) == ["flow.yaml", "verbs.py"]


def settled(watch):
    """Return the names of what has changed after two looks, as a running line looks."""
    return [path.name for path in [*watch.changed(), *watch.changed()]]


def test_each_way_of_writing_a_file_is_noticed_once(folder):
    watch = flow_files.Watch(folder / "flow.yaml")
    assert settled(watch) == []
    write(folder / "flow.yaml", "voice: {start: [say: Ahoy!]}")
    assert (settled(watch), settled(watch)) == (["flow.yaml"], [])
    write(folder / ".flow.yaml.swp", "voice: {start: [say: Servus]}").replace(folder / "flow.yaml")
    assert settled(watch) == ["flow.yaml"]
    write(folder / "verbs.py", USES.format("import prices"))
    assert settled(watch) == ["verbs.py"]
    write(folder / "prices.py")
    assert settled(watch) == ["prices.py"]
    write(folder / "prices.py", "OF = 1")
    write(folder / "verbs.py", USES.format("from prices import OF"))
    assert settled(watch) == ["verbs.py", "prices.py"]
    (folder / "verbs.py").unlink()
    assert "verbs.py" in settled(watch)
    (folder / "flow.yaml").unlink()
    assert settled(watch) == ["flow.yaml"]


def test_what_is_saved_as_it_was_or_does_not_last_is_not_told(folder):
    flow, watch = folder / "flow.yaml", flow_files.Watch(folder / "flow.yaml")
    content = flow.read_text(encoding="utf-8")
    write(flow, content)
    assert settled(watch) == []
    write(flow, "")
    assert watch.changed() == []
    write(flow, content)
    assert settled(watch) == []


def test_the_checkers_lines_name_the_file_from_the_folder():
    right = flow_files.check(paths.ROOT / "flows" / "menu.yaml")
    assert (right.mistakes, right.warnings) == ([], [])
    (line,) = flow_files.check(paths.ROOT / "flows" / "none.yaml").mistakes
    assert line.startswith("flows/none.yaml:1:1: the file cannot be read")


def test_mistakes_are_told_apart_from_what_does_no_harm(tmp_path):
    checked = flow_files.check(write(tmp_path / "my.yaml", "voice: {start: [sya: x], alone: [say: y]}"))
    assert [line.partition(": ")[2] for line in checked.mistakes] == ['unknown verb "sya"; did you mean "say"?']
    assert ["nothing leads to" in line for line in checked.warnings] == [True]
    assert checked.mistakes[0].startswith(f"{tmp_path / 'my.yaml'}:1:17")


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("raise SystemExit('no licence')", "no licence"),
        ("print('{}')\nraise ValueError('no prices')", "ValueError: no prices"),
        ("import os\nos._exit(3)", "the check of it was ended"),
    ],
)
def test_whatever_an_owners_module_does_the_check_comes_back(tmp_path, source, told):
    write(tmp_path / "verbs.py", source)
    checked = flow_files.check(write(tmp_path / "flow.yaml", "voice: {start: [count: 3]}"))
    assert told in "\n".join(checked.mistakes)


def test_an_import_that_does_not_come_to_an_end_is_a_mistake(tmp_path, monkeypatch):
    monkeypatch.setattr(flow_files, "CHECK_S", 1)
    write(tmp_path / "verbs.py", "import time\ntime.sleep(60)")
    (line,) = flow_files.check(write(tmp_path / "flow.yaml", "voice: {start: [count: 3]}")).mistakes
    assert "does not come to an end" in line
