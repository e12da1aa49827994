"""dev.py func-settings: what `func start` needs in local.settings.json to be the app of the local line."""

import argparse
import sys

from local import paths
from local.wording import COMMAND

EPILOG = f"Start the local Twilio and storage first, in another terminal: {COMMAND} start --without-app"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add this command's arguments."""
    parser.epilog = EPILOG
    parser.add_argument("--print", dest="is_printed", action="store_true", help="show the file and write nothing")
    parser.add_argument("--yes", action="store_true", help="replace the settings of a real account without asking")


def run(given: argparse.Namespace) -> int:
    """Write the settings; exit code 1 when no such line runs, when they cannot be read, or when the owner says no."""
    from local import asking, func_settings, line

    try:
        running = line.known(paths.CARD)
        if running.has_app:
            print(f"The line that runs here has its app. End it, then: {COMMAND} start --without-app", file=sys.stderr)
            return 1
        prepared = func_settings.prepare(paths.ROOT, running)
    except line.NoLine as e:
        print(f"{e} --without-app", file=sys.stderr)
        return 1
    except func_settings.NotReadable as e:
        print(e, file=sys.stderr)
        return 1
    if given.is_printed:
        print(prepared.text(), end="")
        return 0
    if prepared.replaced:
        print(f"local.settings.json is for another account; replaced would be {', '.join(prepared.replaced)}.")
        if not (given.yes or asking.is_agreed("Replace them, and keep a copy of the file in .ahoy?")):
            print("Nothing was changed.", file=sys.stderr)
            return 1
        aside = func_settings.put_aside(paths.ROOT, paths.HOME / "settings")
        print(f"The settings as they were: {aside.relative_to(paths.ROOT).as_posix()}")
    func_settings.write(paths.ROOT, prepared)
    print(
        f"local.settings.json is for the local line now: `func start` answers {running.phone_number} at {running.app}."
    )
    return 0
