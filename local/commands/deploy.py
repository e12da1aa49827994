"""dev.py deploy: bring the app to Azure and see that it answers."""

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parents[2]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add this command's arguments."""
    parser.add_argument("--deployment", default="", metavar="NAME",
                        help="deployment of infra/main.bicep that made the app, instead of the next two")  # fmt: skip
    parser.add_argument("--resource-group", default="", metavar="NAME", help="resource group of the app")
    parser.add_argument("--app", default="", metavar="NAME", help="name of the function app")
    parser.add_argument("--package", type=Path, metavar="FILE",
                        help="bring this package of `package -o`, instead of making one")  # fmt: skip
    parser.add_argument("--address", default="", metavar="URL",
                        help="where the app is looked at afterwards (default: its own host name)")  # fmt: skip
    parser.add_argument("--check-only", action="store_true", help="deploy nothing, only look; asks for --address only")
    parser.add_argument("--after-azd", action="store_true",
                        help="first let Azure read the secrets again, for the app that azd has brought")  # fmt: skip
    parser.add_argument("--yes", action="store_true", help="do not ask first")
    parser.add_argument("--dry-run", action="store_true", help="say what would be done, and do nothing")


def run(given: argparse.Namespace) -> int:
    """Deploy, then look; exit code 1 with one sentence when either fails."""
    from local import deploy, package

    if given.check_only and not given.address:
        print("--check-only needs --address https://...", file=sys.stderr)
        return 1
    if not given.check_only and not (given.deployment or (given.resource_group and given.app)):
        print("Say where to: --deployment NAME, or --resource-group NAME --app NAME; docs/deploy.md has them.",
              file=sys.stderr)  # fmt: skip
        return 1
    try:
        if given.deployment and not given.check_only:
            given.resource_group, given.app = deploy.app_of(given.deployment)
        if given.dry_run:
            return _print_plan(given)
        if given.after_azd:
            _secrets_read(lambda: deploy.read_secrets_again_by_azd(os.environ))
        base = given.address if given.check_only else _deploy(given)
    except (deploy.Stopped, package.NotAnApp, OSError) as e:
        print(e, file=sys.stderr)
        return 1
    return _look(base) if base else 1


def _print_plan(given: argparse.Namespace) -> int:
    from local import deploy, smoke

    if not given.check_only:
        print(f"{'take' if given.package else 'make'} the package, ask, then bring it to {given.app}:")
        print(f"  POST https://(its deployment service){deploy.PUBLISH}")
    print("and see that:")
    for check in smoke.CHECKS:
        print(f"  {check.what} ({check.method} {check.route}: {check.expected})")
    return 0


def _deploy(given: argparse.Namespace) -> str:
    """Bring the app there and return the address to look at; "" when the flow is broken or the owner said no."""
    from local import asking, deploy, line

    signed_in_to = deploy.subscription()
    base = given.address or deploy.address(given.resource_group, given.app)
    flow = deploy.flow_file(given.resource_group, given.app) or line.FLOW
    with tempfile.TemporaryDirectory() as folder:
        zipped = given.package or Path(folder) / "ahoy.zip"
        if not (_is_given(zipped, flow) if given.package else _is_made(zipped, flow)):
            return ""
        if not given.yes and not asking.is_agreed(f"Deploy it to {given.app} in {signed_in_to}?"):
            return ""
        print(f"Bringing it to {given.app}.")
        deploy.upload(deploy.service(given.resource_group, given.app), zipped, time.sleep)
    _secrets_read(lambda: deploy.read_secrets_again(given.resource_group, given.app))
    return str(base)


def _secrets_read(read: Callable[[], None]) -> None:
    """Let Azure read the secrets again; say so when it does not."""
    from local import deploy

    try:
        read()
    except deploy.Stopped as e:  # the package is there, and the secrets may be, too: the line says so itself
        print(f"Azure did not read the secrets again: {e}", file=sys.stderr)


def _is_made(zipped: Path, flow: str) -> bool:
    """Make the package; False when the flow is broken, which is said."""
    from local import flow_files, package
    from local.commands.package import packages, print_written

    if not flow_files.is_right(ROOT / flow):
        return False
    print_written(zipped, package.write(ROOT, zipped, packages(), flow))
    return True


def _is_given(zipped: Path, flow: str) -> bool:
    """Look at a package that was made before; False when it is none that the app can run, which is said."""
    from local import package
    from local.commands.package import sha256

    if complaint := package.complaint(zipped, flow):
        print(complaint, file=sys.stderr)
        return False
    print(f"{zipped}: SHA-256 {sha256(zipped)}")
    return True


def _look(base: str) -> int:
    from local import smoke
    from local.wording import COMMAND

    print(f"Looking at {base}")
    if failures := smoke.failures(base):
        print("\n".join(failures), file=sys.stderr)
        return 1
    print(f"The line is up. Next, give your number its addresses:\n\n  {COMMAND} connect NUMBER {base}")
    return 0
