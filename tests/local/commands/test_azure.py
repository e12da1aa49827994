"""What whoever deploys sees of it beforehand: a picture, and what is wrong with the settings."""

from xml.etree import ElementTree as ET

import pytest

from local.cli import parser
from local.commands import azure as command


def run(*arguments):
    given = parser().parse_args(["azure", *arguments])
    return given.room.run(given)


@pytest.fixture(autouse=True)
def unset(monkeypatch):
    for name in command.os.environ:
        if name.startswith(("AHOY_", "AZURE_", "TWILIO_")):
            monkeypatch.delenv(name)


def test_the_picture_goes_to_the_terminal(capsys, monkeypatch):
    monkeypatch.setenv("AZURE_ENV_NAME", "hotline")
    assert run() == 0
    picture = ET.fromstring(capsys.readouterr().out)  # noqa: S314 -- our own
    assert picture.findtext("{*}title") == "hotline in Azure"
    assert "twilio-auth-token" in picture.findtext("{*}desc")


def test_the_picture_goes_to_a_file(tmp_path, capsys):
    assert run("-o", str(tmp_path / "azure.png")) == 0
    assert (tmp_path / "azure.png").read_bytes().startswith(b"\x89PNG")
    assert capsys.readouterr().err.endswith(f"Wrote {tmp_path / 'azure.png'}.\n")


@pytest.mark.parametrize(
    ("name", "said"),
    [("azure.gif", "a picture is .svg or .png."), ("no/azure.svg", "cannot be written: No such file or directory.")],
)
def test_a_file_that_cannot_be_is_refused(tmp_path, capsys, name, said):
    assert run("-o", str(tmp_path / name)) == 1
    assert capsys.readouterr().err.endswith(f"{said}\n")


def test_settings_that_azure_would_refuse_are_said(capsys, monkeypatch):
    monkeypatch.setenv("AZURE_LOCATION", "moon")
    assert run() == 1
    assert capsys.readouterr().err.startswith("Azure would refuse these settings: main.bicep:")
