"""An alert of Azure Monitor is read, or refused with what is wrong; without its token nothing is read at all."""

import json

import azure.functions as func
import msgspec
import pytest

from shared.outbound import alerts
from tests.tools import app_functions

TOKEN = "a-token-of-alerts"
NUMBER = "+12025550111"
# Source: "Sample alert payloads", Azure Monitor, shortened.
ESSENTIALS = {
    "alertId": "/subscriptions/0/providers/Microsoft.AlertsManagement/alerts/aaaa0a0a",
    "alertRule": "ahoy-failed",
    "severity": "Sev1",
    "signalType": "Log",
    "monitorCondition": "Fired",
    "monitoringService": "Log Alerts V2",
    "alertTargetIDs": ["/subscriptions/0/resourcegroups/rg-ahoy/providers/microsoft.insights/components/appi-ahoy"],
    "firedDateTime": "2026-11-23T10:58:24.3713213Z",
    "essentialsVersion": "1.0",
}


def alert(**changed):
    essentials = {name: value for name, value in (ESSENTIALS | changed).items() if value is not None}
    data = {"essentials": essentials, "alertContext": {"condition": {}}}
    return {"schemaId": "azureMonitorCommonAlertSchema", "data": data}


def sentence(**changed):
    return alerts.sentence(msgspec.convert(alert(**changed), alerts.Alert).data.essentials)


@pytest.fixture
def told(environ):
    """Send an alert to the app: `told(document, token)`; return the status and the problem."""
    environ(AHOY_ALERT_NUMBER=NUMBER, AHOY_ALERT_TOKEN=TOKEN, TWILIO_PHONE_NUMBER="+12025550100")
    [function] = [f.get_user_function() for f in app_functions.functions() if f.get_function_name() == "alert"]

    def tell(document, token=TOKEN, kind="application/json; charset=utf-8"):
        body = document if isinstance(document, bytes) else json.dumps(document).encode()
        params = {} if token is None else {"token": token}
        url = "https://ahoy.example.com/api/alerts"
        answer = function(func.HttpRequest("POST", url, headers={"content-type": kind}, params=params, body=body))
        return answer.status_code, json.loads(answer.get_body())

    return tell


def test_the_owner_reads_the_rule_that_it_began_how_bad_it_is_and_when():
    assert sentence() == "Alert ahoy-failed raised, Sev1, 2026-11-23 10:58 UTC"


def test_the_end_of_an_alert_is_told_with_its_own_time():
    over = {"monitorCondition": "Resolved", "resolvedDateTime": "2026-11-23T12:05:00+01:00"}
    assert sentence(**over) == "Alert ahoy-failed is over, Sev1, 2026-11-23 11:05 UTC"


def test_one_text_holds_it_and_what_a_rule_is_called_breaks_no_line():
    text = sentence(alertRule="a\r\nb\x00 " + "long" * 100, monitorCondition="Resolved")
    assert len(text) <= 160
    assert text.startswith("Alert a b long")


@pytest.mark.parametrize("token", [None, "", "a-token-of-alert", TOKEN + "s", "ä"])
def test_without_the_token_nothing_is_read(told, token):
    assert told(b"not even JSON", token)[0] == 401


@pytest.mark.parametrize("token", ["", "@Microsoft.KeyVault(SecretUri=https://vault.example/secrets/alert-token/1)"])
def test_a_token_that_is_not_there_opens_nothing(told, environ, token):
    environ(AHOY_ALERT_NUMBER=NUMBER, AHOY_ALERT_TOKEN=token)
    assert told(alert(), token)[0] == 401


def test_without_a_number_nobody_is_texted(told, environ):
    environ(AHOY_ALERT_TOKEN=TOKEN)
    status, problem = told(alert())
    assert (status, problem["detail"]) == (404, "AHOY_ALERT_NUMBER is not set.")


@pytest.mark.parametrize(
    ("document", "status"),
    [
        (b"{", 400),
        (b"[]", 400),
        ({}, 400),
        ({"schemaId": "azureMonitorCommonAlertSchema"}, 400),
        ({"schemaId": "AzureMonitorMetricAlert", "data": alert()["data"]}, 400),
        (alert(alertId=None), 400),
        (alert(alertId=""), 400),
        (alert(alertRule=7), 400),
        (alert(severity="Sev9"), 400),
        (alert(monitorCondition="Exploded"), 400),
        (alert(firedDateTime="yesterday"), 400),
        (alert(firedDateTime="2026-11-23T10:58:24"), 400),
        (alert(description="x" * 300_000), 413),
    ],
)
def test_what_is_no_alert_is_refused(told, document, status):
    assert told(document)[0] == status


def test_the_field_that_is_wrong_is_named(told):
    _, problem = told(alert(severity="Sev9"))
    assert problem["errors"] == [{"field": "data", "detail": "Invalid enum value 'Sev9' - at `$.essentials.severity`"}]


def test_what_is_not_json_is_refused(told):
    assert told(alert(), kind="text/plain")[0] == 415
