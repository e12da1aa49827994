"""Delete what an earlier run left behind, though another program may still look at it: Windows refuses meanwhile."""

import shutil
import time
from collections.abc import Callable
from pathlib import Path

TRIES, PAUSE_S = 20, 0.1  # a virus scanner or an indexer lets go within two seconds, as a rule


class InUse(Exception):
    """It cannot be deleted; the message says what and why."""


def delete(path: Path, sleep: Callable[[float], None] = time.sleep) -> None:
    """Delete a file, or a folder with all that is in it; nothing there is fine. Raises InUse."""
    for left in reversed(range(TRIES)):
        try:
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)
        except FileNotFoundError:
            continue  # something in it has gone by itself; look again
        except OSError as e:
            if not left:
                raise InUse(f"{e.filename or path} cannot be deleted ({e.strerror}); close what uses it.") from None
            sleep(PAUSE_S)
        else:
            return
