"""Stands where GitHub's own command stands: the subject of a repository's tokens, its variables and secrets."""

import os
import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[3]))
from tests.tools.azure import arguments, cloud

SUBJECT = re.compile(r"repos/([\w.-]+)/([\w.-]+)/actions/oidc/customization/sub")
ENVIRONMENT = re.compile(r"repos/[\w.-]+/[\w.-]+/environments/([\w-]+)")


def main(azure):
    words = sys.argv[1:]
    azure.state["asked"].append(["gh", *words])
    try:
        name, given, alone = arguments.read(words, arguments.GH, arguments.Command(), {"-R": "--repo", "-b": "--body"})
    except arguments.Refused as e:
        sys.stderr.write(f"{e}\n")
        return 1
    try:
        sys.stdout.write(_done(azure, name, given, "".join(alone)))
    except cloud.Failed as e:
        sys.stderr.write(f"{e}\n")
        return e.code
    return 0


def _done(azure, name, given, what):
    """Do it; return what is printed."""
    if name == "auth login":
        azure.state["gh_signed_in"] = True
        return ""
    if not azure.state.get("gh_signed_in"):
        raise cloud.Failed("To get started with GitHub CLI, please run:  gh auth login", 4)
    if name == "api":
        return _asked(azure, given, what)
    if given.get("--env", "production") not in azure.state["environments"] and "--env" in given:
        raise cloud.Failed(f"failed to fetch public key: HTTP 404: Not Found ({what})")
    kept = azure.state["variables"]
    if name == "secret set":
        kept = azure.state["secrets"].setdefault(given.get("--env", ""), {})
    kept[what] = given.get("--body") or sys.stdin.readline().strip()  # an empty one is asked for, too
    return ""


def _asked(azure, given, address):
    if (found := SUBJECT.fullmatch(address)) and given.get("--jq") == ".sub_claim_prefix":
        # Of a repository that was made since 2026-07-15; source: azure-dev#9382.
        return f"repo:{found[1]}@1234/{found[2]}@5678\n"
    if (found := ENVIRONMENT.fullmatch(address)) and given.get("--method") == "PUT":
        azure.state["environments"].append(found[1])
        return f'{{"name": "{found[1]}"}}\n'
    raise cloud.Failed("gh: Not Found (HTTP 404)")


if __name__ == "__main__":
    sys.exit(cloud.asked(Path(os.environ["AZURE_FOLDER"]), main))
