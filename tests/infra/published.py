"""Schemas of the files that the platform reads. GitHub's workflow schema comes with check-jsonschema.

host.json has its published schema (schemas/README.md says from where). That of azure.yaml is on no package index: AZURE
says the same as schemas/v1.0/azure.yaml.json of Azure/azure-dev at commit 00cddf71 about what this project uses, and
takes no other name, where the published one takes any: a misspelt name is found. DEVCONTAINER says in the same way what
schemas/devContainer.base.schema.json of devcontainers/spec says at commit c95ffeed.
"""

import json
from pathlib import Path

HOST = json.loads((Path(__file__).parent / "schemas" / "host.json").read_text("utf-8"))


def _closed(**properties):
    return {"type": "object", "additionalProperties": False, "properties": properties}


_SCRIPT = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "shell": {"enum": ["sh", "pwsh"]},
        "run": {"type": "string"},
        "continueOnError": {"type": "boolean"},
        "interactive": {"type": "boolean"},
    },
}
_HOOK = _closed(posix=_SCRIPT, windows=_SCRIPT)
AZURE = _closed(
    name={"type": "string", "pattern": "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$", "minLength": 2},
    metadata=_closed(template={"type": "string"}),
    services={
        "type": "object",
        "minProperties": 1,
        "additionalProperties": _closed(
            project={"type": "string"},
            dist={"type": "string"},
            language={"enum": ["python", "py"]},
            host={"const": "function"},
            remoteBuild={"type": "boolean"},
            hooks=_closed(prepackage=_HOOK, postpackage=_HOOK, predeploy=_HOOK, postdeploy=_HOOK),
        )
        | {"required": ["host", "project", "language"]},
    },
) | {"required": ["name", "services"]}

_FORWARDING = {"enum": ["notify", "openBrowser", "openBrowserOnce", "openPreview", "silent", "ignore"]}
_COMMAND = {"type": ["string", "array", "object"], "items": {"type": "string"}}
DEVCONTAINER = _closed(
    name={"type": "string"},
    image={"type": "string"},
    features={"type": "object"},
    forwardPorts={"type": "array", "items": {"type": "integer", "minimum": 0, "maximum": 65535}},
    portsAttributes={
        "type": "object",
        "additionalProperties": _closed(label={"type": "string"}, onAutoForward=_FORWARDING),
    },
    otherPortsAttributes=_closed(onAutoForward=_FORWARDING),
    onCreateCommand=_COMMAND,
    updateContentCommand=_COMMAND,
    postCreateCommand=_COMMAND,
    customizations=_closed(
        codespaces=_closed(disableAutomaticConfiguration={"type": "boolean"}),
        vscode=_closed(extensions={"type": "array", "items": {"type": "string"}}, settings={"type": "object"}),
    ),
) | {"required": ["image"]}
