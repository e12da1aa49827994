"""No module of local/ and shared/ imports itself in a circle: not at the top, nor in a function, nor for its types."""

from graphlib import CycleError, TopologicalSorter

import grimp
import pytest


def imports_of(*packages):
    """Return each module of the packages with the modules that it imports anywhere, in functions and for types too."""
    graph = grimp.build_graph(*packages, cache_dir=None)
    return {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}


def circle(imports):
    """Return the modules of a circle in order, the first one at its end again; none when there is no circle."""
    try:
        TopologicalSorter(imports).prepare()
    except CycleError as e:
        return e.args[1]
    return []


def test_there_is_no_circle():
    assert circle(imports_of("local", "shared")) == []


@pytest.mark.parametrize(
    "line",
    [
        "from planted import first",
        "def late():\n    from planted.first import thing",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from planted.first import thing",
    ],
    ids=["at the top", "in a function", "for types"],
)
def test_a_circle_is_noticed(tmp_path, monkeypatch, line):
    folder = tmp_path / "planted"
    folder.mkdir()
    (folder / "__init__.py").write_text("", encoding="utf-8")
    (folder / "first.py").write_text("from planted import second\nthing = 1\n", encoding="utf-8")
    (folder / "second.py").write_text("from planted import third\n", encoding="utf-8")
    (folder / "third.py").write_text(f"{line}\n", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    assert set(circle(imports_of("planted"))) == {"planted.first", "planted.second", "planted.third"}
