"""What the code names and what Azure is told agree: settings, tables, queues, functions."""

import json
import re

import pytest

from local import line
from local.paths import ROOT
from shared.outbound import broadcasts
from tests.infra import named

# Settings that the platform reads, not the app.
PLATFORM = {
    "AzureWebJobsStorage__credential",
    "APPLICATIONINSIGHTS_CONNECTION_STRING",
    "APPLICATIONINSIGHTS_AUTHENTICATION_STRING",
    "AzureWebJobsDisableHomepage",
    "PYTHON_THREADPOOL_THREAD_COUNT",
    "FUNCTIONS_REQUEST_BODY_SIZE_LIMIT",
}
ON_A_MACHINE_TOO = {"FUNCTIONS_REQUEST_BODY_SIZE_LIMIT"}
LOCAL_ONLY = {"FUNCTIONS_WORKER_RUNTIME", "AzureWebJobsStorage"}  # Flex Consumption refuses the one, the line the other
IDENTITY_FORM = {"AzureWebJobsStorage__accountName", "AzureWebJobsStorage__clientId"}  # in place of a connection string
ALTERNATIVE = {  # the account's name says as much
    "AzureWebJobsStorage__tableServiceUri",
    "AzureWebJobsStorage__queueServiceUri",
}
TABLES = "Microsoft.Storage/storageAccounts/tableServices/tables"
QUEUES = "Microsoft.Storage/storageAccounts/queueServices/queues"


def waiting(templates):
    """Return the queues that are made; each has one for what failed beside it."""
    made = templates.names(QUEUES)
    names = {name for name in made if not name.endswith("-poison")}
    assert made == names | {f"{name}-poison" for name in names}
    return names


def documented():
    """Return the settings that docs/settings.md explains: the first cell of each row of its tables."""
    page = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    cells = [line.split("|")[1] for line in page.splitlines() if line.startswith("| `")]
    return {name for cell in cells for name in re.findall(r"`(\w+)`", cell)}


def unlike(name, found, wanted):
    """Say by name what is there and should not be, and what should and is not."""
    return [f"{name} lacks {n}" for n in sorted(wanted - found)] + [f"{name} has {n}" for n in sorted(found - wanted)]


def setting_differences(read, in_bicep, in_example, in_docs):
    own = read - LOCAL_ONLY - IDENTITY_FORM - ALTERNATIVE
    return [
        *unlike("infra/app.bicep", in_bicep, own | PLATFORM | IDENTITY_FORM),
        *unlike("local.settings.json.example", in_example, own | LOCAL_ONLY | ON_A_MACHINE_TOO),
        *unlike("docs/settings.md", in_docs, read | PLATFORM | LOCAL_ONLY),
    ]


def test_every_setting_is_declared_and_explained_and_no_other(templates):
    in_bicep = set(templates.settings())
    assert setting_differences(named.settings_read(), in_bicep, named.local_settings(), documented()) == []


@pytest.mark.parametrize("place", [0, 1, 2, 3])
@pytest.mark.parametrize("name", ["TWILIO_AUTH_TOKEN", "AHOY_FLOW"])
def test_a_setting_missing_anywhere_is_found(templates, place, name):
    places = [named.settings_read(), set(templates.settings()), named.local_settings(), documented()]
    assert name in places[place]
    places[place] -= {name}
    assert [found for found in setting_differences(*places) if name in found]


def test_the_host_takes_what_the_app_takes_everywhere_and_little_more(templates):
    example = json.loads((ROOT / "local.settings.json.example").read_text(encoding="utf-8"))["Values"]
    in_bicep = templates.settings()["FUNCTIONS_REQUEST_BODY_SIZE_LIMIT"]
    assert in_bicep == example["FUNCTIONS_REQUEST_BODY_SIZE_LIMIT"] == line.BODY_BYTES
    assert broadcasts.MAX_REQUEST_BYTES < int(in_bicep) <= 2 * broadcasts.MAX_REQUEST_BYTES


def test_every_table_of_the_code_is_declared_and_no_other(templates):
    assert unlike("infra/storage.bicep", templates.names(TABLES), named.tables(named.sources())) == []


def test_every_queue_of_the_functions_is_declared_and_no_other(templates):
    assert unlike("infra/storage.bicep", waiting(templates), named.queues(named.functions())) == []


@pytest.mark.parametrize("kind", ["tables", "queues"])
def test_a_table_or_queue_that_is_forgotten_or_no_longer_used_is_found(templates, kind):
    declared = templates.names(TABLES) if kind == "tables" else waiting(templates)
    name = min(declared)
    assert unlike("infra/storage.bicep", declared - {name}, declared) == [f"infra/storage.bicep lacks {name}"]
    assert unlike("infra/storage.bicep", declared, declared - {name}) == [f"infra/storage.bicep has {name}"]


@pytest.mark.parametrize(
    ("source", "tables"),
    [
        ('IndexedTable(known, "texts")', {"texts", "textsbytime", "textsbyperson"}),
        ('NAME = "people"\nTable(known, NAME)', {"people"}),
        ("nothing(known, 'x')", set()),
    ],
)
def test_tables_are_found_in_code(source, tables):
    assert named.tables({"shared.new": source}) == tables


def test_a_table_whose_name_cannot_be_read_is_refused():
    with pytest.raises(ValueError, match=r"shared\.new: write the name of the table out"):
        named.tables({"shared.new": "Table(known, other())"})


def test_queues_are_found_in_bindings():
    bindings = {"send": [{"type": "queueTrigger", "queueName": "outgoing"}], "voice": [{"type": "httpTrigger"}]}
    assert named.queues(bindings) == {"outgoing"}


def alert_functions(texts, variable):
    """Return the functions that a list of names in the alerts speaks of."""
    [names] = re.findall(rf"^var {variable} = '(.*)'$", texts["alerts.bicep"], re.MULTILINE)
    return set(re.findall(r'"(\w+)"', names))


def test_alerts_watch_exactly_the_webhooks(texts):
    source = (ROOT / "function_app.py").read_text(encoding="utf-8")
    assert alert_functions(texts, "webhooks") == named.webhooks(source)


def test_a_new_webhook_is_seen():
    assert named.webhooks("def recording(req):\n    return webhook.callback(req, note)\ndef health(req): ...") == {
        "recording"
    }


def test_the_heartbeat_is_watched_once_there_is_a_timer_to_beat(templates):
    window = templates.defaults()["reconcileWindow"]
    assert bool(window) == ("reconcile" in named.functions()), "set reconcileWindow in infra/main.bicep"


def test_the_address_prefix_of_host_json_is_that_of_the_code():
    from shared import routes

    host = (ROOT / "host.json").read_text(encoding="utf-8")
    assert f'"routePrefix": "{routes.PREFIX}"' in host
