"""What a developer does with a flow file: check it, draw it, complete it."""

from xml.etree import ElementTree as ET

import pytest

from local import schema
from local.cli import parser
from local.commands import flow as command
from local.paths import ROOT

MENU = str(ROOT / "flows" / "menu.yaml")
FLOWS = sorted((ROOT / "flows").glob("*.yaml"))


def run(*arguments):
    given = parser().parse_args(arguments)
    return given.room.run(given)


def test_check_says_what_a_file_holds(capsys):
    assert run("check", str(ROOT / "flows" / "keywords.yaml")) == 0
    assert capsys.readouterr().out.endswith("keywords.yaml: ok, 3 scenes, 3 keywords, 1 line\n")


def test_check_prints_a_line_for_each_mistake(tmp_path, capsys):
    (tmp_path / "my.yaml").write_text("voice: {start: [sya: x]}\nvioce: x", encoding="utf-8")
    assert run("check", str(tmp_path / "my.yaml")) == 1
    assert capsys.readouterr().out == (
        f'{tmp_path}/my.yaml:1:17: unknown verb "sya"; did you mean "say"?\n'
        f'{tmp_path}/my.yaml:2:1: unknown section "vioce"; did you mean "voice"?\n'
    )


WARNED = "voice: {start: [say: $FromCtiy], lost: [hangup]}"


def test_warnings_do_not_fail_unless_they_shall(tmp_path, capsys):
    (tmp_path / "my.yaml").write_text(WARNED, encoding="utf-8")
    warnings = (
        f'{tmp_path}/my.yaml:1:22: warning: "$FromCtiy" is no parameter of Twilio; did you mean "$FromCity"?\n'
        f'{tmp_path}/my.yaml:1:34: warning: nothing leads to the scene "lost"; name it somewhere, or in entrances: '
        "when calls placed by the API begin there\n"
    )
    assert run("check", str(tmp_path / "my.yaml")) == 0
    assert capsys.readouterr().out == (f"{warnings}{tmp_path}/my.yaml: ok, 2 scenes, 0 keywords, 1 line, 2 warnings\n")
    assert run("check", "--strict", str(tmp_path / "my.yaml")) == 1
    assert capsys.readouterr().out == warnings


def test_a_number_that_cannot_exist_fails(tmp_path, capsys):
    (tmp_path / "my.yaml").write_text("voice: {start: [dial: +15550001]}", encoding="utf-8")
    assert run("check", str(tmp_path / "my.yaml")) == 1
    assert "not a valid number" in capsys.readouterr().out


@pytest.mark.parametrize("path", FLOWS, ids=lambda path: path.stem)
def test_the_lines_that_are_shipped_have_no_warning(path):
    assert run("check", "--strict", str(path)) == 0


def test_the_schema_is_current():
    assert schema.FILE.read_text(encoding="utf-8") == schema.written(), "write it anew: python3 dev.py schema"


def test_a_picture_goes_to_the_terminal_or_into_a_file(tmp_path, capsys):
    assert run("flow", MENU) == 0
    drawn = capsys.readouterr().out
    assert run("flow", MENU, "-o", str(tmp_path / "menu.SVG")) == 0
    assert (tmp_path / "menu.SVG").read_text(encoding="utf-8") == drawn
    said = capsys.readouterr()
    assert (said.out, said.err.splitlines()[-1]) == ("", f"Wrote {tmp_path / 'menu.SVG'}.")
    assert ET.fromstring(drawn).findtext("{*}title") == "menu.yaml"  # noqa: S314 -- our own


@pytest.mark.parametrize(
    ("options", "begins"),
    [
        (["-o", "menu.svg"], b"<svg "),
        (["-o", "menu"], b"<svg "),
        (["-o", "menu.png"], b"\x89PNG"),
        (["-o", "menu.mmd"], b"flowchart "),
        (["-o", "menu.md"], b"```mermaid\nflowchart "),
        (["--mermaid", "-o", "menu.txt"], b"flowchart "),
    ],
)
def test_a_file_holds_what_its_name_says(tmp_path, options, begins):
    *kind, name = options
    assert run("flow", MENU, *kind, str(tmp_path / name)) == 0
    assert (tmp_path / name).read_bytes().startswith(begins)


@pytest.mark.parametrize(
    "options", [["-o", "a.pdf"], ["-o", "a.jpeg"], ["--mermaid", "-o", "a.png"], ["--svg", "-o", "a.md"]]
)
def test_what_cannot_be_written_is_told_with_what_can(tmp_path, monkeypatch, capsys, options):
    monkeypatch.chdir(tmp_path)
    assert run("flow", MENU, *options) == 1
    assert capsys.readouterr().err == f"{options[-1]}: {command.WAYS}.\n"
    assert command.WAYS.startswith("a picture is .svg or .png, text for GitHub .mmd or .md; ")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["nowhere/menu.svg", "nowhere/menu.png", "."])
def test_a_place_that_cannot_be_written_is_told(tmp_path, capsys, name):
    assert run("flow", MENU, "-o", str(tmp_path / name)) == 1
    assert f"{tmp_path / name} cannot be written: " in capsys.readouterr().err


def test_a_broken_file_is_not_drawn_and_each_mistake_is_told_once(tmp_path, capsys, caplog):
    (tmp_path / "my.yaml").write_text("voice: {start: [sya: x]}\nvioce: x", encoding="utf-8")
    assert run("flow", str(tmp_path / "my.yaml"), "-o", str(tmp_path / "my.svg")) == 1
    assert capsys.readouterr().err == (
        f'{tmp_path}/my.yaml:1:17: unknown verb "sya"; did you mean "say"?\n'
        f'{tmp_path}/my.yaml:2:1: unknown section "vioce"; did you mean "voice"?\n'
    )
    assert caplog.records == []
    assert not (tmp_path / "my.svg").exists()


@pytest.mark.parametrize("command", ["flow", "check"])
def test_a_warning_is_told_once(tmp_path, capsys, caplog, command):
    (tmp_path / "my.yaml").write_text("voice: {start: [say: x], lost: [say: y]}", encoding="utf-8")
    assert run(command, str(tmp_path / "my.yaml")) == 0
    assert "".join(capsys.readouterr()).count("nothing leads to") == (command == "check")
    assert caplog.records == []
