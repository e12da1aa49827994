"""What is deleted by age: records, when AHOY_RETENTION_DAYS says so; once a day what only work in progress needs."""

import logging
from collections.abc import Callable
from datetime import timedelta
from functools import partial

from shared import clock, settings
from shared.outbound import idempotency, rate_limits
from shared.store import broadcasts_past, calls, conferences, messages, people, watermark
from shared.store.indexed import PageQuery
from shared.store.tables import at_once

STEP_ROWS = 200
SWEPT = "swept"  # the mark that says when the last sweep ended
SWEEPS_EVERY = timedelta(days=1)  # each reads whole tables

log = logging.getLogger("ahoy.retention")


def apply(check_time: Callable[[], None]) -> int:
    """Delete what is too old and return how many records that was; `check_time` raises when there is no more time."""
    count = _delete_records(check_time)
    _sweep_daily(check_time)
    return count


def _delete_records(check_time: Callable[[], None]) -> int:
    """The newest of them first, in steps that fit a timer's run."""
    days = settings.current().retention_days
    if not days:
        return 0
    oldest, count = clock.now() - timedelta(days=days), 0
    for table in (messages.table(), calls.table()):
        while rows := table.page(PageQuery(STEP_ROWS, until=oldest))[0]:
            at_once(partial(table.delete, found_by="time"), rows)
            count += len(rows)
            log.info("deleted %s records older than %s days", len(rows), days)
            check_time()
    return count


def _sweep_daily(check_time: Callable[[], None]) -> None:
    mark, now = watermark.get(SWEPT), clock.now()
    if mark and mark.at > now - SWEEPS_EVERY:
        return
    keys, counts = idempotency.sweep(check_time), rate_limits.sweep(check_time)
    conferences.sweep(check_time)
    people.bring_over(check_time)
    broadcasts_past.sweep(settings.current().retention_days, check_time)
    watermark.move(SWEPT, mark, now)
    log.info("swept %s keys and %s counts", keys, counts)
