"""Stands where the Azure Developer CLI stands: environments in .azure, provisioning, hooks, packages, `down`.

Source: azure-dev of 2026-08: `up` packages, provisions and deploys; values of the environment win over those of the
terminal; outputs get the names of the template back; nothing is provisioned when template and parameters are as before.
"""

import hashlib
import json
import os
import subprocess
import sys
import time
import zipfile
from io import BytesIO
from pathlib import Path

import yaml

sys.path.insert(0, str(Path(__file__).parents[3]))
from tests.tools.azure import arguments, cloud, template

NOTHING_NEW = "SUCCESS: There are no changes to provision for your application."


def say(text):
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


class Project:
    """A folder with azure.yaml and its environment."""

    def __init__(self, azure, given):
        self.azure, self.folder = azure, Path(given.get("--cwd", "."))
        if not (self.folder / "azure.yaml").is_file():
            raise cloud.Failed("ERROR: no project exists; to create a new project, run `azd init`")
        self.is_silent = "--no-prompt" in given
        default = self._default()
        self.name = given.get("--environment") or os.environ.get("AZURE_ENV_NAME") or default
        if not self.name:
            self.name = self._ask("Enter a unique environment name:")
        self.home = self.folder / ".azure" / self.name
        self.set(AZURE_ENV_NAME=self.name)
        for option, variable in (("--location", "AZURE_LOCATION"), ("--subscription", "AZURE_SUBSCRIPTION_ID")):
            if option in given:
                self.set(**{variable: given[option]})
        if not default:
            self.select()

    def _default(self):
        file = self.folder / ".azure" / "config.json"
        return json.loads(file.read_text("utf-8"))["defaultEnvironment"] if file.is_file() else ""

    def select(self):
        file = self.folder / ".azure" / "config.json"
        file.parent.mkdir(exist_ok=True)
        file.write_text(json.dumps({"version": 1, "defaultEnvironment": self.name}), encoding="utf-8")

    @property
    def values(self):
        file = self.home / ".env"
        lines = file.read_text("utf-8").splitlines() if file.is_file() else []
        return {name: json.loads(value) for name, _, value in (line.partition("=") for line in lines)}

    def set(self, **more):
        values = self.values | more
        self.home.mkdir(parents=True, exist_ok=True)
        text = "".join(f"{name}={json.dumps(value)}\n" for name, value in sorted(values.items()))
        (self.home / ".env").write_text(text, encoding="utf-8")

    @property
    def environ(self):
        return {**os.environ, **self.values}

    def _ask(self, question):
        if self.is_silent:
            raise cloud.Failed(f"ERROR: {question} cannot be answered with --no-prompt")
        sys.stdout.write(f"? {question} ")
        sys.stdout.flush()
        return sys.stdin.readline().strip()

    def provision(self, *, is_forced=False):
        for variable, question in (("AZURE_SUBSCRIPTION_ID", "Select an Azure Subscription to use:"),
                                   ("AZURE_LOCATION", "Select an Azure location to use:")):  # fmt: skip
            if not self.environ.get(variable):
                self.set(**{variable: self._ask(question) or cloud.SUBSCRIPTION})
        self.set(AZURE_LOCATION=self.environ["AZURE_LOCATION"])
        file = self.folder / "infra" / "main.parameters.json"
        who = {"AZURE_PRINCIPAL_ID": "principal of someone", "AZURE_PRINCIPAL_TYPE": "User"}
        values = template.substituted(file, {**who, **self.environ})
        state = hashlib.sha256(json.dumps([values, _text(file.parent)]).encode()).hexdigest()
        if state == self.azure.state.get("azd", {}).get(self.name) and not is_forced:
            say(NOTHING_NEW)
            return
        outputs = self.azure.provision(values, file.parent / "main.bicep")
        self.azure.state.setdefault("azd", {})[self.name] = state
        written = {cloud.cased(name): name for name in template.outputs(file.parent / "main.bicep")}
        self.set(**{written[name]: output["value"] for name, output in outputs.items()})
        say("SUCCESS: Your application was provisioned in Azure.")

    def hook(self, service, name):
        """Run a hook as a POSIX system does."""
        hook = service.get("hooks", {}).get(name)
        if hook:
            command = [hook["posix"]["shell"], "-c", hook["posix"]["run"]]
            self.azure.save()  # a hook asks the app, and Azure
            done = subprocess.run(command, cwd=self.folder, env=self.environ, check=False)
            self.azure.state = cloud.Cloud(self.azure.folder).state
            if done.returncode:
                raise cloud.Failed(f"ERROR: failed invoking event handlers for '{name}', exit code: {done.returncode}")

    def package(self, service):
        """Return the zip of a service: its dist folder, without a .funcignore less what Python makes."""
        self.hook(service, "prepackage")
        folder = self.folder / service["project"] / service.get("dist", ".")
        has_own = (folder / ".funcignore").is_file()
        packed = BytesIO()
        with zipfile.ZipFile(packed, "w") as file:
            for path in sorted(folder.rglob("*")):
                is_left = path.name == ".funcignore" or (not has_own and path.parent.name == "__pycache__")
                if path.is_file() and not is_left:
                    file.write(path, path.relative_to(folder).as_posix())
        return packed.getvalue()

    def deploy(self):
        service = yaml.safe_load((self.folder / "azure.yaml").read_text("utf-8"))["services"]["line"]
        package = self.package(service)
        app = self.azure.state["apps"].get(self.values.get("AHOY_APP", ""))
        if not app:
            raise cloud.Failed("ERROR: failed deploying service 'line': unable to find a resource tagged with "
                               "'azd-service-name: line'")  # fmt: skip
        if service.get("remoteBuild", True):
            raise cloud.Failed("ERROR: remote build failed: No matching distribution found for azure-functions")
        app["package"] = hashlib.sha256(package).hexdigest()
        (self.azure.folder / f"{app['package']}.zip").write_bytes(package)
        self.hook(service, "postdeploy")
        say("SUCCESS: Your application was deployed to Azure.")

    def down(self, *, is_sure):
        group = f"rg-{self.name}"
        self.azure.group(group)
        if not is_sure and self._ask("Are you sure you want to continue? (y/N)").lower() != "y":
            raise cloud.Failed("ERROR: user denied delete confirmation")
        self.azure.delete_group(group)
        self.azure.state.get("azd", {}).pop(self.name, None)
        say("SUCCESS: Your application was removed from Azure.")


def _text(folder):
    return [path.read_text("utf-8") for path in sorted(folder.glob("*.bicep"))]


def main(azure):
    words = sys.argv[1:]
    azure.state["asked"].append(["azd", *words])
    try:
        name, given, alone = arguments.read(words, arguments.AZD, arguments.AZD_GLOBAL, arguments.AZD_SHORT)
        if name == "auth login":
            azure.state["azd_signed_in"] = True
            return 0
        _do(azure, name, given, alone)
    except (arguments.Refused, template.Refused, cloud.Failed) as e:
        sys.stderr.write(f"{e}\n")
        return 1
    return 0


def _do(azure, name, given, alone):
    if not azure.state["azd_signed_in"]:
        raise cloud.Failed("ERROR: not logged in, run `azd auth login` to login")
    if name in {"env new", "env select"}:
        given["--environment"] = alone[0]
    if name == "auth token":
        ends = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 3600))
        say(json.dumps({"token": f"token-for-{given['--scope'][0]}", "expiresOn": ends}))
        return
    project = Project(azure, given)
    if name in {"env new", "env select"}:
        project.select()
    elif name == "env set":
        pairs = [word.partition("=")[::2] for word in alone] if "=" in alone[0] else [alone]
        project.set(**dict(pairs))
    elif name == "env get-value":
        say(project.values[alone[0]])
    elif name == "down":
        project.down(is_sure="--force" in given)
    if name in {"up", "provision"}:
        project.provision(is_forced="--no-state" in given)
    if name in {"up", "deploy"}:
        project.deploy()


if __name__ == "__main__":
    sys.exit(cloud.asked(Path(os.environ["AZURE_FOLDER"]), main))
