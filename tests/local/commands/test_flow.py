"""What a developer does with a flow file: check it, draw it, complete it."""

import json
import tomllib
from xml.etree import ElementTree as ET

import pytest

from local import account, schema
from local.cli import parser
from local.commands import flow as command
from local.paths import ROOT
from local.tell import phrases
from local.tell import schema as stories_schema
from shared.flow.grammar import FORMERLY
from tests.tools.flows import READY_MADE_FLOWS

MENU = str(ROOT / "flows" / "menu.yaml")


def run(*arguments):
    given = parser().parse_args(arguments)
    return given.room.run(given)


def test_check_says_what_a_file_holds(capsys):
    assert run("check", str(ROOT / "flows" / "keywords.yaml")) == 0
    assert capsys.readouterr().out.endswith("keywords.yaml: ok, 3 scenes, 3 keywords, 1 line\n")


def test_check_says_that_the_lines_own_flow_has_no_stories_and_how_to_begin(tmp_path, monkeypatch, capsys):
    own, other = tmp_path / "own.yaml", tmp_path / "other.yaml"
    for flow in (own, other):
        flow.write_text("voice: {start: [say: Hello]}", encoding="utf-8")
    monkeypatch.setenv("AHOY_FLOW", str(own))
    assert (run("check", "--strict", str(own)), run("check", str(other))) == (0, 0)
    ok, hint, other_ok = capsys.readouterr().out.splitlines()
    assert (ok.endswith("1 line"), other_ok.endswith("1 line")) == (True, True)
    assert "No stories are told of it yet" in hint
    assert "own.stories.yaml" in hint
    (tmp_path / "own.stories.yaml").touch()
    assert run("check", str(own)) == 0
    assert "stories" not in capsys.readouterr().out


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


@pytest.mark.parametrize("path", READY_MADE_FLOWS, ids=lambda path: path.stem)
def test_the_lines_that_are_shipped_have_no_warning(path):
    assert run("check", "--strict", str(path)) == 0


def test_the_schema_is_current():
    kept = json.loads(schema.FILE.read_text(encoding="utf-8"))
    for place in ("step", "answer"):  # an owner's verbs may be in it, or not
        words = kept["definitions"][place]["properties"]
        kept["definitions"][place]["properties"] = {
            word: of for word, of in words.items() if of.get("description") != schema.OWN
        }
    assert kept == schema.schema(), "write it anew: python3 dev.py schema"


OWN = """
from twilio.twiml.voice_response import VoiceResponse
from shared.flow import Call, Message, Scene, verb

@verb
def count(call: Call, to: int, loudly: bool = False, then: Scene = Scene("")) -> VoiceResponse: ...

@verb
def shout(message: Message, word: str) -> None: ...

@verb
def odd(call: Call, what: "Nothing") -> None: ...  # noqa: F821
"""


def test_the_schema_knows_an_owners_verbs_and_says_what_it_holds(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(schema, "FILE", tmp_path / "flow.schema.json")
    assert run("schema") == 0
    first, second = capsys.readouterr().out.splitlines()
    assert first == "flow.schema.json: 20 verbs of the language, 0 verbs of an owner's"
    assert second == f"stories.schema.json: {len(phrases.ACTS)} sentences of stories"
    assert json.loads((tmp_path / "stories.schema.json").read_text(encoding="utf-8")) == stories_schema.schema()
    (tmp_path / "verbs.py").write_text(OWN, encoding="utf-8")
    assert run("schema") == 0
    first, _ = capsys.readouterr().out.splitlines()
    assert first == "flow.schema.json: 20 verbs of the language, 2 verbs of verbs.py (count, shout)"
    definitions = json.loads(schema.FILE.read_text(encoding="utf-8"))["definitions"]
    count = definitions["step"]["properties"]["count"]["properties"]
    assert (count["to"], count["loudly"]) == ({"type": "integer"}, {"type": "boolean"})
    assert count["then"] == {"$ref": "#/definitions/scene"}
    assert "word" in definitions["answer"]["properties"]["shout"]["properties"]


def test_the_schema_says_when_an_owners_file_cannot_be_read(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(schema, "FILE", tmp_path / "flow.schema.json")
    (tmp_path / "verbs.py").write_text("import nothing_of_this_name", encoding="utf-8")
    assert run("schema") == 1
    assert "verbs.py cannot be imported: ModuleNotFoundError" in capsys.readouterr().out


@pytest.mark.parametrize("form", ["plain", "windows", "bom", "quoted"])
def test_a_word_that_has_a_new_name_is_mended_in_place(tmp_path, capsys, form):
    before = (
        "# ours\nversion: 1  # of the language\nvoice:\n  start:\n    - gather: {num_digits: 1, prompt: Grüße}  # x\n"
    )
    after = before.replace("version", "ahoy").replace("num_digits", "digits")
    if form == "quoted":
        before, after = before.replace("version", "'version'"), after.replace("ahoy", "'ahoy'")
    if form == "windows":
        before, after = before.replace("\n", "\r\n"), after.replace("\n", "\r\n")
    coding = "utf-8-sig" if form == "bom" else "utf-8"
    file = tmp_path / "my.yaml"
    file.write_bytes(before.encode(coding))
    assert run("check", str(file)) == 1
    assert capsys.readouterr().out == (
        f'{file}:2:1: warning: "version" is called "ahoy" now; write ahoy, or run dev.py check --fix\n'
        f'{file}:5:16: "num_digits" is not written in "gather"; write digits\n'
    )
    assert run("check", "--fix", str(file)) == 0
    assert capsys.readouterr().out == (
        f"{file}:2:1: version is ahoy now\n{file}:5:16: num_digits is digits now\n"
        f"{file}: ok, 1 scene, 0 keywords, 1 line\n"
    )
    assert file.read_bytes() == after.encode(coding)


def test_a_file_with_nothing_to_mend_is_left_alone(tmp_path):
    file = tmp_path / "my.yaml"
    file.write_text("voice: {start: [sya: hi]}", encoding="utf-8")
    written = file.stat().st_mtime_ns
    assert run("check", "--fix", str(file)) == 1
    assert file.stat().st_mtime_ns == written


def test_a_former_word_is_taken_for_two_versions():
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    major, minor, *_ = map(int, version.split("."))
    for former in FORMERLY.values():
        since_major, since_minor, *_ = map(int, former.since.split("."))
        assert (major, minor) < (since_major, since_minor + 2), f"{former} has been taken for long enough"


@pytest.mark.parametrize(
    ("ours", "written", "hint"),
    [
        ("+493012345678", "030 1234567", 'did you mean "+49301234567"?'),
        ("+12025550100", "(202) 555-0101", 'did you mean "+12025550101"?'),
        ("+493012345678", "0172 1234567", 'did you mean "+491721234567"?'),
        ("+493012345678", "+49 (0)30 1234567", 'did you mean "+49301234567"?'),
        ("+12025550100", "011 44 20 7946 0000", 'did you mean "+442079460000"?'),
        ("+493012345678", "12025550101", 'did you mean "+12025550101"?'),
        ("", "0049301234567", 'did you mean "+49301234567"?'),
        ("", "12025550101", 'did you mean "+12025550101"?'),
        ("", "030 1234567", "its country is missing: write + and the code of the country"),
        ("", "2025550101", "its country is missing: write + and the code of the country"),
        ("+493012345678", "0555 0000 0000 0000 00", "no number of DE: write + and the code of the country"),
        ("+12025550100", "(202) 555-0101 ext. 5", 'write "+12025550101"; in dial, send_digits: "wwww5" keys'),
    ],
)
def test_the_hint_for_a_number_is_one_that_the_checker_takes(tmp_path, capsys, monkeypatch, ours, written, hint):
    monkeypatch.setattr(account, "settings", lambda: {"TWILIO_PHONE_NUMBER": ours})
    monkeypatch.delenv("TWILIO_PHONE_NUMBER", raising=False)
    file = tmp_path / "my.yaml"
    file.write_text(f'voice: {{start: [dial: "{written}"]}}', encoding="utf-8")
    assert run("check", str(file)) == 1
    said = capsys.readouterr().out
    assert hint in said
    if "did you mean" in hint:
        file.write_text(f'voice: {{start: [dial: "{said.split(chr(34))[-2]}"]}}', encoding="utf-8")
        assert run("check", str(file)) == 0


def test_the_country_is_that_of_the_files_own_lines(tmp_path, capsys):
    file = tmp_path / "my.yaml"
    lines = "lines: {+493012345678: {start: a}}"
    file.write_text(f'voice: {{a: [dial: "+12025550101", dial: 030 1234567]}}\n{lines}', encoding="utf-8")
    assert run("check", str(file)) == 1
    assert 'did you mean "+49301234567"?' in capsys.readouterr().out


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
