"""What the code itself names: its settings, its functions, its tables and queues. The code is their only home."""

import ast
import json

from local.paths import ROOT
from shared import settings
from shared.store.indexed import IndexedTable
from shared.store.tables import Table
from tests.tools import app_functions


class _Asked(dict):
    """An environment that remembers what it was asked for."""

    def __init__(self):
        super().__init__()
        self.names = set()

    def get(self, name, default=None):
        self.names.add(name)
        return default


def settings_read():
    """Return the names of the environment variables that the app reads, less what only reading storage adds."""
    asked = _Asked()
    settings.read(asked)
    return {name for name in asked.names if not name.startswith("STORAGE_")}


def functions():
    """Return the functions as the host sees them: name -> bindings."""
    return {f.get_function_name(): [b.get_dict_repr() for b in f.get_bindings()] for f in app_functions.functions()}


def webhooks(source):
    """Return the functions of function_app.py that answer through the webhook room."""
    return {
        node.name
        for node in ast.parse(source).body
        if isinstance(node, ast.FunctionDef)
        for call in ast.walk(node)
        if isinstance(call, ast.Call) and ast.unparse(call.func).startswith("webhook.")
    }


def queues(bindings):
    """Return the queues that functions read or write; their poison queues come with them."""
    named = {binding["queueName"] for of in bindings.values() for binding in of if "queueName" in binding}
    return {name for name in named if not name.endswith("-poison")}


def tables(sources):
    """Return the tables that books and single tables of the sources need; `sources` is text by module name.

    Raises ValueError for a name that is not written out or a constant of its module.
    """
    found = set()
    for module, text in sources.items():
        tree = ast.parse(text)
        constants = {
            target.id: node.value.value
            for node in tree.body
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        for call in ast.walk(tree):
            if (
                isinstance(call, ast.Call)
                and ast.unparse(call.func) in {"IndexedTable", "Table"}
                and module != "shared.store.indexed"
            ):
                name = _name(call.args[1], constants, module)
                found |= _of_indexed(name) if ast.unparse(call.func) == "IndexedTable" else {name}
    return found


def _name(node, constants, module):
    if isinstance(node, ast.Constant):
        return node.value
    if isinstance(node, ast.Name) and node.id in constants:
        return constants[node.id]
    raise ValueError(f"{module}: write the name of the table out, or as a constant of the module: {ast.unparse(node)}")


def _of_indexed(name):
    local = settings.Settings(storage_connection="UseDevelopmentStorage=true")
    book = IndexedTable(local, name, lambda known, _: known)
    return {part.name for part in vars(book).values() if isinstance(part, Table)}


def sources():
    """Return the text of every module in shared/."""
    folder = ROOT / "shared"
    return {
        ".".join(path.relative_to(ROOT).with_suffix("").parts): path.read_text(encoding="utf-8")
        for path in folder.rglob("*.py")
    }


def local_settings():
    """Return the names in local.settings.json.example."""
    return set(json.loads((ROOT / "local.settings.json.example").read_text(encoding="utf-8"))["Values"])
