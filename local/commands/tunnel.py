"""dev.py tunnel: let the real Twilio reach an app on this machine through a tunnel."""

import argparse
import json
import sys

from local import asking, paths
from local.wording import COMMAND

HOW = f"""\
The real Twilio cannot reach this machine; a tunnel gives it an address. Start the app with `func start` and a tunnel
to its port, then give its address here:

  {COMMAND} tunnel https://something.example.com

It becomes PUBLIC_BASE_URL in local.settings.json, which Twilio's signatures are checked against, and the address of the
number's webhooks. Start the app again afterwards."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add this command's arguments."""
    parser.add_argument("url", nargs="?", default="", help="the tunnel's address; none explains how it is done")
    parser.add_argument("--yes", action="store_true", help="change without asking, for scripts")


def run(given: argparse.Namespace) -> int:
    """Explain, or set the address and connect the number to it; exit code 1 when that cannot be done."""
    base = given.url.rstrip("/")
    if not base:
        print(HOW)
        return 0
    file = paths.ROOT / "local.settings.json"
    if not base.startswith("https://"):
        print("The tunnel's address begins with https://.", file=sys.stderr)
        return 1
    if not file.exists():
        print("Copy local.settings.json.example to local.settings.json and fill it in first.", file=sys.stderr)
        return 1
    document = json.loads(file.read_text(encoding="utf-8"))
    values = document.setdefault("Values", {})
    if not values.get("TWILIO_PHONE_NUMBER"):
        print("TWILIO_PHONE_NUMBER in local.settings.json is empty; set it to your number first.", file=sys.stderr)
        return 1
    print(f"PUBLIC_BASE_URL: {values.get('PUBLIC_BASE_URL') or 'nothing'} -> {base}")
    if not (given.yes or asking.is_agreed("Change local.settings.json?")):
        print("Nothing was changed.", file=sys.stderr)
        return 1
    values["PUBLIC_BASE_URL"] = base
    file.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
    print(f"PUBLIC_BASE_URL in local.settings.json is {base} now; start the app again if it runs.")
    from local.commands import connect

    return connect.run(argparse.Namespace(number=values["TWILIO_PHONE_NUMBER"], base=base, yes=given.yes, local=False))
