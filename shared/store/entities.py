"""What a table holds: keys and entities as the Table service takes them.

The emulator accepts what the real service refuses, so the service's limits are kept here. Source of the limits:
"Understanding the Table service data model" in Azure's docs.
"""

import re
from collections.abc import Iterable, Iterator
from hashlib import sha1
from typing import Any

STRING_CHARACTERS = 16_000  # the service refuses above 32 K UTF-16 units, and a character may be two
KEY_CHARACTERS = 200  # the service refuses keys above 1 KiB
MAX_PROPERTIES = 252  # the service's 255 with its own three
MAX_ENTITY_BYTES = 1024 * 1024  # names and strings count two bytes a UTF-16 unit
_FORBIDDEN_IN_KEYS = re.compile(r"[\x00-\x1f\x7f-\x9f/\\#?=]")
_PROPERTY = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")  # the service wants an identifier

type Entity = dict[str, Any]


class Unstorable(ValueError):
    """The service would refuse this entity; the message says which limit it breaks."""


def key(text: str) -> str:
    """Return `text` as a key may hold it: what the service forbids becomes `=` and hex, two texts never one key."""
    escaped = _FORBIDDEN_IN_KEYS.sub(lambda match: f"={ord(match[0]):02x}", text)
    if len(escaped) <= KEY_CHARACTERS:
        return escaped
    return escaped[: KEY_CHARACTERS - 41] + "=" + sha1(text.encode(), usedforsecurity=False).hexdigest()


def any_of(column: str, values: Iterable[str]) -> tuple[str, dict[str, str]]:
    """Return the query for the rows whose `column` is the key of any of the `values`, and its parameters."""
    parameters = {f"v{number}": key(value) for number, value in enumerate(values)}
    return " or ".join(f"{column} eq @{name}" for name in parameters), parameters


def folded(entity: Entity) -> Entity:
    """Return the entity with long strings cut into properties the service takes: `body`, `body__1` and so on.

    Raises Unstorable when even so the service would refuse it.
    """
    pieces = dict(_pieces(entity))
    if wrong := next((name for name in pieces if not _PROPERTY.fullmatch(name)), ""):
        raise Unstorable(f"{wrong!r} is no name of a property; the Table service takes identifiers")
    if len(pieces) > MAX_PROPERTIES:
        raise Unstorable(f"{len(pieces)} properties; the Table service takes {MAX_PROPERTIES}")
    if (bytes_ := size(pieces)) > MAX_ENTITY_BYTES:
        raise Unstorable(f"about {bytes_} bytes; the Table service takes {MAX_ENTITY_BYTES}")
    return pieces


def size(entity: Entity) -> int:
    """Return about how many bytes of the service's limit an entity takes."""
    return sum(_size(name) + _size(value) for name, value in entity.items())


def _size(value: Any) -> int:
    return len(value.encode("utf-16-le", "surrogatepass")) + 4 if isinstance(value, str) else 16


def _pieces(entity: Entity) -> Iterator[tuple[str, Any]]:
    for name, value in entity.items():
        if not isinstance(value, str) or len(value) <= STRING_CHARACTERS:
            yield name, value
            continue
        for number, start in enumerate(range(0, len(value), STRING_CHARACTERS)):
            yield (f"{name}__{number}" if number else name), value[start : start + STRING_CHARACTERS]


def unfolded(entity: Entity) -> Entity:
    """Undo `folded`."""
    whole: Entity = {name: value for name, value in entity.items() if "__" not in name}
    parts = sorted((name.rpartition("__") for name in entity if "__" in name), key=lambda part: int(part[2]))
    for name, mark, number in parts:
        whole[name] += entity[f"{name}{mark}{number}"]
    return whole
