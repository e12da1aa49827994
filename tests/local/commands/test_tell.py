"""dev.py tell: which files it tells, what it writes beside, and --watch, which tells again when something is saved."""

import logging
import signal
import subprocess
import sys
from xml.etree import ElementTree as ET

import pytest

from local.cli import parser
from local.paths import ROOT

STORIES = 'people: {ann: "+12025550122"}\nstories: {One: {told: [ann dials, hears: Ahoy]}}\n'


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C reaches one process alone by a signal only elsewhere")
def test_it_is_told_again_when_something_is_saved_until_it_is_ended(tmp_path):
    flow, stories = tmp_path / "flow.yaml", tmp_path / "flow.stories.yaml"
    flow.write_text("voice: {start: [say: Ahoy]}", encoding="utf-8")
    stories.write_text(STORIES, encoding="utf-8")
    command = [sys.executable, str(ROOT / "dev.py"), "tell", "--watch", str(stories)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8") as watching:
        assert "true      One\n" in told(watching)
        flow.write_text("voice: {start: [say: Servus]}", encoding="utf-8")
        assert "NOT TRUE  One\n" in told(watching)
        stories.write_text(STORIES.replace("Ahoy", "Servus"), encoding="utf-8")
        assert "true      One\n" in told(watching)
        watching.send_signal(signal.SIGINT)
    assert watching.returncode == 0


def told(watching):
    """Return the lines of one telling, to the one that says that it waits."""
    lines = []
    while not (lines and lines[-1].startswith("Told again")):
        line = watching.stdout.readline()
        assert line, lines
        lines.append(line)
    return lines


SAYS = "voice: {start: [say: Ahoy]}\n"
PROGRESS = "laying out"  # the picture


@pytest.fixture
def tell(tmp_path, capsys):
    """Tell stories of two lines in a folder; return the exit code and what is printed, of both kinds."""
    for name, heard in (("shop", "Ahoy"), ("bar", "Servus")):
        (tmp_path / f"{name}.yaml").write_text(SAYS, encoding="utf-8")
        (tmp_path / f"{name}.stories.yaml").write_text(STORIES.replace("Ahoy", heard), encoding="utf-8")

    def one(*words):
        given = parser().parse_args(["tell", *words])
        code = given.room.run(given)
        printed = capsys.readouterr()
        return code, printed.out.splitlines(), printed.err

    yield one
    logging.disable(logging.NOTSET)


@pytest.mark.parametrize(("name", "code"), [("shop.stories.yaml", 0), ("shop.yaml", 0), ("bar.yaml", 1), (".", 1)])
def test_a_file_is_named_by_itself_by_its_flow_or_by_its_folder(tell, tmp_path, name, code):
    told = tell(str(tmp_path / name))
    assert told[0] == code
    assert told[1][-1].startswith("2 stories told, 1 not" if name == "." else "1 story told")


def test_a_file_is_found_from_where_it_is_named(tell, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert tell("shop.yaml")[1][0] == "true      One"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            ["lone.yaml"],
            "cannot be read: No such file or directory; python3 dev.py tell --suggest -o lone.stories.yaml",
        ),
        (
            ["sub/lone.yaml"],
            "sub/lone.stories.yaml:1:1: the file cannot be read: No such file or directory; python3 dev.py tell",
        ),
        (["sub/lone.yaml"], "; python3 dev.py tell --suggest -o sub/lone.stories.yaml begins one"),
        (["sub/bare.yaml"], "sub/bare.stories.yaml:1:1: no story is in it; python3 dev.py tell --suggest -o sub/bare."),
        (["sub/odd.yaml"], "sub/odd.yaml:1:1: "),
        (["nothing"], "nothing has no stories; a file of them is called NAME.stories.yaml."),
        (["shop.yaml", "Two"], "No story is called like that: Two"),
        (["shop.yaml", "--at", "teatime"], '"teatime" is no time such as "Thu 22:00"'),
        (["shop.yaml", "-o"], "-o writes suggested stories: python3 dev.py tell --suggest -o"),
        (["shop.yaml", "--suggest", "--watch"], "take one of --watch and --suggest"),
        (["shop.yaml", "--suggest", "--against", "line"], "take one of --against and --suggest"),
        (["shop.yaml", "--picture", "ways.pdf"], "ways.pdf: a picture is .svg or .png."),
        (["shop.yaml", "--picture", "nowhere/ways.svg"], "cannot be written: No such file or directory."),
        (["shop.yaml", "--junit", "nowhere/told.xml"], "cannot be written: No such file or directory."),
    ],
)
def test_what_cannot_be_done_is_one_sentence(tell, tmp_path, monkeypatch, words, said):
    (tmp_path / "nothing").mkdir()
    (tmp_path / "sub").mkdir()
    for name, flow, stories in (("lone", SAYS, ""), ("bare", SAYS, "people: {}\n"), ("odd", "voices: {}\n", STORIES)):
        (tmp_path / "sub" / f"{name}.yaml").write_text(flow, encoding="utf-8")
        if stories:
            (tmp_path / "sub" / f"{name}.stories.yaml").write_text(stories, encoding="utf-8")
    (tmp_path / "lone.yaml").write_text(SAYS, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    code, _, why = tell(*words)
    [told] = [line for line in why.splitlines() if not line.startswith(PROGRESS)]
    assert (code, said in told.replace("\\", "/")) == (2, True), why


def test_each_of_several_files_has_its_own_picture(tell, tmp_path):
    _, _, where = tell(str(tmp_path), "--picture", str(tmp_path / "ways.svg"))
    assert [line for line in where.splitlines() if not line.startswith(PROGRESS)] == [
        f"Wrote {tmp_path / 'ways-bar.svg'}.",
        f"Wrote {tmp_path / 'ways-shop.svg'}.",
    ]
    assert "shop.yaml" in (tmp_path / "ways-shop.svg").read_text(encoding="utf-8")
    assert not (tmp_path / "ways.svg").exists()


def test_what_ci_reads_is_whole_whatever_was_said(tell, tmp_path):
    (tmp_path / "bar.stories.yaml").write_text(STORIES.replace("Ahoy", r'"Bell \a <&> bell"'), encoding="utf-8")
    (tmp_path / "shop.stories.yaml").write_text("stories: {One: {told: [dials]}}", encoding="utf-8")
    assert tell(str(tmp_path), "--junit", str(tmp_path / "told.xml"))[0] == 2
    bar, shop = ET.parse(tmp_path / "told.xml").getroot()  # noqa: S314 -- our own
    assert [suite.get(key) for suite in (bar, shop) for key in ("tests", "failures", "errors")] == list("110101")
    assert "Bell \N{REPLACEMENT CHARACTER} <&> bell" in bar[0][0].get("message") + bar[0][0].text
    assert float(bar[0].get("time")) <= float(bar.get("time"))
