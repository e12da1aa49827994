"""Schemas of the files that the platform reads, as far as this project uses them.

Written after the published ones, which leave unknown names open; these do not, so that a misspelt name is found.
Sources: host.json in SchemaStore ("JSON schema for Azure Functions host.json files", version 2.0) and
schemas/v1.0/azure.yaml.json in the repository of the Azure Developer CLI. GitHub's workflow schema comes with
check-jsonschema.
"""

TIMESPAN = {"type": "string", "pattern": r"^\d{2}:\d{2}:\d{2}$"}
LEVEL = {"enum": ["Trace", "Debug", "Information", "Warning", "Error", "Critical", "None"]}


def _closed(**properties):
    return {"type": "object", "additionalProperties": False, "properties": properties}


def _number(least, most):
    return {"type": "integer", "minimum": least, "maximum": most}


HOST = _closed(
    version={"const": "2.0"},
    extensionBundle=_closed(
        id={"const": "Microsoft.Azure.Functions.ExtensionBundle"}, version={"type": "string", "pattern": r"^\[.+\)$"}
    )
    | {"required": ["id", "version"]},
    functionTimeout=TIMESPAN,
    telemetryMode={"enum": ["ApplicationInsights", "OpenTelemetry"]},
    logging=_closed(
        fileLoggingMode={"enum": ["never", "always", "debugOnly"]},
        logLevel={"type": "object", "additionalProperties": LEVEL},
        applicationInsights=_closed(
            samplingSettings=_closed(
                isEnabled={"type": "boolean"},
                maxTelemetryItemsPerSecond=_number(1, 1000),
                excludedTypes={
                    "type": "string",
                    "pattern": "^(Dependency|Event|Exception|PageView|Request|Trace)"
                    "(;(Dependency|Event|Exception|PageView|Request|Trace))*$",
                },
                includedTypes={"type": "string"},
            ),
            enableLiveMetrics={"type": "boolean"},
        ),
    ),
    extensions=_closed(
        http=_closed(
            routePrefix={"type": "string"},
            maxConcurrentRequests=_number(-1, 10_000),
            maxOutstandingRequests=_number(-1, 10_000),
            dynamicThrottlesEnabled={"type": "boolean"},
        ),
        queues=_closed(
            batchSize=_number(1, 32),
            newBatchThreshold=_number(0, 1000),
            visibilityTimeout=TIMESPAN,
            maxPollingInterval=TIMESPAN,
            maxDequeueCount=_number(1, 100),
            messageEncoding={"enum": ["base64", "none"]},
        ),
    ),
) | {"required": ["version", "extensionBundle"]}

_SCRIPT = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "shell": {"enum": ["sh", "pwsh"]},
        "run": {"type": "string"},
        "continueOnError": {"type": "boolean"},
    },
}
_HOOK = _closed(posix=_SCRIPT, windows=_SCRIPT)
AZURE = _closed(
    name={"type": "string", "pattern": "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$", "minLength": 2},
    services={
        "type": "object",
        "minProperties": 1,
        "additionalProperties": _closed(
            project={"type": "string"},
            language={"enum": ["python", "py"]},
            host={"const": "function"},
            remoteBuild={"type": "boolean"},
            hooks=_closed(prepackage=_HOOK, postpackage=_HOOK, predeploy=_HOOK, postdeploy=_HOOK),
        )
        | {"required": ["host", "project", "language"]},
    },
) | {"required": ["name", "services"]}
