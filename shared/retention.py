"""Records older than AHOY_RETENTION_DAYS are deleted, the newest of them first, in steps that fit a timer's run."""

import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial

from shared import settings
from shared.store import calls, messages
from shared.store.book import Wanted
from shared.store.tables import at_once

STEP_ROWS = 200

log = logging.getLogger("ahoy.retention")


def apply(check_time: Callable[[], None]) -> int:
    """Delete what is too old and give how many records that was; `check_time` raises when there is no more time."""
    days = settings.current().retention_days
    if not days:
        return 0
    oldest, count = datetime.now(UTC) - timedelta(days=days), 0
    for book in (messages.book(), calls.book()):
        while rows := book.page(Wanted(STEP_ROWS, until=oldest))[0]:
            at_once(partial(book.delete, found_by="time"), rows)
            count += len(rows)
            log.info("deleted %s records older than %s days", len(rows), days)
            check_time()
    return count
