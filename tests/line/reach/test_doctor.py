"""The doctor finds a healthy line well and each planted fault by name, with what to do; tunnel and send work."""

import json
from dataclasses import replace

import pytest

from dev import parser
from local import account, checkup, line, setup
from local.commands import start


@pytest.fixture
def of(processes, tmp_path, monkeypatch):
    card = tmp_path / "line.json"
    line.write(processes.line, card)
    monkeypatch.setattr(start, "CARD", card)
    number = account.known(is_local=True).client().incoming_phone_numbers.list()[0]
    run("connect", "--local", "--yes", number.phone_number, processes.line.app)
    return account.known(is_local=True)


def run(*words):
    given = parser().parse_args(words)
    return given.room.run(given)


def wrong(of):
    return {found.check: found for found in checkup.findings(of) if found.state == "wrong"}


def test_a_healthy_line_is_well(of, capsys):
    assert wrong(of) == {}
    assert run("doctor", "--local", "--json") == 0
    found = [json.loads(row) for row in capsys.readouterr().out.splitlines() if row.startswith("{")]
    assert {row["check"] for row in found} >= {
        "credentials",
        "clock",
        "number",
        "webhooks",
        "signature",
        "storage",
        "flow",
    }


def test_another_token_is_named_first(of):
    assert list(wrong(replace(of, auth_token="f" * 32))) == ["credentials"]


def test_a_number_of_somebody_else_is_named(of):
    assert "connect" in wrong(replace(of, number="+12025550199"))["number"].remedy


def test_webhooks_that_go_elsewhere_are_named_with_the_command_that_mends_them(of, processes):
    number = of.client().incoming_phone_numbers.list()[0]
    number.update(voice_url="https://elsewhere.example.com/api/voice")
    found = wrong(of)["webhooks"]
    assert "voice_url" in found.told
    assert found.remedy == f"python3 dev.py connect {of.number} {processes.line.app}"


def test_an_address_that_is_not_the_apps_own_is_named(of, processes):
    found = wrong(replace(of, base=processes.line.twilio))
    assert {"signature", "app", "webhooks"} <= found.keys()


def test_a_wrong_api_key_is_named(of):
    assert "pair" in wrong(replace(of, key=("SK" + "0" * 32, "x")))["API key"].remedy


def test_a_clock_that_is_wrong_is_named():
    assert checkup._clock("Mon, 23 Nov 2020 10:00:00 GMT").state == "wrong"


@pytest.mark.usefixtures("of")
def test_a_text_is_sent_from_the_terminal(numbers, capsys):
    person = next(numbers)
    assert run("send", person, "hello there") == 0
    assert "1 segments of GSM-7" in capsys.readouterr().out
    assert run("send", "12", "x") == 1
    assert "to:" in capsys.readouterr().err


def test_a_tunnel_is_explained_and_set(of, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(setup, "ROOT", tmp_path)
    assert run("tunnel") == 0
    assert "PUBLIC_BASE_URL" in capsys.readouterr().out
    assert run("tunnel", "https://t.example.com") == 1
    values = {"TWILIO_ACCOUNT_SID": of.sid, "TWILIO_AUTH_TOKEN": of.auth_token, "TWILIO_API_BASE_URL": of.api,
              "TWILIO_PHONE_NUMBER": of.number}  # fmt: skip
    (tmp_path / "local.settings.json").write_text(json.dumps({"Values": values}))
    assert run("tunnel", "http://t.example.com") == 1
    run("tunnel", "https://t.invalid", "--yes")
    assert (
        json.loads((tmp_path / "local.settings.json").read_text())["Values"]["PUBLIC_BASE_URL"] == "https://t.invalid"
    )
    assert of.client().incoming_phone_numbers.list()[0].voice_url == "https://t.invalid/api/voice"
