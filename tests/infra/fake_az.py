"""Stands where the Azure CLI stands. It writes down what it was asked and answers what the test laid out for it.

AZ_FOLDER holds `answers.json`: a list of [words that the command must contain, exit code, stdout, stderr], each used
once, in order of the commands they fit. What is asked beyond them fails, as a wrong command does, and so does an option
that the command does not have, and one that it needs and did not get.
"""

import json
import os
import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))
from tests.tools.azure import arguments as taken

# Source: azure-rest-api-specs, Microsoft.Web, "Key Vault reference" of 2022-03-01; what is asked there changes nothing.
REFRESH = re.compile(
    r"/subscriptions/\{subscriptionId\}/resourceGroups/[^/]+/providers/Microsoft\.Web/sites/[^/]+"
    r"/config/configreferences/appsettings/refresh"
)


def refused_by_azure(url, method):
    """Return what the Resource Manager says of an address or a method that it does not know, or an empty text."""
    address, _, query = url.partition("?")
    if not re.fullmatch(r"api-version=20\d\d-\d\d-\d\d", query):
        return 'Bad Request({"error":{"code":"MissingApiVersionParameter"}})'
    return "" if REFRESH.fullmatch(address) and method == "post" else 'Not Found({"error":{"code":"NotFound"}})'


def refusal(words):
    """Return what the Azure CLI says of arguments that it does not take, or an empty text."""
    try:
        command, given, _ = taken.read(words, taken.AZ, taken.GLOBAL, taken.SHORT)
    except taken.Refused as e:
        return str(e)
    return refused_by_azure(given["--url"], given.get("--method", "get")) if command == "rest" else ""


folder = Path(os.environ["AZ_FOLDER"])
with (folder / "asked.jsonl").open("a", encoding="utf-8") as log:
    log.write(json.dumps(sys.argv[1:]) + "\n")
left = json.loads((folder / "answers.json").read_text(encoding="utf-8"))
command = " ".join(sys.argv[1:])
if refused := refusal(sys.argv[1:]):
    sys.stderr.write(f"ERROR: {refused}")
    sys.exit(2)
for answer in left:
    words, code, out, err = answer
    if words in command:
        left.remove(answer)
        (folder / "answers.json").write_text(json.dumps(left), encoding="utf-8")
        sys.stdout.write(out)
        sys.stderr.write(err)
        sys.exit(code)
sys.stderr.write(f"ERROR: '{command}' is misspelled or not recognized by the system.")
sys.exit(2)
