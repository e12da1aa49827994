"""Core Tools get the settings of the local line; what an owner has set is kept, and no account is lost."""

import json
import sys

import pytest

from local import cli, func_settings, paths
from local import line as lines
from local.commands import func_settings as command
from local.paths import ROOT
from tests.tools.web import answering

LINE = lines.Line(
    app="http://localhost:7071", twilio="http://127.0.0.1:7072", function_key="k", master_key="m",
    account_sid="AC" + "1" * 32,
    auth_token="t" * 32, phone_number="+12025550100", storage="AccountName=devstoreaccount1", flow="flow.yaml",
    has_app=False, browsers={"TWILIO_API_KEY_SID": "SK1", "TWILIO_TWIML_APP_SID": "AP1"},
)  # fmt: skip
REAL = {
    "TWILIO_ACCOUNT_SID": "AC" + "9" * 32, "TWILIO_AUTH_TOKEN": "real", "TWILIO_PHONE_NUMBER": "+12025550199",
    "TWILIO_API_KEY_SID": "SK" + "9" * 32, "TWILIO_API_KEY_SECRET": "secret", "AHOY_COUNTRIES": "US,DE",
    "MY_OWN": "kept",
}  # fmt: skip


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A project with a card of a line without its app."""
    (tmp_path / func_settings.EXAMPLE).write_text((ROOT / func_settings.EXAMPLE).read_text("utf-8"), "utf-8")
    monkeypatch.setattr(paths, "ROOT", tmp_path)
    monkeypatch.setattr(paths, "HOME", tmp_path / ".ahoy")
    monkeypatch.setattr(paths, "CARD", tmp_path / "line.json")
    return tmp_path


@pytest.fixture
def line(folder):
    """The local Twilio of that line; all that is asked of it is whether it is there."""
    with answering(b"") as (address, _):
        told = LINE.as_dict() | {"twilio": address}
        (folder / "line.json").write_text(json.dumps(told), "utf-8")
        yield lines.Line(**told)


def run(*words):
    return command.run(cli.parser().parse_args(["func-settings", *words]))


def there(folder):
    return json.loads((folder / func_settings.FILE).read_text("utf-8"))


def set_up(folder, values, **more):
    (folder / func_settings.FILE).write_text(json.dumps({"IsEncrypted": False, "Values": values, **more}), "utf-8")


def test_the_settings_are_those_of_the_line_in_the_form_of_the_example(folder, line, capsys):
    assert run() == 0
    values = there(folder)["Values"]
    assert values.keys() >= json.loads((ROOT / func_settings.EXAMPLE).read_text("utf-8"))["Values"].keys()
    assert {name: values[name] for name in ("TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN", "TWILIO_API_BASE_URL")} == {
        "TWILIO_ACCOUNT_SID": line.account_sid, "TWILIO_AUTH_TOKEN": line.auth_token,
        "TWILIO_API_BASE_URL": line.twilio,
    }  # fmt: skip
    assert (values["AzureWebJobsStorage"], values["PUBLIC_BASE_URL"]) == (line.storage, "http://localhost:7071")
    assert (values["TWILIO_API_KEY_SID"], values["TWILIO_TWIML_APP_SID"]) == ("SK1", "AP1")  # of its browsers
    assert there(folder)["Host"] == {"LocalHttpPort": 7071}
    assert "`func start` answers +12025550100 at http://localhost:7071" in capsys.readouterr().out
    if sys.platform != "win32":
        assert (folder / func_settings.FILE).stat().st_mode & 0o777 == 0o600


def test_the_next_line_replaces_the_one_before_without_a_question_and_nothing_else(folder, line):
    set_up(folder, {"TWILIO_ACCOUNT_SID": "AC" + "2" * 32, "TWILIO_API_BASE_URL": "http://127.0.0.1:9",
                    "MY_OWN": "kept",
                    "AHOY_COUNTRIES": "US", "TWILIO_API_KEY_SID": "SK1"}, Host={"CORS": "*"})  # fmt: skip
    assert run() == 0
    values = there(folder)["Values"]
    assert values["TWILIO_ACCOUNT_SID"] == line.account_sid
    assert (values["MY_OWN"], values["AHOY_COUNTRIES"], values["TWILIO_API_KEY_SID"]) == ("kept", "US", "SK1")
    assert there(folder)["Host"] == {"CORS": "*", "LocalHttpPort": 7071}
    assert not (folder / ".ahoy").exists()


@pytest.mark.usefixtures("line")
def test_a_real_account_is_replaced_only_when_its_owner_agrees_and_is_put_aside(folder, monkeypatch, capsys):
    set_up(folder, REAL)
    before = (folder / func_settings.FILE).read_text("utf-8")
    monkeypatch.setattr("builtins.input", lambda _: "n")
    assert run() == 1
    assert (folder / func_settings.FILE).read_text("utf-8") == before
    assert run("--yes") == 0
    assert run("--yes") == 0, "it is the local line's now, and nothing is put aside again"
    told = capsys.readouterr().out
    assert "TWILIO_AUTH_TOKEN" in told
    assert "secret" not in told
    assert [file.read_text("utf-8") for file in (folder / ".ahoy" / "settings").iterdir()] == [before]
    values = there(folder)["Values"]
    assert (values["TWILIO_API_KEY_SECRET"], values["MY_OWN"], values["AHOY_COUNTRIES"]) == ("", "kept", "US,DE")
    set_up(folder, REAL)
    assert run("--yes") == 0
    assert len(list((folder / ".ahoy" / "settings").iterdir())) == 2


@pytest.mark.usefixtures("line")
def test_printing_writes_nothing(folder, capsys):
    set_up(folder, REAL)
    before = (folder / func_settings.FILE).read_text("utf-8")
    assert run("--print") == 0
    assert json.loads(capsys.readouterr().out)["Values"]["TWILIO_ACCOUNT_SID"] == LINE.account_sid
    assert (folder / func_settings.FILE).read_text("utf-8") == before


@pytest.mark.usefixtures("line")
@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ('{"Values": {"A": 1,}}', "local.settings.json:1:19: this is no JSON"),
        ('{"Values": []}', '"Values" and "Host" must be objects'),
        ("[]", '"Values" and "Host" must be objects'),
        ('{"IsEncrypted": true, "Values": {"A": "x"}}', "func settings decrypt"),
    ],
)
def test_settings_that_cannot_be_read_stay_as_they_are(folder, capsys, text, complaint):
    (folder / func_settings.FILE).write_text(text, "utf-8")
    assert run("--yes") == 1
    assert complaint in capsys.readouterr().err
    assert (folder / func_settings.FILE).read_text("utf-8") == text


def test_a_file_that_begins_with_a_byte_order_mark_is_read(folder, line):
    (folder / func_settings.FILE).write_text('\ufeff{"Values": {"MY_OWN": "kept"}}', "utf-8")
    assert run() == 0
    assert there(folder)["Values"]["MY_OWN"] == "kept"
    assert there(folder)["Values"]["TWILIO_ACCOUNT_SID"] == line.account_sid


@pytest.mark.usefixtures("folder")
def test_without_a_line_it_is_said_how_one_is_started(capsys):
    assert run() == 1
    assert "No line runs here" in (told := capsys.readouterr().err)
    assert told.endswith("dev.py start --without-app\n")


def test_a_line_with_its_own_app_is_not_shared(folder, line, capsys):
    (folder / "line.json").write_text(json.dumps(line.as_dict() | {"has_app": True}), "utf-8")
    assert run() == 1
    assert "start --without-app" in capsys.readouterr().err
    assert not (folder / func_settings.FILE).exists()


def test_other_commands_say_that_the_app_is_missing(folder, line):
    (folder / "line.json").write_text(json.dumps(line.as_dict() | {"app": "http://localhost:1"}), "utf-8")
    with pytest.raises(lines.NoLine, match=r"No app answers at http://localhost:1\. Start it there: func start"):
        lines.read(folder / "line.json")
