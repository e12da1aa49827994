"""Bicep files as trees: parsed by pycep, since the Bicep compiler is on no package index."""

from dataclasses import dataclass
from functools import cache

from pycep import BicepParser

from local.paths import ROOT

FOLDER = ROOT / "infra"
EXPRESSIONS = {"function", "operator"}  # how pycep marks a value that is computed


@dataclass(frozen=True)
class Resource:
    """A resource of a file. `body` is what stands in its braces, of a loop that of each round."""

    file: str
    symbol: str
    type: str
    api_version: str
    is_existing: bool
    body: dict

    @property
    def where(self):
        return f"{self.file}: {self.symbol}"


def files(folder=FOLDER):
    """Return the text of every Bicep file by name."""
    return {path.name: path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.bicep"))}


def parsed(texts):
    """Parse texts by file name; raises for one that is not Bicep."""
    trees = {}
    for name, text in texts.items():
        try:
            trees[name] = _tree(text)
        except Exception as e:  # noqa: BLE001 -- whatever the parser trips over, the file is named
            raise ValueError(f"{name}: {e}") from None
    return trees


@cache
def _tree(text):
    return BicepParser().parse(text=text)


def resources(trees):
    """Return the resources of all files."""
    found = []
    for file, tree in trees.items():
        for symbol, node in tree.get("resources", {}).items():
            body = _body(node["config"])
            found.append(Resource(file, symbol, node["type"], node["api_version"], node["existing"], body))
    return found


def _body(config):
    """Return what stands inside the braces, below a condition or a loop."""
    while "config" in config and ("loop_type" in config or "condition" in config):
        config = config["config"]
    return config


def is_expression(value):
    """Whether a value is computed, so that only Azure knows it."""
    return isinstance(value, dict) and len(value) == 1 and next(iter(value)) in EXPRESSIONS


def literals(value):
    """Return every string anywhere in a value."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield str(key).strip("'")
            yield from literals(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from literals(inner)
    elif isinstance(value, str):
        yield value


def app_settings(trees):
    """Return the settings of the app as Bicep writes them."""
    [settings] = [r.body for r in resources(trees) if r.type.endswith("/config") and r.body["name"] == "appsettings"]
    return settings["properties"]


def variable(trees, name):
    """Return the value of a variable, whichever file it stands in."""
    [value] = [tree["variables"][name]["value"] for tree in trees.values() if name in tree.get("variables", {})]
    return value
