"""A call that somebody made on the page, written as a story of the line's flow, and told at once."""

import logging
from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from local.flow_files import shown
from local.moments import zone_of
from local.tell import report
from local.tell.keeping import DAYS, Keeping
from local.twilio.client import Twilio
from local.twilio.people import Event
from local.twilio.sids import ANONYMOUS
from shared import flow as flows

BEHAVED = {"busy": "busy", "no-answer": "no answer"}  # how a dialled phone ended -> how stories say that it behaves


def kept(file: Path, twilio: Twilio, sid: str, name: str, ahead: timedelta | None) -> dict[str, Any]:
    """Return where a call was written and whether the story is true. Raises NotWritten, NotSo for an unknown call.

    `ahead` is how far the line's time was moved, None for the real one.
    """
    call = twilio.call(sid)
    caller, events = str(call.shown()["from"]), call.transcript
    keeping = Keeping(file, name.strip() or "A call", twilio, since=events[0].at)
    keeping.called("" if caller == ANONYMOUS else caller, call)
    logging.disable(logging.CRITICAL)  # a story that is not true says what happened
    try:
        told = keeping.write(_phones(events), _at(file, events, ahead))
    finally:
        logging.disable(logging.NOTSET)
    return {
        "file": shown(keeping.file),
        "is_true": told.failure is None,
        "said": report.shown(keeping.file, told),
    }


def _phones(events: list[Event]) -> dict[str, str]:
    return {event.text: BEHAVED[event.kind] for event in events if event.kind in BEHAVED}


def _at(file: Path, events: list[Event], ahead: timedelta | None) -> str:
    """Return when it was for the line as a story says it; empty for now, or a flow without hours."""
    zone = zone_of(flows.load(file))
    if ahead is None or not zone:
        return ""
    then = (events[0].at + ahead).astimezone(ZoneInfo(zone))
    return f"{DAYS[then.weekday()]} {then:%H:%M}"
