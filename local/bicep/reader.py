"""From the text of a Bicep file to its tree: the part of the language that infra/ uses, no more.

Source: the grammar in the Bicep repository, docs/grammar.md.
"""

import re
from functools import cache
from pathlib import Path

from local.bicep.tree import (
    Array,
    Call,
    Choice,
    Declaration,
    Item,
    Lambda,
    Literal,
    Loop,
    Member,
    Name,
    Node,
    Object,
    Operation,
    Template,
    Text,
)

SPACE = re.compile(r"(?:[ \t]|//[^\n]*|/\*.*?\*/)*", re.DOTALL)
BREAKS = re.compile(r"(?:[ \t\r\n]|//[^\n]*|/\*.*?\*/)*", re.DOTALL)
TOKEN = re.compile(r"'''|[A-Za-z_]\w*|\d+|\?\?|\.\?|=>|==|!=|=~|!~|<=|>=|&&|\|\||[-+*/%<>!=?:.,()\[\]{}@']|\n|\Z")
ESCAPES = {"n": "\n", "r": "\r", "t": "\t"}
WEIGHTS = {"??": 1, "||": 2, "&&": 3, "==": 4, "!=": 4, "=~": 4, "!~": 4, "<": 5, ">": 5, "<=": 5, ">=": 5,
           "+": 6, "-": 6, "*": 7, "/": 7, "%": 7}  # fmt: skip
CONSTANTS = {"true": True, "false": False, "null": None}


class NotBicep(ValueError):
    """A file that cannot be read; says where."""


def read(path: Path) -> Template:
    """Return what a file says. Raises NotBicep with its place."""
    return parse(path.read_text(encoding="utf-8"), path.name)


@cache
def parse(text: str, file: str) -> Template:
    """Return what the text of a file says. Raises NotBicep with its place."""
    return _Reader(text, file).template()


class _Reader:
    """Reads from its place in the text on."""

    def __init__(self, text: str, file: str) -> None:
        self.text, self.file, self.at = text, file, 0

    def line(self) -> int:
        return self.text.count("\n", 0, self.at) + 1

    def refuse(self, wanted: str) -> NotBicep:
        self.at = self.start(SPACE)
        rest = self.text[self.at :].split("\n", 1)[0]
        return NotBicep(f"{self.file}:{self.line()}: {wanted} is wanted here: {rest[:40] or 'the end of the line'}")

    def start(self, space: re.Pattern[str]) -> int:
        """Return where the next word or sign begins."""
        found = space.match(self.text, self.at)
        return found.end() if found else self.at

    def peek(self, space: re.Pattern[str] = SPACE) -> str:
        """Return the next word or sign; before it there may be space, and line breaks where these mean nothing."""
        found = TOKEN.match(self.text, self.start(space))
        if not found:
            raise self.refuse("a word or sign of Bicep")
        return found.group()

    def take(self, space: re.Pattern[str] = SPACE) -> str:
        sign = self.peek(space)
        self.at = self.start(space) + len(sign)
        return sign

    def takes(self, sign: str, space: re.Pattern[str] = SPACE) -> bool:
        """Whether this comes next; then it is taken."""
        if self.peek(space) != sign:
            return False
        self.take(space)
        return True

    def want(self, sign: str, space: re.Pattern[str] = SPACE) -> None:
        if not self.takes(sign, space):
            raise self.refuse(repr(sign))

    def word(self) -> str:
        if not re.match(r"[A-Za-z_]", self.peek()):
            raise self.refuse("a name")
        return self.take()

    def template(self) -> Template:
        found: list[Declaration] = []
        scope, using = "resourceGroup", ""
        while self.peek(BREAKS):
            decorators = tuple(self.decorators())
            line, kind = self.line(), self.word()
            if kind == "targetScope":
                self.want("=")
                scope = self.plain_text()
            elif kind == "using":
                using = self.plain_text()
            else:
                found.append(self.declaration(kind, line, decorators))
            if self.peek() not in {"\n", ""}:
                raise self.refuse("the end of the line")
        return Template(self.file, tuple(found), scope, using)

    def decorators(self) -> list[Call]:
        found = []
        while self.takes("@", BREAKS):
            call = self.expression()
            if not isinstance(call, Call):
                raise self.refuse("a decorator such as @secure()")
            found.append(call)
        self.at = self.start(BREAKS)
        return found

    def declaration(self, kind: str, line: int, decorators: tuple[Call, ...]) -> Declaration:
        if kind not in {"param", "var", "output", "resource", "module"}:
            raise NotBicep(f"{self.file}:{line}: {kind} is no statement that is read here")
        name, type_, body, is_existing = self.word(), "", None, False
        if kind in {"resource", "module"}:
            type_, is_existing = self.plain_text(), self.takes("existing")
        elif kind != "var" and self.peek() != "=":
            type_ = self.word()
        condition = None
        if kind != "param" or self.peek() == "=":
            self.want("=")
            condition = self.condition() if kind in {"resource", "module"} else None
            body = self.expression()
        return Declaration(kind, name, line, type_, body, decorators, condition, is_existing)

    def condition(self) -> Node:
        return self.bracketed() if self.takes("if") else None

    def bracketed(self) -> Node:
        self.want("(")
        inner = self.expression(BREAKS, BREAKS)
        self.want(")", BREAKS)
        return inner

    def expression(self, before: re.Pattern[str] = SPACE, within: re.Pattern[str] = SPACE) -> Node:
        """Return an expression; between brackets it may be broken before an operator, too, which else ends it."""
        condition = self.operation(0, before, within)
        if not self.takes("?", BREAKS):
            return condition
        then = self.expression(BREAKS)
        self.want(":", BREAKS)
        return Choice(condition, then, self.expression(BREAKS))

    def operation(self, least: int, before: re.Pattern[str], within: re.Pattern[str]) -> Node:
        left = self.operand(before)
        while (weight := WEIGHTS.get(self.peek(within), 0)) > least:
            operator = self.take(within)
            left = Operation(operator, (left, self.operation(weight, BREAKS, within)))
        return left

    def operand(self, space: re.Pattern[str]) -> Node:
        if self.peek(space) in {"!", "-"}:
            return Operation(self.take(space), (self.operand(space),))
        value = self.primary(space)
        while self.peek() in {".", ".?", "["}:
            value = self.part(value, self.take())
        return value

    def part(self, of: Node, sign: str) -> Node:
        if sign == "[":
            index = self.expression()
            self.want("]")
            return Item(of, index)
        name = self.word()
        if sign == "." and self.peek() == "(":
            return Call(name, self.arguments(), of)
        return Member(of, name, sign == ".?")

    def primary(self, space: re.Pattern[str]) -> Node:
        first = self.peek(space)
        if first == "(":
            return self.parameters_or_bracketed(space)
        if not re.match(r"['\w\[{]", first):
            self.at = self.start(space)
            raise self.refuse("a value")
        self.take(space)
        if first in {"[", "{"}:
            return self.object() if first == "{" else self.loop() if self.takes("for", BREAKS) else self.array()
        return self.rest_of_text(first) if first[0] == "'" else self.rest_of_word(first)

    def rest_of_word(self, word: str) -> Node:
        if word.isdigit() or word in CONSTANTS:
            return Literal(int(word) if word.isdigit() else CONSTANTS[word])
        if self.peek() == "(":
            return Call(word, self.arguments())
        return Lambda((word,), self.expression()) if self.takes("=>") else Name(word)

    def parameters_or_bracketed(self, space: re.Pattern[str]) -> Node:
        names = re.compile(r"\(\s*(\w+(?:\s*,\s*\w+)*)?\s*\)\s*=>")
        if not (found := names.match(self.text, self.start(space))):
            self.at = self.start(space)
            return self.bracketed()
        self.at = found.end()
        return Lambda(tuple(re.findall(r"\w+", found.group(1) or "")), self.expression(BREAKS))

    def arguments(self) -> tuple[Node, ...]:
        self.want("(")
        found: list[Node] = []
        while not self.takes(")", BREAKS):
            if found:
                self.want(",", BREAKS)
            found.append(self.expression(BREAKS, BREAKS))
        return tuple(found)

    def array(self) -> Array:
        found: list[Node] = []
        while not self.takes("]", BREAKS):
            found.append(self.expression(BREAKS))
            self.between("]")
        return Array(tuple(found))

    def object(self) -> Object:
        found: list[tuple[Text, Node]] = []
        while not self.takes("}", BREAKS):
            first = self.take(BREAKS)
            name = self.rest_of_text(first) if first == "'" else Text((first,))
            self.want(":")
            found.append((name, self.expression()))
            self.between("}")
        return Object(tuple(found))

    def between(self, end: str) -> None:
        """Take what separates two items; the last one needs nothing."""
        if not self.takes(",") and self.peek() not in {"\n", end}:
            raise self.refuse("a comma or a new line")

    def loop(self) -> Loop:
        item, index = ("", "")
        if self.takes("("):
            item = self.word()
            self.want(",")
            index = self.word()
            self.want(")")
        else:
            item = self.word()
        self.want("in")
        of = self.expression()
        self.want(":")
        condition = self.bracketed() if self.takes("if") else None
        body = self.expression(BREAKS)
        self.want("]", BREAKS)
        return Loop(item, index, of, body, condition)

    def plain_text(self) -> str:
        self.want("'")
        found = self.rest_of_text("'")
        return "".join(map(str, found.parts))

    def rest_of_text(self, quote: str) -> Text:
        """Return the string whose opening quote has been taken."""
        if quote == "'''":
            end = self.text.find("'''", self.at)
            if end < 0:
                raise self.refuse("a closing '''")
            piece, self.at = self.text[self.at : end], end + 3
            return Text((piece.removeprefix("\n"),))
        parts: list[Node] = [""]
        while (sign := self.text[self.at : self.at + 1]) != "'":
            if sign in {"", "\n"}:
                raise self.refuse("a closing quote")
            if self.text.startswith("${", self.at):
                self.at += 2
                parts += [self.expression(), ""]
                self.want("}")
            else:
                parts[-1] += self.character(sign)
        self.at += 1
        return Text(tuple(part for part in parts if part != ""))

    def character(self, sign: str) -> str:
        """Take one character of a string, as two where it is escaped."""
        if sign != "\\":
            self.at += 1
            return sign
        escaped = self.text[self.at + 1]
        self.at += 2
        return ESCAPES.get(escaped, escaped)
