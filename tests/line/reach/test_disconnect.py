"""dev.py disconnect takes the addresses off a number, and leaves it as it is when nobody agrees."""

import pytest

from local import account
from local.number import ADDRESSES, webhooks_of
from tests.line.commands import run


@pytest.fixture
def number(line, card):  # noqa: ARG001 -- the line that --local names
    """The line's number at Twilio, with its addresses, which it has again afterwards."""
    found = account.current(is_local=True).client().incoming_phone_numbers
    [one] = found.list(phone_number=line.number)
    one.update(**webhooks_of(line.app))
    yield lambda: found(one.sid).fetch()
    one.update(**webhooks_of(line.app))


def addresses(number):
    return {name: getattr(number(), name) for name in ADDRESSES}


def test_every_address_is_taken_off(line, number, capsys):
    assert all(addresses(number).values())
    assert run("disconnect", line.number, "--local", "--yes") == 0
    told = capsys.readouterr().out
    assert f"voice_url: {line.app}/api/voice -> nothing" in told
    assert "asks nobody any more" in told
    assert not any(addresses(number).values())
    assert run("disconnect", line.number, "--local") == 0, "there is nothing to ask about"


def test_without_a_yes_it_stays(line, number, capsys, monkeypatch):
    monkeypatch.setattr("builtins.input", lambda _: "n")
    before = addresses(number)
    assert run("disconnect", line.number, "--local") == 1
    assert "Nothing was changed" in capsys.readouterr().err
    assert addresses(number) == before


def test_a_number_of_somebody_else_is_said(number, capsys):
    assert number()
    assert run("disconnect", "+12025550199", "--local", "--yes") == 1
    assert "is no number of this account" in capsys.readouterr().err
