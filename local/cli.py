"""Ahoy's commands: read what is asked, bring what is missing, go on with the Python that has it.

Runs first with any Python 3.10 and the standard library, then again in the environment.
"""

import argparse
import contextlib
import errno
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

from local import leaving, loopback
from local.bootstrap import needs
from local.bootstrap.quiet import NotReady, child_environment
from local.bootstrap.trust import trust
from local.paths import VENV

COMMANDS = {
    "start": "start the line: the function app, the local Twilio and the storage emulator",
    "test": "run every check and test; options after -- go to pytest",
    "call": "ring a phone through make-call and show what the person hears",
    "dial": "ring the line as a caller",
    "phone": "open a phone in the browser, which rings the line and is rung by it",
    "text": "send the line a text and show the reply",
    "messages": "list the texts that were stored",
    "calls": "list the calls that were stored",
    "send": "send a text from the line",
    "connect": "point a Twilio number at the app and prove that it answers; without a number, list them",
    "disconnect": "take the addresses off a Twilio number, before the app goes",
    "export": "write the stored texts or calls to a file or the terminal, as CSV or JSON Lines",
    "forget": "delete what is stored of a person, and at Twilio when asked",
    "reconcile": "bring what Twilio's log has and the history has not",
    "limits": "say what has left in this hour and day, what may, and what was refused",
    "doctor": "say whether a deployment is well, and what to do when it is not",
    "func-settings": "prepare local.settings.json, so that `func start` is the app of the local line",
    "tunnel": "let the real Twilio reach an app on this machine through a tunnel",
    "tell": "tell a line stories, and say which are not true",
    "check": "check a flow file: one line for each mistake and warning",
    "flow": "draw a flow file as a picture",
    "azure": "draw what the deployment makes in Azure",
    "schema": "write flow.schema.json and stories.schema.json, for completion in editors",
    "stand-ins": "say what the local Twilio and the local host do of what the real ones do",
    "cost": "reckon what a month costs at Twilio and Azure, at list prices",
    "package": "make the zip that is deployed",
    "deploy": "bring the code to Azure and see that it answers",
    "backup": "write what the line remembers to one file",
    "restore": "bring back what a backup has and the line has not",
    "upgrade": "go on with a newer version of Ahoy, with your flow, verbs and settings as they are",
    "pin": "pin the newest versions of all packages, with their checksums",
    "systems": "say on which systems start and test find all their packages",
}
WHAT = "Ahoy's one command: start the line on this machine, ring it, text it, test it."
INTERRUPTED = 130  # as a shell says it: 128 and the signal's number
NOBODY_READS = 141
MANY_FILES = 4096


def parser() -> argparse.ArgumentParser:
    """Return the parser of all commands; each module adds its own arguments, so that --help needs no set-up."""
    whole = argparse.ArgumentParser(prog="dev.py", description=WHAT)
    whole.set_defaults(room=None)
    commands = whole.add_subparsers(metavar="COMMAND", required=True)
    for name, what in COMMANDS.items():
        room = import_module("local.commands." + name.replace("-", "_"))
        one = commands.add_parser(name, help=what, description=what[0].upper() + what[1:] + ".")
        room.add_arguments(one)
        one.set_defaults(room=room)
    return whole


def main() -> int:
    """Run a command with the Python of the environment, made first when it is missing; return its exit code."""
    _open_what_is_closed()
    _write_utf_8()
    loopback.keep_direct()
    _let_files_be_opened()
    code = ending_quietly(_run)
    leaving.leave(code)
    return code


def _run() -> int:
    signal.signal(signal.SIGINT, signal.default_int_handler)  # shells start background jobs with it ignored
    given = parser().parse_args()
    wanted = getattr(given.room, "NEEDS", needs.PACKAGES)
    python = needs.bring(wanted(given) if callable(wanted) else wanted)
    if Path(sys.prefix).resolve() == VENV.resolve():
        code: int = given.room.run(given)
        return code
    return _go_on_with(python)


def _go_on_with(python: Path) -> int:
    """Start the same command with the Python of the environment, in UTF-8, past all that would turn it aside."""
    command = [str(python), *sys.argv]
    environ = trust(child_environment())
    if sys.platform != "win32":
        os.execve(command[0], command, environ)  # noqa: S606 -- itself, with its own arguments
    for name in ("SIGINT", "SIGBREAK"):  # Ctrl-C reaches both: this one waits until the other has ended
        signal.signal(getattr(signal, name), signal.SIG_IGN)
    return subprocess.call(command, env=environ)


def ending_quietly(run: Callable[[], int]) -> int:
    """Run a command; return its exit code, without a trace when it is interrupted or nobody reads it any more."""
    try:
        code = run()
        sys.stdout.flush()  # here, where it is noticed when nobody reads
    except NotReady as e:
        print(e, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        return _unread()
    except OSError as e:
        if sys.platform == "win32" and e.errno == 22 and e.filename is None:  # EINVAL: how Windows says it
            return _unread()
        if e.errno != errno.ENOSPC:
            raise
        print(e, file=sys.stderr)
        return _unread(1)
    return code


def _unread(code: int = NOBODY_READS) -> int:
    with contextlib.suppress(OSError, ValueError):  # else Python flushes at its end, and complains
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return code


def _let_files_be_opened() -> None:
    """Let as many files be open as this system allows: macOS begins with 256, and npm alone wants more."""
    if sys.platform != "win32":
        import resource

        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        most = MANY_FILES if hard == resource.RLIM_INFINITY else min(MANY_FILES, hard)
        if soft != resource.RLIM_INFINITY and soft < most:
            with contextlib.suppress(OSError, ValueError):
                resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


def _open_what_is_closed() -> None:
    """Let a stream that a shell has closed (`>&-`) lead nowhere, and its number to no file that is opened later."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: PTH123, SIM115 -- open to the end


def _write_utf_8() -> None:
    """Write UTF-8 whatever the locale says: what is said has signs that cp1252 has not."""
    streams: tuple[Any, ...] = (sys.stdout, sys.stderr)
    for stream in streams:
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
