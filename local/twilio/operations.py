"""The operations of Twilio's REST API, by the source of its own library, which is made of its OpenAPI description.

The source is read, not imported: names of parameters stand nowhere else, and only the module of the operation that
is asked for is looked at.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

PREFIXES = {"v2010": "2010-04-01"}  # of the version's address, where it is not its name
METHODS = {"_create": "POST", "_update": "POST", "_delete": "DELETE", "_fetch": "GET", "page": "GET"}
_ADDRESS = re.compile(r'_uri = \(?\s*"(/[^"]*)"')
_VALUE = re.compile(r"`([^`]+)`")
_CHOICES = re.compile(
    r"(?:[Cc]an be|Valid values are)[^`.]{0,30}"  # as in: Can be: `GET` or `POST` and
    r"((?:`[^`]+`(?:, and |, or |, | and | or )?){2,})"
)
_OF_EACH_LIST = {"PageSize", "Page", "PageToken"}


@dataclass(frozen=True, slots=True)
class Parameter:
    """What an operation takes by a name; `kind` is int, bool, float, datetime, date or str, `choices` its values."""

    name: str
    kind: str
    choices: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing that can be asked of Twilio; its path begins with the version and names what varies in braces."""

    product: str
    path: str
    method: str
    does: str
    resource: str
    parameters: dict[str, Parameter]

    def __str__(self) -> str:
        """Return it as Twilio's documentation names it."""
        return f"{self.method} https://{self.product.replace('_', '-')}.twilio.com{self.path}"


def of_product(product: str, version: str) -> Iterator[Operation]:
    """Yield every operation of a product's version, such as messaging's v1."""
    for file in sorted(set().union(*_files(product, version).values())):
        yield from _in_file(product, version, file)


def at(product: str, path: str) -> dict[str, Operation]:
    """Return the operations of an address by HTTP method; what varies in it stands in braces, by whatever name."""
    shape = shape_of(path)
    version = next((name for name, prefix in PREFIXES.items() if path.startswith(f"/{prefix}/")), path.split("/")[1])
    files = _files(product, version).get(shape, ())
    found = (operation for file in files for operation in _in_file(product, version, file))
    return {operation.method: operation for operation in found if shape_of(operation.path) == shape}


def like(path: str) -> Iterator[Operation]:
    """Yield the operations of any product that an address as it is asked, with its SIDs, may be meant for."""
    for product, version in _products():
        for shape in _files(product, version):
            if re.fullmatch(re.sub(r"\\{\\}", "[^/]+", re.escape(shape)), path.removesuffix(".json")):
                yield from at(product, shape).values()


def shape_of(path: str) -> str:
    """Return an address without the names of what varies, and without its ending."""
    return re.sub(r"\{[^}]*\}", "{}", path).removesuffix(".json")


def _library() -> Path:
    spec = find_spec("twilio")
    if not spec or not spec.origin:
        raise ModuleNotFoundError("twilio")
    return Path(spec.origin).parent / "rest"


@cache
def _products() -> list[tuple[str, str]]:
    """Return each product and version that the library knows; `api` first, which most requests are for."""
    found = [(f.parent.name, f.name) for f in sorted(_library().glob("*/v*")) if f.is_dir()]
    return sorted(found, key=lambda one: one[0] != "api")


@cache
def _files(product: str, version: str) -> dict[str, set[Path]]:
    """Return the modules of a version by the shapes of the addresses in them; Keys, for one, are in two."""
    prefix = f"/{PREFIXES.get(version, version)}"
    files: dict[str, set[Path]] = {}
    for file in sorted((_library() / product / version).rglob("*.py")):
        for found in _ADDRESS.finditer(file.read_text(encoding="utf-8")):
            files.setdefault(shape_of(prefix + found[1]), set()).add(file)
    return files


@cache
def _in_file(product: str, version: str, file: Path) -> list[Operation]:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    enumerations = dict(_enumerations(tree))
    prefix = f"/{PREFIXES.get(version, version)}"
    found = []
    for kind in (node for node in tree.body if isinstance(node, ast.ClassDef)):
        methods = {node.name: node for node in kind.body if isinstance(node, ast.FunctionDef)}
        path = _address(methods.get("__init__"))
        resource = kind.name.removesuffix("Context").removesuffix("List")
        for name in METHODS if path else ():
            if name in methods:
                sent = _parameters(methods[name], methods[name.lstrip("_")], enumerations)
                parameters, does = {one.name: one for one in sent}, "list" if name == "page" else name[1:]
                found.append(Operation(product, prefix + path, METHODS[name], does, resource, parameters))
    return found


def _address(init: ast.FunctionDef | None) -> str:
    """Return what a class asks: `self._uri = "/Calls.json"`, with or without `.format(...)`."""
    for node in init.body if init else ():
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "self._uri":
            return next(str(one.value) for one in ast.walk(node.value) if isinstance(one, ast.Constant))
    return ""


def _enumerations(tree: ast.Module) -> Iterator[tuple[str, frozenset[str]]]:
    """Yield the values of each enumeration, by its name with its class, such as CallInstance.Status."""
    for kind in (node for node in tree.body if isinstance(node, ast.ClassDef)):
        for inner in (node for node in kind.body if isinstance(node, ast.ClassDef)):
            values = [node.value for node in inner.body if isinstance(node, ast.Assign)]
            yield f"{kind.name}.{inner.name}", frozenset(str(v.value) for v in values if isinstance(v, ast.Constant))


def _parameters(
    method: ast.FunctionDef, public: ast.FunctionDef, enumerations: dict[str, frozenset[str]]
) -> Iterator[Parameter]:
    """Yield what a method sends; what is written on it stands at the one that people call."""
    words = dict(re.findall(r":param (\w+): (.*)", ast.get_docstring(public) or ""))
    types = {one.arg: ast.unparse(one.annotation) for one in method.args.args if one.annotation}
    for sent in (node for node in ast.walk(method) if isinstance(node, ast.Dict)):
        for key, value in zip(sent.keys, sent.values, strict=True):
            name = next((n.id for n in ast.walk(value) if isinstance(n, ast.Name) and n.id in types), "")
            if isinstance(key, ast.Constant) and name and key.value not in _OF_EACH_LIST:
                yield _parameter(str(key.value), types[name], words.get(name, ""), enumerations)


def _parameter(name: str, annotation: str, words: str, enumerations: dict[str, frozenset[str]]) -> Parameter:
    choices = next((values for kind, values in enumerations.items() if kind in annotation), frozenset[str]())
    said = _CHOICES.search(words)
    if not choices and said:
        choices = frozenset(_VALUE.findall(said[1]))
    kinds = ("datetime", "date", "bool", "int", "float")
    return Parameter(name, next((kind for kind in kinds if re.search(rf"\b{kind}\b", annotation)), "str"), choices)
