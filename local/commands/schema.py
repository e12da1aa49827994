"""dev.py schema: write flow.schema.json, which gives completion in editors, from the language's own tables."""

import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """It has no arguments of its own."""
    _ = parser


def run(given: argparse.Namespace) -> int:
    """Write it anew and say what it knows; a test says when that is due. Exit code 1 when verbs.py cannot be read."""
    from local import schema
    from local.wording import counted
    from shared.flow.custom_verbs import Verbs
    from shared.flow.twiml_places import VERBS

    _ = given
    verbs = Verbs(schema.FILE.parent)
    schema.FILE.write_text(schema.written(schema.schema(verbs)), encoding="utf-8", newline="\n")
    own = [name for words in schema.own_verbs(verbs).values() for name in words]
    named = f" of verbs.py ({', '.join(own)})" if own else " of an owner's"
    print(f"{schema.FILE.name}: {counted(len(VERBS) + 2, 'verb')} of the language, {counted(len(own), 'verb')}{named}")
    if verbs.failure:
        print(f"{verbs.failure}; correct that file, and its verbs are known, too")
    return 1 if verbs.failure else 0
