"""A number is connected, and the connection proved, against the local Twilio."""

import argparse
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from local import account, line, paths
from local.commands import connect
from local.number import webhooks_of


@pytest.fixture
def given(processes, tmp_path, monkeypatch):
    card = tmp_path / "line.json"
    line.write(processes.line, card)
    monkeypatch.setattr(paths, "CARD", card)

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
    number = account.current(is_local=True).client().incoming_phone_numbers.list()[0]
    assert {name: getattr(number, name) for name in webhooks_of(processes.line.app)} == webhooks_of(processes.line.app)
    assert connect.run(asked) == 0
    assert "->" not in capsys.readouterr().out


@pytest.mark.parametrize("answer", ["n", "", "no", None])
def test_nothing_is_changed_without_a_yes(given, processes, capsys, monkeypatch, answer):
    def asked(_):
        if answer is None:
            raise EOFError  # a script that forgot --yes
        return answer

    monkeypatch.setattr("builtins.input", asked)
    before = account.current(is_local=True).client().incoming_phone_numbers.list()[0].voice_url
    assert connect.run(given(processes.line.phone_number, "https://elsewhere.example.com")) == 1
    captured = capsys.readouterr()
    assert "Nothing was changed" in captured.err
    assert f"voice_url: {before} -> https://elsewhere.example.com/api/voice" in captured.out
    assert account.current(is_local=True).client().incoming_phone_numbers.list()[0].voice_url == before


def test_a_yes_in_the_terminal_changes(given, processes, capsys, monkeypatch):
    account.current(is_local=True).client().incoming_phone_numbers.list()[0].update(
        sms_url="https://elsewhere.example.com"
    )
    monkeypatch.setattr("builtins.input", lambda _: "Y")
    assert connect.run(given(processes.line.phone_number, processes.line.app)) == 0
    told = capsys.readouterr().out
    assert f"sms_url: https://elsewhere.example.com -> {processes.line.app}/api/sms" in told
    assert "is connected" in told


def test_changes_that_do_not_prove_are_said(given, processes, capsys):
    """Another program answers at that address."""
    assert connect.run(given(processes.line.phone_number, processes.line.twilio, "--yes")) == 1
    assert "instead of TwiML" in capsys.readouterr().err
    assert connect.run(given(processes.line.phone_number, processes.line.app, "--yes")) == 0


def test_an_unknown_number_and_a_plain_address_are_refused(given, processes, capsys):
    assert connect.run(given("+12025550199", processes.line.app, "--yes")) == 1
    assert connect.run(given(processes.line.phone_number, "http://ahoy.example.com", "--yes")) == 1
    assert "https://" in capsys.readouterr().err


def test_another_token_and_another_server_are_told_apart(processes):
    other = account.Account(processes.line.account_sid, "f" * 32, processes.line.twilio)
    assert "refuses Twilio's signature" in account.prove(other, processes.line.app, "+12025550100")
    right = account.Account(processes.line.account_sid, processes.line.auth_token, processes.line.twilio)
    assert "instead of TwiML" in account.prove(right, processes.line.twilio, "+12025550100")


def test_wrong_credentials_are_said_in_a_sentence(given, processes, capsys, monkeypatch):
    wrong = account.Account(processes.line.account_sid, "f" * 32, processes.line.twilio)
    monkeypatch.setattr(account, "current", lambda **_: wrong)
    assert connect.run(given()) == 1
    assert "20003" in capsys.readouterr().err


def test_an_app_that_believes_everybody_is_not_this_one(processes):
    class Trusting(BaseHTTPRequestHandler):
        def do_POST(self):
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"<Response/>")

        def log_message(self, *_):
            """Stay silent."""

    known = account.Account(processes.line.account_sid, processes.line.auth_token, processes.line.twilio)
    with ThreadingHTTPServer(("127.0.0.1", 0), Trusting) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        told = account.prove(known, f"http://127.0.0.1:{server.server_address[1]}", "+12025550100")
        server.shutdown()
    assert "answers 200 instead of 403 to a forged request" in told
