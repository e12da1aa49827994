"""Somebody who follows a page in a clone of their own: its blocks of bash, typed one after the other in one terminal.

`az`, `azd` and `gh` are the fakes beside this file; every address of the web is played by web.py.
"""

import contextlib
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

from local import archive, package, paths, wheels
from local.paths import ROOT
from tests.tools import checkout
from tests.tools.azure import cloud, web
from tests.tools.processes import link
from tests.tools.shells import blocks

HERE = Path(__file__).parent
PROGRAMS = {"az": [HERE / "az.py"], "azd": [HERE / "azd.py"], "gh": [HERE / "gh.py"],
            "python3": [HERE / "hurried.py"]}  # fmt: skip
BROUGHT = ("azurite", "node", "venv")  # of this folder's set-up, which takes minutes
# Everything that is set in a block is there in the next, as in one terminal.
TYPED = "set -euo pipefail -o allexport\n[ ! -f {vars} ] || . {vars}\n{block}\ndeclare -px > {vars}\n"
CHANGES = {"PATH", "PWD", "OLDPWD", "SHLVL", "_"}


class Walker:
    """A clone, a terminal, an Azure."""

    def __init__(self, clone, azure, environ, names):
        self.clone, self.folder, self.environ, self.names, self.web = clone, azure, environ, names, names

    @property
    def azure(self):
        """The state of Azure."""
        return cloud.Cloud(self.folder).state

    def changes(self, change):
        """Let something happen in Azure by itself."""
        azure = cloud.Cloud(self.folder)
        change(azure.state)
        azure.save()

    def fails(self, *of, left=1):
        """Let something go wrong the next times."""
        self.changes(lambda state: state["faults"].extend({"of": one, "left": left} for one in of))

    def package(self, app):
        """Return the file of the package that an app runs."""
        return self.folder / f"{self.azure['apps'][app]['package']}.zip"

    def types(self, block, answers="", code=0):
        """Type a block and answer what it asks; return all that it printed."""
        variables = self.folder / "variables"
        script = TYPED.format(vars=shlex.quote(str(variables)), block=block)
        done = subprocess.run(
            ["bash", "-c", script], cwd=self.clone, env=self.environ, input=answers, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, encoding="utf-8", check=False, timeout=110,
        )  # fmt: skip
        assert done.returncode == code, done.stdout
        return done.stdout

    def follows(self, page, heading, replaced=None, answers="", which=slice(None)):
        """Type the blocks of a page's section, with what stands for one's own replaced; return what they printed."""
        found = section(page, heading)[which]
        assert found, f"{page} has no commands under {heading}"
        return "".join(self.types(own(text, replaced or {}), answers) for text in found)


def section(page, heading):
    """Return the blocks of bash below a heading of a page, up to the next of its level."""
    text = (ROOT / "docs" / page).read_text("utf-8")
    match = re.search(rf"^(#+) {re.escape(heading)}$\n(.*?)(?=^\1 |\Z)", text, re.MULTILINE | re.DOTALL)
    assert match, f"{page} has no heading {heading}"
    return [block.text for block in blocks(match[2]) if block.language == "bash"]


def own(text, replaced):
    """Return a block with the reader's own words. Each must stand in it, and none of `...` may be left."""
    for word, by in replaced.items():
        text = text.replace(word, by)
    assert "..." not in text, text
    return text


@contextlib.contextmanager
def walking(folder, twilio=""):
    """Give somebody a clone, an Azure where nothing is, and a terminal; `twilio` is where Twilio is played."""
    clone, azure, programs = folder / "ahoy", folder / "azure", folder / "bin"
    for each in (clone, azure, programs):
        each.mkdir()
    checkout.copy(clone)
    (clone / ".ahoy").mkdir()
    for name in BROUGHT:
        if (paths.HOME / name).exists():
            link(clone / ".ahoy" / name, paths.HOME / name)
    _bring_packages(clone)
    for name, words in PROGRAMS.items():
        command = shlex.join([sys.executable, *(str(word) for word in words)])
        (programs / name).write_text(f'#!/bin/sh\nexec {command} "$@"\n', encoding="utf-8")
        (programs / name).chmod(0o755)
    with web.opened(azure) as (around, names):
        around.forwards = {"api.twilio.com": twilio} if twilio else {}
        kept = {name: os.environ[name] for name in ("HOME", "LANG", "SYSTEMROOT", "TMPDIR") if name in os.environ}
        path = os.pathsep.join([str(programs), os.environ["PATH"]])
        walker = Walker(clone, azure, {**kept, **names, "PATH": path, "AZURE_FOLDER": str(azure)}, names)
        walker.web = around
        yield walker


def _bring_packages(clone):
    """Let the packages for Azure be there, which are brought once: two modules in place of all that is pinned."""
    to = clone / ".ahoy" / wheels.KEPT_IN.name / wheels.file_name(clone / "requirements.txt", package.MOUNTED_AT)
    to.parent.mkdir()
    names = ("azure/functions/__init__.py", "msgspec/__init__.py")
    archive.write(to, [archive.entry(f"{wheels.LIES_IN}/{name}", b"") for name in names])


def outputs(azure, deployment):
    """Return what a deployment put out, by the template's names."""
    return {name.upper(): told["value"] for name, told in azure["deployments"][deployment]["outputs"].items()}


def asked(azure, *words):
    """Return the commands that began with these words."""
    return [line for line in azure["asked"] if line[: len(words)] == list(words)]
