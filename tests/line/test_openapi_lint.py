"""spectral, a linter of OpenAPI documents, has nothing to say of the API's description: no error, warning or hint.

It comes from npm into .ahoy/tools on the first run, as spectral/package-lock.json pins it (70 MB, 10 s), and works
without a network.
"""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from local.bootstrap import node, quiet
from local.paths import HOME
from shared.openapi import document

FILES = Path(__file__).with_name("spectral")
VERSION = json.loads((FILES / "package.json").read_text(encoding="utf-8"))["dependencies"]["@stoplight/spectral-cli"]
FOLDER = HOME / "tools" / f"spectral-{VERSION}"
PROGRAM = FOLDER / "node_modules" / "@stoplight" / "spectral-cli" / "dist" / "index.js"

pytestmark = [pytest.mark.downloads, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def spectral():
    run_node, npm = node.bring()
    if not (FOLDER / "ready").exists():
        shutil.rmtree(FOLDER, ignore_errors=True)
        shutil.copytree(FILES, FOLDER)
        environ = quiet.child_environment() | {
            "npm_config_cache": str(FOLDER / "cache"), "npm_config_update_notifier": "false",
            "PATH": os.pathsep.join([str(Path(npm[0]).parent), os.environ.get("PATH", "")]),
        }  # fmt: skip
        command = [*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
        quiet.run(command, "spectral cannot be installed from npm", environ, FOLDER)
        shutil.rmtree(FOLDER / "cache")
        (FOLDER / "ready").touch()
    return [*run_node, str(PROGRAM)]


@pytest.fixture
def description():
    return json.loads(document.answer(None).get_body())


def findings(spectral, folder, description):
    """Return (rule, place) of whatever spectral has to say of a description."""
    path = folder / "openapi.json"
    path.write_text(json.dumps(description), encoding="utf-8")
    options = ["--ruleset", str(FILES / "ruleset.yaml"), "--fail-severity", "hint", "--format", "json", "--quiet"]
    done = subprocess.run(
        [*spectral, "lint", str(path), *options], env=os.environ | {"HTTPS_PROXY": "http://127.0.0.1:9"},
        capture_output=True, encoding="utf-8", check=False,
    )  # fmt: skip
    found = json.loads(done.stdout)
    assert bool(done.returncode) == bool(found), done.stderr
    return {(one["code"], ".".join(map(str, one["path"]))) for one in found}


def test_nothing_is_found(spectral, tmp_path, description):
    assert findings(spectral, tmp_path, description) == set()


def test_planted_mistakes_are_found(spectral, tmp_path, description):
    description["paths"]["/api/messages"]["get"]["operationId"] = "get-messages/{export}"
    del description["paths"]["/api/calls"]["get"]["tags"]
    del description["paths"]["/api/calls"]["get"]["parameters"][0]["description"]
    description["components"]["schemas"]["Message"]["properties"]["at"]["$ref"] = "#/components/schemas/Time"
    assert {
        ("operation-operationId-valid-in-url", "paths./api/messages.get.operationId"),
        ("operation-tags", "paths./api/calls.get"),
        ("oas3-parameter-description", "paths./api/calls.get.parameters.0"),
        ("invalid-ref", "components.schemas.Message.properties.at.$ref"),
    } <= findings(spectral, tmp_path, description)
