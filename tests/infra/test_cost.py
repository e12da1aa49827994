"""What is reckoned is what the templates and the app have: alerts, and groups that Azure scales by themselves."""

import re

from local import cost
from local.paths import ROOT
from tests.infra import named

ALERTS = (ROOT / "infra" / "alerts.bicep").read_text("utf-8")


def test_the_alerts_are_counted():
    every = re.findall(r"every: '(PT\d+\w)'|evaluationFrequency: '(PT\d+\w)'", ALERTS.partition("metricAlerts@")[0])
    found = [first or second for first, second in every]
    assert (found.count("PT5M"), found.count("PT1H")) == (cost.ALERTS_5_MINUTES, cost.ALERTS_HOURLY)
    assert len(found) == cost.ALERTS_5_MINUTES + cost.ALERTS_HOURLY
    values = re.search(r"dimensions: \[.*?values: \[(.*?)\]", ALERTS, re.DOTALL)[1]
    assert len(re.findall(r"'\w+'", values)) == cost.ALERT_SERIES


def test_the_private_endpoints_are_counted():
    """Each has a zone of its own."""
    network = (ROOT / "infra" / "network.bicep").read_text("utf-8")
    listed = network.partition("var endpoints = [")[2].partition("\n]")[0]
    assert listed.count("    zone: ") == cost.PRIVATE_ENDPOINTS


def test_each_function_without_an_address_is_a_group_of_its_own():
    triggers = [binding["type"] for of in named.functions().values() for binding in of]
    assert 1 + sum(kind in {"timerTrigger", "queueTrigger"} for kind in triggers) == cost.GROUPS


def test_the_timer_runs_as_often_as_it_is_reckoned():
    schedules = [binding["schedule"] for of in named.functions().values() for binding in of if "schedule" in binding]
    assert schedules == ["0 */5 * * * *"]
    assert cost.TIMER_RUNS == 730 * 60 / 5
