#!/usr/bin/env python3
"""Ahoy's one command: start the line on this machine, ring it, text it, test it.

Any Python 3.10 or newer starts this file. It brings what is missing (Python 3.13, the pinned packages, Node and the
storage emulator), then goes on with the Python of `.venv`.
"""

import sys

if sys.version_info < (3, 10):
    sys.exit("Python 3.10 or newer is needed to start dev.py; this is " + sys.version.split()[0] + ".")

import argparse
import os
import signal
import subprocess
from importlib import import_module
from pathlib import Path

from local import setup

COMMANDS = {
    "start": "start the line: the function app, the local Twilio and the storage emulator",
    "test": "run every check and test; options after -- go to pytest",
    "call": "ring a phone through make-call and show what the person hears",
    "dial": "ring the line as a caller",
    "text": "send the line a text and show the reply",
    "messages": "list the texts that were stored",
    "calls": "list the calls that were stored",
    "send": "send a text from the line",
    "connect": "point a Twilio number at the app and prove that it answers; without a number, list them",
    "export": "write the stored texts or calls to a file or the terminal, as CSV or JSON Lines",
    "forget": "delete what is stored of a person, and at Twilio when asked",
    "reconcile": "bring what Twilio's log has and the record has not",
    "limits": "say what has left in this hour and day, what may, and what was refused",
    "doctor": "say whether a deployment is well, and what to do when it is not",
    "tunnel": "let the real Twilio reach an app on this machine through a tunnel",
    "check": "check a flow file: one line for each mistake",
    "flow": "draw a flow file as a picture",
    "schema": "write flow.schema.json, for completion in editors",
    "package": "make the zip that is deployed",
    "deploy": "bring the code to Azure and see that it answers",
    "pin": "pin the newest versions of all packages in requirements.txt and requirements-dev.txt",
}


def parser() -> argparse.ArgumentParser:
    """Give the parser of all commands; each command's module adds its own arguments, so that --help needs no set-up."""
    whole = argparse.ArgumentParser(prog="dev.py", description=__doc__.partition("\n")[0])
    whole.set_defaults(room=None)
    commands = whole.add_subparsers(metavar="COMMAND", required=True)
    for name, what in COMMANDS.items():
        room = import_module("local.commands." + name)
        one = commands.add_parser(name, help=what, description=what[0].upper() + what[1:] + ".")
        room.add_arguments(one)
        one.set_defaults(room=room)
    return whole


def main() -> int:
    """Run a command with the Python of `.venv`, made first when it is missing; give its exit code."""
    signal.signal(signal.SIGINT, signal.default_int_handler)  # shells start background jobs with it ignored
    given = parser().parse_args()
    python = setup.environment()
    if Path(sys.prefix).samefile(setup.VENV):
        return given.room.run(given)
    command = [str(python), *sys.argv]
    if os.name == "posix":
        os.execv(command[0], command)
    return subprocess.call(command)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except setup.NotReady as e:
        sys.exit(str(e))
    except KeyboardInterrupt:
        sys.exit(130)
