"""flow.yaml: what the line says and does. docs/flows.md teaches the language.

`current()` is this process's flow and `load(path)` any other: a broken file gives a flow without scenes that knows
its mistakes, and the line apologises. `check(path)` looks closer and gives every mistake.
"""

import logging
from copy import replace
from functools import cache, lru_cache
from pathlib import Path

from shared import settings
from shared.flow import kept
from shared.flow.mistake import Mistake
from shared.flow.model import Flow
from shared.flow.verb_api import FILE as VERBS
from shared.flow.verb_api import Call, Message, Scene, verb

__all__ = ["Call", "Flow", "Message", "Mistake", "Scene", "check", "current", "load", "verb"]

ROOT = Path(__file__).parent.parent.parent

log = logging.getLogger("ahoy.flow")


def load(path: Path) -> Flow:
    """Read a flow file; never raises. One with mistakes that break it gives a flow that has nothing but them."""
    try:
        flow, mistakes = _read(path)
    except Exception as e:
        log.exception("reading %s failed", path.name)
        return Flow(mistakes=(Mistake(1, 1, f"the file cannot be read: {type(e).__name__}: {e}", file=path.name),))
    for mistake in mistakes:
        log.log(logging.ERROR if mistake.breaks else logging.WARNING, "%s", mistake)
    breaking = tuple(mistake for mistake in mistakes if mistake.breaks)
    warnings = tuple(mistake for mistake in mistakes if not mistake.breaks)
    return replace(Flow(mistakes=breaking) if breaking else flow, warnings=warnings)


def _read(path: Path) -> tuple[Flow, list[Mistake]]:
    if found := kept.checked(path):
        return found
    from shared.flow import reader

    result = reader.read(path)
    return result.flow, result.mistakes


def check(path: Path, near: str = "") -> list[Mistake]:
    """Return every mistake and warning of a flow file in the order of its lines, numbers that cannot exist included.

    The line itself dials such a number: whether it can exist is known from tables that age. `near` is the line's
    number, of whose country hints for numbers are.
    """
    from shared import phone
    from shared.flow import hints, reader

    near = near or settings.current().twilio_phone_number
    result = reader.read(path, near)
    impossible: list[Mistake] = []
    for text, number in result.numbers:
        try:
            is_dialled_so = phone.e164(number) == number  # +490301234567 has a zero that is dialled within Germany only
            wrong = "" if is_dialled_so else f'"{hints.shown(text.value)}" is not dialled so from everywhere'
        except phone.BadAddress as e:
            wrong = str(e).partition(";")[0]
        if wrong:
            impossible.append(Mistake(text.line, text.column, wrong, hints.number(text.value, near), file=path.name))
    return sorted({*result.mistakes, *impossible})


@cache
def current() -> Flow:
    """The flow of this process, read once; AHOY_FLOW is a path from the app's own folder."""
    return on_disk()


def on_disk() -> Flow:
    """The flow as its files are now: what this process plays, unless somebody has changed them since."""
    path = ROOT / settings.current().ahoy_flow
    return _as_of(path, tuple(_stamp(file) for file in (path, path.parent / VERBS, ROOT / VERBS)))


@lru_cache(maxsize=1)
def _as_of(path: Path, stamps: tuple[tuple[int, ...], ...]) -> Flow:
    _ = stamps
    return load(path)


def _stamp(file: Path) -> tuple[int, ...]:
    """Return what differs once a file was written or another was put in its place; nothing when it is not there."""
    try:
        known = file.stat()
    except OSError:
        return ()
    return known.st_mtime_ns, known.st_size, known.st_ino
