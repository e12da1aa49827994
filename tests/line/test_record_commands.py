"""dev.py reconcile, export and forget, against a running line."""

import csv
import io
import json
from datetime import UTC, datetime, timedelta
from unittest.mock import ANY

import pytest

import dev
from local import line as lines
from local.commands import start
from tests.line.test_record import deaf


@pytest.fixture
def command(line, tmp_path, monkeypatch, capfd):
    card = tmp_path / "line.json"
    lines.write(line.running.line, card)
    monkeypatch.setattr(start, "CARD", card)

    def run(*arguments):
        given = dev.parser().parse_args(arguments)
        code = given.room.run(given)
        printed = capfd.readouterr()
        return code, printed.out, printed.err

    return run


def test_what_a_line_missed_is_brought_written_out_and_forgotten(line, number, command, tmp_path):
    with deaf(line):
        line.twilio.text("=missed", from_=number)
    code, told, _ = command("reconcile", "--since", (datetime.now(UTC) - timedelta(hours=1)).isoformat())
    assert code == 0
    assert int(told.split(" added")[0].split()[-1]) >= 1

    assert command("export", "messages", "--with", number, "-o", str(tmp_path / "out.csv"))[0] == 0
    (row,) = csv.DictReader(io.StringIO((tmp_path / "out.csv").read_text(encoding="utf-8")))
    assert (row["from"], row["body"]) == (number, "'=missed")
    _, told, _ = command("export", "messages", "--with", number, "--format", "jsonl")
    assert json.loads(told)["body"] == "=missed"

    assert command("forget", number, "--twilio") == (
        0,
        "Deleted 1 messages and 0 calls here, 1 records at Twilio.\n",
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
    monkeypatch.setattr(start, "CARD", tmp_path / "none.json")
    for arguments in (["reconcile"], ["export", "calls"], ["forget", "+12025550122"], ["limits"]):
        given = dev.parser().parse_args(arguments)
        assert given.room.run(given) == 1
        assert "dev.py start" in capsys.readouterr().err


@pytest.mark.parametrize("text", ["yesterday", "2026-13-01", ""])
def test_a_time_that_is_none_is_refused(text, capsys):
    with pytest.raises(SystemExit):
        dev.parser().parse_args(["reconcile", "--since", text])
    assert "no time such as" in capsys.readouterr().err
