"""Somebody deploys by each of the three ways of docs/deploy.md, from a clone to a phone that rings, as it says.

Azure, GitHub and the web are played by tests/tools/azure; what is typed stands on the page, and in the workflow.
"""

import hashlib
import re
import shutil
import zipfile

import pytest

from local.paths import ROOT
from tests.tools import stand_in
from tests.tools.azure import walk, workflow
from tests.tools.shells import shell_here

pytestmark = pytest.mark.skipif(not shell_here("bash"), reason="the blocks of bash are typed into one")
PAGE = "deploy.md"
TITLE = "Deploy: from clone to a ringing phone"
OWN = {"AC...": stand_in.ACCOUNT, "TWILIO_PHONE_NUMBER=+12025550100": f"TWILIO_PHONE_NUMBER={stand_in.LINE}"}
TOKEN = f"{stand_in.TOKEN}\n"
WORKFLOWS = ROOT / ".github" / "workflows"
HOST = "https://ahoy-....azurewebsites.net"


@pytest.fixture(scope="module")
def twilio():
    started, address = stand_in.start("--clock", "manual")
    yield address
    stand_in.stop(started)


@pytest.fixture
def walker(tmp_path, twilio):
    with walk.walking(tmp_path, twilio) as one:
        one.types(walk.own(walk.section(PAGE, TITLE)[0], OWN), TOKEN)
        yield one


def rings(walker, address):
    """Give the number its addresses as the page says, which proves that the line answers."""
    assert f"{stand_in.LINE} is connected" in walker.follows(PAGE, "Let it ring", {HOST: address}, "y\n")


def test_the_first_way_azd_up_though_roles_are_late(walker):
    walker.fails("late roles")
    told = walker.follows(PAGE, "Way 1: azd up", answers="\n\n")
    assert "The line is up" in told
    [app] = walker.azure["apps"]
    names = zipfile.ZipFile(walker.package(app)).namelist()
    assert {"host.json", "function_app.py", "flow.yaml"} <= set(names)
    assert any(name.endswith(".pyc") for name in names)
    assert stand_in.TOKEN not in (walker.clone / ".azure" / "ahoy" / ".env").read_text("utf-8")
    assert "There are no changes to provision" in walker.types("azd provision")
    rings(walker, walker.types("azd env get-value AHOY_URL").strip())
    walker.types("azd down", "y\n")
    assert walker.azure["groups"] == {}
    assert "already exists in deleted state" in walker.types("azd provision", code=1)


def test_the_second_way_the_azure_cli_through_all_that_is_slow(walker):
    walker.fails("late roles", "roles on their way", "throttling", "service away", "another deployment")
    told = walker.follows(PAGE, "Way 2: the Azure CLI", answers="y\n")
    assert [re.search(code, told) is not None for code in ("429", "503", "409", "AuthorizationPermissionMismatch")] == [
        True
    ] * 4
    assert "ahoY_APP" in walker.azure["deployments"]["ahoy-ahoy"]["outputs"]
    made = walk.outputs(walker.azure, "ahoy-ahoy")
    rings(walker, made["AHOY_URL"])


@pytest.fixture
def repository(walker):
    """GitHub, as the third way has it set up."""
    for block in walk.section(PAGE, "Way 3: GitHub Actions"):
        walker.types(walk.own(block, {"OWNER/REPO": "someone/line"}), TOKEN)
    assert walker.azure["secrets"] == {"production": {"TWILIO_AUTH_TOKEN": stand_in.TOKEN}}
    github = {"event_name": "push", "ref": "refs/heads/main", "repository": "someone/line", "event": {}}
    known = walker.azure
    return workflow.Repository(known["variables"], known["secrets"], github, "repo:someone@1234/line@5678")


def pulled(repository):
    """Return the repository when a pull request of its own has come."""
    event = {"pull_request": {"head": {"repo": {"full_name": "someone/line"}}}}
    github = {**repository.github, "event_name": "pull_request", "ref": "refs/pull/1/merge", "event": event}
    return repository._replace(github=github)


def test_the_third_way_the_workflow(walker, repository, tmp_path):
    run = workflow.Run(walker, repository, tmp_path / "run")
    assert run.job(WORKFLOWS / "test.yml", "package", {"os": "ubuntu-24.04"})
    for other in ("macos-15", "windows-2025"):  # as they make it, too: tests/infra/test_package.py
        shutil.copytree(run.artifacts / "package-ubuntu-24.04", run.artifacts / f"package-{other}")
    if shutil.which("sha256sum"):  # the job runs on Linux, and this may not be one
        assert run.job(WORKFLOWS / "test.yml", "same")
    assert run.job(WORKFLOWS / "deploy.yml", "deploy")
    assert not run.job(WORKFLOWS / "deploy.yml", "what-if")
    made = walk.outputs(walker.azure, "ahoy-ahoy")
    kept = run.artifacts / "package-ubuntu-24.04" / "ahoy.zip"
    assert walker.azure["apps"][made["AHOY_APP"]]["package"] == hashlib.sha256(kept.read_bytes()).hexdigest()
    assert "The line is up" in run.logs[-1]
    assert stand_in.TOKEN not in "".join(run.logs)
    rings(walker, made["AHOY_URL"])

    what_if = workflow.Run(walker, pulled(repository), tmp_path / "pulled")
    assert what_if.job(WORKFLOWS / "deploy.yml", "what-if")
    assert not what_if.job(WORKFLOWS / "deploy.yml", "deploy")
    assert "you@example.com" not in "".join(what_if.logs)
