"""host.json, azure.yaml and the workflows are what the platform takes, and each check catches a planted mistake."""

import copy
import json
import re
import shlex
import subprocess
from collections import Counter
from importlib.resources import files

import jsonschema
import pytest
import yaml

from local import line
from local.cli import parser
from local.paths import ROOT
from tests.infra import named, published
from tests.infra.templates import Templates
from tests.tools.shells import mistakes, shell_here

WORKFLOW = json.loads((files("check_jsonschema") / "builtin_schemas/vendor/github-workflows.json").read_text("utf-8"))
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
HOST = json.loads((ROOT / "host.json").read_text("utf-8"))
# Source: `runs: using:` in the action.yml of each, at the tag.
RUN_ON_NODE_24 = {
    "actions/checkout": 6, "actions/setup-python": 6, "actions/setup-node": 6, "azure/login": 3,
    "actions/upload-artifact": 6, "actions/download-artifact": 7,
}  # fmt: skip
PARAMETERS = (ROOT / "infra" / "line.bicepparam").read_text("utf-8")
SECRET = re.compile(r"^TWILIO_.*(TOKEN|TOKEN_SECONDARY|SECRET)\Z")
# Source: github.com/actions/runner-images, "Available Images". Each label names a version: `-latest` moves.
RUNNERS = {
    "ubuntu-24.04": ("Linux", "x64"),
    "ubuntu-24.04-arm": ("Linux", "arm64"),
    "macos-15": ("macOS", "arm64"),
    "macos-15-intel": ("macOS", "x64"),
    "windows-2025": ("Windows", "x64"),
    "windows-11-arm": ("Windows", "arm64"),
}
AZURE = yaml.safe_load((ROOT / "azure.yaml").read_text("utf-8"))


def workflow(path):
    """Read a workflow; YAML 1.1 takes its `on` for a boolean."""
    return {("on" if name is True else name): value for name, value in yaml.safe_load(path.read_text("utf-8")).items()}


def complaints(document, schema):
    kind = jsonschema.validators.validator_for(schema, default=jsonschema.Draft202012Validator)
    return [error.message for error in kind(schema).iter_errors(document)]


def changed(document, path, value):
    """Return a copy with one value changed or added."""
    copied = copy.deepcopy(document)
    at = copied
    for step in path[:-1]:
        at = at[step]
    at[path[-1]] = value
    return copied


def unpinned(text):
    """Return the actions that are at no commit, which nobody can move, or do not say which version it is.

    What is in this repository is at the commit of whoever calls it.
    """
    pinned = re.compile(r"\S+@[0-9a-f]{40} # v\d+\.\d+\.\d+|\./\.github/workflows/[\w-]+\.yml")
    return [use for use in re.findall(r"uses: (.+)", text) if not pinned.fullmatch(use)]


def outdated(text):
    """Return the actions that are made for a Node that GitHub no longer has."""
    used = re.findall(r"uses: ([\w/-]+)@\w+ # v(\d+)", text)
    return [f"{name} v{version}" for name, version in used if int(version) < RUN_ON_NODE_24.get(name, 10**6)]


def ungiven(document, parameters):
    """Return what line.bicepparam reads and a job does not give it; only the deployment is given secrets."""
    read = set(re.findall(r"readEnvironmentVariable\('(\w+)'", parameters))
    secrets = {name for name in read if SECRET.search(name)}
    of = {name: set(document["jobs"][name]["env"]) for name in ("what-if", "deploy")}
    of["deploy"] |= {name for step in document["jobs"]["deploy"]["steps"] for name in step.get("env", {})}
    return sorted((read - secrets - of["what-if"]) | (read - of["deploy"]) | (secrets & of["what-if"]))


def empty_numbers(document, parameters):
    """Return what is read as a number or truth value and would be empty, which neither is, while nobody has set it."""
    read = re.findall(r"(?:int|bool)\(readEnvironmentVariable\('(\w+)'", parameters)
    jobs = [document["jobs"][name]["env"] for name in ("what-if", "deploy")]
    return [name for name in read for env in jobs if "||" not in env.get(name, "")]


def other_defaults(document, parameters, known):
    """Return what has another value in line.bicepparam or a job than in main.bicep while nobody has set it."""
    read = re.findall(r"^param (\w+) = .*readEnvironmentVariable\('(\w+)', '(.*)'\)", parameters, re.MULTILINE)
    jobs = [document["jobs"][name]["env"] for name in ("what-if", "deploy")]
    return [
        environment
        for name, environment, default in read
        if (wanted := known[name]) is not None
        for other in [default, *re.findall(r"\|\| '([^']*)'", " ".join(env.get(environment, "") for env in jobs))]
        if other.lower() != str(wanted).lower()
    ]


def too_much(document):
    """Return the permissions beyond reading the code and asking for an identity."""
    of = {"workflow": document.get("permissions", "everything")}
    of |= {name: job["permissions"] for name, job in document["jobs"].items() if "permissions" in job}
    allowed = ({"contents": "read"}, {"contents": "read", "id-token": "write"}, {})
    return [f"{name}: {permissions}" for name, permissions in of.items() if permissions not in allowed]


def injected(document):
    """Return the steps that put an expression into a script: what a stranger wrote would be run."""
    steps = [step for job in document["jobs"].values() for step in job.get("steps", [])]
    return [step["run"] for step in steps if "${{" in step.get("run", "")]


def told_to_all(document):
    """Return the what-ifs that print values: the token of alerts is among them, and the log has many readers."""
    steps = [step.get("run", "") for job in document["jobs"].values() for step in job.get("steps", [])]
    return [run for run in steps if " what-if " in run and "--result-format ResourceIdOnly" not in run]


def runners(job):
    """Return the labels of the machines that a job runs on."""
    return job["strategy"]["matrix"]["os"] if job["runs-on"] == "${{ matrix.os }}" else [job["runs-on"]]


def runs_suite(job):
    """Whether a job runs every test."""
    return any("dev.py test" in step.get("run", "") for step in job.get("steps", []))


def untested(document):
    """Return the systems and processors on which nobody runs the suite."""
    suites = [job for job in document["jobs"].values() if runs_suite(job)]
    return set(RUNNERS.values()) - {RUNNERS[label] for job in suites for label in runners(job)}


def suites(documents, event):
    """Return how often an event runs the suite on each machine, in what it starts and what that calls."""
    started = [name for name, document in documents.items() if event in document["on"]]
    for name in started:  # grows while it is read
        jobs = documents[name]["jobs"].values()
        started += [job["uses"].rpartition("/")[2] for job in jobs if job.get("uses", "").startswith("./")]
    return Counter(
        f"{label}, its own Python: {not furnished(job)}"
        for name in started
        for job in documents[name]["jobs"].values()
        if "container" not in job and runs_suite(job)
        for label in runners(job)
    )


def hasty(document):
    """Return the jobs that reach Azure and do not wait until everything is tested."""
    of_azure = [name for name, job in document["jobs"].items() if "id-token" in job.get("permissions", {})]
    tested = [name for name, job in document["jobs"].items() if job.get("uses") == "./.github/workflows/test.yml"]
    return [name for name in of_azure if document["jobs"][name].get("needs") not in tested]


def hurried(document):
    """Return the jobs in which one machine's failure hides what the others would say."""
    matrices = {name: job["strategy"] for name, job in document["jobs"].items() if "strategy" in job}
    return [name for name, strategy in matrices.items() if strategy.get("fail-fast") is not False]


def furnished(job):
    """Return what a job brings to a machine that is to be taken as it comes."""
    return [
        step["uses"] for step in job["steps"] if "uses" in step and not step["uses"].startswith("actions/checkout@")
    ]


def shell(job, step):
    """Return the shell of a step: named, or bash, or None where that depends on the machine."""
    if "shell" in step:
        return step["shell"]
    where = {RUNNERS[label][0] for label in runners(job)}
    condition = step.get("if", "")
    where &= {"Windows"} if "runner.os == 'Windows'" in condition else {"Linux", "macOS", "Windows"}
    where -= {"Windows"} if "runner.os != 'Windows'" in condition else set()
    return "pwsh" if where == {"Windows"} else None if "Windows" in where or "container" in job else "bash"


def unreadable(document):
    """Return the steps that their shell does not take."""
    steps = [
        (shell(job, step), step["run"])
        for job in document["jobs"].values()
        for step in job.get("steps", [])
        if "run" in step
    ]
    return [run for kind, run in steps if not _taken(kind, run)]


def _taken(kind, run):
    if kind is None:  # a plain command means the same in each
        return re.fullmatch(r"[\w. -]+\n?", run)
    if kind == "pwsh":
        return not mistakes(run)
    return all(
        subprocess.run(
            [shell_here(name), "-n"], input=run, capture_output=True, encoding="utf-8", check=False
        ).returncode
        == 0
        for name in {kind, "bash"}
        if shell_here(name)
    )


def unknown(document):
    """Return the commands of dev.py that are none."""
    runs = [step.get("run", "") for job in document["jobs"].values() for step in job.get("steps", [])]
    called = [command for run in runs for command in re.findall(r"\b(?:python3?|py) (dev\.py[^\n>|&;)]*)", run)]
    return [command for command in called if not parsed(f"python3 {command}")]


def test_host_json_holds():
    assert complaints(HOST, published.HOST) == []


def test_azure_yaml_holds_and_names_the_service_that_bicep_tags():
    assert complaints(AZURE, published.AZURE) == []
    tags = re.findall(r"'azd-service-name': '(\w+)'", (ROOT / "infra" / "app.bicep").read_text("utf-8"))
    assert tags == list(AZURE["services"])
    run = [hook[system]["run"] for hook in AZURE["services"]["line"]["hooks"].values() for system in hook]
    assert all(parsed(command) for command in run)
    assert not parsed("python3 dev.py package --unpacked .ahoy/package")


def parsed(command):
    """Whether dev.py takes the command of a hook."""
    try:
        parser().parse_args(shlex.split(command)[2:])
    except SystemExit:
        return False
    return True


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_the_workflow_holds(path):
    document, text = workflow(path), path.read_text("utf-8")
    assert complaints(document, WORKFLOW) == []
    assert outdated(text) == []
    assert (unpinned(text), too_much(document), injected(document), told_to_all(document)) == ([], [], [], [])
    assert (hurried(document), unreadable(document), unknown(document)) == ([], [], [])


def sampled_away(host):
    """Return what an error may be told by and sampling may drop."""
    kept = host["logging"]["applicationInsights"]["samplingSettings"]["excludedTypes"].split(";")
    return {"Exception", "Trace"} - set(kept)


def told_of_strangers(host, bindings):
    """Return what the host writes of each request that anybody may send, and what is silenced with it by its name."""
    levels = host["logging"]["logLevel"]
    anonymous = {name for name, of in bindings.items() if str(of[0].get("authLevel")) == "ANONYMOUS"}
    told = {
        name for name in anonymous
        if (levels.get(f"Function.{name}"), levels.get(f"Function.{name}.User")) != ("Warning", "Information")
    }  # fmt: skip
    quiet = {name for name in bindings if levels.get(f"Function.{name}") == "Warning"}
    return told | {name for name in set(bindings) - anonymous if name.startswith(tuple(quiet))}


def unheard(host):
    """Return the lines that alerts and queries read and the levels keep silent: those of functions, results, start."""
    levels = host["logging"]["logLevel"]
    return {name for name in ("Function", "Host.Results", "Host.Startup") if levels.get(name) != "Information"}


def test_the_jobs_give_line_bicepparam_what_it_reads():
    document = workflow(ROOT / ".github" / "workflows" / "deploy.yml")
    assert (ungiven(document, PARAMETERS), empty_numbers(document, PARAMETERS)) == ([], [])
    left_out = copy.deepcopy(document)
    del left_out["jobs"]["deploy"]["env"]["PUBLIC_BASE_URL"]
    assert ungiven(left_out, PARAMETERS) == ["PUBLIC_BASE_URL"]
    leaked = changed(document, ["jobs", "what-if", "env", "TWILIO_AUTH_TOKEN"], "${{ secrets.TWILIO_AUTH_TOKEN }}")
    assert ungiven(leaked, PARAMETERS) == ["TWILIO_AUTH_TOKEN"]
    empty = changed(document, ["jobs", "deploy", "env", "AHOY_ALWAYS_READY"], "${{ vars.AHOY_ALWAYS_READY }}")
    assert empty_numbers(empty, PARAMETERS) == ["AHOY_ALWAYS_READY"]


def test_what_nobody_has_set_has_one_value_whoever_deploys():
    document = workflow(ROOT / ".github" / "workflows" / "deploy.yml")
    known = Templates().defaults()
    assert other_defaults(document, PARAMETERS, known) == []
    place = ["jobs", "deploy", "env", "AHOY_DAILY_LIMIT"]
    other = changed(document, place, "${{ vars.AHOY_DAILY_LIMIT || '50' }}")
    assert other_defaults(other, PARAMETERS, known) == ["AHOY_DAILY_LIMIT"]
    assert other_defaults(document, PARAMETERS.replace("'1000'", "'100'"), known) == ["AHOY_HOURLY_LIMIT"]


def test_what_the_line_may_do_is_set_without_touching_a_file():
    read = set(re.findall(r"readEnvironmentVariable\('(\w+)'", PARAMETERS))
    assert read >= {name for name in named.local_settings() if name.startswith("AHOY_")} - {"AHOY_ALERT_TOKEN"}


@pytest.mark.parametrize("name", ["monthlyBudget", "budgetStart"])
def test_a_budget_that_azure_refuses_is_left_out_without_touching_a_file(name):
    """Azure takes none for sponsored, students' or resellers' subscriptions, and no start in a month that is over."""
    assert f"\nparam {name} = " in PARAMETERS


def test_errors_are_never_sampled_away():
    assert sampled_away(HOST) == set()
    place = ["logging", "applicationInsights", "samplingSettings", "excludedTypes"]
    assert sampled_away(changed(HOST, place, "Request;Trace")) == {"Exception"}


def test_requests_of_strangers_do_not_fill_the_log():
    """At its daily cap it takes nothing more, and no alert sees anything: an item of 1 kB, two instances, 1 GB."""
    sampling = HOST["logging"]["applicationInsights"]["samplingSettings"]
    assert "Request" not in sampling["excludedTypes"]
    assert sampling["maxTelemetryItemsPerSecond"] * 86_400 * 1_000 * 2 <= 1e9
    assert told_of_strangers(HOST, named.functions()) == set()
    loud = changed(HOST, ["logging", "logLevel", "Function.voice_step"], "Information")
    assert told_of_strangers(loud, named.functions()) == {"voice_step"}
    mute = changed(HOST, ["logging", "logLevel", "Function.mess"], "Warning")
    assert told_of_strangers(mute, {**named.functions(), "mess": [{}]}) >= {"messages", "messages_export"}


def test_what_alerts_read_is_written():
    assert unheard(HOST) == set()
    assert unheard(changed(HOST, ["logging", "logLevel", "Function"], "Warning")) == {"Function"}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (["extensions", "queues", "batchsize"], 8),
        (["extensions", "queues", "batchSize"], 64),
        (["extensions", "queues", "visibilityTimeout"], "30"),
        (["logging", "logLevel", "Function"], "Info"),
        (["extensions", "http", "routeprefix"], "api"),
        (["functionTimeout"], "5m"),
        (["version"], "3.0"),
        (["extentions"], {}),
    ],
)
def test_a_mistake_in_host_json_is_found(path, value):
    assert complaints(changed(HOST, path, value), published.HOST)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (["services", "line", "host"], "functionapp"),
        (["services", "line", "hook"], {}),
        (["services", "line", "hooks", "afterdeploy"], {}),
        (["services", "line", "hooks", "postdeploy", "posix", "shell"], "bash"),
        (["name"], "Ahoy!"),
        (["service"], {}),
    ],
)
def test_a_mistake_in_azure_yaml_is_found(path, value):
    assert complaints(changed(AZURE, path, value), published.AZURE)


def test_a_mistake_in_a_workflow_is_found():
    document = workflow(ROOT / ".github" / "workflows" / "deploy.yml")
    assert complaints(changed(document, ["jobs", "deploy", "run-on"], "x"), WORKFLOW)
    assert too_much(changed(document, ["permissions"], "write-all"))
    assert too_much(changed(document, ["jobs", "test", "permissions"], {"contents": "write"}))
    assert injected(changed(document, ["jobs", "test", "steps"], [{"run": "echo ${{ github.head_ref }}"}]))
    assert told_to_all(changed(document, ["jobs", "what-if", "steps"], [{"run": "az deployment sub what-if --name x"}]))
    assert outdated(f"uses: actions/checkout@{'a' * 40} # v4.2.2") == ["actions/checkout v4"]
    assert unpinned("uses: someone/action@main") == ["someone/action@main"]
    assert unpinned("uses: ./somewhere/else") == ["./somewhere/else"]
    assert unpinned("uses: someone/action@v4") == ["someone/action@v4"]
    assert unpinned(f"uses: someone/action@{'a' * 40}") == [f"someone/action@{'a' * 40}"]


TESTS = workflow(ROOT / ".github" / "workflows" / "test.yml")


def test_the_suite_runs_on_each_system_and_processor():
    assert untested(TESTS) == set()
    fewer = changed(
        TESTS, ["jobs", "test", "strategy", "matrix", "os"], [label for label in RUNNERS if "arm" not in label]
    )
    assert untested(changed(fewer, ["jobs", "stock"], fewer["jobs"]["test"])) == {
        ("Linux", "arm64"),
        ("Windows", "arm64"),
    }


ALL = {path.name: workflow(path) for path in WORKFLOWS}


@pytest.mark.parametrize("event", ["push", "pull_request", "workflow_dispatch"])
def test_the_suite_runs_once_for_each_push(event):
    counted = suites(ALL, event)
    assert {label.partition(",")[0] for label in counted} == set(RUNNERS)
    assert set(counted.values()) == {1}
    twice = changed(ALL, ["test.yml", "on"], {event: None, "workflow_call": None})
    assert set(suites(twice, event).values()) == {2}


def test_nothing_reaches_azure_before_everything_is_tested():
    assert hasty(ALL["deploy.yml"]) == []
    hasty_one = copy.deepcopy(ALL["deploy.yml"])
    del hasty_one["jobs"]["what-if"]["needs"]
    assert hasty(hasty_one) == ["what-if"]


def first_minutes():
    """Return the steps that start a line, by job and shell."""
    return {
        (name, step["shell"]): step["run"]
        for name, job in TESTS["jobs"].items()
        for step in job["steps"]
        if re.search(r"dev\.py\W+start", step.get("run", ""))
    }


def test_the_first_minute_is_lived_on_machines_as_they_come():
    assert {RUNNERS[label][0] for label in runners(TESTS["jobs"]["stock"])} == {"Linux", "macOS", "Windows"}
    assert {image.partition(":")[0] for image in TESTS["jobs"]["bare"]["strategy"]["matrix"]["image"]} == {
        "debian",
        "alpine",
    }
    assert set(first_minutes()) == {("stock", "sh"), ("stock", "pwsh"), ("bare", "sh")}
    assert first_minutes()["stock", "sh"] == first_minutes()["bare", "sh"]
    assert [furnished(TESTS["jobs"][name]) for name in ("stock", "bare")] == [[], []]
    assert furnished(TESTS["jobs"]["test"])


@pytest.mark.skipif(not shell_here("sh"), reason="there is no sh on this machine")
@pytest.mark.parametrize(
    "run",
    ["until grep a b; do\n  sleep 1\n", "echo 'a", "case a in", "if true; then echo a"],
)
def test_a_script_that_its_shell_does_not_take_is_found(run):
    assert unreadable(changed(TESTS, ["jobs", "stock", "steps"], [{"run": run, "shell": "sh"}])) == [run]
    assert unreadable(changed(TESTS, ["jobs", "stock", "steps"], [{"run": run, "if": "runner.os != 'Windows'"}])) == [
        run
    ]


def test_what_runs_on_each_system_is_plain_and_what_runs_on_windows_is_powershell():
    for step in ({"run": "python3 dev.py test | tee log"}, {"run": "export A=1", "if": "runner.os == 'Windows'"}):
        assert unreadable(changed(TESTS, ["jobs", "stock", "steps"], [step])) == [step["run"]]
    assert hurried(changed(TESTS, ["jobs", "test", "strategy", "fail-fast"], "true")) == ["test"]
    assert unknown(changed(TESTS, ["jobs", "test", "steps"], [{"run": "py dev.py tests"}])) == ["dev.py tests"]


def test_a_broadcast_leaves_threads_for_whoever_rings():
    """Off Flex one instance answers webhooks too; when batches hold all threads, Twilio's callbacks wait for them."""
    queues = HOST["extensions"]["queues"]
    assert queues["batchSize"] + queues["newBatchThreshold"] <= int(line.THREADS) // 2
