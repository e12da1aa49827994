"""From a package to a line that answers: upload, wait for what is known to be slow, then look.

The Azure CLI says where the app and its deployment service are, and gives the token for it. What is retried, and for
how long, is decided here: roles take minutes to reach storage, and the deployment service of Flex Consumption is away
or at work now and then. Everything else fails at once, with what Azure said.
"""

import json
import re
import shutil
import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from local import scm
from local.progress import progress
from local.scm import PUBLISH, NotYet, Stopped

__all__ = ["PUBLISH", "NotYet", "Stopped"]

WAITS_S = (10, 20, 40, 60, 60, 60)  # roles are there within five minutes as a rule
FOR_CMD = re.compile(r'["%\r\n]')  # what cmd.exe acts on even between quotes


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


def storage_account(resource_group: str, app: str) -> str:
    """Return the name of the account that the app keeps its records in. Raises Stopped."""
    name = az("functionapp", "config", "appsettings", "list", "--resource-group", resource_group, "--name", app,
              "--query", "[?name=='AzureWebJobsStorage__accountName'].value", "--output", "tsv")  # fmt: skip
    if not name:
        raise Stopped(f"{app} is set to no storage account; is it one of infra/main.bicep?")
    return name


SERVICE = "(hostNameSslStates || properties.hostNameSslStates)[?hostType=='Repository'].name | [0]"
TOKEN = ("account", "get-access-token", "--query", "accessToken", "--output", "tsv")


def service(resource_group: str, app: str) -> scm.Service:
    """Return the deployment service of an app, whose address is not made of the app's name. Raises Stopped."""
    host = az("functionapp", "show", "--resource-group", resource_group, "--name", app, "--query", SERVICE,
              "--output", "tsv")  # fmt: skip
    if not host:
        raise Stopped(f"{app} has no deployment service; is it a function app?")
    return scm.Service(f"https://{host}", az(*TOKEN))


def upload(to: scm.Service, package: Path, sleep: Callable[[float], None]) -> None:
    """Bring the package there, which Azure runs as it is. Tries again while the cause is known to pass.

    `sleep` lets seconds pass, between two tries and two looks. Raises Stopped.
    """
    for wait_s in (*WAITS_S, None):
        try:
            with progress("uploading the package"):
                scm.publish(to, package, sleep)
        except NotYet as e:
            if wait_s is None:
                raise
            print(f"  not yet: {e}\n  trying again in {wait_s} s")
            sleep(wait_s)
        else:
            return


SECRETS = (
    "/subscriptions/{subscription}/resourceGroups/{resource_group}/providers/Microsoft.Web/sites/{app}"
    "/config/configreferences/appsettings/refresh?api-version=2022-03-01"
)
MANAGEMENT = "https://management.azure.com"
OF_AZD = {"subscription": "AZURE_SUBSCRIPTION_ID", "resource_group": "AHOY_RESOURCE_GROUP", "app": "AHOY_APP"}


def read_secrets_again(resource_group: str, app: str) -> None:
    """Let Azure resolve the references to the vault anew, which it does each day, and not at a restart. Raises Stopped.

    One stays unresolved when the app was made before its role had reached the vault. The Azure CLI fills in the
    subscription.
    """
    url = SECRETS.format(subscription="{subscriptionId}", resource_group=resource_group, app=app)
    az("rest", "--method", "post", "--url", url)


def read_secrets_again_by_azd(environ: Mapping[str, str]) -> None:
    """Do the same for the app that the Azure Developer CLI names in the environment of its hooks. Raises Stopped.

    The Azure CLI need not be there.
    """
    import httpx
    from azure.core.exceptions import AzureError
    from azure.identity import AzureDeveloperCliCredential

    known = {part: environ.get(name, "") for part, name in OF_AZD.items()}
    if not all(known.values()):
        raise Stopped(f"azd has not set {', '.join(OF_AZD.values())}; run `azd provision`")
    try:
        token = AzureDeveloperCliCredential(process_timeout=60).get_token(f"{MANAGEMENT}/.default").token
        answer = httpx.post(
            MANAGEMENT + SECRETS.format(**known), headers={"Authorization": f"Bearer {token}"}, timeout=60
        )
    except (AzureError, httpx.HTTPError) as e:
        raise Stopped(str(e).strip().splitlines()[0]) from None
    if answer.is_error:
        raise Stopped(f"{MANAGEMENT} answers {answer.status_code}: {answer.text.strip()[: scm.SHOWN]}")
