"""Values that never change, of classes that cost next to nothing to declare: for what loads while a caller waits.

msgspec is a third of a cold start, and a dataclass or NamedTuple writes and compiles code of its own for each class.
"""

from typing import Any, ClassVar, NoReturn, Self, dataclass_transform


@dataclass_transform(frozen_default=True)
class Frozen:
    """A base for classes with annotated fields; a default stands in its class and is shared. Fields are not inherited.

    Raises TypeError for a field that is missing, unknown or too much, and AttributeError for a change.
    """

    __match_args__: ClassVar[tuple[str, ...]] = ()
    _fields: ClassVar[tuple[str, ...]] = ()
    _defaults: ClassVar[dict[str, Any]] = {}

    def __init_subclass__(cls, *, kw_only: bool = False) -> None:
        cls._fields = tuple(cls.__annotations__)
        cls._defaults = {name: value for name, value in vars(cls).items() if name in cls.__annotations__}
        cls.__match_args__ = () if kw_only else cls._fields  # type: ignore[misc]  # as a dataclass does

    def __init__(self, *values: Any, **named: Any) -> None:
        placed = dict(zip(self.__match_args__, values, strict=False))
        given = self._defaults | placed | named
        if wrong := given.keys() ^ self._fields:
            raise TypeError(f"{type(self).__name__} is made without what it needs, or with more: {sorted(wrong)}")
        if len(placed) < len(values) or placed.keys() & named.keys():
            raise TypeError(f"{type(self).__name__} is made with too many values, or with one given twice")
        vars(self).update(given)

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"{name} of a {type(self).__name__} cannot be changed")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError(f"{name} of a {type(self).__name__} cannot be deleted")

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and self._values() == other._values()

    def __hash__(self) -> int:
        return hash((type(self), *self._values()))

    def __repr__(self) -> str:
        """Return the Python that makes it."""
        shown = [f"{name}={value!r}" for name, value in zip(self._fields, self._values(), strict=True)]
        return f"{type(self).__name__}({', '.join(shown)})"

    def __replace__(self, **changes: Any) -> Self:
        """Return one with other values, as `copy.replace` asks for it."""
        return type(self)(**vars(self) | changes)

    def _values(self) -> tuple[object, ...]:
        return tuple([getattr(self, name) for name in self._fields])
