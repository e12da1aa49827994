"""Work that a waiting person must not wait for: it gets a moment, then goes on behind their back."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

_WORKERS = 32  # as many as an instance may answer requests at once (PYTHON_THREADPOOL_THREAD_COUNT at its most)
_pool = ThreadPoolExecutor(_WORKERS, thread_name_prefix="behind")


def within[T](seconds: float, work: Callable[[], T]) -> T:
    """Give what `work` returns, or raise TimeoutError after `seconds`; the work itself goes on to its own end."""
    return _pool.submit(work).result(timeout=seconds)
