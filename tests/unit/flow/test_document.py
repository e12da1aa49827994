"""The tree of a flow file that a package brings: the same as the file's, and only for its very bytes."""

import pytest

from local.paths import ROOT
from shared.flow import document, reader, yaml_parser

FLOWS = sorted((ROOT / "flows").glob("*.yaml"))


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "flow.yaml"
    path.write_text("voice: {start: [say: Hello]}\n", encoding="utf-8")
    return path


def keep(path):
    name, content = reader.tree_to_keep(path)
    path.with_name(name).write_bytes(content)


@pytest.mark.parametrize("path", FLOWS, ids=lambda path: path.stem)
def test_the_tree_that_is_kept_is_the_files_own(path, tmp_path):
    copy = tmp_path / path.name
    copy.write_bytes(path.read_bytes())
    keep(copy)
    assert document.kept(copy, copy.read_bytes()) == yaml_parser.parse(path.read_bytes())[0]


def test_a_file_with_its_tree_is_read_without_yaml(file, monkeypatch):
    keep(file)
    whole = reader.tree(file)
    monkeypatch.setattr(yaml_parser, "parse", None)
    assert reader.tree(file) == whole


@pytest.mark.parametrize("damage", [b"", b"{}", b"[1]", b'{"digest": "x", "root": ["Text", 1, 1, "x"]}'])
def test_a_tree_that_is_not_the_files_is_not_looked_at(file, damage):
    keep(file)
    before = reader.tree(file)
    file.with_name("flow.yaml.tree").write_bytes(damage)
    assert reader.tree(file) == before


def test_a_file_that_was_changed_is_read_anew(file):
    keep(file)
    file.write_text("voice: {start: [say: Goodbye]}\n", encoding="utf-8")
    assert "Goodbye" in str(reader.tree(file))


@pytest.mark.parametrize("text", ["voice: [", "a: 1\na: 2\n"])
def test_a_file_with_mistakes_keeps_no_tree(file, text):
    file.write_text(text, encoding="utf-8")
    assert reader.tree_to_keep(file) is None
