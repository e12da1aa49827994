"""From a package to a line that answers, through the Azure CLI: upload, wait for what is known to be slow, then look.

What is retried, and for how long, is decided here: roles take minutes to reach storage, and the deployment service of
Flex Consumption is away or at work now and then. Everything else fails at once, with what the Azure CLI said. The
sentences of the Azure CLI are those of its version 2.91.
"""

import json
import re
import shutil
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

WAITS_S = (10, 20, 40, 60, 60, 60)  # roles are there within five minutes as a rule
NO_ROLE_YET = re.compile(
    r"AuthorizationPermissionMismatch|not authorized to perform this operation using this permission", re.IGNORECASE
)
BROKEN = re.compile(r"Zip deployment failed|partially successful")  # and a log of the build, where any number may stand
SLOW = re.compile(
    r"\b50[234]\b|Service Unavailable|Bad Gateway|Gateway Time-?out|timed out|Connection (aborted|reset)"
    r"|an ongoing deployment|another deployment is in progress|retrieve deployment status|Timeout reached by",
    re.IGNORECASE,
)
# The package is there, and the Azure CLI has looked at the app too early or too briefly: we look for longer.
ARRIVED = re.compile(r"Failed to fetch host key|Deployment was successful but")


FOR_CMD = re.compile(r'["%\r\n]')  # what cmd.exe acts on even between quotes


class Stopped(Exception):
    """The deployment cannot go on; the message says why and what to do."""


def az(*arguments: str) -> str:
    """Run the Azure CLI and return what it printed; raises Stopped with its error, less its warnings."""
    program = shutil.which("az")
    if program is None:
        raise Stopped("The Azure CLI (az) is not on the path; install it, run `az login`, and start again.")
    command = started_as(Path(program), arguments)
    done = subprocess.run(command, capture_output=True, encoding="utf-8", errors="replace", check=False)
    if done.returncode:
        complaint = "\n".join(line for line in done.stderr.splitlines() if line and not line.startswith("WARNING"))
        raise Stopped(complaint or f"az {' '.join(arguments)} failed with {done.returncode}")
    return done.stdout.strip()


def started_as(program: Path, arguments: Sequence[str]) -> list[str] | str:
    """Return the command that runs the Azure CLI at `program`; raises Stopped when an argument cannot be handed over.

    On Windows it is a script, so that cmd.exe would read the arguments once more and act on `&`, `|` or `%` in them.
    Source: az.cmd, which starts the Python that lies beside it with `-IBm azure.cli`.
    """
    if program.suffix.lower() not in {".cmd", ".bat"}:
        return [str(program), *arguments]
    python = program.parent.parent / "python.exe"
    if python.is_file():
        return [str(python), "-X", "utf8", "-IBm", "azure.cli", *arguments]
    if wrong := [one for one in arguments if FOR_CMD.search(one)]:
        raise Stopped(
            f"{program.name} cannot be given {wrong[0]!r}: Windows reads % and quotes in it. Use other names."
        )
    return " ".join(f'"{one}"' for one in (str(program), *(_unescaping(one) for one in arguments)))


def _unescaping(argument: str) -> str:
    """A back slash before a quote would take its meaning away, unless it is written twice."""
    return argument + "\\" * (len(argument) - len(argument.rstrip("\\")))


def subscription() -> str:
    """Return the name of the subscription that the Azure CLI is signed in to."""
    return az("account", "show", "--query", "name", "--output", "tsv")


def address(resource_group: str, app: str) -> str:
    """Return the address of the app, which cannot be built from its name. Raises Stopped.

    Both shapes of az's answer are known.
    """
    host = az("functionapp", "show", "--resource-group", resource_group, "--name", app, "--query",
              "defaultHostName || properties.defaultHostName", "--output", "tsv")  # fmt: skip
    if not host:
        raise Stopped(f"{app} has no host name; is it a function app?")
    return f"https://{host}"


def app_of(deployment: str) -> tuple[str, str]:
    """Return resource group and app that a deployment of infra/main.bicep to the subscription has made.

    Raises Stopped. The Resource Manager gives the names of outputs back in another case than the template has.
    """
    told = az("deployment", "sub", "show", "--name", deployment, "--query", "properties.outputs", "--output", "json")
    outputs = {name.upper(): output.get("value") for name, output in (json.loads(told or "null") or {}).items()}
    found = [outputs.get(name) for name in ("AHOY_RESOURCE_GROUP", "AHOY_APP")]
    if not all(found):
        raise Stopped(f'The deployment "{deployment}" made no app; has it failed, or is it one of another template?')
    return str(found[0]), str(found[1])


def flow_file(resource_group: str, app: str) -> str:
    """Return the flow file that the app is set to play, a path from its root; empty for its default. Raises Stopped."""
    return az("functionapp", "config", "appsettings", "list", "--resource-group", resource_group, "--name", app,
              "--query", "[?name=='AHOY_FLOW'].value", "--output", "tsv")  # fmt: skip


def upload(resource_group: str, app: str, package: Path, sleep: Callable[[float], None]) -> None:
    """Bring the package there; Azure installs its requirements. Tries again while the cause is known to pass.

    `sleep` lets seconds pass between two tries. Raises Stopped.
    """
    for wait_s in (*WAITS_S, None):
        try:
            az(*upload_arguments(resource_group, app, package))
        except Stopped as e:
            if ARRIVED.search(str(e)):
                return
            if wait_s is None or not _passes(str(e)):
                raise
            print(f"  not yet: {e}\n  trying again in {wait_s} s")
            sleep(wait_s)
        else:
            return


def read_secrets_again(resource_group: str, app: str) -> None:
    """Let Azure resolve the references to the vault anew, which it does each day, and not at a restart. Raises Stopped.

    One stays unresolved when the app was made before its role had reached the vault. The Azure CLI fills in the
    subscription.
    """
    site = f"/subscriptions/{{subscriptionId}}/resourceGroups/{resource_group}/providers/Microsoft.Web/sites/{app}"
    az("rest", "--method", "post", "--url",
       f"{site}/config/configreferences/appsettings/refresh?api-version=2022-03-01")  # fmt: skip


def _passes(complaint: str) -> bool:
    """Whether the same may succeed later. A broken build stays so, unless only its storage was closed."""
    if NO_ROLE_YET.search(complaint):
        return True
    return bool(SLOW.search(complaint)) and not BROKEN.search(complaint)


def upload_arguments(resource_group: str, app: str, package: Path) -> tuple[str, ...]:
    """Return the arguments of the Azure CLI that bring a package to an app."""
    return ("functionapp", "deployment", "source", "config-zip", "--resource-group", resource_group, "--name", app,
            "--src", str(package))  # fmt: skip
