"""Queries speak of columns, functions and log lines that there are; tests/line compares them with a log of the app."""

import json
import re

import pytest

from local.paths import ROOT
from shared.outbound import broadcast_worker
from tests.infra import bicep, kql, named

QUERIES = kql.queries()
WEBHOOKS = named.webhooks((ROOT / "function_app.py").read_text(encoding="utf-8"))
# What the host writes at each start. Its own provider of proxies is always asked, last, and has none.
# Source: Functions host, FunctionMetadataManager.cs, ScriptHostBuilderExtensions.cs, ProxyFunctionProvider.cs.
STARTS = (
    "Reading functions metadata (Worker)", "25 functions found (Worker)", "25 functions loaded",
    "Reading functions metadata (Custom)", "0 functions found (Custom)", "25 functions loaded",
)  # fmt: skip


def complaints(query):
    """Say what is wrong with a query as far as it can be seen without the app's log."""
    known = set(named.functions())
    wrong = [f"unknown word {word}" for word in sorted(kql.unknown(query))]
    for functions in kql.functions_named(query):
        wrong += [f"no function {name}" for name in sorted(functions - known)]
        if len(functions & WEBHOOKS) > 3:
            wrong += [f"the webhook {name} is left out" for name in sorted(WEBHOOKS - functions)]
    return wrong


def test_each_alert_panel_and_page_has_its_queries():
    places = [place for place, _, _ in (name.partition(":") for name in QUERIES)]
    assert {place: places.count(place) for place in places} == {
        "alerts.bicep": 7, "workbook.json": 6, "operations.md": 5,
    }  # fmt: skip
    alerts = {"slow", "failed", "refused", "poison", "empty", "spend", "heartbeat"}
    assert {name.split(": ")[1] for name in QUERIES if name.startswith("alerts")} == alerts


@pytest.mark.parametrize("place", QUERIES)
def test_the_query_speaks_of_what_there_is(place):
    assert complaints(QUERIES[place]) == []


@pytest.mark.parametrize(
    ("place", "right", "wrong", "complaint"),
    [
        ("alerts.bicep: slow", "duration", "durationMs", "unknown word durationMs"),
        ("alerts.bicep: slow", '"sms", ', "", "the webhook sms is left out"),
        ("alerts.bicep: refused", "message", "outerMessage", "unknown word outerMessage"),
        ("alerts.bicep: heartbeat", '"reconcile"', '"reconciled"', "no function reconciled"),
        ("workbook.json: latency", "percentile", "percentil", "unknown word percentil"),
        ("workbook.json: left", '"reconcile_period"', '"reconcile_range"', "no function reconcile_range"),
        ("operations.md: 2", "project timestamp, scene", "project timestamp, scenes", "unknown word scenes"),
    ],
)
def test_a_mistake_in_a_query_is_found(place, right, wrong, complaint):
    assert right in QUERIES[place]
    assert complaint in complaints(QUERIES[place].replace(right, wrong))


def test_the_alert_on_lost_messages_knows_the_line_of_a_lost_part_of_a_broadcast(caplog):
    broadcast_worker.lost("not a part of any")
    assert caplog.messages[0].startswith(tuple(kql.beginnings(QUERIES["alerts.bicep: poison"]) - kql.HOSTS))


def test_the_alert_on_a_host_without_functions_is_silent_when_the_host_has_them():
    looked_for = tuple(kql.beginnings(QUERIES["alerts.bicep: empty"]))
    assert [line for line in STARTS if line.startswith(looked_for)] == []
    assert all(line.replace("25", "0").startswith(looked_for) for line in STARTS if line.endswith("loaded"))


def panel_mistakes(workbook):
    """Say what is wrong with a workbook beyond its queries: parameters that are not there, panels without a time."""
    items = workbook["items"]
    [parameters] = [{p["name"] for p in item["content"]["parameters"]} for item in items if item["type"] == 9]
    wrong = []
    for item in items:
        content = item["content"]
        asked = set(re.findall(r"\{(\w+)", content.get("query", ""))) | {
            content.get("timeContextFromParameter", "Range")
        }
        wrong += [f"{item['name']}: no parameter {name}" for name in sorted(asked - parameters)]
        if "query" in content and "timeContextFromParameter" not in content:
            wrong.append(f"{item['name']}: always shows the same time")
    return wrong


def test_the_workbook_asks_for_parameters_that_it_has():
    text = (bicep.FOLDER / "workbook.json").read_text("utf-8")
    assert panel_mistakes(json.loads(text)) == []
    assert panel_mistakes(json.loads(text.replace("{Cents}", "{Cent}"))) == ["cost: no parameter Cent"]
    assert "always shows" in panel_mistakes(json.loads(text.replace("timeContextFromParameter", "time", 1)))[0]
