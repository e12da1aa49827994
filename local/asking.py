"""Ask before something is changed that others use."""

import sys


def is_agreed(question: str) -> bool:
    """Ask in the terminal; nobody there to answer is a no."""
    try:
        return input(f"{question} [y/N] ").strip().lower() in {"y", "yes"}
    except EOFError:
        print("\nNobody is there to answer; with --yes it is done without asking.", file=sys.stderr)
        return False
