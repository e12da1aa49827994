"""Runs the jobs of a workflow in a clone, step after step, as GitHub's runner does; actions are played by stand-ins.

Source: GitHub docs, "Workflow syntax", "Workflow commands", "Contexts"; the inputs of each action are those of its
action.yml.
"""

import fnmatch
import shutil
import subprocess
from pathlib import Path
from typing import NamedTuple

import yaml

from tests.tools.azure import cloud, expressions

SHELLS = {None: ["bash", "-e"], "bash": ["bash", "--noprofile", "--norc", "-eo", "pipefail"], "sh": ["sh", "-e"]}
# Source: inputs of action.yml in each action's repository.
INPUTS = {
    "actions/checkout": {"repository", "ref", "token", "persist-credentials", "path", "fetch-depth", "fetch-tags"},
    "azure/login": {"creds", "client-id", "tenant-id", "subscription-id", "enable-AzPSSession", "environment",
                    "allow-no-subscriptions", "audience"},
    "actions/setup-python": {"python-version", "python-version-file", "cache", "architecture", "check-latest", "token",
                             "cache-dependency-path", "update-environment", "allow-prereleases"},
    "actions/setup-node": {"node-version", "node-version-file", "architecture", "check-latest", "registry-url", "scope",
                           "token", "cache", "cache-dependency-path", "always-auth"},
    "actions/upload-artifact": {"name", "path", "if-no-files-found", "retention-days", "compression-level", "overwrite",
                                "include-hidden-files"},
    "actions/download-artifact": {"name", "artifact-ids", "path", "pattern", "merge-multiple", "github-token",
                                  "repository", "run-id"},
}  # fmt: skip
OF_RUNNER = ("GITHUB_ENV", "GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY", "GITHUB_PATH")


class StepFailed(Exception):
    """A step ended with an error, or an action was asked for what it does not have; the message is the step's log."""


class Repository(NamedTuple):
    """What a workflow knows of its repository: variables, secrets by environment, and the event that started it."""

    variables: dict
    secrets: dict
    github: dict
    subject: str = "repo:OWNER@1234/REPO@5678"


class Run:
    """A run of a workflow in a walker's clone: `artifacts` lie in a folder, `logs` is what each step printed."""

    def __init__(self, walker, repository, folder):
        self.walker, self.repository, self.folder = walker, repository, folder
        self.artifacts, self.logs, self.summary = folder / "artifacts", [], ""
        self.artifacts.mkdir(parents=True, exist_ok=True)

    def job(self, path, name, matrix=None, skips=()):
        """Run a job unless its condition says no; return whether it ran. Steps with a word of `skips` do not."""
        document = yaml.safe_load(Path(path).read_text("utf-8"))
        job = document["jobs"][name]
        known = {
            "vars": self.repository.variables, "secrets": self._secrets("", job.get("environment")),
            "github": self.repository.github,
            "matrix": matrix or {}, "runner": {"os": "Linux", "temp": str(self.folder)}, "env": {}, "steps": {},
        }  # fmt: skip
        if "if" in job and not expressions.holds(job["if"], known):
            return False
        known["env"] = {key: expressions.filled(text, known) for key, text in job.get("env", {}).items()}
        for step in job["steps"]:
            is_skipped = any(word in step.get("run", "") for word in skips)
            if not is_skipped and expressions.holds(step.get("if", "true"), known):
                self._step(step, job, known)
        return True

    def _step(self, step, job, known):
        more = {key: expressions.filled(text, known) for key, text in step.get("env", {}).items()}
        if "uses" in step:
            given = {key: expressions.filled(text, known) for key, text in step.get("with", {}).items()}
            self._act(step["uses"].partition("@")[0], given, job)
            return
        files = {name: self.folder / name.lower() for name in OF_RUNNER}
        for file in files.values():
            file.write_text("", encoding="utf-8")
        script = self.folder / "step.sh"
        script.write_text(expressions.filled(step["run"], known), encoding="utf-8")
        environ = {**self.walker.environ, "CI": "true", "GITHUB_ACTIONS": "true", "RUNNER_TEMP": str(self.folder),
                   **known["env"], **more, **{name: str(file) for name, file in files.items()}}  # fmt: skip
        done = subprocess.run(
            [*SHELLS[step.get("shell")], str(script)], cwd=self.walker.clone, env=environ, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8", check=False, timeout=110,
        )  # fmt: skip
        self.logs.append(self._masked(done.stdout))
        if done.returncode:
            raise StepFailed(done.stdout)
        known["env"] |= _pairs(files["GITHUB_ENV"])
        known["steps"][step.get("id", "")] = {"outputs": _pairs(files["GITHUB_OUTPUT"])}
        self.summary += files["GITHUB_STEP_SUMMARY"].read_text("utf-8")

    def _secrets(self, *environments):
        """Return what a job of these environments is told."""
        return {name: value for one in environments for name, value in self.repository.secrets.get(one, {}).items()}

    def _masked(self, text):
        """Return a log as everybody may read it."""
        for secret in filter(None, self._secrets(*self.repository.secrets).values()):
            text = text.replace(secret, "***")
        return text

    def _act(self, action, given, job):
        """Do what an action does. Raises StepFailed for inputs that it does not have."""
        if action not in INPUTS or not given.keys() <= INPUTS[action]:
            raise StepFailed(f"{action} does not take {sorted(given.keys() - INPUTS.get(action, set()))}")
        if action == "azure/login":
            self._sign_in(given, job)
        elif action == "actions/upload-artifact":
            self._keep(given)
        elif action == "actions/download-artifact":
            self._bring(given)

    def _sign_in(self, given, job):
        """Exchange the token of the job for a sign-in, as far as its permissions and credentials allow."""
        if job.get("permissions", {}).get("id-token") != "write":
            raise StepFailed("Unable to get ACTIONS_ID_TOKEN_REQUEST_URL env variable")
        subject = f"{self.repository.subject}:environment:{job.get('environment')}"
        app = self.walker.azure["ad_apps"].get(given["client-id"], {"credentials": []})
        if subject not in {one["subject"] for one in app["credentials"]}:
            raise StepFailed(
                f"AADSTS700213: No matching federated identity record found for presented assertion subject '{subject}'"
            )
        if (given["tenant-id"], given["subscription-id"]) != (cloud.TENANT, cloud.SUBSCRIPTION):
            raise StepFailed("AADSTS90002: Tenant not found")
        self.walker.changes(lambda state: state.update(signed_in=True))

    def _keep(self, given):
        """Keep the files of an artifact, one path in each line; those that are not there are missed only together."""
        files = [file for path in given["path"].split() if (file := self.walker.clone / path).is_file()]
        if not files:
            raise StepFailed(f"No files were found with the provided path: {given['path']}")
        (self.artifacts / given["name"]).mkdir()
        for file in files:
            shutil.copy(file, self.artifacts / given["name"] / file.name)

    def _bring(self, given):
        """Lay artifacts into the folder: one that is named as it is, several in folders of their names."""
        to = self.walker.clone / given.get("path", ".")
        found = [
            one for one in self.artifacts.iterdir() if fnmatch.fnmatch(one.name, given.get("name") or given["pattern"])
        ]
        if not found:
            raise StepFailed(f"Unable to download artifact(s): Artifact not found for name: {given.get('name')}")
        for one in found:
            shutil.copytree(one, to if "name" in given else to / one.name, dirs_exist_ok=True)


def _pairs(file):
    """Return what a step wrote for later ones: a line for each name."""
    return dict(line.split("=", 1) for line in file.read_text("utf-8").splitlines() if line)


def every_matrix(job):
    """Return each combination of a job's matrix, an empty one without."""
    matrix = job.get("strategy", {}).get("matrix", {})
    found = [{}]
    for name, values in matrix.items():
        found = [{**one, name: value} for one in found for value in values]
    return found
