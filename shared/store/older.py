"""Rows that an older version wrote: looked for where it kept them as long as there are any, and brought over.

Whether there are any is asked once in LOOKS_S, so that a line without them pays next to nothing, and one whose older
instances are still at work, or whose backup was restored, is believed soon.
"""

import time

from shared.store.tables import NONE, Table

LOOKS_S = 60


class Older:
    """The rows of a `table` that a `query` with its `parameters` finds: those of an older version."""

    def __init__(self, table: Table, query: str = "", parameters: dict[str, str] = NONE) -> None:
        self.table = table
        self._query, self._parameters = query, parameters
        self._asked_at = -float("inf")
        self._has_rows = False

    def has_rows(self) -> bool:
        """Whether there are any, as of LOOKS_S ago at most. Raises StorageDown."""
        if time.monotonic() - self._asked_at > LOOKS_S:
            has_rows = any(True for _ in self.table.rows(self._query, self._parameters, page_rows=1))
            self._has_rows, self._asked_at = has_rows, time.monotonic()
        return self._has_rows
