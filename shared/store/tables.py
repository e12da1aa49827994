"""Tables of the storage account: reached with short timeouts, made when missing, and never handed what they refuse.

The emulator accepts what the real service refuses, so the service's limits are kept here. Source of the limits:
"Understanding the Table service data model" in Azure's docs.
"""

import contextlib
import logging
import random
import re
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from functools import cache
from hashlib import sha1
from threading import current_thread
from typing import Any

from azure.core import MatchConditions
from azure.core.exceptions import (
    AzureError,
    ResourceExistsError,
    ResourceModifiedError,
    ResourceNotFoundError,
    ServiceRequestError,
    ServiceResponseError,
)
from azure.core.pipeline.transport import RequestsTransport
from azure.data.tables import TableClient, TableServiceClient, UpdateMode
from requests import Session
from requests.adapters import HTTPAdapter

from shared.errors import Contended, StorageDown
from shared.settings import Settings
from shared.store import clock

CONNECT_S = 1  # a healthy storage account accepts within milliseconds
READ_S = 5  # longer than a texter is kept waiting: who gives up first spares those behind them (deadline.py)
RETRIES = 1
POOL_SIZE = 32  # connections; requests' default of 10 makes threads wait for each other
STRING_CHARACTERS = 16_000  # the service refuses above 32 K UTF-16 units, and a character may be two
TRANSACTION_ROWS = 100  # the service refuses more, and more than 4 MiB
KEY_CHARACTERS = 200  # the service refuses keys above 1 KiB
MAX_PROPERTIES = 252  # the service's 255 with its own three
MAX_ENTITY_BYTES = 1024 * 1024  # names and strings count two bytes a UTF-16 unit
PAGE_ROWS = 1000  # Table service maximum
LAST_KEY = "\uffff"  # above the key of any person
TRIES = 30  # of a change; each loses to a writer that won, and one row sees a few a second
WAITS_S = 0.05  # at most before the next try, at random: two that met do not meet again
_FORBIDDEN_IN_KEYS = re.compile(r"[\x00-\x1f\x7f-\x9f/\\#?=]")

logging.getLogger("azure.core.pipeline.policies.http_logging_policy").setLevel(logging.WARNING)  # keys are numbers

type Entity = dict[str, Any]
NONE: dict[str, str] = {}  # of a query without parameters; nobody writes into it

_PROPERTY = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")  # the service wants an identifier

_at_once = ThreadPoolExecutor(16, thread_name_prefix="at-once")


class Discreet(RequestsTransport):  # type: ignore[misc]  # imported lazily by the SDK, without types
    """Says what kind of failure it was and no more: the SDK's own errors show addresses, and the numbers in them.

    Each answer sets the storage's clock.
    """

    def send(self, request: Any, **options: Any) -> Any:
        """Send a request; raises what the SDK's transport raises, without its words."""
        try:
            response = super().send(request, **options)
        except (ServiceRequestError, ServiceResponseError) as e:
            raise type(e)(type(e).__name__) from None
        if date := response.headers.get("date"):
            clock.storage.note(date)
        return response


class Unstorable(ValueError):
    """The service would refuse this entity; the message says which limit it breaks."""


def at_once[T, R](work: Callable[[T], R], items: Iterable[T]) -> list[R]:
    """Do the same with each item, some of them at the same time; raises what the first that failed raises.

    Each keeps the caller's context, by which the host knows whose the lines of the log are. What is done at once itself
    does one item after the other: threads that wait for each other would wait for ever.
    """
    if current_thread().name.startswith("at-once"):
        return [work(item) for item in items]
    here = copy_context()
    return list(_at_once.map(lambda item: here.copy().run(work, item), items))


@cache
def service(settings: Settings) -> TableServiceClient:
    """Return the one client of this process; nothing is sent before a table is used."""
    logging.getLogger("azure.core.pipeline.policies.http_logging_policy").setLevel(logging.WARNING)  # else each request
    session = Session()
    session.mount("https://", HTTPAdapter(pool_maxsize=POOL_SIZE))
    session.mount("http://", HTTPAdapter(pool_maxsize=POOL_SIZE))
    options: dict[str, Any] = {  # a transport of our own gets the time-outs itself: the client's do not reach it
        "transport": Discreet(session=session, session_owner=False, connection_timeout=CONNECT_S, read_timeout=READ_S),
        "retry_total": RETRIES,
        "retry_backoff_factor": 0.2,
    }
    if settings.storage_connection:
        return TableServiceClient.from_connection_string(spelled_out(settings.storage_connection), **options)
    from azure.identity import ManagedIdentityCredential

    credential = ManagedIdentityCredential(client_id=settings.storage_client_id or None)
    return TableServiceClient(settings.storage_table_endpoint, credential=credential, **options)


def spelled_out(connection: str) -> str:
    """Spell out the short form of the emulator's connection string, which the SDKs do not know."""
    if connection.strip().rstrip(";").lower() != "usedevelopmentstorage=true":
        return connection
    return (
        "DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;"
        "AccountKey=Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==;"
        "QueueEndpoint=http://127.0.0.1:10001/devstoreaccount1;"
        "TableEndpoint=http://127.0.0.1:10002/devstoreaccount1;"
    )


@contextlib.contextmanager
def in_our_words() -> Iterator[None]:
    """Turn whatever the SDK raises into StorageDown."""
    try:
        yield
    except AzureError as e:
        raise StorageDown(type(e).__name__) from e


class Table:
    """One table. Made on the first write that finds it missing; reading a missing one finds nothing.

    Each method raises StorageDown when the storage does not answer or refuses.
    """

    def __init__(self, settings: Settings, name: str) -> None:
        self.name = name
        self._client: TableClient = service(settings).get_table_client(name)
        self._is_there = False

    def insert(self, entity: Entity) -> bool:
        """Write a new row; False when the row is there already. A resent insert may meet its own first try."""
        with in_our_words():
            try:
                self._made(lambda: self._client.create_entity(folded(entity)))
            except ResourceExistsError:
                return False
        return True

    def put(self, entity: Entity) -> None:
        """Write a row, whether it is there or not, merging its properties."""
        with in_our_words():
            self._made(lambda: self._client.upsert_entity(folded(entity)))

    def put_all(self, entities: list[Entity]) -> None:
        """Write rows of one partition, a hundred at a time, each hundred as a whole."""
        if not self._is_there:  # a transaction does not say clearly that its table is missing
            self.make()
        for start in range(0, len(entities), TRANSACTION_ROWS):
            rows = entities[start : start + TRANSACTION_ROWS]
            with in_our_words():
                self._client.submit_transaction([("upsert", folded(row)) for row in rows])

    def replace(self, entity: Entity, etag: str) -> bool:
        """Write a row that nobody has changed or deleted since it had this ETag; False when somebody has."""
        unchanged: dict[str, Any] = {"etag": etag, "match_condition": MatchConditions.IfNotModified}
        with in_our_words():
            try:
                self._client.update_entity(folded(entity), mode=UpdateMode.REPLACE, **unchanged)
            except (ResourceModifiedError, ResourceNotFoundError):
                return False
        return True

    def update(self, partition: str, row: str, change: Callable[[Entity | None], Entity | None]) -> Entity | None:
        """Bring the row at `partition` and `row` to what `change` makes of it, whoever else changes it; return it.

        `change` gets the row, None when there is none, and returns what is to stand in its place, or None to leave it.
        It is called again when somebody else was first; what it raises passes. Raises Contended after TRIES.
        """
        keys = {"PartitionKey": partition, "RowKey": row}
        for _ in range(TRIES):
            found = self.get(partition, row)
            before = found[0] if found else None
            after = change(before)
            if after is None or after | keys == before:
                return before
            after |= keys
            if self.replace(after, found[1]) if found else self.insert(after):
                return after
            time.sleep(random.uniform(0, WAITS_S))  # noqa: S311 -- only spreads the tries
        raise Contended(f"a row of {self.name}", TRIES)

    def get(self, partition: str, row: str) -> tuple[Entity, str] | None:
        """Return one row and its ETag, or None."""
        with in_our_words():
            try:
                entity = self._client.get_entity(partition, row)
            except ResourceNotFoundError:
                return None
        return unfolded(dict(entity)), str(entity.metadata["etag"])

    def delete(self, partition: str, row: str, etag: str = "") -> bool:
        """Delete the row at `partition` and `row`; one that is not there is no fault.

        False when an `etag` is given that it has not any more.
        """
        unchanged: dict[str, Any] = {"etag": etag, "match_condition": MatchConditions.IfNotModified} if etag else {}
        with in_our_words():
            try:
                self._client.delete_entity(partition, row, **unchanged)
            except ResourceModifiedError:
                return False
        return True

    def between(self, partition: str, above: str, below: str, size: int, *, only: str = "") -> list[Entity]:
        """Return at most `size` rows of a partition, in key order, whose row keys are above one key and below another.

        `only` is one more condition, in the service's own language. The service may cut an answer short, even to
        nothing, and return a token: it is asked on until the end.
        """
        pages: Any = self._client.query_entities(
            "PartitionKey eq @partition and RowKey gt @above and RowKey lt @below" + (f" and {only}" if only else ""),
            parameters={"partition": partition, "above": above, "below": below},
            results_per_page=min(size, PAGE_ROWS),
        ).by_page()
        rows: list[Entity] = []
        with in_our_words(), contextlib.suppress(ResourceNotFoundError):
            for page in pages:
                rows += [unfolded(dict(entity)) for entity in page]
                if len(rows) >= size:
                    break
        return rows[:size]

    def rows(self, query: str = "", parameters: dict[str, str] = NONE, page_rows: int = PAGE_ROWS) -> Iterator[Entity]:
        """Return all rows that a `query` with its `parameters` finds (without one: all there are), in key order.

        `page_rows` are fetched at a time, as they are needed.
        """
        pages = self._client.query_entities(query, parameters=parameters, results_per_page=page_rows).by_page()
        with in_our_words(), contextlib.suppress(ResourceNotFoundError):
            for page in pages:
                yield from [unfolded(dict(entity)) for entity in page]

    def sweep(self, query: str, parameters: dict[str, str], check_time: Callable[[], None]) -> int:
        """Delete the rows that a `query` with its `parameters` finds, unless they change; return how many it found.

        `check_time` is called after each page and ends it by raising.
        """
        count = 0
        pages = self._client.query_entities(query, parameters=parameters, results_per_page=PAGE_ROWS).by_page()
        with in_our_words(), contextlib.suppress(ResourceNotFoundError):
            for page in pages:
                count += len(at_once(self._delete_unchanged, page))
                check_time()
        return count

    def _delete_unchanged(self, entity: Any) -> None:
        self.delete(entity["PartitionKey"], entity["RowKey"], entity.metadata["etag"])

    def _made(self, write: Callable[[], Any]) -> None:
        try:
            write()
        except ResourceNotFoundError:
            self.make()
            write()

    def make(self) -> None:
        """Make the table unless it is there."""
        with in_our_words(), contextlib.suppress(ResourceExistsError):
            self._client.create_table()
        self._is_there = True


def key(text: str) -> str:
    """Return `text` as a key may hold it: what the service forbids becomes `=` and hex, two texts never one key."""
    escaped = _FORBIDDEN_IN_KEYS.sub(lambda match: f"={ord(match[0]):02x}", text)
    if len(escaped) <= KEY_CHARACTERS:
        return escaped
    return escaped[: KEY_CHARACTERS - 41] + "=" + sha1(text.encode(), usedforsecurity=False).hexdigest()


def any_of(column: str, values: Iterable[str]) -> tuple[str, dict[str, str]]:
    """Return the query for the rows whose `column` is the key of any of the `values`, and its parameters."""
    parameters = {f"v{number}": key(value) for number, value in enumerate(values)}
    return " or ".join(f"{column} eq @{name}" for name in parameters), parameters


def folded(entity: Entity) -> Entity:
    """Return the entity with long strings cut into properties the service takes: `body`, `body__1` and so on.

    Raises Unstorable when even so the service would refuse it.
    """
    pieces = dict(_pieces(entity))
    if wrong := next((name for name in pieces if not _PROPERTY.fullmatch(name)), ""):
        raise Unstorable(f"{wrong!r} is no name of a property; the Table service takes identifiers")
    if len(pieces) > MAX_PROPERTIES:
        raise Unstorable(f"{len(pieces)} properties; the Table service takes {MAX_PROPERTIES}")
    if (size := sum(_size(name) + _size(value) for name, value in pieces.items())) > MAX_ENTITY_BYTES:
        raise Unstorable(f"about {size} bytes; the Table service takes {MAX_ENTITY_BYTES}")
    return pieces


def _size(value: Any) -> int:
    return len(value.encode("utf-16-le", "surrogatepass")) + 4 if isinstance(value, str) else 16


def _pieces(entity: Entity) -> Iterator[tuple[str, Any]]:
    for name, value in entity.items():
        if not isinstance(value, str) or len(value) <= STRING_CHARACTERS:
            yield name, value
            continue
        for number, start in enumerate(range(0, len(value), STRING_CHARACTERS)):
            yield (f"{name}__{number}" if number else name), value[start : start + STRING_CHARACTERS]


def unfolded(entity: Entity) -> Entity:
    """Undo `folded`."""
    whole: Entity = {name: value for name, value in entity.items() if "__" not in name}
    parts = sorted((name.rpartition("__") for name in entity if "__" in name), key=lambda part: int(part[2]))
    for name, mark, number in parts:
        whole[name] += entity[f"{name}{mark}{number}"]
    return whole
