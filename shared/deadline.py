"""Work that a waiting person must not wait for: it gets a moment, then goes on behind their back.

When earlier work is overdue, what it waits for hangs: then nobody else waits for long, and what finds no free worker is
not begun at all, so that the ones after it are not held up by a queue.

The work keeps the context of whoever began it: by it the host knows to which invocation a line of the log belongs, and
drops those of none.
"""

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from threading import BoundedSemaphore, Lock
from typing import Any

_WORKERS = 32  # as many as an instance may answer requests at once (PYTHON_THREADPOOL_THREAD_COUNT at its most)
IMPATIENT_S = 0.1  # what somebody waits while other work is overdue


class _Overdue:
    """How many works go on that somebody has given up waiting for."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._count = 0

    def __bool__(self) -> bool:
        return self._count > 0

    def until_done(self, work: Future[Any]) -> None:
        with self._lock:
            self._count += 1
        work.add_done_callback(self._done)

    def _done(self, _: Future[Any]) -> None:
        with self._lock:
            self._count -= 1


class Workers:
    """Threads for work of one kind; while some of it is overdue, nobody waits longer than `impatient_s` for more."""

    def __init__(self, name: str, impatient_s: float) -> None:
        self._pool = ThreadPoolExecutor(_WORKERS, thread_name_prefix=name)
        self._free = BoundedSemaphore(_WORKERS)
        self._impatient_s = impatient_s
        self.overdue = _Overdue()

    def run_within[T](self, seconds: float, work: Callable[[], T]) -> T:
        """Return what `work` returns, or raise TimeoutError after `seconds` or less; the work goes on to its own end.

        Raises TimeoutError at once, and does not begin the work, when every worker is busy with work that is overdue.
        """
        return self.wait(self.submit(work), seconds)

    def submit[T](self, work: Callable[[], T]) -> Future[T]:
        """Begin work that is awaited later, or never; without a free worker it has failed with TimeoutError already."""
        if not self._free.acquire(blocking=False):
            failed: Future[T] = Future()
            failed.set_exception(TimeoutError("every worker is busy with work that is overdue"))
            return failed
        started = self._pool.submit(copy_context().run, work)
        started.add_done_callback(lambda _: self._free.release())
        return started

    def wait[T](self, started: Future[T], seconds: float) -> T:
        """Return what begun work returns, or raise TimeoutError after `seconds` or less."""
        try:
            return started.result(timeout=min(self._impatient_s, seconds) if self.overdue else seconds)
        except TimeoutError:
            if not started.done():
                self.overdue.until_done(started)
            raise


_behind = Workers("behind", IMPATIENT_S)
run_within, submit, wait = _behind.run_within, _behind.submit, _behind.wait


class Budget:
    """Seconds that several pieces of work share, from now on or from `began_s` of the monotonic clock."""

    def __init__(self, seconds: float, began_s: float | None = None) -> None:
        self._end = (time.monotonic() if began_s is None else began_s) + seconds

    @property
    def left_s(self) -> float:
        """What is left of it."""
        return max(0.0, self._end - time.monotonic())
