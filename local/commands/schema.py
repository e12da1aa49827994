"""dev.py schema: write flow.schema.json, which gives completion in editors, from the language's own tables."""

import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """It has no arguments of its own."""
    _ = parser


def run(given: argparse.Namespace) -> int:
    """Write it anew; a test says when that is due."""
    from local import schema

    _ = given
    schema.FILE.write_text(schema.written(), encoding="utf-8", newline="\n")
    return 0
