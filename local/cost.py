"""What a month costs: what a line does, in the units that Twilio and Azure bill, at the list prices of prices.json.

What one call or text makes the app do is the code's own: tests count it on a running line. Taxes, discounts, calls
abroad, and what an owner's own verbs do are not in it.
"""

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass, fields
from pathlib import Path

PRICES = Path(__file__).with_name("prices.json")
MONTH_HOURS = 730  # what Azure's own pages reckon with
TWILIO, AZURE = "Twilio", "Azure"

# Executions of the app for one of each, at the least: `local/number.py` and `shared/outbound/sending.py` name the
# status callbacks; tests/line/test_cost.py counts them. A step of a call is one more.
CALL_IN, CALL_OUT = 1, 1 + 4  # a status callback; a request of the API and four of them
TEXT_IN, TEXT_OUT = 1, 1 + 3  # a webhook, in whose answer replies leave; a request of the API and three callbacks
RECORDING = 1
# Requests to Table Storage: docs/storage.md has them, `python -m bench.storage` counts them.
TABLE_TEXT_IN, TABLE_TEXT_OUT, TABLE_REPLY, TABLE_CALLBACK = 5, 7 + 6, 6, 3
TIMER_RUNS, TIMER_S, TIMER_TABLE = 12 * MONTH_HOURS, 2, 22  # every five minutes; about two seconds when little is new
EXECUTION_S = 1.0  # the least that is billed; an answer takes milliseconds
EXECUTION_LOG_KB = 4  # an assumption: a request, a trace or two, what it asked of storage
ROW_KB = 3  # a row of about 1 KB, its claim, and its copy, twice as large: docs/storage.md

# What infra/ makes: tests/infra/test_cost.py counts it there.
ALERTS_5_MINUTES, ALERTS_HOURLY, ALERT_SERIES = 6, 1, 3
PRIVATE_ENDPOINTS = 4  # blobs, queues, tables, the vault
GROUPS = 4  # webhooks and API together; the timer; each of the two queue functions. Azure scales each by itself
ZONE_INSTANCES = 2  # always ready in each group, whatever else is set. Source: "Reliability in Azure Functions"


@dataclass(frozen=True, slots=True)
class Usage:
    """What a line does in a month, and how it is set up. Calls are counted, and `minutes` long on average."""

    calls_in: int = 0
    calls_out: int = 0
    forwarded: int = 0
    minutes: float = 2.0
    steps: int = 3
    recorded: int = 0
    recordings_months: float = 1.0
    texts_in: int = 0
    texts_out: int = 0
    replies: int = 0
    segments: float = 1.0
    numbers: int = 1
    campaigns: int = 1
    memory_gb: float = 2.0
    always_ready: int = 0
    ready_hours: float = MONTH_HOURS
    private_network: bool = False
    zones: bool = False
    alerts: bool = True
    history_months: float = 12.0


EXAMPLES = {
    "small-clinic": Usage(
        calls_in=900, forwarded=600, minutes=3, steps=4, recorded=120, recordings_months=3,
        texts_in=200, texts_out=800, replies=150, segments=1.3,
    ),
    "corner-shop": Usage(calls_in=150, forwarded=120, texts_in=60, replies=60),
    "help-desk": Usage(
        calls_in=6000, calls_out=500, forwarded=5500, minutes=6, steps=6, recorded=5500, recordings_months=6,
        texts_in=1500, texts_out=1500, replies=1000, segments=1.2, numbers=2, always_ready=1, ready_hours=220,
    ),
    "club": Usage(calls_in=100, texts_in=400, texts_out=12000, replies=200, segments=1.5, campaigns=1),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Price:
    """USD for `per` units beyond those that are `free` each month."""

    usd: float
    per: int
    unit: str
    source: str
    free: float = 0


@dataclass(frozen=True, slots=True)
class Item:
    """A line of the reckoning: how much of what, and what it costs in USD."""

    of: str
    what: str
    quantity: float
    price: str
    unit: str
    usd: float


@dataclass(frozen=True, slots=True)
class Prices:
    """The list prices of one day."""

    as_of: str
    azure_region: str
    twilio_country: str
    by_name: dict[str, Price]


def prices(file: Path = PRICES) -> Prices:
    """Return the prices that a file holds."""
    told = json.loads(file.read_text(encoding="utf-8"))
    known = {name: Price(**price) for name, price in told["prices"].items()}
    return Prices(told["as_of"], told["azure_region"], told["twilio_country"], known)


def reckoned(usage: Usage, at: Prices) -> list[Item]:
    """Return what a month costs, part by part; what is not used is left out."""
    items = []
    for of, parts in ((TWILIO, _of_twilio(usage)), (AZURE, _of_azure(usage))):
        for what, name, quantity in parts:
            price = at.by_name[name]
            if quantity:
                usd = max(0.0, quantity - price.free) / price.per * price.usd
                items.append(Item(of, what, quantity, name, price.unit, usd))
    return items


def _of_twilio(usage: Usage) -> Iterator[tuple[str, str, float]]:
    minutes = math.ceil(usage.minutes)  # each call is rounded up
    recorded = usage.recorded * minutes
    segments_in, segments_out = usage.texts_in, (usage.texts_out + usage.replies) * usage.segments
    yield "number", "number", usage.numbers
    yield "calls that come in", "minute_in", usage.calls_in * minutes
    yield "calls that are made", "minute_out", usage.calls_out * minutes
    yield "calls forwarded to a phone", "minute_out", usage.forwarded * minutes
    yield "recording", "recorded_minute", recorded
    yield "recordings kept", "stored_minute", recorded * usage.recordings_months
    yield "texts that come in", "segment_in", segments_in
    yield "texts sent and answered", "segment_out", segments_out
    yield "carriers, texts in", "carrier_in", segments_in
    yield "carriers, texts out", "carrier_out", segments_out
    yield "A2P campaign", "campaign", usage.campaigns if segments_out else 0


def executions(usage: Usage) -> int:
    """Return how often the app is asked in a month, less its timer."""
    calls = usage.calls_in * (CALL_IN + usage.steps) + usage.calls_out * (CALL_OUT + usage.steps)
    texts = usage.texts_in * TEXT_IN + usage.texts_out * TEXT_OUT  # a reply leaves in the answer of a webhook
    return calls + texts + usage.recorded * RECORDING


def _of_azure(usage: Usage) -> Iterator[tuple[str, str, float]]:
    ready = max(usage.always_ready, ZONE_INSTANCES if usage.zones else 0)
    yield from _executed(usage, "ready_" if ready else "")
    hours = MONTH_HOURS if usage.zones else usage.ready_hours
    instances = ready + (GROUPS - 1) * ZONE_INSTANCES if usage.zones else ready
    yield "instances always ready", "baseline_gb_seconds", instances * hours * 3600 * usage.memory_gb
    yield "table requests", "table_requests", _table_requests(usage)
    rows = usage.calls_in + usage.calls_out + usage.texts_in + usage.texts_out + usage.replies
    kept = rows * usage.history_months * ROW_KB / 1e6
    yield "records kept", "stored_gb_zones" if usage.zones else "stored_gb", kept
    yield "logs", "log_gb", (executions(usage) + TIMER_RUNS) * EXECUTION_LOG_KB / 1e6
    if usage.alerts:
        yield "alerts, every 5 minutes", "log_alert_5_minutes", ALERTS_5_MINUTES
        yield "alerts, hourly", "log_alert_hourly", ALERTS_HOURLY
        yield "alert of storage", "metric_alert", ALERT_SERIES
    if usage.private_network:
        yield "private endpoints", "private_endpoint_hours", PRIVATE_ENDPOINTS * MONTH_HOURS
        yield "private DNS zones", "private_zone", PRIVATE_ENDPOINTS


def _executed(usage: Usage, ready: str) -> Iterator[tuple[str, str, float]]:
    """Tell the webhooks and the API apart from the timer, which no instance that is ready for webhooks runs."""
    asked, timer = executions(usage), TIMER_RUNS
    gb_seconds, timer_gb_seconds = asked * EXECUTION_S * usage.memory_gb, timer * TIMER_S * usage.memory_gb
    if ready:
        yield "webhooks and API", f"{ready}executions", asked
        yield "their time", f"{ready}gb_seconds", gb_seconds
        yield "timer", "executions", timer
        yield "its time", "gb_seconds", timer_gb_seconds
        return
    yield "webhooks, API and timer", "executions", asked + timer
    yield "their time", "gb_seconds", gb_seconds + timer_gb_seconds


def _table_requests(usage: Usage) -> int:
    calls = usage.calls_in * (CALL_IN + 1) + usage.calls_out * CALL_OUT  # each callback, and the price later
    texts = usage.texts_in * TABLE_TEXT_IN + usage.texts_out * TABLE_TEXT_OUT + usage.replies * TABLE_REPLY
    return calls * TABLE_CALLBACK + texts + TIMER_RUNS * TIMER_TABLE


def names() -> list[str]:
    """Return what can be said of a month."""
    return [field.name for field in fields(Usage)]


def hours_a_month(opening: str) -> float:
    """Return the hours that opening hours such as `Mon-Fri 08:00-18:00` make in a month. Raises ValueError."""
    from shared.flow import timetable
    from shared.flow.hours import WEEK_MINUTES

    minutes = sum(span.closes - span.opens for span in timetable.spans(opening)[0])
    return round(min(minutes, WEEK_MINUTES) / WEEK_MINUTES * MONTH_HOURS, 1)
