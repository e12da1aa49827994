"""The tree of exceptions is drawn as it is."""

import importlib
import pkgutil
import re

import shared
from shared import errors

LINE = re.compile(r"^ {4}([│ ├└─]*)((?:\w+\.)?\w+)", re.MULTILINE)


def drawn():
    """Return the name of each exception in the drawing with that of the one it hangs from."""
    parents, found = {}, {}
    for branch, name in LINE.findall(errors.__doc__):
        depth = len(branch) // 4
        parents[depth] = name.rpartition(".")[2]
        if depth:
            found[name] = parents[depth - 1]
    return found


def raised():
    """Return the same of those that the modules declare, less those of one room alone."""
    found = {}
    for module in pkgutil.walk_packages(shared.__path__, "shared."):
        room = importlib.import_module(module.name)
        for name, thing in vars(room).items():
            if isinstance(thing, type) and issubclass(thing, Exception) and thing.__module__ == module.name:
                here = "" if room is errors else module.name.rpartition(".")[2] + "."
                found[here + name] = thing.__bases__[0].__name__
    return found


def test_the_tree_is_drawn_as_it_is():
    tree, own = drawn(), {"_OutOfTime", "OutOfTime", "Later", "Halted", "TooLong"}
    real = {name: base for name, base in raised().items() if name.rpartition(".")[2] not in own}
    assert {name: base for name, base in tree.items() if name != "ValueError"} == real
