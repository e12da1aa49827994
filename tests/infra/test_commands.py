"""The commands of Azure and GitHub that pages and templates name are such as the programs take, wherever they stand."""

import re
import shlex

import pytest

from local.paths import ROOT
from tests.infra.bicep import FOLDER
from tests.tools.azure import arguments, az, cloud, query, walk
from tests.tools.shells import bash, blocks

PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *FOLDER.glob("*.bicep"), ROOT / "azure.yaml"])
PROGRAMS = {
    "az": (arguments.AZ, arguments.GLOBAL, arguments.SHORT),
    "azd": (arguments.AZD, arguments.AZD_GLOBAL, arguments.AZD_SHORT),
    "gh": (arguments.GH, arguments.Command(), {}),
}
INSIDE = re.compile(r"`((?:az|azd|gh) [^`]+)`")


def typed(text):
    """Return the commands of the blocks of bash of a page, as lists of words."""
    said = [one for block in blocks(text) if block.language == "bash" for one in bash(block.text)]
    for kind, *words in said:
        inner = words[-1] if kind == "set" and isinstance(words[-1], tuple) else (kind, *words)
        if inner[0] == "run" and inner[1] in PROGRAMS:
            yield list(inner[1:])


def refused(text):
    """Return what the programs say of the commands of a page; of one that is only named, whether there is it."""
    for words in [*typed(text), *(shlex.split(" ".join(found.split())) for found in INSIDE.findall(text))]:
        commands, everywhere, short = PROGRAMS[words[0]]
        if " ".join(words[1:]) not in commands:
            try:
                arguments.read(words[1:], commands, everywhere, short)
            except arguments.Refused as e:
                yield f"{' '.join(words)}: {e}"


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_each_command_is_one_that_its_program_takes(path):
    assert list(refused(path.read_text("utf-8"))) == []


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("see `az functionapp list-flexconsumption-locations --runtime python`", "valid only with --show-details"),
        ("see `az functionapp config domain`", "is misspelled"),
        ("```bash\naz group delete --group x\n```\n", "required: --name"),
        ("```bash\nkey=$(az functionapp keys list --name x)\n```\n", "required: --resource-group"),
        ("```bash\ngh variable set A --value b\n```\n", "unrecognized arguments: --value"),
    ],
)
def test_a_command_that_its_program_refuses_is_found(text, complaint):
    [found] = refused(text)
    assert complaint in found


def queries():
    """Return what the pages ask of the answers about an app: the page, the command and its options."""
    for path in PAGES:
        for program, *words in typed(path.read_text("utf-8")):
            name, given, _ = arguments.read(words, *PROGRAMS[program])
            if name.startswith("functionapp") and "--query" in given:
                yield pytest.param(name, given, id=f"{path.name}: {name}")


@pytest.mark.parametrize(("name", "given"), list(queries()))
def test_each_query_finds_what_it_asks_for(tmp_path, name, given):
    azure = cloud.Cloud(tmp_path)
    azure.deploy("ahoy-ahoy", "westeurope", FOLDER / "line.bicepparam", {})
    [(app, known)] = azure.state["apps"].items()
    known |= {"hosts": ["line.example.com"], "certificate": "0C" * 20}
    told = az.ANSWERS[name](azure, given | {"--resource-group": "rg-ahoy", "--name": app})
    assert query.asked(given["--query"], told)


def test_whatever_is_set_in_the_terminal_reaches_the_workflow():
    page = (ROOT / "docs" / "deploy.md").read_text("utf-8")
    terminal = walk.section("deploy.md", page.splitlines()[0].removeprefix("# "))[0]
    third = "".join(walk.section("deploy.md", "Way 3: GitHub Actions"))
    given = set(re.findall(r"\b([A-Z][A-Z_]+)=|export ([A-Z_]+)$", terminal, re.MULTILINE))
    assert {one or other for one, other in given} - set(re.findall(r"gh \w+ set (\w+)", third)) == set()
