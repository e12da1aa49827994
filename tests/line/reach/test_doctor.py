"""The doctor finds a healthy line well and each planted fault by name, with what to do; tunnel and send work."""

import json

import pytest

from local import doctor as checkup
from local import line as lines
from local import paths
from local.number import webhooks_of
from local.wording import COMMAND, quoted
from tests.line.around import lost
from tests.line.commands import run
from tests.tools import hello
from tests.tools.waiting import eventually
from tests.tools.web import answering

CHECKS = {"credentials", "clock", "API key", "number", "webhooks", "signature", "settings", "limits", "flow", "storage",
          "flow.yaml", "registration"}  # fmt: skip


def doctor(home, capsys, *address, **changes):
    """Run `dev.py doctor` as the folder's owner; return its exit code and what it prints, by check."""
    capsys.readouterr()
    code = home.run("doctor", *address, **changes)
    return code, told(capsys.readouterr().out)


def told(printed):
    """Return sign and text of each check, with the advice below it."""
    found, check = {}, ""
    for row in printed.splitlines():
        sign, rest = row[:5].strip(), row[7:]
        if sign:
            check, _, text = rest.partition(": ")
            found[check] = [sign, text, ""]
        else:
            found[check][2] = rest
    return found


def wrong(found):
    return sorted(check for check, (sign, _, _) in found.items() if sign == "WRONG")


@pytest.mark.usefixtures("of")
def test_a_healthy_line_is_well(home, capsys):
    code, found = doctor(home, capsys)
    assert (code, wrong(found), found.keys()) == (0, [], CHECKS)
    assert [found["registration"][0], found["credentials"][0]] == ["hint", "ok"]
    assert "A2P 10DLC" in found["registration"][2]


@pytest.mark.usefixtures("of")
def test_a_script_gets_each_finding_as_json(capsys):
    capsys.readouterr()
    assert run("doctor", "--local", "--json") == 0
    found = [json.loads(row) for row in capsys.readouterr().out.splitlines()]
    assert {row["check"] for row in found} == CHECKS - {"flow.yaml"} | {hello.FLOW, "TwiML app"}
    assert all(row.keys() == {"check", "state", "text", "remedy"} for row in found)
    assert {row["state"] for row in found} == {"ok", "hint"}  # no API key is set there


@pytest.mark.usefixtures("of")
@pytest.mark.parametrize(
    ("changes", "checks", "text", "advice"),
    [
        ({"TWILIO_AUTH_TOKEN": "f" * 32}, ["credentials"], "401", "first page of Twilio's console"),
        ({"TWILIO_PHONE_NUMBER": "+12025550199"}, ["number"], "no number of this account", "dev.py connect"),
        ({"TWILIO_PHONE_NUMBER": ""}, ["number"], "TWILIO_PHONE_NUMBER is no number", "dev.py connect"),
        ({"TWILIO_API_KEY_SECRET": "another"}, ["API key"], "401", "are a pair"),
        ({"TWILIO_API_BASE_URL": "http://127.0.0.1:9"}, ["credentials"], "nothing", "Twilio's console"),
        ({"TWILIO_TWIML_APP_SID": "AP" + "9" * 32}, ["TwiML app"], "404", "a TwiML app of this account"),
    ],
)
def test_what_is_wrong_here_is_named_with_what_to_do(home, capsys, changes, checks, text, advice):
    code, found = doctor(home, capsys, **changes)
    assert (code, wrong(found)) == (1, checks)
    assert text in found[checks[0]][1]
    assert advice in found[checks[0]][2]


def test_a_twiml_app_that_sends_the_calls_of_browsers_elsewhere_is_named(of, home, capsys, line):
    application = of.client().applications(of.application).fetch()
    application.update(voice_url="https://elsewhere.example.com")
    code, found = doctor(home, capsys, TWILIO_TWIML_APP_SID=of.application)
    assert (code, wrong(found)) == (1, ["TwiML app"])
    assert found["TwiML app"][1] == f"its voice_url are not those of {line.app}"
    assert found["TwiML app"][2].endswith(f"dev.py connect {line.number} {line.app}")
    assert run("connect", "--local", "--yes", line.number, line.app) == 0
    assert doctor(home, capsys, TWILIO_TWIML_APP_SID=of.application)[0] == 0


@pytest.mark.usefixtures("of")
def test_an_old_tunnel_in_the_settings_is_no_fault_of_a_line_that_is_well(home, capsys, line):
    """After go-live PUBLIC_BASE_URL of the folder may still be the tunnel's; the number must not be sent there."""
    tunnel, number = "https://tunnel.invalid", line.number
    code, found = doctor(home, capsys, PUBLIC_BASE_URL=tunnel)
    assert (code, wrong(found), found.keys()) == (0, [], CHECKS | {"PUBLIC_BASE_URL"})
    sign, text, advice = found.pop("PUBLIC_BASE_URL")
    assert (sign, text) == ("hint", f"it is {tunnel} here, but calls go to {line.app}, which is looked at")
    assert "take PUBLIC_BASE_URL out here" in advice
    assert f"take all calls and texts away from it: {COMMAND} connect {number} {tunnel}" in advice
    assert tunnel not in str(found)


@pytest.mark.usefixtures("of")
def test_an_address_that_is_given_wins_over_the_number_and_the_settings(home, capsys, line):
    app = line.app
    assert doctor(home, capsys, f"{app}/", PUBLIC_BASE_URL="https://tunnel.invalid")[0] == 0
    code, found = doctor(home, capsys, "http://127.0.0.1:9")
    assert (code, wrong(found)) == (1, ["app", "signature", "webhooks"])
    assert f"not those of http://127.0.0.1:9; calls go to {app}/api/voice now" in found["webhooks"][1]
    assert "0 functions loaded" in found["app"][2]


def test_a_number_that_reaches_no_app_is_measured_by_the_settings(of, home, capsys, line):
    number = of.client().incoming_phone_numbers.list()[0]
    number.update(voice_url="https://demo.example.com/welcome/voice")
    code, found = doctor(home, capsys)
    assert (code, wrong(found)) == (1, ["webhooks"])
    assert found["webhooks"][1].endswith("; calls go to https://demo.example.com/welcome/voice now")
    assert found["webhooks"][2] == f"{COMMAND} connect {of.number} {line.app}"


@pytest.mark.parametrize(
    "address", ["ahoy.example.com", "http://ahoy.example.com", "https://", "https://a:b", "https://me@a.example.com"]
)
def test_what_is_no_address_of_an_app_is_said(home, capsys, address):
    capsys.readouterr()
    assert home.run("doctor", address) == 1
    assert "https://ahoy.example.com" in capsys.readouterr().err


def test_what_is_not_set_is_named(home, capsys):
    capsys.readouterr()
    assert home.run("doctor", TWILIO_AUTH_TOKEN="", TWILIO_ACCOUNT_SID="") == 1
    assert "TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN must be set" in capsys.readouterr().err


WRONG_SETTINGS = [
    ({"PUBLIC_BASE_URL": "https://ahoy.example.com"}, "signature", "PUBLIC_BASE_URL is not", "Compare"),
    ({"TWILIO_AUTH_TOKEN": "e" * 32}, "signature", "refuses Twilio's signature", "the token of the app"),
    ({"AHOY_HOURLY_LIMIT": "many"}, "limits", "AHOY_HOURLY_LIMIT is not a number", "whole number"),
    ({"AHOY_RETENTION_DAYS": "long"}, "settings", "AHOY_RETENTION_DAYS is not", "docs/settings.md"),
    ({"AHOY_FLOW": "nowhere.yaml"}, "flow", "1 mistake", "dev.py check"),
]


@pytest.mark.usefixtures("of")
def test_what_is_wrong_where_the_app_runs_is_named(home, line, capsys):
    """One start of the app for each, and a last one, with which it is well again."""
    with home.app_with() as runs_with:
        for settings, check, text, advice in WRONG_SETTINGS:
            runs_with(**settings)
            code, found = doctor(home, capsys)
            line.timer()  # which says again what was said while the app was loaded
            assert eventually(lambda: not lost(line.log()))
            assert (code, wrong(found)) == (1, [check])
            assert text in found[check][1]
            assert advice in found[check][2]
    assert eventually(lambda: doctor(home, capsys)[0] == 0)


@pytest.mark.usefixtures("of")
def test_a_storage_that_is_down_is_named(home, capsys):
    home.running.emulator.end()
    try:
        assert eventually(lambda: wrong(doctor(home, capsys)[1]) == ["storage"], 20)  # health keeps its answer a moment
        code, found = doctor(home, capsys)
        assert (code, "Storage Table Data Contributor" in found["storage"][2]) == (1, True)
    finally:
        home.running.start_storage()
    assert eventually(lambda: doctor(home, capsys)[0] == 0, 20)


@pytest.mark.usefixtures("of")
def test_mistakes_in_the_flow_file_of_this_folder_are_named(home, capsys):
    (home.folder / "flow.yaml").write_text("voice: {start: [gatther: 1]}\n", encoding="utf-8")
    code, found = doctor(home, capsys)
    assert (code, wrong(found)) == (1, ["flow.yaml"])
    assert ("gatther" in found["flow.yaml"][1], found["flow.yaml"][2]) == (True, f"{COMMAND} check flow.yaml")


@pytest.mark.usefixtures("of")
def test_the_flow_file_that_the_settings_name_is_the_one_looked_at(home, capsys):
    (home.folder / "flow.yaml").write_text("voice: {start: [gatther: 1]}\n", encoding="utf-8")
    (home.folder / "night.yaml").write_text("voice: {start: [say: Good night]}\n", encoding="utf-8")
    code, found = doctor(home, capsys, AHOY_FLOW="night.yaml")
    assert (code, found["night.yaml"][0], "flow.yaml" in found) == (0, "ok", False)
    code, found = doctor(home, capsys, AHOY_FLOW="none there.yaml")
    assert (code, wrong(found)) == (1, ["none there.yaml"])
    assert found["none there.yaml"][2] == f"{COMMAND} check {quoted('none there.yaml')}"


def test_webhooks_that_go_elsewhere_are_named_with_the_command_that_mends_them(of, home, capsys, line):
    number = of.client().incoming_phone_numbers.list()[0]
    number.update(voice_url="https://elsewhere.example.com/api/voice", sms_method="GET")
    code, found = doctor(home, capsys, line.app)
    assert (code, wrong(found)) == (1, ["webhooks"])
    assert "voice_url, sms_method" in found["webhooks"][1]
    assert found["webhooks"][2] == f"{COMMAND} connect {of.number} {line.app}"
    assert run("doctor", "--local") == 1
    found = told(capsys.readouterr().out)
    assert found["webhooks"][2] == f"{COMMAND} connect --local {of.number} {line.app}"
    assert run(*found["webhooks"][2].split()[2:], "--yes") == 0  # as it says
    assert doctor(home, capsys)[0] == 0


def test_a_line_that_has_just_started_is_well(of, line, capsys):
    """Nobody has connected its number by hand: the start has."""
    unset = dict.fromkeys(webhooks_of(""), "") | {"voice_method": "GET", "sms_method": "GET"}
    of.client().incoming_phone_numbers.list()[0].update(**unset | {"status_callback_method": "POST"})
    lines._connect(line.running.line)
    capsys.readouterr()
    assert run("doctor", "--local") == 0
    assert wrong(told(capsys.readouterr().out)) == []


def test_an_application_that_wins_over_the_webhooks_is_named(of, home, capsys):
    application = of.client().applications.create(voice_url="https://elsewhere.example.com")
    of.client().incoming_phone_numbers.list()[0].update(voice_application_sid=application.sid)
    code, found = doctor(home, capsys)
    assert (code, wrong(found)) == (1, ["webhooks"])
    assert "Take it off" in found["webhooks"][2]


def test_a_clock_that_is_wrong_is_named(home, capsys):
    """Twilio's clock is ours here; so an old Twilio stands in its place."""
    with answering(b"{}", headers={"Date": "Mon, 23 Nov 2020 10:00:00 GMT"}) as (address, _):
        code, found = doctor(home, capsys, TWILIO_API_BASE_URL=address)
    assert (code, found["clock"][0], "NTP" in found["clock"][2]) == (1, "WRONG", True)


def test_only_numbers_of_the_united_states_are_told_to_register():
    assert [found.state for found in checkup._registration("+12025550100")] == ["hint"]
    for elsewhere in ("+442079460958", "+14165550123", "+18765550123"):  # London, Toronto, Jamaica
        assert list(checkup._registration(elsewhere)) == []


def test_an_address_that_is_not_the_apps_own_is_named(of, line):
    findings = checkup.findings(of, line.running.line.twilio)
    assert {"signature", "app", "webhooks"} <= {found.check for found in findings if found.state == "wrong"}


@pytest.mark.usefixtures("of")
def test_a_text_is_sent_from_the_terminal(numbers, capsys):
    person = next(numbers)
    assert run("send", person, "hello there") == 0
    assert ": 1 segment of GSM-7" in capsys.readouterr().out
    assert run("send", "12", "x") == 1
    assert "to:" in capsys.readouterr().err


def test_a_tunnel_is_explained_and_set(of, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(paths, "ROOT", tmp_path)
    assert run("tunnel") == 0
    assert "PUBLIC_BASE_URL" in capsys.readouterr().out
    assert run("tunnel", "https://t.example.com") == 1
    values = {"TWILIO_ACCOUNT_SID": of.sid, "TWILIO_AUTH_TOKEN": of.auth_token, "TWILIO_API_BASE_URL": of.api,
              "TWILIO_PHONE_NUMBER": of.number}  # fmt: skip
    (tmp_path / "local.settings.json").write_text(json.dumps({"Values": values}), encoding="utf-8")
    assert run("tunnel", "http://t.example.com") == 1
    monkeypatch.setattr("builtins.input", lambda _: "n")
    assert run("tunnel", "https://t.invalid") == 1
    captured = capsys.readouterr()
    assert ("PUBLIC_BASE_URL: nothing -> https://t.invalid" in captured.out, "Nothing was changed" in captured.err) == (
        True,
        True,
    )
    assert "PUBLIC_BASE_URL" not in json.loads((tmp_path / "local.settings.json").read_text(encoding="utf-8"))["Values"]
    assert run("tunnel", "https://t.invalid", "--yes") == 1  # nobody answers there: it is set, and not proved
    assert "is connected" not in capsys.readouterr().out
    settings = json.loads((tmp_path / "local.settings.json").read_text(encoding="utf-8"))["Values"]
    assert settings["PUBLIC_BASE_URL"] == "https://t.invalid"
    assert of.client().incoming_phone_numbers.list()[0].voice_url == "https://t.invalid/api/voice"
