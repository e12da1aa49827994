#!/usr/bin/env python3
"""Ahoy's one command: start the line on this machine, ring it, text it, test it.

Any Python 3.10 or newer starts this file; it brings what is missing into .ahoy. An older one, down to 2.7, can read it
far enough to be told so.
"""

import os
import sys

OLDEST = (3, 10)


def main():
    """Run the command, or say how to get a Python that can."""
    here = os.path.dirname(os.path.abspath(__file__))
    if here not in sys.path:  # PYTHONSAFEPATH takes it out
        sys.path.insert(0, here)
    if sys.version_info < OLDEST:
        from local.old_python import advice

        return advice(OLDEST)
    from local import cli

    return cli.main()


if __name__ == "__main__":
    sys.exit(main())
