"""What a package brings beside a flow file: the same flow as the file's, and only for its very bytes."""

import logging
from hashlib import sha256

import pytest

from local import kept_flow
from shared import flow
from shared.flow import reader, yaml_parser
from tests.tools.flows import READY_MADE_FLOWS

OWN_VERB = """from shared.flow import verb
@verb
def weather(request, city: str): ...
"""


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "flow.yaml"
    path.write_text("voice: {start: [say: Hello]}\n", encoding="utf-8")
    return path


def keep(path):
    name, content = kept_flow.file_for(path)
    path.with_name(name).write_bytes(content)


@pytest.mark.parametrize("path", READY_MADE_FLOWS, ids=lambda path: path.stem)
def test_the_flow_that_is_kept_is_the_files_own(path, tmp_path):
    copy = tmp_path / path.name
    copy.write_bytes(path.read_bytes())
    keep(copy)
    assert flow.load(copy) == flow.load(path)
    assert repr(flow.load(copy)) == repr(flow.load(path)), "the order of choices and scenes counts, too"


def test_a_flow_that_is_kept_is_played_without_reading_it(file, monkeypatch):
    keep(file)
    monkeypatch.setattr(reader, "read", None)
    assert list(flow.load(file).scenes) == ["start"]


def test_warnings_are_told_at_each_start(file, caplog):
    file.write_text("voice: {start: [say: Hello], other: [say: Never]}\n", encoding="utf-8")
    flow.load(file)
    told = [record.getMessage() for record in caplog.records if record.levelno == logging.WARNING]
    assert told
    keep(file)
    caplog.clear()
    flow.load(file)
    assert [record.getMessage() for record in caplog.records] == told


@pytest.mark.parametrize(
    "text", ["voice: {start: [weather: Bonn]}\n", "messages: {keywords: {sun: {weather: Bonn}}}\n",
             'lines: {"+12025550100": {messages: {otherwise: {weather: Bonn}}}}\nvoice: {start: [say: Hello]}\n']
)  # fmt: skip
def test_own_verbs_are_read_at_each_start_from_the_tree(file, text, monkeypatch):
    file.write_text(text, encoding="utf-8")
    verbs = file.with_name("verbs.py")
    verbs.write_text(OWN_VERB, encoding="utf-8")
    keep(file)
    monkeypatch.setattr(yaml_parser, "parse", None)
    assert flow.load(file).mistakes == ()
    verbs.write_text(OWN_VERB.replace("city: str", "place: str, when: str"), encoding="utf-8")
    assert any("when" in mistake.wrong for mistake in flow.load(file).mistakes)


BEGINS = "from shared.flow.model import Flow\nDIGEST, FLOW, WARNINGS = "


@pytest.mark.parametrize(
    "damage", ["", "DIGEST", "}", "DIGEST = '{digest}'", f"{BEGINS} '{{digest}}', 1, []", f"{BEGINS} 'x', Flow(), []",
               f"{BEGINS} '{{digest}}', Flow(word=1), []"]
)  # fmt: skip
def test_what_is_not_the_files_is_not_looked_at(file, damage):
    before = flow.load(file)
    digest = sha256(file.read_bytes()).hexdigest()
    file.with_name("flow.yaml.kept.py").write_text(damage.replace("{digest}", digest), encoding="utf-8")
    assert flow.load(file) == before


@pytest.mark.parametrize("damage", [b"", b"{}", b"[1]", b'{"digest": "x", "tree": ["Text", 1, 1, ""]}'])
def test_nor_is_a_tree_that_is_not_the_files(file, damage):
    before = flow.load(file)
    file.with_name("flow.yaml.kept").write_bytes(damage)
    assert flow.load(file) == before


def test_a_file_that_was_changed_is_read_anew(file):
    keep(file)
    file.write_text("voice: {start: [say: Goodbye]}\n", encoding="utf-8")
    assert "Goodbye" in str(flow.load(file))


def test_a_file_that_is_gone_is_told_as_such(file):
    keep(file)
    file.unlink()
    assert "cannot be read" in str(flow.load(file).mistakes[0])


@pytest.mark.parametrize("text", ["voice: [", "a: 1\na: 2\n", "voice: {start: [shout: Hello]}\n"])
def test_nothing_is_kept_of_a_file_with_mistakes(file, text):
    file.write_text(text, encoding="utf-8")
    assert kept_flow.file_for(file) is None
