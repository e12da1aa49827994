"""Work that a waiting person must not wait for: it gets a moment, then goes on behind their back."""

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

_WORKERS = 32  # as many as an instance may answer requests at once (PYTHON_THREADPOOL_THREAD_COUNT at its most)
_pool = ThreadPoolExecutor(_WORKERS, thread_name_prefix="behind")


def within[T](seconds: float, work: Callable[[], T]) -> T:
    """Give what `work` returns, or raise TimeoutError after `seconds`; the work itself goes on to its own end."""
    return begun(work).result(timeout=seconds)


def begun[T](work: Callable[[], T]) -> Future[T]:
    """Begin work that is waited for later, or never."""
    return _pool.submit(work)


class Budget:
    """Seconds that several pieces of work share, from now on."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    @property
    def left_s(self) -> float:
        """What is left of it."""
        return max(0.0, self._end - time.monotonic())
