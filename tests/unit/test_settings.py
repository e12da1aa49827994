"""Settings: read once, by name; what is missing is said all at once and without a value."""

import pytest

from shared import settings

WHOLE = {
    "TWILIO_ACCOUNT_SID": "AC1",
    "TWILIO_AUTH_TOKEN": "secret-token",
    "TWILIO_PHONE_NUMBER": "+12025550100",
    "AzureWebJobsStorage": "UseDevelopmentStorage=true",
}


def test_a_whole_set_has_no_problems():
    assert settings.read(WHOLE).problems() == []


def test_everything_that_is_missing_is_named_at_once():
    assert settings.read({}).problems() == [
        "TWILIO_ACCOUNT_SID is not set",
        "TWILIO_AUTH_TOKEN is not set",
        "TWILIO_PHONE_NUMBER is not set",
        "AzureWebJobsStorage is not set",
    ]


def test_a_blank_setting_counts_as_not_set():
    assert settings.read(WHOLE | {"TWILIO_AUTH_TOKEN": "  "}).problems() == ["TWILIO_AUTH_TOKEN is not set"]


@pytest.mark.parametrize("name", ["TWILIO_AUTH_TOKEN", "TWILIO_AUTH_TOKEN_SECONDARY", "TWILIO_API_KEY_SECRET"])
def test_a_key_vault_reference_that_azure_could_not_resolve_is_a_problem(name):
    unresolved = "@Microsoft.KeyVault(SecretUri=https://vault.example/secrets/x)"
    assert settings.read(WHOLE | {name: unresolved}).problems() == [
        f"{name} is a Key Vault reference that was not resolved"
    ]


@pytest.mark.parametrize(
    ("given", "endpoint"),
    [
        ({"AzureWebJobsStorage__accountName": "acc"}, "https://acc.table.core.windows.net"),
        ({"AzureWebJobsStorage__tableServiceUri": "https://t.example"}, "https://t.example"),
    ],
)
def test_storage_by_identity_has_an_endpoint_and_a_client_id(given, endpoint):
    read = settings.read(given | {"AzureWebJobsStorage__clientId": "id"})
    assert (read.storage_table_endpoint, read.storage_client_id, read.has_storage) == (endpoint, "id", True)


def test_what_is_printed_of_settings_holds_no_value():
    assert "secret-token" not in repr(settings.read(WHOLE))
    assert "twilio_auth_token" in repr(settings.read(WHOLE))
