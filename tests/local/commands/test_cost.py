"""dev.py cost: for persons, for scripts, and as the page shows it."""

import json
import re
import shlex

import pytest

from local import cli, cost
from local.commands import cost as command
from local.paths import ROOT

PAGE = (ROOT / "docs" / "cost.md").read_text("utf-8")
SHOWN = re.findall(r"^\$ python3 dev\.py (cost [^\n]*)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def run(*words):
    return command.run(cli.parser().parse_args(["cost", *words]))


@pytest.mark.parametrize(("words", "printed"), SHOWN, ids=[words for words, _ in SHOWN])
def test_the_page_shows_what_is_printed(words, printed, capsys):
    assert run(*shlex.split(words)[1:]) == 0
    assert capsys.readouterr().out == printed


def test_the_page_shows_something():
    assert len(SHOWN) >= 2


def test_every_example_is_on_the_page():
    assert [name for name in cost.EXAMPLES if f"`{name}`" not in PAGE] == []


def test_a_script_gets_the_same_figures(capsys):
    assert run("--example", "small-clinic", "--calls-in", "0", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert told["usage"]["calls_in"] == 0
    assert told["usage"]["forwarded"] == cost.EXAMPLES["small-clinic"].forwarded
    assert told["usd"] == pytest.approx(sum(item["usd"] for item in told["items"]), abs=0.01)
    assert (told["currency"], told["as_of"]) == ("USD", cost.prices().as_of)


def test_what_is_said_goes_before_the_example(capsys):
    assert run("--example", "help-desk", "--always-ready", "0", "--no-alerts") == 0
    out = capsys.readouterr().out
    assert "always ready" not in out
    assert "alerts" not in out


def test_desk_hours_are_read_as_a_flow_reads_them(capsys):
    assert run("--always-ready", "1", "--desk-hours", "Mo-Fr 8-18", "--json") == 0
    assert json.loads(capsys.readouterr().out)["usage"]["ready_hours"] == 217.3
    assert run("--always-ready", "1", "--desk-hours", "sometimes") == 1
    assert capsys.readouterr().err.startswith("--desk-hours sometimes: ")


@pytest.mark.parametrize(
    "words", [["--calls-in", "-1"], ["--calls-in", "2.5"], ["--minutes", "inf"], ["--minutes", "x"]]
)
def test_what_is_no_number_is_said(words, capsys):
    with pytest.raises(SystemExit):
        run(*words)
    assert f'"{words[1]}" is no ' in capsys.readouterr().err
