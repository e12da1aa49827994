"""What a developer does with a flow file: check it, draw it, complete it."""

from xml.etree import ElementTree as ET

import pytest

from local import draw, schema
from local.cli import parser
from local.paths import ROOT
from shared import flow

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


@pytest.mark.parametrize("path", FLOWS, ids=lambda path: path.stem)
def test_every_scene_and_way_is_drawn(path):
    of = flow.load(path)
    picture = ET.fromstring(draw.svg(of))  # noqa: S314 -- our own
    assert len(picture.findall(".//{*}text[@class='name']")) == len(of.scenes)
    paths = [found for found in picture.findall(".//{*}path") if found.get("marker-end")]
    assert len(paths) == len(draw.arrows(of)) == draw.mermaid(of).count("-->")


def test_keys_are_labels(tmp_path, capsys):
    assert run("flow", str(ROOT / "flows" / "menu.yaml"), "--mermaid", "-o", str(tmp_path / "menu.md")) == 0
    assert capsys.readouterr() == ("", f"Wrote {tmp_path / 'menu.md'}.\n")
    assert '-->|"1, sales, wrong, no input"|' in (tmp_path / "menu.md").read_text(encoding="utf-8")


def test_a_broken_file_is_not_drawn(tmp_path, capsys):
    (tmp_path / "my.yaml").write_text("voice: {start: [sya: x]}", encoding="utf-8")
    assert run("flow", str(tmp_path / "my.yaml")) == 1
    assert 'unknown verb "sya"' in capsys.readouterr().err
