"""How things are said in the terminal. Standard library, Python 3.10 and newer."""

import shlex
import subprocess
import sys

COMMAND = "py dev.py" if sys.platform == "win32" else "python3 dev.py"  # what a person types on this system


def counted(number: int, noun: str) -> str:
    """Return `1 scene`, `2 scenes`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def quoted(word: str) -> str:
    """Return a word as it is typed in this system's terminal."""
    return subprocess.list2cmdline([word]) if sys.platform == "win32" else shlex.quote(word)
