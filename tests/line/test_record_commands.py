"""dev.py reconcile, export and forget, against a running line."""

import csv
import io
import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from unittest.mock import ANY

import pytest

from local import cli, paths
from local.commands import export
from tests.line.around import deaf
from tests.line.commands import run
from tests.tools.waiting import eventually
from tests.tools.web import answering


@pytest.fixture
def command(card, capfd):  # noqa: ARG001 -- the line that commands find
    def printing(*arguments):
        code = run(*arguments)
        printed = capfd.readouterr()
        return code, printed.out, printed.err

    return printing


def test_what_a_line_missed_is_brought_written_out_and_forgotten(line, number, command, tmp_path):
    with deaf(line):
        line.twilio.text("=missed", from_=number)
    code, told, _ = command("reconcile", "--since", (datetime.now(UTC) - timedelta(hours=1)).isoformat())
    assert code == 0
    assert int(told.split(" added")[0].split()[-1]) >= 1

    assert command("export", "messages", "--with", number, "-o", str(tmp_path / "out.csv"))[0] == 0
    (row,) = csv.DictReader(io.StringIO((tmp_path / "out.csv").read_text(encoding="utf-8-sig")))
    assert (row["from"], row["body"]) == (number, "'=missed")
    _, told, _ = command("export", "messages", "--with", number, "--format", "jsonl")
    assert json.loads(told)["body"] == "=missed"

    assert command("forget", number, "--twilio", "--yes") == (
        0,
        "Deleted 1 message and 0 calls here, 1 record at Twilio.\n",
        "",
    )
    assert command("export", "messages", "--with", number, "--format", "jsonl") == (0, "", "")


def test_what_has_left_and_what_was_refused_is_told(line, number, command):
    line.post("send-sms", {"to": number, "body": "x"})
    assert line.post("send-sms", {"to": "+442071838750", "body": "x"}).status == 403
    code, told, _ = command("limits")
    assert code == 0
    assert " of 1000 calls and texts have left" in told
    assert " country" in told.partition("refused on ")[2]
    known = json.loads(command("limits", "--json")[1])
    assert known["hour"]["used"] >= 1
    assert known["refused"]["country"] >= 1
    assert command("limits", "--day", "2020-01-01")[1].endswith("refused on 2020-01-01: nothing\n")
    assert command("limits", "--day", "monday") == (1, "", ANY)


def test_without_a_line_each_says_how_to_start_one(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(paths, "CARD", tmp_path / "none.json")
    for arguments in (["reconcile"], ["export", "calls"], ["forget", "+12025550122"], ["limits"]):
        assert run(*arguments) == 1
        assert "dev.py start" in capsys.readouterr().err


@pytest.fixture
def deployed(line, monkeypatch, tmp_path):
    """No line runs in this folder; the environment names one elsewhere."""
    monkeypatch.setattr(paths, "CARD", tmp_path / "none.json")
    monkeypatch.setenv("AHOY_URL", f"{line.running.line.app}/")
    monkeypatch.setenv("AHOY_KEY", line.running.line.function_key)


@pytest.mark.usefixtures("deployed")
def test_the_line_that_the_environment_names_is_asked_and_said(line, number, capfd):
    told = f"Asking {line.running.line.app} (AHOY_URL).\n"
    assert run("send", number, "hi from far away") == 0
    assert capfd.readouterr().err == told
    assert run("messages", "--with", number, "--json") == 0
    printed = capfd.readouterr()
    assert (json.loads(printed.out)["body"], printed.err) == ("hi from far away", told)
    for command in (
        ["calls"],
        ["limits"],
        ["reconcile"],
        ["export", "messages", "--with", number],
        ["forget", number, "--yes"],
    ):
        assert run(*command) == 0
        assert told in capfd.readouterr().err
    assert run("export", "messages", "--with", number, "--format", "jsonl") == 0
    assert capfd.readouterr().out == ""
    assert run("text", "hi") == 1  # whoever texts is known to the local Twilio only
    assert "dev.py start" in capfd.readouterr().err


def test_the_environment_wins_over_the_line_of_this_machine(command, line, monkeypatch):
    assert command("limits")[2] == ""
    monkeypatch.setenv("AHOY_URL", line.running.line.app)
    assert command("limits") == (1, "", ANY)
    monkeypatch.setenv("AHOY_KEY", "another")
    assert command("limits")[2].endswith("The app answered 401 to the function key.\n")


@pytest.mark.usefixtures("deployed")
@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"AHOY_KEY": ""}, "AHOY_KEY must be a function key of http://127.0.0.1"),
        ({"AHOY_KEY": "a\nb"}, "AHOY_KEY must be"),
        ({"AHOY_URL": "http://ahoy.example.com"}, 'AHOY_URL: "http://ahoy.example.com" is not where an app is'),
        ({"AHOY_URL": "ahoy.example.com"}, "begins with https://"),
        ({"AHOY_URL": "http://localhost:9"}, "http://localhost:9 does not answer"),
    ],
)
def test_a_line_elsewhere_that_cannot_be_asked_is_one_sentence(monkeypatch, capsys, changes, sentence):
    for name, value in changes.items():
        monkeypatch.setenv(name, value)
    for command in (
        ["messages"],
        ["send", "+12025550122", "x"],
        ["export", "calls"],
        ["forget", "+12025550122", "--yes"],
    ):
        assert run(*command) == 1
        told = capsys.readouterr()
        assert (told.out, sentence in told.err, "Traceback" in told.err) == ("", True, False)


@pytest.mark.parametrize(
    ("status", "headers", "body", "sentence"),
    [
        (302, {"Location": "http://127.0.0.1:9/"}, b"", "answered 302"),
        (200, {}, b"<html>", "not as this app does"),
        (503, {}, b"[]", "answered 503"),
    ],
)
@pytest.mark.usefixtures("deployed")
def test_another_program_there_is_one_sentence_and_gets_nowhere_with_the_key(
    monkeypatch, capsys, status, headers, body, sentence
):
    with answering(body, status, headers) as (address, _):
        monkeypatch.setenv("AHOY_URL", address)
        assert run("limits") == 1
    assert sentence in capsys.readouterr().err


def test_nobody_reads_what_is_exported(line, number, card):
    line.twilio.text("hi", from_=number)
    code = f"""
import sys
from pathlib import Path
from local import cli, paths
paths.CARD = Path({str(card)!r})
given = cli.parser().parse_args(["export", "messages"])
sys.exit(cli.ending_quietly(lambda: given.room.run(given)))
"""
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run([sys.executable, "-c", code], cwd=paths.ROOT, stdout=write, stderr=subprocess.PIPE,
                          encoding="utf-8", check=False)  # fmt: skip
    os.close(write)
    assert (done.stderr, done.returncode) == ("", cli.NOBODY_READS)


def test_the_next_page_is_asked_where_the_first_was():
    """The app may call itself by another name, behind a gateway; the key goes to no other host than the one given."""
    link = '<https://other.example.com/api/calls/export?with=%2B12025550122&page=a%26b&format=csv>; rel="next"'
    assert export._next_query(link) == {"with": "+12025550122", "page": "a&b", "format": "csv"}
    assert export._next_query("") == {}


@pytest.mark.parametrize("name", ["messages", "calls", "limits", "reconcile", "export", "forget", "send"])
def test_help_says_how_another_line_is_asked(name, capsys):
    with pytest.raises(SystemExit):
        cli.parser().parse_args([name, "--help"])
    told = capsys.readouterr().out
    assert ("AHOY_URL" in told, "AHOY_KEY" in told) == (True, True)


def test_lists_are_narrowed_by_person_and_day_and_say_of_what_there_is_nothing(line, number, command):
    line.twilio.text("hi", from_=number)
    today = f"{datetime.now().astimezone():%Y-%m-%d}"
    spelled = f"({number[2:5]}) {number[5:8]}-{number[8:]}"
    listed = ("messages", "--with", spelled, "--since", today, "--until", today)
    code, told, _ = eventually(lambda: (shown := command(*listed))[0] == 0 and shown)
    assert (code, told.splitlines()[-1].endswith("hi")) == (0, True)
    assert command("messages", "--with", spelled, "--until", "2026-01-31")[2].startswith(
        f"No messages with {spelled} until 2026-02-01 00:00:00 "
    )
    assert command("messages", "--with", "0122") == (1, "", ANY)
    assert command("calls", "--with", "0122")[2].startswith('Some fields are wrong.\nwith: "0122" is ')


def test_nobody_is_forgotten_without_a_yes(line, number, command, monkeypatch):
    line.twilio.text("hi", from_=number)
    asked = []
    monkeypatch.setattr("builtins.input", lambda question: asked.append(question) or "n")
    assert command("forget", number, "--twilio")[0] == 1
    assert asked == [f"Delete all messages and calls of {number}, here and at Twilio? [y/N] "]
    assert line.listed("messages", number)
    monkeypatch.setattr("builtins.input", lambda _: "y")
    assert command("forget", number)[0] == 0
    assert line.listed("messages", number) == []
