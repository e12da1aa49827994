"""dev.py connect: point a Twilio number, and the TwiML app of browsers, at the app, then prove that it answers."""

import argparse
import sys
from typing import Any


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add this command's arguments."""
    parser.add_argument("number", nargs="?", default="", help="the number, such as +12025550100; none lists them")
    parser.add_argument("base", nargs="?", default="", help="where the app is, such as https://ahoy.example.com")
    parser.add_argument("--yes", action="store_true", help="change without asking, for scripts")
    parser.add_argument("--local", action="store_true", help="the line that dev.py start runs on this machine")


def run(given: argparse.Namespace) -> int:
    """List the numbers, or change one; exit code 1 when it cannot be done or proved."""
    from requests import RequestException
    from twilio.base.exceptions import TwilioException

    from local import account, line

    try:
        of = account.current(is_local=given.local)
        found = of.client().incoming_phone_numbers.list(limit=1000)
        if not given.number:
            return _print_numbers(found)
        return _connect(of, given, next((one for one in found if one.phone_number == given.number), None))
    except (account.NotSet, line.NoLine) as e:
        print(e, file=sys.stderr)
    except TwilioException as e:
        print(f"Twilio refused: {account.refusal(e)}.", file=sys.stderr)
    except RequestException as e:
        print(f"Twilio cannot be reached ({type(e).__name__}).", file=sys.stderr)
    return 1


def _print_numbers(found: list[Any]) -> int:
    for number in found:
        print(
            f"{number.phone_number}  calls to {number.voice_url or 'nowhere'}, texts to {number.sms_url or 'nowhere'}"
        )
    if not found:
        print("The account has no number; buy one in Twilio's console.", file=sys.stderr)
    return 0


def _connect(of: Any, given: argparse.Namespace, number: Any) -> int:
    from local import account, asking
    from local.number import application_webhooks_of, webhooks_of

    base = given.base.rstrip("/")
    if number is None:
        print(f"{given.number} is no number of this account; without one, all are listed.", file=sys.stderr)
        return 1
    if not base.startswith("https://") and not (given.local and base.startswith("http://127.0.0.1:")):
        print("Say where the app is, with https://, such as https://ahoy.example.com", file=sys.stderr)
        return 1
    due = [(number, _shown(number, webhooks_of(base)))]
    if of.application:
        application = of.client().applications(of.application).fetch()
        due.append((application, _shown(application, application_webhooks_of(base), f"TwiML app {of.application} ")))
    if number.voice_application_sid or number.sms_application_sid:
        print("A TwiML application answers for this number and wins over these; take it off in Twilio's console.")
    if any(changes for _, changes in due) and not (given.yes or asking.is_agreed("Change this?")):
        print("Nothing was changed.", file=sys.stderr)
        return 1
    for thing, changes in due:
        if changes:
            thing.update(**changes)
    if wrong := account.prove(of, base, given.number):
        print(wrong, file=sys.stderr)
        return 1
    print(f"{given.number} is connected: {base} answers what Twilio signs and refuses what is forged.")
    return 0


def _shown(thing: Any, wanted: dict[str, str], name: str = "") -> dict[str, str]:
    """Return what of a number or application is to be changed, and print it."""
    changes = {field: value for field, value in wanted.items() if getattr(thing, field) != value}
    for field, value in changes.items():
        print(f"{name}{field}: {getattr(thing, field) or 'nothing'} -> {value}")
    return changes
