"""Expressions of GitHub's workflows, `${{ ... }}`: as many as ours use; one that is not known fails.

Source: GitHub docs, "Evaluate expressions in workflows and actions": texts are compared without case, `&&` and `||`
give an operand, a name that is not there is null.
"""

import re

_TOKEN = re.compile(r"\s*(?:'((?:[^']|'')*)'|(\d+|true|false|null)\b|([\w-]+(?:\.[\w-]+)*)|(&&|\|\||==|!=|[(),!]))")
FUNCTIONS = {
    "startsWith": lambda text, start: str(text).lower().startswith(str(start).lower()),
    "contains": lambda text, part: str(part).lower() in str(text).lower(),
    "success": lambda: True,
}
WORDS = {"true": True, "false": False, "null": None}


def filled(text, contexts):
    """Return a text with each expression replaced by what it is."""
    return re.sub(r"\$\{\{(.*?)\}\}", lambda match: shown(value(match[1], contexts)), str(text))


def shown(found):
    """Return a value as GitHub writes it into a text."""
    if found is None:
        return ""
    return str(found).lower() if isinstance(found, bool) else str(found)


def holds(condition, contexts):
    """Whether the `if` of a job or step holds; it may be written with or without its braces."""
    bare = re.fullmatch(r"\s*\$\{\{(.*)\}\}\s*", str(condition), re.DOTALL)
    return bool(value(bare[1] if bare else str(condition), contexts))


def value(expression, contexts):
    """Return what an expression is. Raises ValueError for one that is not known here."""
    tokens, at = [], 0
    while expression[at:].strip():
        match = _TOKEN.match(expression, at)
        if not match:
            raise ValueError(f"no expression that is known here: {expression}")
        tokens.append(match)
        at = match.end()
    reader = _Reader(tokens, contexts, expression)
    found = reader.either()
    if reader.left:
        raise ValueError(f"no expression that is known here: {expression}")
    return found


class _Reader:
    """Reads tokens from the loosest operator to the tightest."""

    def __init__(self, tokens, contexts, whole):
        self.left, self.contexts, self.whole = tokens, contexts, whole

    def _takes(self, *signs):
        if self.left and self.left[0][4] in signs:
            return self.left.pop(0)[4]
        return ""

    def either(self):
        found = self.both()
        while self._takes("||"):
            other = self.both()
            found = found or other
        return found

    def both(self):
        found = self.same()
        while self._takes("&&"):
            other = self.same()
            found = found and other
        return found

    def same(self):
        found = self.one()
        while sign := self._takes("==", "!="):
            other = self.one()
            is_same = _compared(found) == _compared(other)
            found = is_same if sign == "==" else not is_same
        return found

    def one(self):
        if self._takes("!"):
            return not self.one()
        if self._takes("("):
            found = self.either()
            self._must(")")
            return found
        if not self.left:
            raise ValueError(f"no expression that is known here: {self.whole}")
        _, text, word, name, _ = (self.left[0][0], *self.left.pop(0).groups())
        if text is not None:
            return text.replace("''", "'")
        if word is not None:
            return WORDS[word] if word in WORDS else int(word)
        if name is None:
            raise ValueError(f"no expression that is known here: {self.whole}")
        return self._call(name) if self._takes("(") else self._named(name)

    def _call(self, name):
        if name not in FUNCTIONS:
            raise ValueError(f"the function {name} is not known here: {self.whole}")
        given = []
        while not self._takes(")"):
            given.append(self.either())
            self._takes(",")
        return FUNCTIONS[name](*given)

    def _named(self, name):
        first, *more = name.split(".")
        if first not in self.contexts:
            raise ValueError(f"the context {first} is not known here: {self.whole}")
        found = self.contexts[first]
        for part in more:
            found = found.get(part) if isinstance(found, dict) else None
        return found

    def _must(self, sign):
        if not self._takes(sign):
            raise ValueError(f"no expression that is known here: {self.whole}")


def _compared(found):
    if isinstance(found, str):
        return found.lower()
    return "" if found is None else found
