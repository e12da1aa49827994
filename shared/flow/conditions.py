"""The steps that send a call one way or another without asking anybody: opening hours and callers."""

import re
import sys

from shared.flow import hours
from shared.flow.document import Node, Text
from shared.flow.elements import scene_of, words_of
from shared.flow.grammar import CALLERS, HIDDEN, HOURS
from shared.flow.hints import shown, suggestion
from shared.flow.model import BROWSER, Callers, Hours
from shared.flow.values import Reading
from shared.person import identity

FOLDING = {"darwin", "win32"}  # europe/paris is found there, but not where the line is deployed to


def hours_step(node: Node, reading: Reading) -> Hours | None:
    """Read opening hours and what happens outside of them."""
    read = words_of(node, "hours", HOURS, reading, is_whole=True)
    missing = [word for word in ("open", "timezone") if word not in read]
    if not {"then", "closed"} & set(read):
        missing.append("closed")
    if missing:
        reading.wrong(node, f'"hours" has no "{missing[0]}"', "expected open, timezone and closed")
        return None
    spans = _spans(reading.texts(read["open"], '"open"'), reading)
    texts = reading.texts(read["holidays"], "a holiday") if "holidays" in read else []
    holidays = tuple(sorted({_holiday(text, reading) for text in texts}))
    week = hours.Week(tuple(spans), _zone(read["timezone"], reading), holidays)
    return Hours(week, scene_of(read, "closed", reading), scene_of(read, "then", reading))


def _spans(texts: list[Text], reading: Reading) -> list[hours.Span]:
    """Read a list of opening hours; an entry without days has those of the entry before."""
    from shared.flow import timetable  # most flows have no hours: not while a caller waits for a cold start

    found: list[hours.Span] = []
    days: timetable.Days = ()
    for text in texts:
        try:
            spans, days = timetable.spans(text.value, days)
        except ValueError as e:
            is_scene = text.value in reading.scenes
            expected = f"write the hours in open:, and then: {text.value}" if is_scene else str(e)
            reading.wrong(text, f'"{shown(text.value)}" are no opening hours', expected)
        else:
            found += spans
    return found


def _holiday(text: Text, reading: Reading) -> str:
    from shared.flow import timetable

    try:
        return timetable.holiday(text.value)
    except ValueError:
        reading.wrong(text, f'"{shown(text.value)}" is no day', "expected 2026-12-25, or 12-25 for each year")
        return ""


def _zone(node: Node, reading: Reading) -> str:
    text = reading.text(node, '"timezone"')
    if text is None:
        return "UTC"
    from zoneinfo import ZoneInfo, available_timezones

    try:
        ZoneInfo(text.value)
        is_known = sys.platform not in FOLDING or text.value in available_timezones()
    except (ValueError, OSError, KeyError):  # KeyError: ZoneInfoNotFoundError; OSError: a folder or too long a name
        is_known = False
    if not is_known:
        reading.wrong(text, f'unknown time zone "{shown(text.value)}"', _zone_hint(text.value, available_timezones()))
        return "UTC"
    return text.value


def _zone_hint(name: str, zones: set[str]) -> str:
    by_lower = {zone.lower(): zone for zone in zones}
    meant = re.search('"(.*)"', suggestion(name, by_lower))
    return f'did you mean "{by_lower[meant[1]]}"?' if meant else "expected a name such as Europe/Paris"


def callers_step(node: Node, reading: Reading) -> Callers | None:
    """Read which callers go where."""
    read = words_of(node, "callers", CALLERS, reading, is_whole=True)
    if "match" not in read or not {"then", "otherwise"} & set(read):
        reading.wrong(node, '"callers" needs "match" and a scene', "expected {match: [NUMBER, +1900*], then: SCENE}")
        return None
    texts = reading.texts(read["match"], '"match"')
    prefixes = [text for text in texts if text.value.endswith("*")]
    exact = [text for text in texts if not text.value.endswith("*") and text.value != HIDDEN]
    numbers = [reading.phone(text, (BROWSER,)) for text in exact]
    return Callers(
        numbers=tuple(sorted({identity(str(number)) for number in numbers if number})),
        prefixes=tuple(_prefix(text, reading) for text in prefixes),
        is_hidden_matched=any(text.value == HIDDEN for text in texts),
        then=scene_of(read, "then", reading),
        otherwise=scene_of(read, "otherwise", reading),
    )


def _prefix(text: Text, reading: Reading) -> str:
    prefix = text.value[:-1]
    is_number = prefix.startswith("+") and prefix[1:].isascii() and prefix[1:].isdigit()
    if not (is_number or prefix.startswith(BROWSER)):
        is_prefixed = prefix.startswith("00") and prefix.isdigit()
        expected = f'did you mean "+{prefix[2:]}*"?' if is_prefixed else 'expected "+1900*" or "client:*"'
        reading.wrong(text, f'"{shown(text.value)}" is no beginning of a number', expected)
    return prefix
