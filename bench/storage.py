"""What the history costs, and whether it keeps its goals: requests to the table service, and times over raw requests.

    .ahoy/venv/bin/python -m bench.storage [--rows 2000] [--pages 1000 100000] [--json]

The requests are real, counted where they leave this process; the times are the emulator's on this machine and say
nothing about Azure's. So a goal of time is a ratio, over raw requests to the same emulator (side_by_side.py). Ends
with 1 when a goal is missed.
"""

import argparse
import json
import os
import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from threading import Lock
from typing import Any
from urllib.parse import parse_qsl

from urllib3 import HTTPConnectionPool

from bench import emulated, side_by_side
from bench.start import ENVIRON
from shared.history import reconcile
from shared.inbound import intake, status_callbacks
from shared.store import messages
from shared.store.indexed import PageQuery
from shared.store.tables import at_once
from shared.twilio import marks
from shared.twilio.webhook import Webhook

USD_PER_10K = 0.00036  # Azure's list price for table transactions, LRS; look up your region's
ACCOUNT_PER_S, PARTITION_PER_S = 20_000, 2_000  # Azure: "Scalability and performance targets for Table storage"
OWN, PERSON = "+12025550100", "+12025550122"
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
STATES = ("queued", "sent", "delivered")  # what the callbacks of a text tell; the first is what Twilio's answer said
LIVES = 100  # texts between two runs of reconcile
QUIET_S = 0.004


class Counted:
    """How many requests have left this process, and how many of them are not answered."""

    count = under_way = 0
    lock = Lock()

    @classmethod
    def install(cls) -> None:
        """Count at the last place before the socket."""
        real = HTTPConnectionPool.urlopen

        def urlopen(self: HTTPConnectionPool, *arguments: Any, **named: Any) -> Any:
            with cls.lock:
                cls.count, cls.under_way = cls.count + 1, cls.under_way + 1
            try:
                return real(self, *arguments, **named)
            finally:
                with cls.lock:
                    cls.under_way -= 1

        HTTPConnectionPool.urlopen = urlopen  # type: ignore[method-assign] # counting is all that this process is for

    @classmethod
    def wait_until_quiet(cls) -> None:
        """Wait until nothing has been asked for a moment: what goes on behind an answer is over."""
        since = cls.count, time.perf_counter()
        while cls.under_way or cls.count != since[0] or time.perf_counter() - since[1] < QUIET_S:
            if cls.under_way or cls.count != since[0]:
                since = cls.count, time.perf_counter()
            time.sleep(QUIET_S / 4)


def main() -> None:
    """Measure and print."""
    arguments = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    arguments.add_argument("--rows", type=int, default=2000, help="rows in the table (default: %(default)s)")
    arguments.add_argument(
        "--pages", type=int, nargs="+", default=[1000, 100_000], help="rows in the table when a page is timed"
    )
    arguments.add_argument("--json", action="store_true", help="print the figures as JSON")
    given = arguments.parse_args()
    Counted.install()
    os.environ |= ENVIRON
    with emulated.Emulated():
        costs = measured(given.rows)
    with emulated.Emulated() as storage:
        inbound = side_by_side.inbound(storage.connection, Counted.wait_until_quiet)
        processor = side_by_side.processor(storage.connection)
    pages = {rows: side_by_side.page(rows, Counted.wait_until_quiet) for rows in given.pages}
    goals = reached(costs, inbound, pages) + [
        _goal(f"processor over the SDK's own way: {name}", found, 0.5) for name, found in processor.items()
    ]
    print(json.dumps({"costs": costs, "goals": goals}) if given.json else described(costs) + "\n\n" + told(goals))
    raise SystemExit(0 if all(goal["holds"] for goal in goals) else 1)


def measured(rows: int) -> dict[str, dict[str, float]]:
    """Return requests and milliseconds of each thing, the middle of many."""
    table = messages.table()
    figures = {"first writes, which make the tables": once(lambda: intake.remember(text(0), moment(0)))}
    figures["a text comes in"] = middle([partial(intake.remember, text(n), moment(n)) for n in range(1, rows)])
    figures["the same webhook again"] = middle([partial(intake.remember, text(n), moment(n)) for n in range(1, 40)])
    figures["a text is sent"] = middle([partial(table.add, sent(n)) for n in range(40)])
    for status, name in (("sent", "a status callback"), ("sent", "the same callback again"), ("delivered", "its end")):
        figures[name] = middle([partial(tell, n, status) for n in range(40)])
    figures["a callback whose address names no moment"] = middle(
        [partial(table.tell, messages.from_callback(callback(n, "sent"), NOON)) for n in range(40)]
    )
    figures["a page of 50"] = middle([lambda: table.page(PageQuery(50))] * 10)
    figures["a page of 50 of one person"] = middle([lambda: table.page(PageQuery(50, person=(PERSON,)))] * 10)
    figures["one row by its SID"] = middle([partial(table.get, text(n)["MessageSid"]) for n in range(1, 40)])
    figures["a text that comes in, its whole life"] = life(arrive, "inbound")
    figures["a text that goes out, its whole life"] = life(leave, "outbound-api")
    figures["reconcile, 1,000 rows that are as they should be"] = at_rest(range(20_000, 21_000))
    return figures


def at_rest(numbers: range) -> dict[str, float]:
    """Return what reconcile takes to see that so many texts are as the log says."""
    at_once(messages.table().add, [sent(n) for n in numbers])
    rows = [logged(n, "outbound-api") for n in numbers]
    compare(rows)
    return middle([lambda: compare(rows)] * 3)


def life(begin: Callable[[int], None], direction: str) -> dict[str, float]:
    """Return what a text takes from its beginning until reconcile has added its price, of many in the same minutes."""

    def live() -> None:
        at_once(begin, numbers)
        compare([logged(n, direction) for n in numbers])

    numbers = range(10_000, 10_000 + LIVES)
    return {figure: value / LIVES for figure, value in once(live).items()}


def arrive(n: int) -> None:
    """Let a text come in, and its copy be written behind the answer."""
    person = f"+1202555{n - 9_900:04}"
    intake.remember(text(n) | {"From": person}, moment(n))
    while person in intake._copying:  # noqa: SLF001 -- nobody else waits for that
        time.sleep(0.001)


def leave(n: int) -> None:
    """Let a text go out, and Twilio tell of it."""
    messages.table().add(sent(n))
    for status in STATES:
        tell(n, status)


def tell(n: int, status: str) -> None:
    """Let a status callback tell of a text that went out, at the address that names when it left."""
    address = marks.marked("", "mark", moment(n)).partition("?")[2]
    status_callbacks.message(Webhook(callback(n, status), "https://ahoy.example.com"), dict(parse_qsl(address)))


def compare(rows: list[dict[str, Any]]) -> None:
    """Compare the history with a log of these rows, as the timer does."""
    kind = reconcile.Kind("messages", lambda *_: iter(rows), messages.from_log, messages.table, messages.RANK)
    reconcile.Run(60).compare(kind, NOON, None)


def logged(n: int, direction: str) -> dict[str, Any]:
    """Return a row of Twilio's log, with the price."""
    is_inbound = direction == "inbound"
    addresses = {"from_": PERSON, "to": OWN} if is_inbound else {"from_": OWN, "to": PERSON}
    dates = dict.fromkeys(("date_sent", "date_created", "date_updated"), moment(n))
    return {
        "sid": text(n)["MessageSid"] if is_inbound else sent(n)["sid"], "direction": direction, **addresses, **dates,
        "status": "received" if is_inbound else "delivered", "error_code": None, "body": "", "num_segments": "1",
        "num_media": "0", "price": "-0.0079", "price_unit": "USD",
    }  # fmt: skip


def middle(works: list[Callable[[], Any]]) -> dict[str, float]:
    """Return the medians of several."""
    all_ = [once(work) for work in works]
    return {figure: statistics.median(one[figure] for one in all_) for figure in all_[0]}


def once(work: Callable[[], Any]) -> dict[str, float]:
    """Return what one thing takes."""
    before, began = Counted.count, time.perf_counter()
    work()
    return {"requests": Counted.count - before, "ms": (time.perf_counter() - began) * 1000}


def text(n: int) -> dict[str, str]:
    """Return what the webhook of a text tells."""
    sid, body = f"SM{n:032x}", "What time do you open?" * 3
    return {"MessageSid": sid, "From": PERSON, "To": OWN, "Body": body, "NumMedia": "0"}


def moment(n: int) -> datetime:
    """Return when a text came or went."""
    return NOON + timedelta(seconds=n)


def sent(n: int) -> dict[str, Any]:
    """Return a text that went out."""
    return messages.sent(f"SM{n:031x}o", OWN, PERSON, "We open at nine.", "queued", moment(n))


def callback(n: int, status: str) -> dict[str, str]:
    """Return the parameters of a status callback."""
    return {"MessageSid": f"SM{n:031x}o", "MessageStatus": status, "From": OWN, "To": PERSON}


def described(figures: dict[str, dict[str, float]]) -> str:
    """Return the figures, and what follows from them."""
    lines = [f"{'':50}{'requests':>9}{'here':>10}"]
    lines += [f"{name:50}{row['requests']:>9.3g}{row['ms']:>7.1f} ms" for name, row in figures.items()]
    for name in ("a text that comes in", "a text that goes out"):
        requests = figures[f"{name}, its whole life"]["requests"]
        cost = requests * 1_000_000 / 10_000 * USD_PER_10K
        lines.append(f"{name}: {requests:.2f} requests in its life; a million cost {cost:.2f} USD; "
                     f"one account takes {ACCOUNT_PER_S / requests:,.0f} a second")  # fmt: skip
    lines.append(f"the narrowest partition, the order of time, takes {PARTITION_PER_S:,} rows a second")
    return "\n".join(lines)


def reached(
    costs: dict[str, dict[str, float]], inbound: dict[str, float], pages: dict[int, dict[str, float]]
) -> list[dict[str, Any]]:
    """Return each goal with what was measured, and whether it holds."""
    return [
        _goal("a text in, over one raw insert: p50", inbound, 2.0),
        *(_goal(f"newest 50 of {rows:,} rows over a raw query of 50: p50", one, 2.0) for rows, one in pages.items()),
        *(
            _goal(f"requests: {name}", {"ratio": costs[name]["requests"]}, most)
            for name, most in (
                ("a text that comes in, its whole life", 5), ("a text that goes out, its whole life", 10),
                ("reconcile, 1,000 rows that are as they should be", 4),
            )
        ),
    ]  # fmt: skip


def _goal(name: str, found: dict[str, float], most: float) -> dict[str, Any]:
    return {"goal": name, "is": found["ratio"], "at_most": most, "holds": found["ratio"] <= most} | found


def told(goals: list[dict[str, Any]]) -> str:
    """Return the goals as a table."""
    lines = [f"{'':66}{'is':>6}{'at most':>9}"]
    for goal in goals:
        times = f"   {goal['ms']:.2f} ms over {goal['raw_ms']:.2f}" if "ms" in goal else ""
        is_kept = "holds" if goal["holds"] else "MISSED"
        lines.append(f"{goal['goal']:66}{goal['is']:>6.2f}{goal['at_most']:>9.1f}  {is_kept}{times}")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
