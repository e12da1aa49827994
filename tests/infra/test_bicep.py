"""The Bicep files hold, as far as that can be seen without Azure; and each rule is seen to catch a planted mistake."""

import shutil

import pytest

from local.bicep.reader import read
from tests.infra import rules
from tests.infra.bicep import FOLDER
from tests.infra.templates import Templates


@pytest.mark.parametrize("rule", rules.ALL, ids=lambda rule: rule.__name__)
def test_the_rule_holds(templates, rule):
    assert list(rule(templates)) == []


@pytest.mark.parametrize(
    ("rule", "file", "right", "wrong", "complaint"),
    [
        ("parameters_described", "app.bicep", "@description('Azure region.')\n", "", "location has no @description"),
        ("parameters_described", "main.bicep", "@description('Vault that", "@metadata('Vault that", "AHOY_VAULT has"),
        ("names_of_known_doors_written", "app.bicep", "name: 'ftp'", "name: name", "its name is not written"),
        ("receivers_named_apart", "alerts.bicep", "'owner-phone'", "'owner-mail'", "two receivers are named"),
        ("versions_pinned", "app.bicep", "sites@2025-03-01", "sites@latest", "'latest' is no API version"),
        ("versions_pinned", "roles.bicep", "components@2020-02-02", "components@2020-02-03", "is used with 2020-02-02"),
        ("versions_pinned", "main.bicep", "'app.bicep'", "'br/public:avm/res/web/site:0.1.0'", "be built offline"),
        ("versions_pinned", "main.bicep", "'vault.bicep'", "'vaults.bicep'", "cannot be built offline"),
        ("modules_given_what_they_ask", "main.bicep", "    flowFile: flowFile\n", "", "does not get flowFile"),
        ("modules_given_what_they_ask", "main.bicep", "flowFile: flowFile", "flow: flowFile", "knows no flow"),
        ("roles_right", "roles.bicep", "0a9a7e1f", "0a9a7e1e", "Storage Table Data Contributor is 0a9a7e1f"),
        ("roles_right", "deployer.bicep", "b86a8fe4", "b86a8fe5", "Key Vault Secrets Officer is b86a8fe4"),
        ("roles_right", "roles.bicep", "  'Storage Queue Data Contributor'\n", "",
         "the app is not Storage Queue Data Contributor of storageAccounts"),
        ("roles_right", "roles.bicep", "var storageRoles = [\n", "var storageRoles = [\n  'Storage Blob Data Owner'\n",
         "the app is Storage Blob Data Owner of storageAccounts"),
        ("containers_of_host_made", "storage.bicep", "'azure-webjobs-secrets'", "'secrets'", "not those of the host"),
        ("first_hour_quiet", "alerts.bicep", "storage.properties.creationTime", "storage.id", "is not there yet"),
        ("workbook_finds_its_data", "workbook.bicep", ", applicationInsightsId)", ", location)", "is not the resource"),
        ("secrets_kept", "vault.bicep", "@secure()\n", "", "twilioAuthToken sounds secret"),
        ("secrets_kept", "main.bicep", "param twilioAuthToken string = ''", "param twilioAuthToken string = 'x'",
         "has a value"),
        ("secrets_kept", "vault.bicep", "output uri string = vault.properties.vaultUri",
         "output uri string = twilioAuthToken", "output uri gives a secret away"),
        ("secrets_kept", "monitoring.bicep", "applicationInsights.properties.ConnectionString",
         "applicationInsights.listKeys().key", "output connection gives a secret away"),
        ("secrets_kept", "main.bicep", "twilioTwimlAppSid: twilioTwimlAppSid", "twilioTwimlAppSid: twilioAuthToken",
         "settings: a secret goes elsewhere"),
        ("secrets_kept", "alerts.bicep", "displayName: 'Ahoy: ${rule.name}'", "displayName: alertToken",
         "alert: a secret goes elsewhere"),
        ("secrets_kept", "main.bicep", "param alertToken string = newGuid()", "param alertToken string = guid('x')",
         "alertToken is secret and has a value"),
        ("references_from_vault", "app.bicep", "'@Microsoft.KeyVault(SecretUri=${alertTokenUri})'", "alertTokenUri",
         "AHOY_ALERT_TOKEN is not a Key Vault reference"),
        ("same_twice", "main.bicep", "param budgetStart string = ''",
         "param budgetStart string = utcNow('yyyy-MM-01')", "main.bicep: utcNow() changes"),
        ("references_from_vault", "app.bicep", "secrets/twilio-auth-token)", "secrets/auth-token)", "not in the vault"),
        ("references_from_vault", "app.bicep", "? secondaryTokenReference :", "? twilioApiKeySid :",
         "TWILIO_AUTH_TOKEN_SECONDARY is not a Key Vault reference"),
        ("references_from_vault", "app.bicep", "empty(twilioApiKeySid) ? '' : apiKeyReference", "apiKeyReference",
         "refers to a secret that was not given"),
        ("flex_accepts", "app.bicep", "    AHOY_FLOW:", "    FUNCTIONS_WORKER_RUNTIME: 'python'\n    AHOY_FLOW:",
         "FUNCTIONS_WORKER_RUNTIME is not allowed"),
        ("flex_accepts", "app.bicep", "minTlsVersion: '1.2'", "alwaysOn: true", "alwaysOn is not allowed"),
        ("flex_accepts", "app.bicep", "    keyVaultReferenceIdentity: identityId", "    reserved: true",
         "which identity reads the vault"),
        ("flex_accepts", "app.bicep", "    AzureWebJobsStorage__credential: 'managedidentity'\n", "",
         "AzureWebJobsStorage__credential is missing"),
        ("doors_closed", "storage.bicep", "allowSharedKeyAccess: false", "allowSharedKeyAccess: true",
         "allowSharedKeyAccess is not False"),
        ("doors_closed", "storage.bicep", "allowBlobPublicAccess: false", "allowBlobPublicAccess: true",
         "allowBlobPublicAccess is not False"),
        ("doors_closed", "storage.bicep", "'TLS1_2'", "'TLS1_0'", "minimumTlsVersion is not TLS1_2"),
        ("doors_closed", "vault.bicep", "    enableRbacAuthorization: true\n", "",
         "enableRbacAuthorization is not True"),
        ("doors_closed", "vault.bicep", "enablePurgeProtection: true", "enablePurgeProtection: false",
         "enablePurgeProtection is not True"),
        ("doors_closed", "monitoring.bicep", "DisableLocalAuth: true", "DisableLocalAuth: false",
         "DisableLocalAuth is not True"),
        ("doors_closed", "app.bicep", "allow: false", "allow: true", "allow is not False"),
        ("doors_closed", "app.bicep", "    httpsOnly: true\n", "", "httpsOnly is not True"),
        ("doors_closed", "app.bicep", "      scmMinTlsVersion: '1.2'\n", "", "scmMinTlsVersion is not 1.2"),
        ("doors_closed", "app.bicep", " minTlsVersion: '1.2'", " minTlsVersion: '1.0'", "minTlsVersion is not 1.2"),
        ("doors_made_in_turn", "network.bicep", "@batchSize(1)\n", "", "several are made at once"),
        ("host_name_kept", "app.bicep", "'TenantReuse'", "'NoReuse'", "its host name is free"),
        ("dates_stay_where_they_are_needed", "main.bicep", "= if (monthlyBudget > 0) {", "= {",
         "budget.bicep: reckons"),
        ("watched", "vault.bicep", "  scope: vault\n", "", "vault: nobody sees who used it"),
        ("watched", "storage.bicep", "  scope: blobs\n", "  scope: account\n", "blobs: nobody sees who used it"),
        ("tagged", "main.bicep", "'azd-env-name'", "'env'", "has no tags that name the line"),
        ("tagged", "app.bicep", "'azd-service-name'", "'service'", "azd cannot find the app"),
        ("tagged", "vault.bicep", "  tags: tags\n", "", "vault: has no tags"),
        ("concurrency_fits", "app.bicep", "THREAD_COUNT: string(workerThreads)", "THREAD_COUNT: '8'",
         "httpConcurrency is above workerThreads"),
    ],
)  # fmt: skip
def test_the_rule_catches_a_planted_mistake(tmp_path, rule, file, right, wrong, complaint):
    for path in FOLDER.iterdir():
        shutil.copy(path, tmp_path)
    text = (tmp_path / file).read_text("utf-8")
    assert right in text, f"{file} no longer has {right!r}"
    (tmp_path / file).write_text(text.replace(right, wrong, 1), "utf-8")
    complaints = list(getattr(rules, rule)(Templates(tmp_path)))
    assert [c for c in complaints if complaint in c]


def test_every_rule_has_a_planted_mistake():
    [planted] = [mark for mark in test_the_rule_catches_a_planted_mistake.pytestmark if mark.name == "parametrize"]
    assert {rule for rule, *_ in planted.args[1]} == {rule.__name__ for rule in rules.ALL}


def parameter_mistakes(path, known):
    """Say what is wrong with a parameter file: names that main.bicep lacks or misses, values that stand in the file."""
    given = read(path).of_kind("param")
    needed = {name for name, each in known.items() if each.body is None}
    return [
        *(f"{name} is no parameter" for name in set(given) - set(known)),
        *(f"{name} is missing" for name in needed - set(given)),
        *(f"{name} is written out" for name, each in given.items() if "readEnvironmentVariable" not in repr(each.body)),
    ]


def test_parameters_of_the_parameter_file_are_those_of_main(templates, tmp_path):
    known = templates.trees["main.bicep"].of_kind("param")
    assert parameter_mistakes(FOLDER / "line.bicepparam", known) == []
    text = (FOLDER / "line.bicepparam").read_text("utf-8")
    path = tmp_path / "line.bicepparam"
    path.write_text(text.replace("param location", "param place"), "utf-8")
    assert parameter_mistakes(path, known) == ["place is no parameter", "location is missing"]
    path.write_text(f"{text}param alertToken = '12345678901234567890123456789012'\n", "utf-8")
    assert parameter_mistakes(path, known) == ["alertToken is written out"]
