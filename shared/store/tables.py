"""Tables of the storage account: reached with short timeouts, made when missing, and never handed what they refuse."""

import contextlib
import logging
import random
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from functools import cache, partial
from itertools import batched
from threading import current_thread
from typing import TYPE_CHECKING, Any

from azure.core import MatchConditions
from azure.core.exceptions import (
    AzureError,
    HttpResponseError,
    ResourceExistsError,
    ResourceModifiedError,
    ResourceNotFoundError,
)
from azure.data.tables import TableClient, TableTransactionError, UpdateMode

from shared.errors import Contended, StorageDown
from shared.settings import Settings
from shared.store.entities import Entity, Unstorable, folded, unfolded
from shared.store.table_client import LeanTableClient
from shared.store.transport import Discreet

if TYPE_CHECKING:
    from azure.identity import ManagedIdentityCredential

TRANSACTION_ROWS = 100  # the service refuses more, and more than 4 MiB
PAGE_ROWS = 1000  # Table service maximum
LAST_KEY = "\uffff"  # above the key of any person
TRIES = 30  # of a change; each loses to a writer that won, and one row sees a few a second
WAITS_S = 0.05  # at most before the next try, at random: two that met do not meet again
_UNEXPECTED = frozenset([  # what a transaction says of a row that is not as one of its changes expects it
    "EntityAlreadyExists", "ResourceNotFound", "EntityNotFound", "ConditionNotMet", "UpdateConditionNotSatisfied",
])  # fmt: skip
_FULL = frozenset([400, 413])  # too many properties, too large

logging.getLogger("azure.core.pipeline.policies.http_logging_policy").setLevel(logging.WARNING)  # keys are numbers

type Change = tuple[str, Entity, dict[str, Any]]  # as a transaction of the SDK takes it: what, with which row, how
type Condition = tuple[str, dict[str, str]]  # in the service's own language, and what its `@names` stand for
NONE: dict[str, str] = {}  # of a query without parameters; nobody writes into it
ANY: Condition = ("", NONE)


_at_once = ThreadPoolExecutor(16, thread_name_prefix="at-once")


def at_once[T, R](work: Callable[[T], R], items: Iterable[T]) -> list[R]:
    """Do the same with each item, some of them at the same time; raises what the first that failed raises.

    Each keeps the caller's context, by which the host knows whose the lines of the log are. What is done at once itself
    does one item after the other: threads that wait for each other would wait for ever.
    """
    items = list(items)
    if len(items) == 1 or current_thread().name.startswith("at-once"):
        return [work(item) for item in items]
    here = copy_context()
    return list(_at_once.map(lambda item: here.copy().run(work, item), items))


def _client(settings: Settings, name: str) -> TableClient:
    """Return the client of a table; nothing is sent before it is used."""
    if settings.storage_connection:
        connection = spelled_out(settings.storage_connection)
        return LeanTableClient.from_connection_string(connection, name, transport=_transport())
    return LeanTableClient(
        settings.storage_table_endpoint, name, credential=_identity(settings), transport=_transport()
    )


@cache
def _transport() -> Discreet:
    """Return the one of this process, whose connections all tables share."""
    return Discreet()


@cache
def _identity(settings: Settings) -> "ManagedIdentityCredential":
    from azure.identity import ManagedIdentityCredential

    return ManagedIdentityCredential(client_id=settings.storage_client_id or None)


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
        self._client = _client(settings, name)

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
        for rows in batched(entities, TRANSACTION_ROWS, strict=False):
            whole = [("upsert", folded(row)) for row in rows]
            with in_our_words():
                self._made(partial(self._client.submit_transaction, whole))

    def commit(self, changes: list[Change]) -> bool:
        """Make changes of one partition as a whole; False, and nothing is done, when a row is not as one expects it."""
        whole = [(what, folded(row), how) for what, row, how in changes]
        with in_our_words():
            try:
                self._made(lambda: self._client.submit_transaction(whole))
            except TableTransactionError as e:
                if _code(e) not in _UNEXPECTED:
                    raise
                return False
        return True

    def append(self, entity: Entity) -> bool:
        """Write columns into a row that is there, whatever else is in it; False when it is not there.

        Raises Unstorable when the service refuses it: the row is full.
        """
        with in_our_words():
            try:
                self._client.update_entity(folded(entity), mode=UpdateMode.MERGE)
            except ResourceNotFoundError:
                return False
            except HttpResponseError as e:
                if e.status_code in _FULL:
                    raise Unstorable(_code(e)) from None
                raise
        return True

    def replace(self, entity: Entity, etag: str) -> bool:
        """Write a row that nobody has changed or deleted since it had this ETag; False when somebody has."""
        unchanged = unchanged_since(etag)
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
        return _read(entity)

    def delete(self, partition: str, row: str, etag: str = "") -> bool:
        """Delete the row at `partition` and `row`; one that is not there is no fault.

        False when an `etag` is given that it has not any more.
        """
        unchanged = unchanged_since(etag) if etag else {}
        with in_our_words():
            try:
                self._client.delete_entity(partition, row, **unchanged)
            except ResourceModifiedError:
                return False
        return True

    def between(self, partition: str, above: str, below: str, size: int, *, only: Condition = ANY) -> list[Entity]:
        """Return at most `size` rows of a partition, in key order, whose row keys are above one key and below another.

        `only` is one more condition. The service may cut an answer short, even to
        nothing, and return a token: it is asked on until the end.
        """
        return [row for row, _ in self.between_with_etags(partition, above, below, size, only=only)]

    def between_with_etags(
        self, partition: str, above: str, below: str, size: int, *, only: Condition = ANY
    ) -> list[tuple[Entity, str]]:
        """Return what `between` does of `partition`, `above`, `below`, `size` and `only`, each row with its ETag."""
        more, given = only
        pages: Any = self._client.query_entities(
            "PartitionKey eq @partition and RowKey gt @above and RowKey lt @below" + (f" and {more}" if more else ""),
            parameters={"partition": partition, "above": above, "below": below} | given,
            results_per_page=min(size, PAGE_ROWS),
        ).by_page()
        rows: list[tuple[Entity, str]] = []
        with in_our_words(), contextlib.suppress(ResourceNotFoundError):
            for page in pages:
                rows += [_read(entity) for entity in page]
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
        except (ResourceNotFoundError, TableTransactionError) as e:
            if isinstance(e, TableTransactionError) and _code(e) != "TableNotFound":
                raise
            self.make()
            write()

    def make(self) -> None:
        """Make the table unless it is there."""
        with in_our_words(), contextlib.suppress(ResourceExistsError):
            self._client.create_table()


def _read(entity: Any) -> tuple[Entity, str]:
    return unfolded(dict(entity)), str(entity.metadata["etag"])


def _code(refusal: HttpResponseError) -> str:
    return str(getattr(refusal, "error_code", ""))  # the service's own name for it


def unchanged_since(etag: str) -> dict[str, Any]:
    """Return the condition that a row has not been changed since it had this ETag, as the SDK is told it."""
    return {"etag": etag, "match_condition": MatchConditions.IfNotModified}
