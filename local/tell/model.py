"""Stories as the file tells them: who is around the line, and what happens, step by step."""

import msgspec


class Step(msgspec.Struct, frozen=True):
    """One sentence of a story. `who` is a name, or empty: whoever acted last. `act` is a phrase of `phrases.ACTS`."""

    line: int
    column: int
    sentence: str  # as it is written
    who: str
    act: str
    value: str = ""
    options: dict[str, tuple[str, ...]] = {}
    parameters: dict[str, str] = {}  # `with`: of Twilio's request


class Story(msgspec.Struct, frozen=True, kw_only=True):
    """One story. `at` is a time as a person writes it, empty: now; `phones` are who -> how their phone behaves."""

    name: str
    line: int
    column: int
    at: str = ""
    phones: dict[str, str] = {}
    steps: tuple[Step, ...] = ()


class Book(msgspec.Struct, frozen=True):
    """A file of stories. `people` are names and their addresses."""

    people: dict[str, str] = {}
    stories: tuple[Story, ...] = ()
