"""The commands of dev.py, run in this process, and in one of their own that knows another line than an owner's."""

from local import cli

IN_A_PROCESS = """
import signal
import sys
from pathlib import Path

from local import cli, paths

paths.CARD = Path(sys.argv.pop(1))
signal.signal(signal.SIGINT, signal.default_int_handler)  # as dev.py's main does
given = cli.parser().parse_args()
sys.exit(cli.ending_quietly(lambda: given.room.run(given)))
"""


def run(*words):
    """Run a command; return its exit code."""
    given = cli.parser().parse_args(words)
    return given.room.run(given)
