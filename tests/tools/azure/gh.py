"""Stands where GitHub's own command stands: the subject of a repository's tokens, its variables and secrets."""

import os
import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[3]))
from tests.tools.azure import arguments, cloud

SUBJECT = re.compile(r"repos/([\w.-]+)/([\w.-]+)/actions/oidc/customization/sub")


def main(azure):
    words = sys.argv[1:]
    azure.state["asked"].append(["gh", *words])
    try:
        name, given, alone = arguments.read(words, arguments.GH, arguments.Command(), {"-R": "--repo", "-b": "--body"})
    except arguments.Refused as e:
        sys.stderr.write(f"{e}\n")
        return 1
    if name == "api":
        found = SUBJECT.fullmatch(alone[0])
        if not found or given.get("--jq") != ".sub_claim_prefix":
            sys.stderr.write("gh: Not Found (HTTP 404)\n")
            return 1
        # Of a repository that was made since 2026-07-15; source: azure-dev#9382.
        sys.stdout.write(f"repo:{found[1]}@1234/{found[2]}@5678\n")
    else:
        azure.state["variables" if name == "variable set" else "secrets"][alone[0]] = (
            given.get("--body") or sys.stdin.read()
        )
    return 0


if __name__ == "__main__":
    sys.exit(cloud.asked(Path(os.environ["AZURE_FOLDER"]), main))
