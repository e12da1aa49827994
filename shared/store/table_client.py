"""The SDK's client of a table, with a shorter way for rows: the same methods and answers for less of the processor.

The hooks of the SDK: its `transport`, azure.core's `Pipeline` with azure.core's policies for retries and identities,
and subclassing. What the app does not need (more options, tables themselves) takes the SDK's own way, over the same
transport. tests/unit/store/test_table_client.py holds both ways to one answer.
"""

import contextlib
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from azure.core import MatchConditions
from azure.core.exceptions import (
    ClientAuthenticationError,
    HttpResponseError,
    ResourceExistsError,
    ResourceModifiedError,
    ResourceNotFoundError,
)
from azure.core.paging import ItemPaged
from azure.core.pipeline import Pipeline
from azure.core.pipeline.policies import RetryPolicy
from azure.core.rest import HttpRequest
from azure.data.tables import TableClient, TableEntity, TableTransactionError, UpdateMode

from shared.store import wire
from shared.store.signing import dated, policy_for
from shared.store.transport import Answer

RETRIES: dict[str, Any] = {"retry_total": 1, "retry_backoff_factor": 0.2}
_REFUSALS: dict[int, type[HttpResponseError]] = {
    401: ClientAuthenticationError,
    404: ResourceNotFoundError,
    409: ResourceExistsError,
    412: ResourceModifiedError,
}
_BETWEEN = {"TableBeingDeleted", "AccountBeingCreated"}  # 409 too, and nothing exists


class LeanTableClient(TableClient):
    """A table, as `TableClient` has it."""

    def __init__(self, endpoint: str, table_name: str, *, credential: Any, transport: Any, **options: Any) -> None:
        super().__init__(endpoint, table_name, credential=credential, transport=transport, **options, **RETRIES)
        self._short_way = _pipeline(credential, transport)

    def create_entity(self, entity: Mapping[str, Any], **kwargs: Any) -> dict[str, Any]:
        """Write a new row; raises ResourceExistsError when it is there."""
        if kwargs:
            return super().create_entity(entity, **kwargs)
        return _told(self._answer(wire.creation(self.table_name, entity)))

    def upsert_entity(
        self, entity: Mapping[str, Any], mode: UpdateMode = UpdateMode.MERGE, **kwargs: Any
    ) -> dict[str, Any]:
        """Write a row, whether it is there or not; `mode` says whether the columns that it has beside stay."""
        if kwargs:
            return super().upsert_entity(entity, mode, **kwargs)
        return _told(self._answer(wire.change(self.table_name, entity, mode, {})))

    def update_entity(
        self,
        entity: Mapping[str, Any],
        mode: UpdateMode = UpdateMode.MERGE,
        *,
        etag: str | None = None,
        match_condition: MatchConditions | None = None,
        **kwargs: Any,
    ) -> dict[str, Any]:
        """Write an `entity` that is there, in a `mode`; `etag` and `match_condition` say that it must be unchanged.

        Raises ResourceNotFoundError, ResourceModifiedError.
        """
        if kwargs:
            return super().update_entity(entity, mode, etag=etag, match_condition=match_condition, **kwargs)
        condition = wire.condition(etag, match_condition)
        return _told(self._answer(wire.change(self.table_name, entity, mode, condition)))

    def get_entity(self, partition_key: str, row_key: str, **kwargs: Any) -> TableEntity:
        """Return the row at `partition_key` and `row_key`; raises ResourceNotFoundError."""
        if kwargs:
            return super().get_entity(partition_key, row_key, **kwargs)
        return wire.read(self._answer(wire.reading(self.table_name, (partition_key, row_key))).json())

    def delete_entity(self, *args: Any, **kwargs: Any) -> None:
        """Delete a row, given by its keys; one that is not there is no fault. Raises ResourceModifiedError."""
        if len(args) != 2 or not all(isinstance(key, str) for key in args):
            super().delete_entity(*args, **kwargs)
            return
        condition = wire.condition(kwargs.get("etag"), kwargs.get("match_condition"))
        with contextlib.suppress(ResourceNotFoundError):
            self._answer(wire.deletion(self.table_name, args, condition))

    def query_entities(
        self,
        query_filter: str,
        *,
        results_per_page: int | None = None,
        select: str | list[str] | None = None,
        parameters: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> ItemPaged[TableEntity]:
        """Return the rows that a `query_filter` with its `parameters` finds, `results_per_page` at a time.

        `select` names the columns that are wanted; without it all are.
        """
        given = parameters or {}
        if kwargs or not wire.is_text(given):
            return super().query_entities(
                query_filter, results_per_page=results_per_page, select=select, parameters=parameters, **kwargs
            )
        wanted = select if isinstance(select, str) else ",".join(select or [])
        options = {"$filter": wire.filled(query_filter, given), "$top": results_per_page, "$select": wanted}

        def get_next(token: Mapping[str, str] | None) -> Answer:
            return self._answer(wire.query(self.table_name, options | wire.going_on(token)))

        return ItemPaged(get_next, lambda answer: (wire.token(answer.headers), wire.rows(answer.json())))

    def submit_transaction(self, operations: Iterable[Any], **kwargs: Any) -> list[Mapping[str, Any]]:
        """Make all the `operations`, given as the SDK takes them, or none; raises TableTransactionError, TypeError."""
        if kwargs:
            raise TypeError(f"a transaction takes no options here: {', '.join(kwargs)}")
        parts = [wire.part(self.table_name, what, entity, how[0] if how else {}) for what, entity, *how in operations]
        answer = self._answer(wire.batch(self.url, parts))
        results = [_part_of(answer, *result) for result in wire.results(answer.content)]
        if refused := next((result for result in results if result.status_code >= 300), None):
            raise _refusal(refused, TableTransactionError)
        return [_told(result) for result in results]

    def _answer(self, asked: wire.Asked) -> Answer:
        """Return the service's answer; raises what it means when it is a refusal, without the service's words."""
        headers = asked.headers | dated()
        request = HttpRequest(asked.method, self.url + asked.path, headers=headers, content=asked.body or None)
        answer: Answer = self._short_way.run(request).http_response
        if answer.status_code >= 300:
            raise _refusal(answer)
        return answer


@cache
def _pipeline(credential: Any, transport: Any) -> Pipeline[Any, Any]:
    return Pipeline(transport, [RetryPolicy(**RETRIES), policy_for(credential)])


def _told(answer: Answer) -> dict[str, Any]:
    return {"etag": answer.headers.get("etag")}


def _part_of(answer: Answer, status: int, etag: str, document: bytes) -> Answer:
    headers = {"etag": etag} if etag else {}
    return Answer(answer.request, status, "", headers, document)


def _refusal(answer: Answer, kind: type[HttpResponseError] | None = None) -> HttpResponseError:
    """Return what a refusal means; it says the service's code and, in a transaction, of which change it speaks."""
    code, number = wire.said(answer.content)
    code = code or answer.headers.get("x-ms-error-code", "")
    meant = HttpResponseError if code in _BETWEEN else _REFUSALS.get(answer.status_code, HttpResponseError)
    error = (kind or meant)(message=f"{number}:{code or answer.status_code}" if kind else code)
    error.status_code = answer.status_code
    setattr(error, "error_code", code)  # noqa: B010 -- the SDK adds it, too, to a class that has none
    return error
