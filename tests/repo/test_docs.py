"""The docs say what is there: every room, route, package and command that they name, and none that is not."""

import re
import shlex

import pytest

from local.cli import parser
from local.commands import azure
from local.draw import svg
from local.package import STAYS
from local.paths import ROOT
from local.stand_ins import page
from shared import flow, routes

DOCS = sorted(
    path
    for path in [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")]
    if path.name != "CHANGELOG.md" and (path.parent != ROOT or path.name in STAYS)
)
ARCHITECTURE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
COMMAND = re.compile(r"^\$? ?(python3 dev\.py [^\n]*?)(?:  .*)?$|`(python3 dev\.py [^`]*)`", re.MULTILINE)


def rooms(folder, *, deep):
    """Return the modules and packages below a folder, as the plan names them: by their names, packages with a slash."""
    for path in folder.iterdir():
        if (path / "__init__.py").exists():
            yield f"{path.name}/"
            yield from rooms(path, deep=True) if deep else ()
        elif path.suffix == ".py" and path.name != "__init__.py":
            yield path.name


def drawn(start, end):
    """Return the names at the left of the plan, from one line of it to another."""
    part = ARCHITECTURE[ARCHITECTURE.index(start) : ARCHITECTURE.index(end)]
    lines = re.findall(r"^ {5,}((?:[a-z_]+(?:\.py|/) {1,2})+)", part.replace("\n", "  \n"), re.MULTILINE)
    return sorted(name for line in lines for name in line.split())


def test_the_plan_names_every_room_of_what_is_deployed_and_no_other():
    assert drawn("    shared/", "    infra/") == sorted([*rooms(ROOT / "shared", deep=True), "console/"])


def test_the_plan_names_every_room_of_the_stand_ins_and_no_other():
    assert drawn("    local/", "    bench/") == sorted([*rooms(ROOT / "local", deep=False), "node/"])


def test_the_plan_names_every_route():
    addresses = {
        value
        for name, value in vars(routes).items()
        if name.isupper() and name not in {"PREFIX", "INTENT"} and "QUEUE" not in name
    }
    assert {address for address in addresses if f"`{address}`" not in ARCHITECTURE} == set()


@pytest.mark.parametrize("file", ["requirements.in", "requirements-local.in", "requirements-dev.in"])
def test_every_package_has_its_reason(file):
    lines = (ROOT / file).read_text(encoding="utf-8").splitlines()
    packages = [re.split("[=<>]", line)[0] for line in lines if line and line[0] not in "#-"]
    reasons = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    assert [name for name in packages if not re.search(rf"\b{re.escape(name)}\b", reasons)] == []


def commands(path):
    for outside, inside in COMMAND.findall(path.read_text(encoding="utf-8")):
        yield (outside or inside).partition("   ")[0].strip()


@pytest.mark.parametrize("path", DOCS, ids=lambda path: path.name)
def test_every_command_in_the_docs_is_one(path, capsys):
    for command in commands(path):
        words = shlex.split(command.replace("…", "x").replace("...", "x"))[2:]
        if not words or words == ["--help"]:
            continue
        try:
            parser().parse_args(words)
        except SystemExit:
            pytest.fail(f"{path.name}: {command}\n{capsys.readouterr().err}")


README_FLOWS = re.findall(
    r"^```yaml\n(.*?)^```$", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE
)


@pytest.mark.parametrize("text", README_FLOWS, ids=["first", "grown"])
def test_the_flows_on_the_first_page_are_right(text, tmp_path):
    (tmp_path / "flow.yaml").write_text(text, encoding="utf-8")
    assert flow.check(tmp_path / "flow.yaml") == []


def anchors(path):
    """Return the headings of a page as GitHub makes addresses of them."""
    headings = re.findall(r"^#+ (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def astray(path, text):
    """Return the links of a page that lead to no file or no heading; `../../` is the repository at GitHub."""
    for link in re.findall(r"\]\(([^)\s]+)\)", re.sub(r"^```.*?^```$", "", text, flags=re.DOTALL | re.MULTILINE)):
        name, _, anchor = link.partition("#")
        to = path.parent / name if name else path
        if link.startswith(("https://", "../../")):
            continue
        if not to.exists() or (anchor and anchor not in anchors(to)):
            yield link


@pytest.mark.parametrize("path", DOCS, ids=lambda path: path.name)
def test_every_link_leads_somewhere(path):
    assert list(astray(path, path.read_text(encoding="utf-8"))) == []


def test_a_link_astray_is_found():
    text = "[a](docs/no-page.md) [b](docs/security.md#no-heading) [c](docs/security.md#what-holds) [d](../../issues)"
    assert list(astray(ROOT / "README.md", text)) == ["docs/no-page.md", "docs/security.md#no-heading"]


@pytest.mark.parametrize(("name", "shown_in"), [("menu", "README.md"), ("queue", "docs/flows.md")])
def test_a_picture_in_a_page_is_current(name, shown_in):
    drawn = svg.svg(flow.load(ROOT / "flows" / f"{name}.yaml"), f"{name}.yaml")
    assert (ROOT / "docs" / f"{name}.svg").read_text(encoding="utf-8") == drawn, (
        f"draw it anew: python3 dev.py flow flows/{name}.yaml -o docs/{name}.svg"
    )
    assert f"{name}.svg)" in (ROOT / shown_in).read_text(encoding="utf-8")


def test_the_picture_of_azure_is_current():
    shown = {"AHOY_OWNER_EMAIL": "you@example.com", "AHOY_ALERT_NUMBER": "+12025550122"}
    words = " ".join(f"{name}={value}" for name, value in shown.items())
    assert (ROOT / "docs" / "azure.svg").read_bytes() == azure.drawn(".svg", shown), (
        f"draw it anew: {words} python3 dev.py azure -o docs/azure.svg"
    )
    assert "](azure.svg)" in (ROOT / "docs" / "deploy.md").read_text(encoding="utf-8")


def test_the_page_of_the_stand_ins_is_current():
    written = page.PAGE.read_text(encoding="utf-8")
    assert written == page.text(), "write it anew: python3 dev.py stand-ins --write"


def test_every_test_that_a_promise_names_is_there():
    named = set(
        re.findall(
            r"`((?:unit|local|line|infra|repo)/[\w/]+\.py)`",
            (ROOT / "docs" / "reliability.md").read_text(encoding="utf-8"),
        )
    )
    assert named
    assert {name for name in named if not (ROOT / "tests" / name).is_file()} == set()
