"""The app reads the time in one place, so that a story can tell what time it is for all that it does.

How long something takes (time.monotonic, time.sleep) is no time of day.
"""

import ast
from pathlib import Path

import pytest

from local.paths import ROOT

ONE_PLACE = Path("shared/clock.py")
OF_A_REQUEST = Path("shared/store/signing.py")  # the service refuses what is not signed at its own time, told or not
OF_A_DATE = {"now", "utcnow", "today"}  # of datetime and date; any other `now` is a clock's own
OF_THE_MODULE = {"time", "time_ns", "gmtime", "localtime", "ctime", "asctime", "strftime", "clock_gettime"}
STAMPS = {"formatdate", "localtime", "make_msgid", "uuid1", "uuid6", "uuid7"}  # what else looks at a clock by itself


def readings(source):
    """Yield the line and the words of whatever reads the time of day."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            of = ast.unparse(node.value).rpartition(".")[2]
            is_date = of in {"datetime", "date"} and node.attr in OF_A_DATE
            if is_date or (of == "time" and node.attr in OF_THE_MODULE) or node.attr in STAMPS:
                yield node.lineno, ast.unparse(node)
        if isinstance(node, ast.ImportFrom):
            forbidden = STAMPS | (OF_THE_MODULE if node.module == "time" else set())
            yield from ((node.lineno, name.name) for name in node.names if name.name in forbidden)


def app():
    return [ROOT / "function_app.py", *sorted((ROOT / "shared").rglob("*.py"))]


def test_no_other_module_of_the_app_reads_the_time():
    found = [
        f"{path.relative_to(ROOT)}:{line}: {words}"
        for path in app()
        if path not in {ROOT / ONE_PLACE, ROOT / OF_A_REQUEST}
        for line, words in readings(path.read_text(encoding="utf-8"))
    ]
    assert found == [], "ask shared.clock.now()"


def test_the_one_place_does():
    assert list(readings((ROOT / ONE_PLACE).read_text(encoding="utf-8")))


@pytest.mark.parametrize(
    "line",
    [
        "datetime.now(UTC)", "datetime.datetime.now()", "datetime.utcnow()", "date.today()", "time.time()",
        "time.time_ns()", "default_factory(datetime.now)", "from time import time",
        "from email.utils import formatdate",
        "utils.formatdate(usegmt=True)", "from uuid import uuid7", "uuid.uuid1()",
    ],
)  # fmt: skip
def test_what_reads_it_is_noticed(line):
    assert len(list(readings(line))) == 1


@pytest.mark.parametrize("line", ["clock.now()", "clock.storage.now()", "time.monotonic()", "from time import sleep"])
def test_what_does_not_is_left_alone(line):
    assert list(readings(line)) == []
