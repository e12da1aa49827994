"""docs/stand-ins.md is what the command makes of the code today."""

from local.cli import parser
from local.stand_ins import page

ANEW = "write it anew: python3 dev.py stand-ins --write"


def test_the_page_is_current():
    assert page.PAGE.read_text(encoding="utf-8") == page.text(), ANEW


def test_nothing_is_ignored_silently():
    assert "ignored" not in page.text()


def test_the_command_prints_the_page(capsys):
    given = parser().parse_args(["stand-ins"])
    assert given.room.run(given) == 0
    assert capsys.readouterr().out == page.text()
