"""The table in which versions until 0.3 kept the truth, by SID: read while it has rows, and written no more.

Its rows have copies in both orders, written after them, with the version of the truth that each copy shows.
"""

import time

from shared.store.entities import Entity, key
from shared.store.tables import Table

ROW = "row"
LOOKS_AGAIN_S = 900  # whether there are any; a restored backup may bring some


class Before(Table):
    """The rows of versions before; where there are none, asking costs a request in a quarter of an hour."""

    _looks_again = 0.0
    _has_rows = False

    def has_rows(self) -> bool:
        """Whether there may be any."""
        if not self._has_rows and time.monotonic() >= self._looks_again:
            self._has_rows = any(True for _ in self.rows(page_rows=1))
            self._looks_again = time.monotonic() + LOOKS_AGAIN_S
        return self._has_rows

    def row(self, sid: str) -> Entity | None:
        """Return the row of a SID, None without one."""
        found = self.get(key(sid), ROW) if self.has_rows() else None
        return found and found[0]

    def remove(self, sid: str) -> None:
        """Delete the row of a SID, where there may be one."""
        if self.has_rows():
            self.delete(key(sid), ROW)
