"""Expressions reckoned: what a node of the tree is worth where some names are known."""

from collections.abc import Callable, Mapping

from local.bicep import functions
from local.bicep.tree import (
    Array,
    Call,
    Choice,
    Item,
    Lambda,
    Literal,
    Loop,
    Member,
    Name,
    Node,
    Object,
    Operation,
    Text,
)
from local.bicep.values import Later, Module, NotDeployable, Ref, Value

Names = Mapping[str, Value]
Functions = Mapping[str, Callable[..., Value]]
SIGNS: dict[str, Callable[..., Value]] = {
    "==": lambda left, right: left == right,
    "!=": lambda left, right: left != right,
    "=~": lambda left, right: left.lower() == right.lower(),
    "!~": lambda left, right: left.lower() != right.lower(),
    "<": lambda left, right: left < right,
    ">": lambda left, right: left > right,
    "<=": lambda left, right: left <= right,
    ">=": lambda left, right: left >= right,
    "+": lambda left, right: left + right,
    "-": lambda left, right: left - right,
    "*": lambda left, right: left * right,
    "/": lambda left, right: left // right,
    "%": lambda left, right: left % right,
}


def evaluate(node: Node, names: Names, known: Functions) -> Value:
    """Return what an expression is worth. Raises NotDeployable for what Azure or the compiler would refuse."""
    return KINDS[type(node)](node, names, known)


def _text(node: Text, names: Names, known: Functions) -> Value:
    return functions.joined(part if isinstance(part, str) else evaluate(part, names, known) for part in node.parts)


def _choice(node: Choice, names: Names, known: Functions) -> Value:
    return evaluate(node.then if evaluate(node.condition, names, known) else node.otherwise, names, known)


def _lambda(node: Lambda, names: Names, known: Functions) -> Value:
    def called(*given: Value) -> Value:
        return evaluate(node.body, _Inner(names, dict(zip(node.parameters, given, strict=False))), known)

    return called


def _object(node: Object, names: Names, known: Functions) -> Value:
    return {evaluate(key, names, known): evaluate(value, names, known) for key, value in node.fields}


def _array(node: Array, names: Names, known: Functions) -> Value:
    return [evaluate(item, names, known) for item in node.items]


def _loop(node: Loop, names: Names, known: Functions) -> Value:
    return [evaluate(node.body, inner, known) for inner in rounds(node, names, known)]


def rounds(loop: Loop, names: Names, known: Functions) -> list[Names]:
    """Return the names that are known in each round of a loop."""
    items = evaluate(loop.of, names, known)
    if isinstance(items, Later):
        raise NotDeployable(f"a loop over {items}, which is known too late")
    inner = [
        _Inner(names, {loop.item: item} | ({loop.index: at} if loop.index else {})) for at, item in enumerate(items)
    ]
    return [each for each in inner if not loop.condition or evaluate(loop.condition, each, known)]


class _Inner(dict[str, Value]):
    """Names of a loop over those around it, which are looked up only when they are asked for."""

    def __init__(self, around: Names, own: dict[str, Value]) -> None:
        super().__init__(own)
        self.around = around

    def __missing__(self, name: str) -> Value:
        return self.around[name]


def _name(node: Name, names: Names, _known: Functions) -> Value:
    try:
        return names[node.name]
    except KeyError:
        raise NotDeployable(f"{node.name} is not declared") from None


def _member(node: Member, names: Names, known: Functions) -> Value:
    of, name, is_safe = evaluate(node.of, names, known), node.name, node.is_safe
    if isinstance(of, Ref | Module):
        return of.member(name)
    if isinstance(of, Later):
        return Later(f"{of}.{name}")
    if isinstance(of, dict) and (is_safe or name in of):
        return of.get(name)
    if of is None and is_safe:
        return None
    raise NotDeployable(f"there is no {name}")


def _item(node: Item, names: Names, known: Functions) -> Value:
    of, index = evaluate(node.of, names, known), evaluate(node.index, names, known)
    if isinstance(of, Later):
        return Later(f"{of}[{index}]")
    try:
        return of[index]
    except LookupError:
        raise NotDeployable(f"there is no item {index}") from None


def _call(call: Call, names: Names, known: Functions) -> Value:
    if call.of is not None:
        return functions.of_ref(call.name, evaluate(call.of, names, known))
    if call.name not in known:
        raise NotDeployable(f"{call.name}() is no function that is known here")
    return known[call.name](*(evaluate(each, names, known) for each in call.arguments))


def _operation(node: Operation, names: Names, known: Functions) -> Value:
    left, *right = node.operands
    value = evaluate(left, names, known)
    if node.sign in {"&&", "||", "??"}:
        is_settled = {"&&": not value, "||": bool(value), "??": value is not None}[node.sign]
        return value if is_settled else evaluate(right[0], names, known)
    if not right:
        return not value if node.sign == "!" else -value
    return SIGNS[node.sign](value, evaluate(right[0], names, known))


KINDS: dict[type, Callable[[Node, Names, Functions], Value]] = {
    Array: _array,
    Call: _call,
    Choice: _choice,
    Item: _item,
    Lambda: _lambda,
    Literal: lambda node, _names, _known: node.value,
    Loop: _loop,
    Member: _member,
    Name: _name,
    Object: _object,
    Operation: _operation,
    Text: _text,
}
