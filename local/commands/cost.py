"""dev.py cost: what a month of the line costs, at list prices."""

import argparse
import json
import sys
from typing import Any

EPILOG = (
    "What is not named is as in the example, else nothing. local/prices.json has the list prices of one day, "
    "docs/cost.md what is reckoned and what is not."
)
HELP = {
    "calls_in": "calls that come in",
    "calls_out": "calls that make-call places",
    "forwarded": "calls in which the flow rings another phone, for as long as the call",
    "minutes": "length of a call; each is billed in whole minutes",
    "steps": "times that a call asks the app how to go on",
    "recorded": "calls that are recorded",
    "recordings_months": "for how long recordings stay at Twilio",
    "texts_in": "texts that come in",
    "texts_out": "texts that the API or a broadcast sends",
    "replies": "texts that the flow answers",
    "segments": "segments of a text that is sent",
    "numbers": "numbers of the line",
    "campaigns": "A2P campaigns, which US numbers need to text",
    "memory_gb": "memory of an instance",
    "always_ready": "instances that are always ready (AHOY_ALWAYS_READY)",
    "ready_hours": "hours of the month in which they are",
    "history_months": "for how long the history stays",
}
SWITCHES = {
    "private_network": "with a private network: endpoints for storage and vault",
    "zones": "with zone redundancy: instances always ready around the clock",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add this command's arguments."""
    from local import cost

    usual = cost.Usage()
    parser.epilog = EPILOG
    parser.add_argument("--example", choices=sorted(cost.EXAMPLES), help="begin with what such a line does")
    for name, what in HELP.items():
        default = getattr(usual, name)
        parser.add_argument(
            _option(name), type=_count if isinstance(default, int) else _measure, metavar="N",
            help=f"{what} ({default:g} unless said)",
        )  # fmt: skip
    parser.add_argument("--desk-hours", metavar="HOURS",
                        help='instead of --ready-hours: opening hours, such as "Mon-Fri 08:00-18:00"')  # fmt: skip
    for name, what in SWITCHES.items():
        parser.add_argument(_option(name), action="store_true", default=None, help=what)
    parser.add_argument("--no-alerts", dest="alerts", action="store_false", default=None, help="without alerts")
    parser.add_argument("--json", action="store_true", help="for scripts: one JSON document")


def run(given: argparse.Namespace) -> int:
    """Print the reckoning; exit code 1 when the desk hours are none."""
    from dataclasses import asdict, replace

    from local import cost

    said = {name: getattr(given, name) for name in cost.names() if getattr(given, name, None) is not None}
    if given.desk_hours:
        try:
            said["ready_hours"] = cost.hours_a_month(given.desk_hours)
        except ValueError as e:
            print(f"--desk-hours {given.desk_hours}: {e}", file=sys.stderr)
            return 1
    usage = replace(cost.EXAMPLES.get(given.example, cost.Usage()), **said)
    at = cost.prices()
    items = cost.reckoned(usage, at)
    if given.json:
        print(json.dumps(_document(asdict(usage), at, [asdict(item) for item in items])))
        return 0
    print(f"A month in USD, at list prices of {at.as_of}: Azure in {at.azure_region};")
    print(f"Twilio in {at.twilio_country}. Look yours up: local/prices.json has the figures.")
    for of in (cost.TWILIO, cost.AZURE):
        _print_part(of, [item for item in items if item.of == of])
    print(f"\n{'Together':<47}{sum(item.usd for item in items):>9.2f}")
    return 0


def _document(usage: dict[str, Any], at: Any, items: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "as_of": at.as_of, "currency": "USD", "azure_region": at.azure_region, "twilio_country": at.twilio_country,
        "usage": usage, "items": items, "usd": round(sum(item["usd"] for item in items), 2),
    }  # fmt: skip


def _print_part(of: str, items: list[Any]) -> None:
    print(f"\n{of:<47}{sum(item.usd for item in items):>9.2f}")
    for item in items:
        amount = f"{item.quantity:,.2f}".rstrip("0").rstrip(".") if item.quantity < 10 else f"{item.quantity:,.0f}"
        print(f"  {item.what:<28}{amount:>9} {item.unit:<16}{item.usd:>8.2f}")


def _option(name: str) -> str:
    return "--" + name.replace("_", "-")


def _count(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f'"{text}" is no number of things, such as 900')
    return int(text)


def _measure(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = -1
    if not 0 <= number < 1e12:  # neither below nothing nor endless
        raise argparse.ArgumentTypeError(f'"{text}" is no measure, such as 2.5')
    return number
