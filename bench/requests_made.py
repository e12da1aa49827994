"""What a line asks of storage, counted from the emulator's own log of requests."""

import re
from collections import Counter
from pathlib import Path

from local import azurite
from local.line import Running

READS, WRITES, TRANSACTIONS, QUEUE = "table reads", "table writes", "table transactions", "queue"
_REQUEST = re.compile(rf'"([A-Z]+) /{azurite.ACCOUNT}/([^ "?]*)[^"]*" \d+')


class Told(Running):
    """A line whose emulator tells each request."""

    def start_storage(self) -> None:
        """Start the emulator."""
        self.storage_addresses = azurite.start(self.emulator, self.folder / "data", tells_requests=True)


def counted(folder: Path) -> Counter[str]:
    """Return how many requests of each kind the line in a folder has made so far."""
    log = (folder / "logs" / "azurite.log").read_text(encoding="utf-8")
    return Counter(_kind(method, path) for method, path in _REQUEST.findall(log))


def _kind(method: str, path: str) -> str:
    if path == "$batch":
        return TRANSACTIONS
    if "/messages" in path:  # of a queue; a table is named with brackets behind, or nothing
        return QUEUE
    return READS if method == "GET" else WRITES
