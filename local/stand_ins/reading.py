"""What code reads of the elements that it is given: found in the code itself, so that no list can drift from it.

A function's parameter is followed through assignments, loops and calls. `element.get("timeout")`,
`whole_number(element, "timeout", 5)` and `self.element.get("timeout")` read an attribute; `for noun in element`,
`element.find("Sip")` and a table such as `{"Queue": serve}` lead to what an element holds.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

ANY = "*"  # an element of any name, or all attributes at once
TEXT = ""  # what stands in an element
ITERATES, FINDS = {"iter", "iterchildren"}, {"find", "findall", "findtext"}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value comes from: a parameter, and the names of the elements below it; `is_many` for a list of them."""

    parameter: str
    path: tuple[str, ...] = ()
    is_many: bool = False

    def inside(self, name: str = ANY) -> "Place":
        """Return what stands in it."""
        return Place(self.parameter, (*self.path, name))


@dataclass(frozen=True, slots=True)
class Read:
    """An attribute that is read at a place, or the text when it has no name.

    `is_parameter` when the name comes as an argument of that name.
    """

    at: Place
    attribute: str
    is_parameter: bool = False


@dataclass(slots=True)
class Function:
    """A function or method, by what it reads of its parameters."""

    module: str
    node: ast.FunctionDef | ast.AsyncFunctionDef
    owner: "Class | None" = None
    reads: set[Read] = field(default_factory=set)

    @property
    def parameters(self) -> list[str]:
        """Their names, in order."""
        return [argument.arg for argument in (*self.node.args.posonlyargs, *self.node.args.args,
                                              *self.node.args.kwonlyargs)]  # fmt: skip

    def default(self, parameter: str) -> str:
        """Return the text that a parameter is by default, empty when it is none."""
        given = self.node.args.defaults
        of = dict(zip([argument.arg for argument in self.node.args.args][-len(given) :], given, strict=False))
        return _text(of.get(parameter))


@dataclass(slots=True)
class Class:
    """A class, by its fields and methods."""

    fields: list[str]
    methods: list[Function] = field(default_factory=list)

    def reads(self, name: str) -> Iterator[Read]:
        """Yield what its methods read of a field, as of a parameter of that name."""
        for method in self.methods:
            for read in method.reads:
                if read.at.parameter == f"self.{name}":
                    yield Read(Place(name, read.at.path), read.attribute, read.is_parameter)


def _text(node: ast.expr | None) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


class Code:
    """The modules of some folders, read together."""

    def __init__(self, files: dict[str, Path]) -> None:
        """Read `files`, which are found by the names of their modules."""
        self.functions: dict[str, Function] = {}  # by module and name
        self.classes: dict[str, Class] = {}
        self.tables: dict[str, list[dict[str, str]]] = {}  # of a module: text -> name of a function
        self.names: dict[str, dict[str, str]] = {}  # of a module: what a name in it stands for
        self.texts: set[str] = set()  # all that stand in the code
        trees = {module: ast.parse(path.read_text(encoding="utf-8")) for module, path in files.items()}
        for module, tree in trees.items():
            self._take_in(module, tree)
        for module, tree in trees.items():  # a table may hold functions of any of them
            self.tables[module] = [table for node in tree.body if (table := self._table(module, node))]
        self._settle()

    def _take_in(self, module: str, tree: ast.Module) -> None:
        names = self.names[module] = {}
        self.texts |= {_text(node) for node in ast.walk(tree) if isinstance(node, ast.Constant)}
        for node in tree.body:
            match node:
                case ast.FunctionDef() | ast.AsyncFunctionDef():
                    names[node.name] = f"{module}.{node.name}"
                    self.functions[names[node.name]] = Function(module, node)
                case ast.ClassDef():
                    names[node.name] = f"{module}.{node.name}"
                    self._take_in_class(module, node)
                case ast.ImportFrom(module=str(origin)):
                    names |= {alias.asname or alias.name: f"{origin}.{alias.name}" for alias in node.names}

    def _take_in_class(self, module: str, node: ast.ClassDef) -> None:
        fields = [part.target.id for part in node.body
                  if isinstance(part, ast.AnnAssign) and isinstance(part.target, ast.Name)]  # fmt: skip
        kind = self.classes[f"{module}.{node.name}"] = Class(fields)
        for part in node.body:
            if isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef):
                method = Function(module, part, kind)
                kind.methods.append(method)
                self.functions[f"{module}.{node.name}.{part.name}"] = method

    def _table(self, module: str, node: ast.stmt) -> dict[str, str]:
        """Return a module's table of functions by the names of elements, such as `PLACES = {"Queue": queue.serve}`."""
        value = node.value if isinstance(node, ast.Assign | ast.AnnAssign) else None
        if not isinstance(value, ast.Dict):
            return {}
        found = {_text(key): self.named(module, of) for key, of in zip(value.keys, value.values, strict=True) if key}
        return {name: function for name, function in found.items() if name and function in self.functions}

    def named(self, module: str, node: ast.expr | None) -> str:
        """Return the full name that an expression of a module stands for, such as a.b.f for `b.f`; else empty."""
        match node:
            case ast.Name(id=name):
                return self.names[module].get(name, "")
            case ast.Attribute(value=ast.Name(id=name), attr=part):
                return f"{self.names[module][name]}.{part}" if name in self.names[module] else ""
        return ""

    def _settle(self) -> None:
        """Look at the functions until nothing new is found: they call each other."""
        is_new = True
        while is_new:
            is_new = False
            for function in self.functions.values():
                found = set(_Body(self, function).reads())
                is_new = is_new or not found <= function.reads
                function.reads |= found

    def reads(self, function: str, parameter: str) -> dict[tuple[str, ...], set[str]]:
        """Return what a function reads of a parameter: names of attributes, by the path of the element below it."""
        found: dict[tuple[str, ...], set[str]] = {}
        for read in self.functions[function].reads:
            if read.at.parameter == parameter and not read.is_parameter:
                found.setdefault(read.at.path, set()).add(read.attribute)
        return found


class _Body:
    """A function while it is looked through: which places its names stand for."""

    def __init__(self, code: Code, function: Function) -> None:
        self.code, self.function = code, function
        self.places: dict[str, set[Place]] = {name: {Place(name)} for name in function.parameters}
        for kind in function.owner.fields if function.owner else []:
            self.places[f"self.{kind}"] = {Place(f"self.{kind}")}
        for _ in range(2):  # what is bound late in a loop is read early in it
            for node in ast.walk(function.node):
                self._bind(node)

    def _bind(self, node: ast.AST) -> None:
        match node:
            case ast.Assign(targets=targets, value=value):
                for target in targets:
                    self._name(target, value)
            case ast.AnnAssign(target=target, value=ast.expr() as value):
                self._name(target, value)
            case ast.NamedExpr(target=target, value=value):
                self._name(target, value)
            case ast.For(target=target, iter=value) | ast.AsyncFor(target=target, iter=value):
                self._each(target, value)
            case ast.comprehension(target=target, iter=value):
                self._each(target, value)

    def _name(self, target: ast.expr, value: ast.expr) -> None:
        if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
            for one, of in zip(target.elts, value.elts, strict=False):
                self._name(one, of)
        if isinstance(target, ast.Name):
            self.places.setdefault(target.id, set()).update(self.at(value))

    def _each(self, target: ast.expr, value: ast.expr) -> None:
        if isinstance(target, ast.Name):
            self.places.setdefault(target.id, set()).update(map(_one, self.at(value)))

    def at(self, node: ast.expr) -> set[Place]:  # noqa: C901, PLR0911 -- a case for each way in which a value travels
        """Return the places that an expression may stand for."""
        match node:
            case ast.Name(id=name):
                return self.places.get(name, set())
            case ast.Attribute(value=ast.Name(id="self"), attr=name):
                return self.places.get(f"self.{name}", set())
            case ast.Call(func=ast.Attribute(value=of, attr=verb), args=[name, *_]) if verb in FINDS:
                return {Place(p.parameter, (*p.path, _text(name) or ANY), verb == "findall") for p in self.at(of)}
            case ast.Call(func=ast.Attribute(value=of, attr=verb)) if verb in ITERATES:
                return {_many(place) for place in self.at(of)}
            case ast.Call(func=ast.Name(id="list" | "tuple" | "sorted" | "reversed"), args=[of, *_]):
                return {_many(place) for place in self.at(of)}
            case ast.Call(func=ast.Name(id="next"), args=[of, *_]):
                return set(map(_one, self.at(of)))
            case ast.GeneratorExp(elt=elt) | ast.ListComp(elt=elt):
                return {Place(place.parameter, place.path, is_many=True) for place in self.at(elt)}
            case ast.Subscript(value=of):
                return {place if not place.is_many else _one(place) for place in self.at(of)}
            case ast.IfExp(body=one, orelse=other):
                return self.at(one) | self.at(other)
            case ast.BoolOp(values=values):
                return set().union(*map(self.at, values))
            case ast.NamedExpr(value=value) | ast.Await(value=value) | ast.Starred(value=value):
                return self.at(value)
        return set()

    def reads(self) -> Iterator[Read]:
        """Yield what the function reads of its parameters."""
        for node in ast.walk(self.function.node):
            match node:
                case ast.Call(func=ast.Attribute(value=of, attr="get"), args=[name, *_]):
                    yield from self._got(of, name)
                case ast.Attribute(value=of, attr="attrib"):
                    yield from (Read(place, ANY) for place in self.at(of))
                case ast.Attribute(value=of, attr="text" | "itertext"):
                    yield from (Read(place, TEXT) for place in self.at(of))
                case ast.Call(func=ast.Attribute(attr="findtext")):
                    yield from (Read(place, TEXT) for place in self.at(node))
            if isinstance(node, ast.Call):
                yield from self._called(node)

    def _got(self, of: ast.expr, name: ast.expr) -> Iterator[Read]:
        is_parameter = isinstance(name, ast.Name) and name.id in self.function.parameters
        attribute = name.id if isinstance(name, ast.Name) and is_parameter else _text(name)
        if attribute:
            yield from (Read(place, attribute, is_parameter) for place in self.at(of))

    def _called(self, call: ast.Call) -> Iterator[Read]:
        named = self.code.named(self.function.module, call.func)
        if kind := self.code.classes.get(named):
            for parameter, given in _matched(call, kind.fields):
                yield from (_moved(read, place) for read in kind.reads(parameter) for place in self.at(given))
        elif function := self.code.functions.get(named):
            yield from self._passed_on(call, function)
        elif isinstance(call.func, ast.Name | ast.Subscript):
            for table in self.code.tables[self.function.module]:
                for name, one in table.items():
                    yield from (_narrowed(read, name) for read in self._passed_on(call, self.code.functions[one]))

    def _passed_on(self, call: ast.Call, function: Function) -> Iterator[Read]:
        given = dict(_matched(call, function.parameters))
        for read in function.reads:
            if read.at.parameter not in given:
                continue
            attribute = read.attribute
            is_parameter = False
            if read.is_parameter:
                name = given.get(attribute)
                is_parameter = isinstance(name, ast.Name) and name.id in self.function.parameters
                attribute = name.id if isinstance(name, ast.Name) else _text(name) or function.default(attribute)
            for place in self.at(given[read.at.parameter]):
                yield _moved(Read(read.at, attribute, is_parameter), place)


def _one(place: Place) -> Place:
    return Place(place.parameter, place.path) if place.is_many else place.inside()


def _many(place: Place) -> Place:
    return place if place.is_many else Place(place.parameter, (*place.path, ANY), is_many=True)


def _matched(call: ast.Call, parameters: list[str]) -> Iterator[tuple[str, ast.expr]]:
    yield from zip(parameters, call.args, strict=False)
    yield from ((keyword.arg, keyword.value) for keyword in call.keywords if keyword.arg)


def _moved(read: Read, place: Place) -> Read:
    return Read(Place(place.parameter, (*place.path, *read.at.path)), read.attribute, read.is_parameter)


def _narrowed(read: Read, name: str) -> Read:
    """Return what a function of a table reads: elements of any name are those under which it stands there."""
    path = tuple(name if part == ANY else part for part in read.at.path)
    return Read(Place(read.at.parameter, path), read.attribute, read.is_parameter)
