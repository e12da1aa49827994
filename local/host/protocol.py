"""What the host and its worker process say to each other, as frames of MessagePack through the worker's pipes.

Azure's host and worker speak gRPC; what crosses is the same: the functions that were found, an invocation, its outcome.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import IO, Any

import msgspec
from msgspec import Struct

_LENGTH = 4  # bytes before each frame


class Function(Struct, frozen=True):
    """A function of the app. `trigger` is its trigger binding: `type`, its parameter's `name` and what its type has."""

    name: str
    id: str
    trigger: dict[str, Any]
    outputs: tuple[str, ...] = ()

    @property
    def kind(self) -> str:
        """The type of its trigger: httpTrigger, queueTrigger, timerTrigger."""
        return str(self.trigger["type"])

    @property
    def group(self) -> str:
        """The group it scales with. Source: the host's FunctionMetadataExtensions.GetFunctionGroup."""
        return "http" if self.kind == "httpTrigger" else f"function:{self.name}"


class Loaded(Struct, frozen=True, tag=True):
    """The app was imported, and these are its functions."""

    functions: tuple[Function, ...]


class Request(Struct, frozen=True):
    """An HTTP request as a function gets it."""

    method: str
    url: str
    headers: dict[str, str]
    query: dict[str, str]
    params: dict[str, str]
    body: bytes


class Answer(Struct, frozen=True):
    """An HTTP answer as a function gave it; each cookie is the value of a Set-Cookie header."""

    status: int
    headers: dict[str, str]
    cookies: tuple[str, ...]
    body: bytes


class Invocation(Struct, frozen=True, tag=True):
    """A function is to run. What is no request is a text: a queue's message, or what a timer knows, in JSON."""

    id: str
    function_id: str
    name: str
    parameter: str
    kind: str  # the worker library's word for the type of what is given: http, string, json
    given: Request | str
    metadata: dict[str, str]


class Outcome(Struct, frozen=True, tag=True):
    """It has run; `error` is one line of what it raised."""

    id: str
    error: str = ""
    returned: Answer | str | None = None


class Clock(Struct, frozen=True, tag=True):
    """For the app it is to become another time, or the real one again."""

    at: datetime | None


type ToWorker = Invocation | Clock
type FromWorker = Loaded | Outcome


def write(pipe: IO[bytes], said: ToWorker | FromWorker) -> None:
    """Write one frame."""
    frame = msgspec.msgpack.encode(said)
    pipe.write(len(frame).to_bytes(_LENGTH) + frame)
    pipe.flush()


def frames(pipe: IO[bytes]) -> Iterator[bytes]:
    """Yield what the other side says until it ends."""
    while len(length := pipe.read(_LENGTH)) == _LENGTH:
        size = int.from_bytes(length)
        if len(frame := pipe.read(size)) < size:
            return
        yield frame
