"""Times of the history over raw requests by azure-data-tables as it is, to the same emulator, in turns in one process.

Ten of one side, then ten of the other, each begun when nothing goes on behind the one before.
"""

import statistics
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import count
from typing import Any
from urllib.parse import urlencode

import azure.functions as func
from azure.data.tables import TableClient
from twilio.request_validator import RequestValidator

from bench.emulated import Emulated
from bench.start import TOKEN
from shared.store import messages
from shared.store.indexed import PageQuery
from shared.store.table_client import LeanTableClient
from shared.store.transport import Discreet

OWN = "+12025550100"
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
BODY = "What time do you open?" * 3
SMS = "https://ahoy.example.com/api/sms"
BLOCKS, EACH = 20, 10  # so many times each side, so often each time
PAGE = 50


def in_turns(
    ours: Callable[[], object],
    raw: Callable[[], object],
    quiet: Callable[[], object],
    clock_s: Callable[[], float] = time.perf_counter,
) -> dict[str, float]:
    """Return the median milliseconds of both sides and their ratio; `quiet` waits while something goes on behind."""
    times: dict[Callable[[], object], list[float]] = {ours: [], raw: []}
    for _ in range(BLOCKS):
        for side, taken in times.items():
            for _ in range(EACH):
                quiet()
                began = clock_s()
                side()
                taken.append((clock_s() - began) * 1000)
    here, there = (statistics.median(taken) for taken in times.values())
    return {"ms": here, "raw_ms": there, "ratio": here / there}


def inbound(connection: str, quiet: Callable[[], object]) -> dict[str, float]:
    """Return how long a texter waits for the answer over how long a new row takes.

    The text is signed, and answered by the app's own function when it is stored; each is of another person.
    """
    answers, raw, rows = _answering(), TableClient.from_connection_string(connection, "raw"), count()
    raw.create_table()
    texts = _texts()

    def answer() -> None:
        answered = answers(next(texts))
        if b"<Message>" not in answered.get_body():
            raise RuntimeError(f"the text was answered {answered.status_code} {answered.get_body()!r}")

    def insert() -> None:
        n = next(rows)
        raw.create_entity(record(n) | {"PartitionKey": f"+1202555{n % 10_000:04}", "RowKey": record(n)["sid"]})

    answer()
    insert()
    return in_turns(answer, insert, quiet)


def _answering() -> Callable[[func.HttpRequest], func.HttpResponse]:
    import function_app  # once the environment is what the emulator needs

    (found,) = (one for one in function_app.app.get_functions() if one.get_function_name() == "sms")
    return found.get_user_function()


def _texts() -> Iterator[func.HttpRequest]:
    """Return texts as Twilio sends them, with all that it sends."""
    for n in count():
        told = {
            "ToCountry": "US", "ToState": "DC", "SmsMessageSid": f"SM{n:031x}b", "NumMedia": "0", "ToCity": "",
            "FromZip": "", "SmsSid": f"SM{n:031x}b", "FromState": "DC", "SmsStatus": "received", "FromCity": "",
            "Body": BODY, "FromCountry": "US", "To": OWN, "ToZip": "", "NumSegments": "1", "MessageSid": f"SM{n:031x}b",
            "AccountSid": "AC0123456789abcdef0123456789abcdef", "From": f"+1202555{n % 10_000:04}",
            "ApiVersion": "2010-04-01",
        }  # fmt: skip
        headers = {
            "content-type": "application/x-www-form-urlencoded",
            "x-twilio-signature": RequestValidator(TOKEN).compute_signature(SMS, told),
        }
        yield func.HttpRequest("POST", SMS, headers=headers, body=urlencode(told).encode())


def processor(connection: str) -> dict[str, dict[str, float]]:
    """Return the milliseconds of processor that one request costs this process by our way, over the SDK's own."""
    own = TableClient.from_connection_string(connection, "ways")
    short = LeanTableClient.from_connection_string(connection, "ways", transport=Discreet())
    numbers, row = count(), record(0) | {"PartitionKey": "p"}
    own.create_table()
    short.submit_transaction([("create", row | {"RowKey": f"~{n:02}"}) for n in range(PAGE)])
    works: dict[str, Callable[[TableClient], object]] = {
        "a new row": lambda table: table.create_entity(row | {"RowKey": str(next(numbers))}),
        "one row read": lambda table: table.get_entity("p", "~01"),
        "a column merged in": lambda table: table.update_entity({"PartitionKey": "p", "RowKey": "~02", "told": "x"}),
        "50 rows of a query": lambda table: list(
            next(table.query_entities("RowKey ge '~'", results_per_page=PAGE).by_page())
        ),
        "two new rows in one transaction": lambda table: table.submit_transaction(
            [("create", row | {"RowKey": str(next(numbers))}) for _ in range(2)]
        ),
    }
    return {
        name: in_turns(partial(work, short), partial(work, own), lambda: None, time.process_time)
        for name, work in works.items()
    }


def page(rows: int, quiet: Callable[[], object]) -> dict[str, float]:
    """Return how long the newest page takes over a query of as many rows, of a table with so many `rows`."""
    with Emulated() as storage:
        table = messages.table()
        table.add(record(0))
        storage.fill(table.by_time.name, [record(n) for n in range(rows)])
        raw = TableClient.from_connection_string(storage.connection, table.by_time.name)

        def query() -> None:
            found = raw.query_entities("PartitionKey eq '0' and RowKey lt '~'", results_per_page=PAGE)
            if len(list(next(found.by_page()))) != PAGE:
                raise RuntimeError("the raw query has not found a page")

        def ours() -> None:
            if len(table.page(PageQuery(PAGE))[0]) != PAGE:
                raise RuntimeError("there is no page")

        for _ in range(EACH):  # the emulator saves what it has read, and is busy so long
            query()
        return in_turns(ours, query, quiet)


def record(n: int) -> dict[str, Any]:
    """Return a text that came in."""
    told = {"MessageSid": f"SM{n:031x}f", "From": f"+1202555{n % 10_000:04}", "To": OWN, "Body": BODY, "NumMedia": "0"}
    return messages.from_webhook(told, NOON + timedelta(seconds=n))
