"""Where Node and npm lie: in the wheels of each system, and on machines that have their own."""

import sys

import pytest

from local.bootstrap import node


def tree(folder, *names):
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()
    return folder


@pytest.mark.parametrize(
    ("system", "program", "script"),
    [
        ("linux", "bin/node", "lib/node_modules/npm/bin/npm-cli.js"),
        ("darwin", "bin/node", "lib/node_modules/npm/bin/npm-cli.js"),
        ("win32", "node.exe", "lib/node_modules/npm/bin/npm-cli.js"),
        ("win32", "bin/node.exe", "lib/node_modules/npm/bin/npm-cli.js"),
        ("win32", "node.exe", "node_modules/npm/bin/npm-cli.js"),
    ],
)
def test_both_are_found_in_the_wheel_of_each_system(tmp_path, monkeypatch, system, program, script):
    monkeypatch.setattr("sys.platform", system)
    folder = tree(tmp_path, program, script)
    assert node.of_wheel(folder) == ([str(folder / program)], [str(folder / program), str(folder / script)])


def test_a_wheel_without_npm_is_none(tmp_path):
    assert node.of_wheel(tree(tmp_path, "node.exe", "bin/node")) is None


@pytest.mark.skipif(sys.platform == "win32", reason="the system's Node is played by a script of POSIX")
@pytest.mark.parametrize(
    ("version", "is_taken"), [("v18.19.0", False), ("v20.0.0", True), ("v24.1.0", True), ("", False)]
)
def test_the_systems_node_is_taken_when_it_is_new_enough_and_has_npm(tmp_path, monkeypatch, version, is_taken):
    for name in ("node", "npm"):
        (tmp_path / name).write_text(f"#!/bin/sh\necho {version}\n", encoding="utf-8")
        (tmp_path / name).chmod(0o700)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(node, "STAMP", tmp_path / "none")
    taken = ([str(tmp_path / "node")], [str(tmp_path / "npm")])
    assert node.commands() == (taken if is_taken else None)
    (tmp_path / "npm").unlink()
    assert node.commands() is None


@pytest.mark.skipif(sys.platform == "win32", reason="the system's Node is played by a script of POSIX")
def test_npm_is_run_by_its_script_where_that_lies_beside_node(tmp_path, monkeypatch):
    tree(tmp_path, "node_modules/npm/bin/npm-cli.js")
    (tmp_path / "node").write_text("#!/bin/sh\necho v24.1.0\n", encoding="utf-8")
    (tmp_path / "node").chmod(0o700)
    monkeypatch.setenv("PATH", str(tmp_path))
    script = str(tmp_path / "node_modules" / "npm" / "bin" / "npm-cli.js")
    assert node.commands() == ([str(tmp_path / "node")], [str(tmp_path / "node"), script])
