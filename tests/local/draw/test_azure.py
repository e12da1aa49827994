"""What a deployment makes is drawn: every resource in a box, and what leads from one to another."""

from functools import cache

import pytest

from local.draw import azure, azure_words, contents
from tests.infra import options
from tests.infra.bicep import FOLDER


@cache
def drawn(name):
    return {box.title: box for box in azure.boxes(options.of(name), FOLDER)}


def ways(box):
    return {way.target: way.label for _, way in contents.ways([box])}


def said(box):
    return [
        " ".join(filter(None, [item.lead, item.text, item.details])) for item in box.items if item.lead or item.text
    ]


def test_the_app_leads_to_what_it_needs():
    assert ways(drawn("plain")["Function app"]) == {
        "Identity of the app": "acts as",
        "Plan": "runs on",
        "Storage account": "records, queues, package",
        "Application Insights": "says what it does",
        "Key vault": "reads secrets",
    }


def test_an_identity_says_what_it_may_do_and_where():
    may = {way.target: item.text for item in drawn("plain")["Identity of the app"].items for way in item.exits}
    assert may["Key vault"] == "Key Vault Secrets User"
    assert may["Application Insights"] == "Monitoring Metrics Publisher"
    assert "Storage Table Data Contributor" in may["Storage account"]


def test_what_is_kept_is_named_or_counted():
    boxes = drawn("plain")
    assert said(boxes["Storage account"])[1:] == [
        "tables 19",
        "queues broadcasts, broadcasts-poison",
        "containers package, azure-webjobs-secrets, azure-webjobs-hosts",
    ]
    assert said(boxes["Key vault"]) == ["secrets twilio-auth-token, alert-token"]


def test_alerts_of_both_kinds_stand_together():
    alerts = drawn("plain")["Alerts"]
    assert said(alerts) == ["slow, failed, refused, poison, empty, spend, heartbeat", "throttled"]
    assert set(ways(alerts)) == {"Application Insights", "Storage account", "Who is told"}


@pytest.mark.parametrize(
    ("name", "told"),
    [("plain", ["nobody: alerts show in the portal"]),
     ("everything", ["e-mail owner@example.com", "text by Azure +1 2025550122"])],
)  # fmt: skip
def test_who_is_told_is_named(name, told):
    assert said(drawn(name)["Who is told"]) == told


def test_a_private_network_is_drawn_only_where_there_is_one():
    assert "Private network" not in drawn("plain")
    boxes = drawn("everything")
    assert ways(boxes["Private endpoints"]) == {
        "Storage account": "lead to",
        "Key vault": "lead to",
        "Private network": "stand in",
        "Private names": "have names in",
    }
    assert ways(boxes["Function app"])["Private network"] == "looks out through"
    assert said(boxes["Private endpoints"]) == ["blob, queue, table, vault"]


def test_what_is_chosen_shows():
    assert said(drawn("everything")["Function app"])[0].startswith("Python 3.13, 4096 MB 1 always ready")
    assert said(drawn("everything")["Plan"]) == ["Flex Consumption in several zones"]
    assert "Budget" not in drawn("nothing")


@pytest.mark.parametrize("name", options.ALL)
def test_every_resource_stands_in_a_box(name):
    homes = {made.ref.id for made in options.of(name).made if made.ref.type in azure_words.TITLES}
    alone = [
        made.ref.id for made in options.of(name).made
        if made.ref.id not in homes and not made.ref.id.startswith(tuple(f"{home}/" for home in homes))
    ]  # fmt: skip
    assert [id_.rpartition("/")[2] for id_ in alone] == ["rg-ahoy"]


def test_no_word_is_there_in_vain():
    boxes = [box for name in options.ALL for box in drawn(name).values()]
    assert {box.title for box in boxes} >= set(azure_words.TITLES.values())
    assert {way.label for _, way in contents.ways(boxes)} >= set(azure_words.WAYS.values())


def test_no_secret_is_drawn():
    told = contents.told(azure.boxes(options.of("everything"), FOLDER))
    assert not [secret for secret in options.SECRETS if secret in told]
    assert "newGuid" not in told
