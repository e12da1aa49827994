"""Usage records: what was used between two days, in all, or for each day, month or year of them."""

import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from functools import partial
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from local.twilio.account import Account
from local.twilio.engine.leg import Switchboard
from local.twilio.render.usage import UNITS, Use, render_record, uses
from local.twilio.rest.protocol import Form, Refusal, Resource, page, reads
from local.twilio.sids import utc_now

TWILIO_BEGAN = date(2008, 1, 1)  # no account has used anything before
OFFSET = re.compile(r"([+-]\d{1,5})days")
Span = tuple[date, date]  # first and last day, both included


def of_period(period: str) -> Resource:
    """Return what serves the records of a period of Twilio's, such as ThisMonth; "" is the whole time asked for."""

    @reads("Category", "StartDate", "EndDate")
    async def list_(board: Switchboard, request: Request, form: Form) -> Response:
        """List what was used."""
        return _list(board, request, form, PERIODS[period])

    return list_


def _list(board: Switchboard, request: Request, form: Form, spans: Callable[[Span], Iterator[Span]]) -> Response:
    account, today = board.account, utc_now().date()
    first, last = _day(form, "StartDate", account.created.date()), _day(form, "EndDate", today)
    whole = max(first, TWILIO_BEGAN), min(last, today)
    found, categories = list(uses(account)), [form.get("Category")] if form.get("Category") else list(UNITS)
    records = [_Record(category, span) for span in spans(whole) for category in categories]
    return page(
        request, form, "usage_records", records, lambda one: render_record(account, one.category, found, *one.span)
    )


class _Record:
    """A record, by what tells it from others on a page."""

    def __init__(self, category: str, span: Span) -> None:
        self.category, self.span = category, span
        self.sid = f"{category}.{span[0]}"


def _render(account: Account, found: list[Use], record: _Record) -> dict[str, Any]:
    return render_record(account, record.category, found, *record.span)


def _day(form: Form, name: str, default: date) -> date:
    """Return a day: a date, or so many days from today as in `-30days`."""
    given = form.get(name)
    if not given:
        return default
    if found := OFFSET.fullmatch(given):
        return utc_now().date() + timedelta(days=int(found[1]))
    try:
        return date.fromisoformat(given)
    except ValueError:
        raise Refusal(20001, f"Invalid {name} {given}: expected YYYY-MM-DD, or as in -30days") from None


def _all(whole: Span) -> Iterator[Span]:
    yield whole


def _today(_: Span) -> Iterator[Span]:
    yield utc_now().date(), utc_now().date()


def _yesterday(_: Span) -> Iterator[Span]:
    day = utc_now().date() - timedelta(days=1)
    yield day, day


def _this_month(_: Span) -> Iterator[Span]:
    today = utc_now().date()
    yield today.replace(day=1), today


def _last_month(_: Span) -> Iterator[Span]:
    last = utc_now().date().replace(day=1) - timedelta(days=1)
    yield last.replace(day=1), last


def _each(start: Callable[[date], date], whole: Span) -> Iterator[Span]:
    """Yield the days, months or years of a time, newest first; `start` gives the first day of the one of a day."""
    first, last = whole
    while last >= first:
        begins = max(start(last), first)
        yield begins, last
        last = begins - timedelta(days=1)


PERIODS: dict[str, Callable[[Span], Iterator[Span]]] = {
    "": _all,
    "AllTime": _all,
    "Today": _today,
    "Yesterday": _yesterday,
    "ThisMonth": _this_month,
    "LastMonth": _last_month,
    "Daily": partial(_each, lambda day: day),
    "Monthly": partial(_each, lambda day: day.replace(day=1)),
    "Yearly": partial(_each, lambda day: day.replace(month=1, day=1)),
}
