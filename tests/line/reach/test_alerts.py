"""An alert of Azure Monitor becomes a text to the owner, through the line and its record, once."""

import uuid

import pytest

from tests.unit.outbound.test_alerts import alert

OWNER = "+12025550109"  # of the line of these tests


@pytest.fixture
def tell(line):
    """Tell an alert as the action group does: no header, the token in the address."""

    def told(document, token=None):
        token = "the-token-of-the-alerts-of-tests" if token is None else token
        return line.http.post("/api/alerts", params={"token": token}, json=document)

    return told


@pytest.fixture
def texts(twilio):
    """Return the texts that the owner has got about a rule."""
    return lambda rule: [text["body"] for text in twilio.phone(OWNER).messages(wait_s=1) if rule in text["body"]]


@pytest.fixture
def rule():
    return f"ahoy-{uuid.uuid4().hex[:12]}"


def test_the_owner_is_texted_once_however_often_the_alert_is_told(tell, texts, rule, line):
    told = alert(alertId=rule, alertRule=rule)
    first, second = tell(told), tell(told)
    assert (first.status_code, second.status_code) == (200, 200)
    assert first.json()["sid"] == second.json()["sid"]
    assert texts(rule) == [f"Alert {rule} raised, Sev1, 2026-11-23 10:58 UTC"]
    assert first.json()["sid"] in {row["sid"] for row in line.listed("messages", OWNER)}


def test_its_end_is_another_text(tell, texts, rule):
    tell(alert(alertId=rule, alertRule=rule))
    tell(alert(alertId=rule, alertRule=rule, monitorCondition="Resolved", resolvedDateTime="2026-11-23T11:05:00Z"))
    assert [text.split()[2] for text in texts(rule)] == ["raised,", "is"]


def test_a_wrong_token_texts_nobody_and_no_token_is_in_the_log(tell, texts, rule, line):
    assert tell(alert(alertId=rule, alertRule=rule), "guessed").status_code == 401
    assert texts(rule) == []
    assert "the-token-of-the-alerts" not in line.log()


def test_while_twilio_is_away_the_alert_is_told_again_and_then_texted(tell, texts, rule, twilio):
    twilio.faults(on="rest", does="answer", of="Messages", method="POST", status=429, retry_after_s=1, times=9)
    told = alert(alertId=rule, alertRule=rule)
    assert tell(told).status_code == 503, "Azure Monitor tells it again after a 503"
    twilio.faults()
    assert tell(told).status_code == 200
    assert len(texts(rule)) == 1
