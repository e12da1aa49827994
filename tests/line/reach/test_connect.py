"""A number is connected, and the connection proved, against the local Twilio."""

import argparse

import pytest

from local import account
from local.commands import connect
from local.number import webhooks_of
from tests.tools.web import answering


@pytest.fixture
def given(card):  # noqa: ARG001 -- the line that --local names
    def arguments(*texts):
        parser = argparse.ArgumentParser()
        connect.add_arguments(parser)
        return parser.parse_args(["--local", *texts])

    return arguments


def test_without_a_number_all_are_listed(given, line, capsys):
    assert connect.run(given()) == 0
    assert line.number in capsys.readouterr().out


def test_changes_are_shown_made_and_proved(given, line, capsys):
    asked = given(line.number, line.app, "--yes")
    assert connect.run(asked) == 0
    assert "is connected" in capsys.readouterr().out
    number = account.current(is_local=True).client().incoming_phone_numbers.list()[0]
    assert {name: getattr(number, name) for name in webhooks_of(line.app)} == webhooks_of(line.app)
    assert connect.run(asked) == 0
    assert "->" not in capsys.readouterr().out


def test_the_twiml_app_of_browsers_is_connected_too(given, line, capsys):
    own = account.current(is_local=True)
    application = own.client().applications(own.application).fetch()
    application.update(voice_url="https://elsewhere.example.com")
    assert connect.run(given(line.number, line.app, "--yes")) == 0
    told = f"TwiML app {own.application} voice_url: https://elsewhere.example.com -> {line.app}/api/voice"
    assert told in capsys.readouterr().out
    assert application.fetch().voice_url == f"{line.app}/api/voice"


@pytest.mark.parametrize("answer", ["n", "", "no", None])
def test_nothing_is_changed_without_a_yes(given, line, capsys, monkeypatch, answer):
    def asked(_):
        if answer is None:
            raise EOFError  # a script that forgot --yes
        return answer

    monkeypatch.setattr("builtins.input", asked)
    before = account.current(is_local=True).client().incoming_phone_numbers.list()[0].voice_url
    assert connect.run(given(line.number, "https://elsewhere.example.com")) == 1
    captured = capsys.readouterr()
    assert "Nothing was changed" in captured.err
    assert f"voice_url: {before} -> https://elsewhere.example.com/api/voice" in captured.out
    assert account.current(is_local=True).client().incoming_phone_numbers.list()[0].voice_url == before


def test_a_yes_in_the_terminal_changes(given, line, capsys, monkeypatch):
    account.current(is_local=True).client().incoming_phone_numbers.list()[0].update(
        sms_url="https://elsewhere.example.com"
    )
    monkeypatch.setattr("builtins.input", lambda _: "Y")
    assert connect.run(given(line.number, line.app)) == 0
    told = capsys.readouterr().out
    assert f"sms_url: https://elsewhere.example.com -> {line.app}/api/sms" in told
    assert "is connected" in told


def test_changes_that_do_not_prove_are_said(given, line, capsys):
    """Another program answers at that address."""
    assert connect.run(given(line.number, line.running.line.twilio, "--yes")) == 1
    assert "instead of TwiML" in capsys.readouterr().err
    assert connect.run(given(line.number, line.app, "--yes")) == 0


def test_an_unknown_number_and_a_plain_address_are_refused(given, line, capsys):
    assert connect.run(given("+12025550199", line.app, "--yes")) == 1
    assert connect.run(given(line.number, "http://ahoy.example.com", "--yes")) == 1
    assert "https://" in capsys.readouterr().err


def test_another_token_and_another_server_are_told_apart(line):
    other = line.account("f" * 32)
    assert "refuses Twilio's signature" in account.prove(other, line.app, "+12025550100")
    right = line.account()
    assert "instead of TwiML" in account.prove(right, line.running.line.twilio, "+12025550100")


def test_wrong_credentials_are_said_in_a_sentence(given, line, capsys, monkeypatch):
    wrong = line.account("f" * 32)
    monkeypatch.setattr(account, "current", lambda **_: wrong)
    assert connect.run(given()) == 1
    assert "20003" in capsys.readouterr().err


def test_an_app_that_believes_everybody_is_not_this_one(line):
    own = line.account()
    with answering(b"<Response/>") as (address, _):
        complaint = account.prove(own, address, "+12025550100")
    assert "answers 200 instead of 403 to a forged request" in complaint
