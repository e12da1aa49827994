"""dev.py disconnect: take the addresses off a Twilio number, before what answers there is gone."""

import argparse
import sys
from typing import Any


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add this command's arguments."""
    parser.add_argument("number", help="the number, such as +12025550100")
    parser.add_argument("--yes", action="store_true", help="change without asking, for scripts")
    parser.add_argument("--local", action="store_true", help="the number of the line that dev.py start runs here")


def run(given: argparse.Namespace) -> int:
    """Empty the addresses; exit code 1 when that cannot be done, or when nobody agrees."""
    from requests import RequestException
    from twilio.base.exceptions import TwilioException

    from local import account, line

    try:
        found = account.current(is_local=given.local).client().incoming_phone_numbers.list(limit=1000)
        return _disconnect(given, next((one for one in found if one.phone_number == given.number), None))
    except (account.NotSet, line.NoLine) as e:
        print(e, file=sys.stderr)
    except TwilioException as e:
        print(f"Twilio refused: {account.refusal(e)}.", file=sys.stderr)
    except RequestException as e:
        print(f"Twilio cannot be reached ({type(e).__name__}).", file=sys.stderr)
    return 1


def _disconnect(given: argparse.Namespace, number: Any) -> int:
    from local import asking
    from local.number import ADDRESSES

    if number is None:
        print(f"{given.number} is no number of this account; `connect` without one lists them.", file=sys.stderr)
        return 1
    set_to = {name: getattr(number, name) for name in ADDRESSES if getattr(number, name)}
    for name, address in set_to.items():
        print(f"{name}: {address} -> nothing")
    if set_to and not (given.yes or asking.is_agreed("Change this?")):
        print("Nothing was changed.", file=sys.stderr)
        return 1
    if set_to:
        number.update(**dict.fromkeys(set_to, ""))
    print(f"{given.number} asks nobody any more: who rings or texts it gets Twilio's own answer.")
    if number.voice_application_sid or number.sms_application_sid:
        print("A TwiML application answers for this number all the same; take it off in Twilio's console.")
    print("A messaging service that the number is in may have an address of its own; look there, too.")
    return 0
