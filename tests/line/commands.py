"""The commands of dev.py, run in this process."""

from local import cli


def run(*words):
    """Run a command; return its exit code."""
    given = cli.parser().parse_args(words)
    return given.room.run(given)
