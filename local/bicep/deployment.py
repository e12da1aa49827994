"""What would be made of templates with some parameters: every resource with its name, its id and its properties."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path

import msgspec

from local.bicep import functions
from local.bicep.evaluation import Names, evaluate, rounds
from local.bicep.reader import read
from local.bicep.tree import Declaration, Loop, Node, Object, Template
from local.bicep.values import Later, Module, NotDeployable, Ref, Value

SUBSCRIPTION = f"/subscriptions/{functions.SUBSCRIPTION}"
TYPES: dict[str, type | tuple[type, ...]] = {"string": str, "int": int, "bool": bool, "array": list, "object": dict}


class Made(msgspec.Struct, frozen=True):
    """A resource that would be made: where it is declared, what it is, what it is told."""

    file: str
    line: int
    ref: Ref
    body: dict[str, Value]
    parent: str = ""

    @property
    def where(self) -> str:
        """The place, for a complaint."""
        return f"{self.file}:{self.line} {self.ref.symbol}"


class Deployment(msgspec.Struct, frozen=True):
    """All that templates make, in the order of their text, and what they give back."""

    made: list[Made]
    outputs: dict[str, Value]


def deployed(path: Path, given: Mapping[str, Value], scope: str = SUBSCRIPTION) -> Deployment:
    """Return what a template makes of parameters. Raises NotDeployable with the place."""
    return _Stage(read(path), path.parent, given, scope).whole()


def parameters(path: Path, environment: Mapping[str, str]) -> dict[str, Value]:
    """Return what a parameter file gives, where environment variables have these values."""

    def variable(name: str, *default: str) -> str:
        if name not in environment and not default:
            raise NotDeployable(f"{path.name}: the environment has no {name}")
        return environment[name] if name in environment else default[0]

    known = functions.KNOWN | {"readEnvironmentVariable": variable}
    return {name: evaluate(each.body, {}, known) for name, each in read(path).of_kind("param").items()}


class _Stage(Mapping[str, Value]):
    """A template on its way: names whose values are reckoned when they are first asked for."""

    def __init__(self, template: Template, folder: Path, given: Mapping[str, Value], scope: str) -> None:
        self.template, self.folder, self.given, self.scope = template, folder, given, scope
        self.declared = {each.name: each for each in template.declarations if each.kind != "output"}
        self.reckoned: dict[str, Value] = {}
        self.made: list[Made] = []
        self.on_the_way: list[str] = []
        here = {"id": scope, "name": scope.rpartition("/")[2], "location": Later("location")}
        self.known = functions.KNOWN | {
            "resourceGroup": lambda: here,
            "resourceId": partial(functions.resource_id, scope),
            "loadTextContent": self.loaded,
        }

    def __iter__(self) -> Iterator[str]:
        return iter(self.declared)

    def __len__(self) -> int:
        return len(self.declared)

    def loaded(self, name: str) -> str:
        return (self.folder / name).read_text(encoding="utf-8")

    def whole(self) -> Deployment:
        """Return all that the template makes."""
        if unknown := set(self.given) - set(self.template.of_kind("param")):
            raise NotDeployable(f"{self.template.file}: no parameter is named {', '.join(sorted(unknown))}")
        for name in self.declared:
            self[name]
        outputs = {
            name: self.at(each, partial(evaluate, each.body, self, self.known))
            for name, each in self.template.of_kind("output").items()
        }
        order = {each.name: number for number, each in enumerate(self.template.declarations)}
        self.made.sort(key=lambda made: order.get(made.ref.symbol, -1) if made.file == self.template.file else -1)
        return Deployment(self.made, outputs)

    def at(self, each: Declaration, reckoned: Callable[[], Value]) -> Value:
        """Return a value; what is wrong with it is said with its place."""
        try:
            return reckoned()
        except NotDeployable as e:
            if str(e).split(":")[0].endswith(".bicep"):
                raise
            raise NotDeployable(f"{self.template.file}:{each.line} {each.name}: {e}") from None

    def __getitem__(self, name: str) -> Value:
        if name in self.reckoned:
            return self.reckoned[name]
        each = self.declared[name]
        if name in self.on_the_way:
            raise NotDeployable(f"{self.template.file}: {' needs '.join([*self.on_the_way, name])}")
        self.on_the_way.append(name)
        reckon = {"param": self.parameter, "var": self.variable, "resource": self.resource, "module": self.module}
        self.reckoned[name] = self.at(each, partial(reckon[each.kind], each))
        self.on_the_way.remove(name)
        return self.reckoned[name]

    def variable(self, each: Declaration) -> Value:
        return evaluate(each.body, self, self.known)

    def parameter(self, each: Declaration) -> Value:
        if each.name in self.given:
            value = self.given[each.name]
        elif each.body is not None:
            value = evaluate(each.body, self, self.known)
        else:
            raise NotDeployable("no value is given")
        self.checked(each, value)
        return value

    def checked(self, each: Declaration, value: Value) -> None:
        """Refuse what the type or the decorators of a parameter do not take."""
        if isinstance(value, Later):
            return
        size = value if isinstance(value, int) else len(value)
        if not isinstance(value, TYPES[each.type]) or (each.type == "int" and isinstance(value, bool)):
            raise NotDeployable(f"{value!r} is no {each.type}")
        for decorator in each.decorators:
            [limit] = [evaluate(of, {}, self.known) for of in decorator.arguments[:1]] or [None]
            if decorator.name == "allowed" and value not in limit:
                raise NotDeployable(f"{value!r} is none of {', '.join(map(str, limit))}")
            if decorator.name in {"minLength", "minValue"} and size < limit:
                raise NotDeployable(f"{value!r} is below {limit}")
            if decorator.name in {"maxLength", "maxValue"} and size > limit:
                raise NotDeployable(f"{value!r} is above {limit}")

    def module(self, each: Declaration) -> Module:
        if each.condition is not None and not evaluate(each.condition, self, self.known):
            return Module(each.name, {}, is_there=False)
        body = evaluate(_without(each.body, "dependsOn"), self, self.known)
        scope = body["scope"].id if "scope" in body else self.scope
        inner = _Stage(read(self.folder / each.type), self.folder, body.get("params", {}), scope).whole()
        self.made += inner.made
        return Module(each.name, inner.outputs)

    def resource(self, each: Declaration) -> Value:
        is_there = each.condition is None or bool(evaluate(each.condition, self, self.known))
        if isinstance(each.body, Loop):
            return [self.one(each, inner, each.body.body, is_there) for inner in rounds(each.body, self, self.known)]
        return self.one(each, self, each.body, is_there)

    def one(self, each: Declaration, names: Names, body: Object, is_there: bool) -> Ref:  # noqa: FBT001 -- of one caller
        name = evaluate(_field(body, "name"), names, self.known)
        above = {key: evaluate(_field(body, key), names, self.known) for key in ("parent", "scope") if _has(body, key)}
        kind, version = each.type.split("@")
        parent = above.get("parent")
        full = f"{parent.name}/{name}" if parent else name
        base = (
            above["scope"].id if "scope" in above else parent.id.partition("/providers/")[0] if parent else self.scope
        )
        ref = Ref(each.name, kind, version, full, _id(base, kind, full), is_there)
        if is_there and not each.is_existing:
            told = evaluate(_without(body, "parent", "scope", "dependsOn"), names, self.known)
            self.made.append(Made(self.template.file, each.line, ref, told, parent.id if parent else base))
        return ref


def _id(base: str, kind: str, name: str) -> str:
    provider, *types = kind.split("/")
    if kind == "Microsoft.Resources/resourceGroups":
        return f"{base}/resourceGroups/{name}"
    names = name.split("/")
    if len(names) != len(types):
        raise NotDeployable(f"its name {name} has not as many parts as its type {kind}")
    parts = [f"{each}/{part}" for each, part in zip(types, names, strict=True)]
    return "/".join([base, "providers", provider, *parts])


def _has(body: Object, name: str) -> bool:
    return any(key.parts == (name,) for key, _ in body.fields)


def _field(body: Object, name: str) -> Node:
    for key, value in body.fields:
        if key.parts == (name,):
            return value
    raise NotDeployable(f"it has no {name}")


def _without(body: Object, *names: str) -> Object:
    return Object(tuple((key, value) for key, value in body.fields if key.parts[:1] not in {(name,) for name in names}))
