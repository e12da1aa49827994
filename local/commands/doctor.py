"""dev.py doctor: is a deployment well, and what to do when it is not."""

import argparse
import json
import sys

SIGNS = {"ok": "ok   ", "wrong": "WRONG", "hint": "hint "}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add this command's arguments."""
    parser.add_argument(
        "base", nargs="?", default="", help="where the app is, such as https://ahoy.example.com; else where calls go"
    )
    parser.add_argument("--local", action="store_true", help="the line that dev.py start runs on this machine")
    parser.add_argument("--json", action="store_true", help="print each finding as one line of JSON, for scripts")


def run(given: argparse.Namespace) -> int:
    """Print what each check finds; exit code 1 when something is wrong."""
    from dataclasses import asdict

    from local import account, address, doctor, line

    try:
        base = address.checked(given.base) if given.base else ""
        of = account.current(is_local=given.local)
    except (address.NotSafe, account.NotSet, line.NoLine) as e:
        print(e, file=sys.stderr)
        return 1
    is_well = True
    for finding in doctor.findings(of, base):
        is_well = is_well and finding.state != "wrong"
        if given.json:
            print(json.dumps(asdict(finding)), flush=True)
            continue
        print(f"{SIGNS[finding.state]}  {finding.check}: {finding.text}", flush=True)
        if finding.remedy:
            print(f"       {finding.remedy}")
    return 0 if is_well else 1
