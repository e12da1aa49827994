"""What the commands that the pages use take, and what the programs say of anything else.

Sources: azure-cli 2.91, `_params.py` and the functions of command modules profile, resource, appservice, role, keyvault
and util; azure-dev, cli/azd/cmd/testdata/TestUsage-azd-*.snap; GitHub's cli/cli, pkg/cmd.
"""

from typing import NamedTuple


class Command(NamedTuple):
    """The options of a command: which it needs, which take one word, none, or several; how many words stand alone.

    Of `together` each takes effect, and is taken, only with the other.
    """

    needs: tuple[str, ...] = ()
    takes: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    several: tuple[str, ...] = ()
    alone: range = range(1)
    together: tuple[tuple[str, str], ...] = ()


class Refused(Exception):
    """What the program says of arguments that it does not take."""


APP = ("--resource-group", "--name")
SHORT = {"-n": "--name", "-g": "--resource-group", "-l": "--location", "-o": "--output", "-f": "--template-file",
         "-p": "--parameters", "-y": "--yes", "-r": "--result-format", "-m": "--method", "-u": "--url", "-s": "--slot",
         "-t": "--tenant"}  # fmt: skip
GLOBAL = Command(takes=("--query", "--output", "--subscription"), flags=("--only-show-errors", "--verbose", "--debug"))
DEPLOYMENT = ("--name", "--template-file", "--template-uri", "--template-spec", "--query-string", "--validation-level")
AZ = {
    "login": Command(takes=("--username", "--password", "--tenant", "--scope"),
                     flags=("--use-device-code", "--service-principal", "--identity", "--allow-no-subscriptions")),
    "account show": Command(takes=("--name",)),
    "account set": Command(needs=("--name",)),
    "account get-access-token": Command(
        takes=("--resource", "--resource-type", "--name", "--tenant"), several=("--scope",),
    ),
    "deployment sub create": Command(
        ("--location",), (*DEPLOYMENT, "--what-if-result-format"),
        ("--no-wait", "--no-prompt", "--confirm-with-what-if", "--what-if", "--proceed-if-no-change"),
        ("--parameters", "--what-if-exclude-change-types"),
    ),
    "deployment sub what-if": Command(
        ("--location",), (*DEPLOYMENT, "--result-format"), ("--no-prompt", "--no-pretty-print"),
        ("--parameters", "--exclude-change-types"),
    ),
    "deployment sub show": Command(("--name",)),
    "deployment sub delete": Command(("--name",), flags=("--no-wait",)),
    "group delete": Command(("--name",), ("--force-deletion-types",), ("--yes", "--no-wait")),
    "group exists": Command(("--name",)),
    "functionapp show": Command(APP, ("--slot",)),
    "functionapp list-flexconsumption-locations": Command(
        takes=("--runtime", "--zone-redundant", "--show-details"), together=(("--runtime", "--show-details"),),
    ),
    "functionapp restart": Command(APP, ("--slot",)),
    "functionapp keys list": Command(APP, ("--slot",)),
    "functionapp keys set": Command((*APP, "--key-type", "--key-name"), ("--key-value", "--slot")),
    "functionapp keys delete": Command((*APP, "--key-type", "--key-name"), ("--slot",)),
    "functionapp function keys set": Command((*APP, "--function-name", "--key-name"), ("--key-value", "--slot")),
    "functionapp config appsettings list": Command(APP, ("--slot",)),
    "functionapp config hostname add": Command((*APP, "--hostname"), ("--slot",)),
    "functionapp config hostname delete": Command((*APP, "--hostname"), ("--slot",)),
    "functionapp config ssl upload": Command(
        (*APP, "--certificate-file", "--certificate-password"), ("--certificate-name", "--slot", "--load-to-code"),
    ),
    "functionapp config ssl create": Command((*APP, "--hostname"), ("--certificate-name", "--slot")),
    "functionapp config ssl list": Command(("--resource-group",), ("--name",)),
    "functionapp config ssl import": Command(
        ("--resource-group", "--key-vault", "--key-vault-certificate-name"),
        ("--name", "--certificate-name", "--load-to-code", "--enable-using-msi"),
    ),
    "functionapp config ssl bind": Command((*APP, "--certificate-thumbprint", "--ssl-type"), ("--hostname", "--slot")),
    "functionapp deployment source config-zip": Command((*APP, "--src"), ("--build-remote", "--timeout", "--slot")),
    "functionapp scale config always-ready set": Command(APP, several=("--settings",)),
    "functionapp scale config always-ready delete": Command(APP, several=("--setting-names",)),
    "keyvault list-deleted": Command(takes=("--resource-type",)),
    "keyvault recover": Command(takes=("--name", "--hsm-name", "--location", "--resource-group"), flags=("--no-wait",)),
    "rest": Command(("--url",), ("--method", "--body", "--resource", "--output-file"),
                    ("--skip-authorization-header",), ("--headers", "--uri-parameters")),
    "provider register": Command(
        ("--namespace",), ("--management-group-id",), ("--wait", "--consent-to-permissions", "--accept-terms"),
    ),
    "ad signed-in-user show": Command(),
    "ad app create": Command(("--display-name",), ("--sign-in-audience",)),
    "ad app federated-credential create": Command(("--id", "--parameters")),
    "ad sp create": Command(("--id",)),
    "role assignment create": Command(
        ("--role", "--scope"),
        ("--assignee", "--assignee-object-id", "--assignee-principal-type", "--description", "--condition", "--name"),
    ),
}  # fmt: skip
AZD_GLOBAL = Command(takes=("--cwd", "--environment"), flags=("--debug", "--no-prompt"))
AZD_SHORT = {"-e": "--environment", "-l": "--location", "-C": "--cwd"}
AZD = {
    "auth login": Command(
        takes=("--client-id", "--client-secret", "--tenant-id", "--federated-credential-provider"),
        flags=("--use-device-code", "--check-status", "--managed-identity"),
    ),
    "auth token": Command(takes=("--tenant-id", "--claims", "--output"), several=("--scope",)),
    "up": Command(takes=("--location", "--subscription")),
    "provision": Command(takes=("--location", "--subscription"), flags=("--no-state", "--preview"), alone=range(2)),
    "deploy": Command(takes=("--from-package", "--timeout"), flags=("--all",), alone=range(2)),
    "down": Command(flags=("--force", "--purge"), alone=range(2)),
    "pipeline config": Command(
        takes=("--principal-id", "--principal-name", "--principal-role", "--provider", "--remote-name", "--auth-type",
               "--applicationServiceManagementReference"),
    ),
    "env new": Command(takes=("--location", "--subscription"), alone=range(2)),
    "env set": Command(takes=("--file",), alone=range(100)),
    "env select": Command(alone=range(2)),
    "env get-value": Command(alone=range(1, 2)),
}  # fmt: skip
GH = {
    "auth login": Command(takes=("--hostname", "--scopes", "--git-protocol"), flags=("--web", "--with-token")),
    "api": Command(takes=("--jq", "--method"), alone=range(1, 2)),
    "variable set": Command(takes=("--body", "--env", "--repo", "--org", "--env-file"), alone=range(1, 2)),
    "variable delete": Command(takes=("--env", "--repo", "--org"), alone=range(1, 2)),
    "secret set": Command(takes=("--body", "--env", "--repo", "--org", "--env-file", "--app"), alone=range(1, 2)),
}  # fmt: skip


def read(words, commands, everywhere, short):
    """Return the command that words ask for, its options by name, and the words that stand alone. Raises Refused."""
    name = max((one for one in commands if words[: len(one.split())] == one.split()), key=len, default="")
    if not name:
        raise Refused(f"'{' '.join(words)}' is misspelled or not recognized by the system.")
    command, left = commands[name], list(words[len(name.split()) :])
    takes = {*command.needs, *command.takes, *everywhere.takes}
    given, alone, unknown = {}, [], []
    while left:
        word, _, joined = left.pop(0).partition("=")
        option = short.get(word, word)
        if not option.startswith("-"):
            alone.append(f"{word}={joined}" if joined else word)
        elif option in {*command.flags, *everywhere.flags}:
            given[option] = True
        elif option in takes and (joined or left):
            given[option] = joined or left.pop(0)
        elif option in command.several and left:
            words_of = given.setdefault(option, [])
            while left and not left[0].startswith("-"):
                words_of.append(left.pop(0))
        elif option in takes or option in command.several:
            raise Refused(
                f"argument {option}: expected {'one argument' if option in takes else 'at least one argument'}"
            )
        else:
            unknown.append(word)
    _check(command, given, alone, unknown)
    return name, given, alone


def _check(command, given, alone, unknown):
    if missing := [one for one in command.needs if one not in given]:
        raise Refused(f"the following arguments are required: {', '.join(missing)}")
    if broken := [pair for pair in command.together if pair[0] in given and pair[1] not in given]:
        raise Refused(f"{broken[0][0]} is valid only with {broken[0][1]}")
    if unknown or len(alone) not in command.alone:
        raise Refused(f"unrecognized arguments: {' '.join(unknown or alone)}")
