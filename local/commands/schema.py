"""dev.py schema: write flow.schema.json and stories.schema.json, for completion in editors, from what is read by."""

import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """It has no arguments of its own."""
    _ = parser


def run(given: argparse.Namespace) -> int:
    """Write both anew and say what they know; tests say when that is due. Exit code 1 when verbs.py cannot be read."""
    from local import schema
    from local.tell import phrases
    from local.tell import schema as of_stories
    from local.wording import counted
    from shared.flow.custom_verbs import Verbs
    from shared.flow.twiml_places import VERBS

    _ = given
    verbs = Verbs(schema.FILE.parent)
    schema.FILE.write_text(schema.written(schema.schema(verbs)), encoding="utf-8", newline="\n")
    own = [name for words in schema.own_verbs(verbs).values() for name in words]
    named = f" of verbs.py ({', '.join(own)})" if own else " of an owner's"
    print(f"{schema.FILE.name}: {counted(len(VERBS) + 2, 'verb')} of the language, {counted(len(own), 'verb')}{named}")
    beside = schema.FILE.with_name(of_stories.FILE.name)
    beside.write_text(schema.written(of_stories.schema()), encoding="utf-8", newline="\n")
    print(f"{beside.name}: {counted(len(phrases.ACTS), 'sentence')} of stories")
    if verbs.failure:
        print(f"{verbs.failure}; correct that file, and its verbs are known, too")
    return 1 if verbs.failure else 0
