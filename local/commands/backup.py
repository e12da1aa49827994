"""dev.py backup: what the line remembers, as one file."""

import argparse
import sys
from pathlib import Path
from typing import Any

NOT_ALLOWED = (
    "\nWho is signed in to the Azure CLI may not do that with the tables: deploy with AHOY_DEPLOYER_DATA=true, wait "
    "five minutes, and try again. A line with a private network is reached from within it only."
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add this command's arguments."""
    parser.add_argument("-o", "--output", type=Path, metavar="FILE",
                        help="where it is written (default: ahoy- and the moment, .jsonl.gz)")  # fmt: skip
    add_line(parser)


def add_line(parser: argparse.ArgumentParser) -> None:
    """Add the arguments that say which line: exactly one of them."""
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("--deployment", metavar="NAME", help="the line that a deployment of infra/main.bicep made")
    which.add_argument("--account", metavar="NAME", help="a storage account")
    which.add_argument("--local", action="store_true", help="the line that dev.py start runs on this machine")


def run(given: argparse.Namespace) -> int:
    """Write the backup; exit code 1 with a sentence when it cannot be had."""
    return told(lambda: _write(given))


def _write(given: argparse.Namespace) -> int:
    from datetime import UTC, datetime

    from local import backup

    to = given.output or Path(f"ahoy-{datetime.now(UTC):%Y-%m-%d-%H%M}.jsonl.gz")
    name, service = line_of(given)
    with service:
        made = backup.write(service, name, to, _shown("backed up"))
    print(
        f"{to}: {made.rows.total()} rows of {len(made.rows)} tables of {name}. It holds what people said: keep it so."
    )
    return 0


def line_of(given: argparse.Namespace) -> tuple[str, Any]:
    """Return the name of an account and a client of its tables. Raises what `told` tells."""
    from azure.data.tables import TableServiceClient

    from local import deploy, line, paths

    if given.local:
        return "this machine", TableServiceClient.from_connection_string(line.read(paths.CARD).storage)
    from azure.identity import AzureCliCredential

    account = given.account or deploy.storage_account(*deploy.app_of(given.deployment))
    return account, TableServiceClient(f"https://{account}.table.core.windows.net", credential=AzureCliCredential())


def told(work: Any) -> int:
    """Do the work; return its exit code, or 1 after saying in a sentence what went wrong."""
    from azure.core.exceptions import AzureError, HttpResponseError

    from local import backup, deploy, line

    try:
        return int(work())
    except HttpResponseError as e:
        print(f"{e.message.splitlines()[0]}{NOT_ALLOWED if e.status_code == 403 else ''}", file=sys.stderr)
    except (AzureError, backup.NotABackup, deploy.Stopped, line.NoLine, OSError) as e:
        print(str(e).splitlines()[0], file=sys.stderr)
    return 1


def _shown(doing: str) -> Any:
    return lambda rows: print(f"  {rows} rows {doing} ...", file=sys.stderr)
