"""A number is connected, and the connection proved, against the local Twilio."""

import argparse

import pytest

from local import account, line
from local.commands import connect, start


@pytest.fixture
def given(processes, tmp_path, monkeypatch):
    card = tmp_path / "line.json"
    line.write(processes.line, card)
    monkeypatch.setattr(start, "CARD", card)

    def arguments(*texts):
        parser = argparse.ArgumentParser()
        connect.add_arguments(parser)
        return parser.parse_args(["--local", *texts])

    return arguments


def test_without_a_number_all_are_listed(given, processes, capsys):
    assert connect.run(given()) == 0
    assert processes.line.phone_number in capsys.readouterr().out


def test_changes_are_shown_made_and_proved(given, processes, capsys):
    asked = given(processes.line.phone_number, processes.line.app, "--yes")
    assert connect.run(asked) == 0
    assert "is connected" in capsys.readouterr().out
    number = account.known(is_local=True).client().incoming_phone_numbers.list()[0]
    assert {name: getattr(number, name) for name in connect.wanted(processes.line.app)} == connect.wanted(
        processes.line.app
    )
    assert connect.run(asked) == 0
    assert "->" not in capsys.readouterr().out


def test_nothing_is_changed_without_a_yes(given, processes, capsys, monkeypatch):
    monkeypatch.setattr("builtins.input", lambda _: "n")
    assert connect.run(given(processes.line.phone_number, "https://elsewhere.example.com")) == 1
    assert "Nothing was changed" in capsys.readouterr().err


def test_an_unknown_number_and_a_plain_address_are_refused(given, processes, capsys):
    assert connect.run(given("+12025550199", processes.line.app, "--yes")) == 1
    assert connect.run(given(processes.line.phone_number, "http://ahoy.example.com", "--yes")) == 1
    assert "https://" in capsys.readouterr().err


def test_another_token_and_another_server_are_told_apart(processes):
    other = account.Account(processes.line.account_sid, "f" * 32, processes.line.twilio)
    assert "refuses Twilio's signature" in account.proof(other, processes.line.app, "+12025550100")
    right = account.Account(processes.line.account_sid, processes.line.auth_token, processes.line.twilio)
    assert "instead of TwiML" in account.proof(right, processes.line.twilio, "+12025550100")
