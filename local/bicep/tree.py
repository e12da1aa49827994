"""What a Bicep file says, as a tree."""

from typing import Any

import msgspec

Node = Any  # one of the types below; lists of them where Bicep has several


class Literal(msgspec.Struct, frozen=True):
    """A number, a truth value or null."""

    value: int | bool | None


class Text(msgspec.Struct, frozen=True):
    """A string: pieces of text, and expressions that are filled in."""

    parts: tuple[Node, ...]


class Name(msgspec.Struct, frozen=True):
    """Whatever has this name."""

    name: str


class Member(msgspec.Struct, frozen=True):
    """A property of something; a safe one is null where there is none."""

    of: Node
    name: str
    is_safe: bool = False


class Item(msgspec.Struct, frozen=True):
    """An item of an array, or a property whose name is computed."""

    of: Node
    index: Node


class Call(msgspec.Struct, frozen=True):
    """A function, of Bicep or of a resource."""

    name: str
    arguments: tuple[Node, ...]
    of: Node = None


class Operation(msgspec.Struct, frozen=True):
    """An operator with one operand or two."""

    sign: str
    operands: tuple[Node, ...]


class Choice(msgspec.Struct, frozen=True):
    """One of two values."""

    condition: Node
    then: Node
    otherwise: Node


class Object(msgspec.Struct, frozen=True):
    """Properties by name; a name is a Text, as it may be computed."""

    fields: tuple[tuple[Text, Node], ...]


class Array(msgspec.Struct, frozen=True):
    """Values in order."""

    items: tuple[Node, ...]


class Loop(msgspec.Struct, frozen=True):
    """A value for each item of an array; `condition` leaves some out."""

    item: str
    index: str
    of: Node
    body: Node
    condition: Node = None


class Lambda(msgspec.Struct, frozen=True):
    """A function without a name."""

    parameters: tuple[str, ...]
    body: Node


class Declaration(msgspec.Struct, frozen=True):
    """What a statement gives a name to.

    `kind` is param, var, output, resource or module; `type` that of a parameter or output, a resource's with its API
    version, or a module's file; `body` of a resource or module may be a Loop, `condition` says whether there is one.
    """

    kind: str
    name: str
    line: int
    type: str = ""
    body: Node = None
    decorators: tuple[Call, ...] = ()
    condition: Node = None
    is_existing: bool = False

    def decorator(self, name: str) -> Call | None:
        """Return a decorator by its name."""
        return next((call for call in self.decorators if call.name == name), None)


class Template(msgspec.Struct, frozen=True):
    """A file: what it declares, in its order, what it is deployed into; of a parameter file the template it fills."""

    file: str
    declarations: tuple[Declaration, ...]
    scope: str = "resourceGroup"
    using: str = ""

    def of_kind(self, *kinds: str) -> dict[str, Declaration]:
        """Return declarations of some kinds by name."""
        return {each.name: each for each in self.declarations if each.kind in kinds}


def walk(node: Node) -> Any:
    """Yield a node and all nodes within it, outer ones first."""
    if isinstance(node, tuple):
        for each in node:
            yield from walk(each)
    elif isinstance(node, msgspec.Struct):
        yield node
        for name in node.__struct_fields__:
            yield from walk(getattr(node, name))
