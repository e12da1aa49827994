"""The page of the stand-ins, as the command makes it of the code."""

from local.cli import parser
from local.stand_ins import page


def test_nothing_is_ignored_silently():
    assert "ignored" not in page.text()


def test_the_command_prints_the_page(capsys):
    given = parser().parse_args(["stand-ins"])
    assert given.room.run(given) == 0
    assert capsys.readouterr().out == page.text()
