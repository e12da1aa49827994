"""Values of Bicep expressions that are more than texts, numbers, lists and dicts: resources, what Azure alone knows."""

from typing import Any

import msgspec

Value = Any


class NotDeployable(ValueError):
    """A template that Azure would refuse with these parameters; says why."""


class Later(str):
    """A text, number or whatever, that is known once Azure has made something; its own text says of what it comes."""

    __slots__ = ()


class Ref(msgspec.Struct, frozen=True):
    """A resource: what is known of it before it is made, and whether it is made (or is there) at all."""

    symbol: str
    type: str
    version: str
    name: str
    id: str
    is_there: bool = True

    def member(self, name: str) -> Value:
        """Return a property; raises NotDeployable when there is no such resource."""
        known = {"id": self.id, "name": self.name.rpartition("/")[2], "type": self.type, "apiVersion": self.version}
        if name in known:
            return known[name]
        if not self.is_there:
            raise NotDeployable(f"{name} of {self.symbol} is read, which is not made")
        return Later(f"{self.id}|{name}")


class Module(msgspec.Struct, frozen=True):
    """A module: what it gives back, and whether it is deployed at all."""

    symbol: str
    outputs: dict[str, Value]
    is_there: bool = True

    def member(self, name: str) -> Value:
        """Return its outputs or its name; raises NotDeployable when it is not deployed, or has nothing of that name."""
        if name == "name":
            return self.symbol
        if not self.is_there:
            raise NotDeployable(f"{name} of {self.symbol} is read, which is not deployed")
        if name != "outputs":
            raise NotDeployable(f"a module has no {name}")
        return self.outputs
