"""The Azure, the GitHub and the shells' programs that walks meet refuse what the real ones refuse."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from local.paths import ROOT
from tests.tools.azure import arguments, cloud, expressions, query, template, workflow

PARAMETERS = ROOT / "infra" / "line.bicepparam"
HOME = {"AZURE_ENV_NAME": "ahoy", "AZURE_LOCATION": "westeurope"}
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))


@pytest.fixture
def azure(tmp_path):
    return cloud.Cloud(tmp_path)


def deployed(azure, name="ahoy", **environ):
    environ = {**HOME, **environ}
    return azure.deploy(name, environ["AZURE_LOCATION"], PARAMETERS, environ)


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        ("functionapp deploy --name x", "'functionapp deploy --name x' is misspelled or not recognized"),
        ("functionapp show --name x", "the following arguments are required: --resource-group"),
        ("functionapp show -n x -g y --app z", "unrecognized arguments: --app"),
        ("functionapp show -n x -g", "argument --resource-group: expected one argument"),
        ("functionapp show -n x -g y z", "unrecognized arguments: z"),
        ("deployment sub create --template-file infra/main.bicep", "required: --location"),
        ("group delete --name x --force", "unrecognized arguments: --force"),
    ],
)
def test_az_refuses_what_it_does_not_take(words, complaint):
    with pytest.raises(arguments.Refused, match=complaint):
        arguments.read(words.split(), arguments.AZ, arguments.GLOBAL, arguments.SHORT)


@pytest.mark.parametrize("words", ["up --yes", "down --delete", "deploy --force", "environment new x", "env get-value"])
def test_azd_refuses_what_it_does_not_take(words):
    with pytest.raises(arguments.Refused):
        arguments.read(words.split(), arguments.AZD, arguments.AZD_GLOBAL, arguments.AZD_SHORT)


def test_short_options_and_lists_are_read():
    words = ["deployment", "sub", "create", "-n", "x", "-l", "y", "-f", "a", "--parameters", "b", "c", "-o", "none"]
    name, given, alone = arguments.read(words, arguments.AZ, arguments.GLOBAL, arguments.SHORT)
    assert (name, alone) == ("deployment sub create", [])
    assert given == {
        "--name": "x",
        "--location": "y",
        "--template-file": "a",
        "--parameters": ["b", "c"],
        "--output": "none",
    }


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("a.b", 1), ("x || a.b", 1), ("{A: a.b, B: c}", {"A": 1, "B": "d"}), ("e[?n=='y'].v", [3]),
        ("e[?n=='y'].v | [0]", 3),
        ("(x || e)[?n=='y'].v | [0]", 3), ("e[0].v", 2), ("nothing.at.all", None),
    ],
)  # fmt: skip
def test_queries_find_what_jmespath_finds(asked, found):
    document = {"a": {"b": 1}, "c": "d", "e": [{"n": "x", "v": 2}, {"n": "y", "v": 3}]}
    assert query.asked(asked, document) == found


def test_a_query_that_is_not_known_fails():
    with pytest.raises(ValueError, match="teach it"):
        query.asked("sort_by(a, &b)", {})


@pytest.mark.parametrize(
    ("written", "told"), [("AHOY_APP", "ahoY_APP"), ("URL", "url"), ("appName", "appName"), ("A", "a")]
)
def test_outputs_come_back_in_another_case(written, told):
    assert cloud.cased(written) == told


@pytest.mark.parametrize(
    ("environ", "complaint"),
    [
        ({"AHOY_DAILY_LIMIT": ""}, 'BCP338: Failed to evaluate parameter "dailyLimit"'),
        ({"AHOY_ROTATING_TOKEN": "yes"}, "cannot be converted to a boolean"),
        ({"AHOY_ALWAYS_READY": "11"}, "'alwaysReadyInstances' is not valid"),
        ({"AZURE_ENV_NAME": "a-name-that-is-far-too-long"}, "'environmentName' is not valid"),
        ({"AZURE_LOCATION": "atlantis"}, "'location' is not valid"),
    ],
)
def test_bicep_and_azure_refuse_a_wrong_parameter(environ, complaint):
    with pytest.raises(template.Refused, match=complaint):
        template.given(PARAMETERS, {**HOME, **environ})


def test_a_line_that_was_deleted_holds_its_vault_s_name(azure):
    deployed(azure)
    azure.delete_group("rg-ahoy")
    with pytest.raises(cloud.Failed, match="already exists in deleted state"):
        deployed(azure)
    deployed(azure, "ahoy-two", AZURE_LOCATION="northeurope")


def test_a_name_belongs_to_one_region(azure):
    deployed(azure)
    with pytest.raises(cloud.Failed, match="InvalidDeploymentLocation"):
        deployed(azure, AZURE_LOCATION="northeurope")
    with pytest.raises(cloud.Failed, match="InvalidResourceGroupLocation"):
        deployed(azure, "ahoy-two", AZURE_LOCATION="northeurope")


def test_two_deployments_at_once_are_refused(azure):
    azure.state["faults"].append({"of": "deployment under way", "left": 1})
    with pytest.raises(cloud.Failed, match="DeploymentActive"):
        deployed(azure)
    deployed(azure)


def test_what_is_asked_of_nobody_fails_with_the_exit_code_of_az(tmp_path):
    program = Path(arguments.__file__).with_name("az.py")
    environ = {**os.environ, "AZURE_FOLDER": str(tmp_path)}

    def az(*words):
        command = [sys.executable, str(program), *words]
        done = subprocess.run(command, env=environ, capture_output=True, encoding="utf-8", check=False)
        return done.returncode, done.stderr.strip()

    assert az("account", "show") == (1, "ERROR: Please run 'az login' to setup account.")
    assert az("login")[0] == 0
    assert az("deployment", "sub", "show", "--name", "x") == (
        3,
        "ERROR: (DeploymentNotFound) Deployment 'x' could not be found.",
    )
    assert az("account", "show", "--json")[0] == 2


KNOWN = {"vars": {"A": "x"}, "github": {"ref": "refs/heads/main", "event": {}}, "matrix": {"os": "windows-11-arm"}}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("${{ vars.B || 'flow.yaml' }}", "flow.yaml"),
        ("${{ matrix.os == 'WINDOWS-11-arm' && '3.11' || '3.10' }}", "3.11"),
        ("${{ vars.B }}|${{ !vars.A }}|${{ github.event.pull_request.head }}", "|false|"),
        ("${{ (vars.A == 'y' || vars.A == 'x') && 1 }}", "1"),
    ],
)
def test_expressions_are_what_github_makes_of_them(text, found):
    assert expressions.filled(text, KNOWN) == found


@pytest.mark.parametrize("expression", ["inputs.x", "hashFiles('x')", "1 +", "", "(vars.A", "vars.A vars.A"])
def test_an_expression_that_is_not_known_fails(expression):
    with pytest.raises(ValueError, match="known here"):
        expressions.value(expression, KNOWN)


def steps():
    """Return each step of each job of each workflow, for each machine that it runs on, and what it knows."""
    for path in WORKFLOWS:
        for job in yaml.safe_load(path.read_text("utf-8"))["jobs"].values():
            for matrix in workflow.every_matrix(job):
                known = {**KNOWN, "secrets": {}, "env": {}, "matrix": matrix, "runner": {"os": "Linux"}}
                for step in job.get("steps", []):
                    yield step, known


def test_each_expression_of_the_workflows_is_known_and_each_action_gets_what_it_takes():
    seen = set()
    for step, known in steps():
        expressions.holds(step.get("if", "true"), known)
        for text in [step.get("run", ""), *step.get("env", {}).values(), *step.get("with", {}).values()]:
            expressions.filled(text, known)
        if "uses" in step:
            action = step["uses"].partition("@")[0]
            assert set(step.get("with", {})) <= workflow.INPUTS[action]
            seen.add(action)
    assert seen == set(workflow.INPUTS)


OWN = {"event_name": "push", "ref": "refs/heads/main", "repository": "someone/line", "event": {}}
FORK = {"pull_request": {"head": {"repo": {"full_name": "a-stranger/line"}}}}


@pytest.mark.parametrize(
    ("variables", "github"),
    [
        ({}, OWN),
        ({"AZURE_CLIENT_ID": "x"}, {**OWN, "ref": "refs/heads/mine"}),
        ({"AZURE_CLIENT_ID": "x"}, {**OWN, "event_name": "pull_request", "event": FORK}),
    ],
    ids=["not set up", "another branch", "a fork"],
)
def test_nothing_reaches_azure_that_should_not(variables, github, tmp_path):
    run = workflow.Run(None, workflow.Repository(variables, {}, github), tmp_path)
    assert [run.job(ROOT / ".github" / "workflows" / "deploy.yml", job) for job in ("what-if", "deploy")] == [False] * 2
