"""The queries of alerts, workbook and docs, and what they take for granted: columns, functions, how log lines begin."""

import json
import re

from local.paths import ROOT
from tests.infra import bicep

# Source: "Application Insights telemetry data model", the columns of each table.
COLUMNS = {
    "requests": {
        "timestamp",
        "name",
        "resultCode",
        "success",
        "duration",
        "itemCount",
        "operation_Id",
        "operation_Name",
    },
    "traces": {"timestamp", "message", "severityLevel", "operation_Id", "operation_Name"},
    "exceptions": {"timestamp", "outerMessage", "innermostMessage", "operation_Id", "operation_Name"},
}
WORDS = set(
    "let union where in and or startswith contains extend parse with summarize by project order asc desc has_any "  # noqa: SIM905 -- a table of words
    "count dcount sum percentile toint strcat coalesce iff bin ago now todatetime true 1h 1d".split()
)
# Lines that the host writes, not the app. Sources: Azure WebJobs SDK, QueueProcessor.cs and JobHost; Functions host,
# ScriptHost and FunctionMetadataManager.
HOSTS = {"Message has reached MaxDequeueCount", "No job functions found", "0 functions loaded"}
_STRING = r'"([^"]*)"'


def queries():
    """Return every query by where it stands, with what Bicep and the workbook put into it."""
    return in_alerts(bicep.files()["alerts.bicep"]) | in_workbook() | in_docs()


def in_alerts(text):
    """Return the queries of the alerts by name."""
    [webhooks] = re.findall(r"^var webhooks = '(.*)'$", text, re.MULTILINE)
    found = re.findall(r"\bname: '(\w+)'(?:(?!\bname:)[\s\S])*?\bquery: '(.*)'", text)
    found += [("heartbeat", query) for query in re.findall(r"^ {10}query: '(traces.*)'$", text, re.MULTILINE)]
    return {f"alerts.bicep: {name}": _filled(query.replace("${webhooks}", webhooks)) for name, query in found}


def in_workbook():
    """Return the queries of the workbook by panel."""
    items = json.loads((bicep.FOLDER / "workbook.json").read_text(encoding="utf-8"))["items"]
    return {
        f"workbook.json: {item['name']}": _filled(item["content"]["query"])
        for item in items
        if "query" in item["content"]
    }


def in_docs():
    """Return the queries of docs/operations.md, numbered."""
    page = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^```kusto\n(.*?)^```$", page, re.DOTALL | re.MULTILINE)
    return {f"operations.md: {number}": block for number, block in enumerate(blocks, 1)}


def _filled(query):
    """Put numbers where the deployment or the reader of a workbook chooses them."""
    return re.sub(r"\$?\{[\w:]+\}", "1", query)


def beginnings(query):
    """Return how the log lines begin that a query looks for."""
    looked_for = re.findall(rf"message startswith (?:{_STRING}|strcat\({_STRING}, sid\))", query)
    return {"".join(found) for found in looked_for}


def parses(query):
    """Return the `parse message` patterns of a query as regular expressions with its columns as groups."""
    patterns = []
    for pattern in re.findall(r"parse message with ([^|\n]*)", query):
        parts = re.findall(r'"[^"]*"|\*|\w+', pattern)
        spelled = [re.escape(p[1:-1]) if p[0] == '"' else ".*?" if p == "*" else f"(?P<{p}>.*?)" for p in parts]
        patterns.append(re.compile("".join(spelled) + r"\Z"))
    return patterns


def functions_named(query):
    """Return the lists of functions that a query speaks of."""
    lists = re.findall(r"\b(?:name|operation_Name) (?:in \(([^)]*)\)|[!=]= (\"\w+\"))", query)
    return [set(re.findall(_STRING, "".join(names))) for names in lists]


def unknown(query):
    """Return the words of a query that are neither columns of its tables nor words of the language nor its own."""
    bare = re.sub(_STRING, "", query)
    words = set(re.findall(r"\b[A-Za-z]\w*", bare))
    own = set(re.findall(r"\b(\w+) =(?!=)", bare)) | {n for p in parses(query) for n in p.groupindex}
    tables = words & set(COLUMNS)
    made = {f"dcount_{column}" for column in words}
    return words - WORDS - own - tables - made - set().union(*(COLUMNS[table] for table in tables))
