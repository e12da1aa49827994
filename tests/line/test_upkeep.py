"""What is done with a line in Azure now and then, as docs/upkeep.md and docs/operations.md have it, typed from there.

The tables are those of the running line, in the emulator; its Twilio has the number.
"""

import gzip
import os
import re
import shutil
import subprocess
from datetime import UTC, datetime, timedelta

import pytest
from azure.core.credentials import AzureNamedKeyCredential
from azure.data.tables import (
    AccountSasPermissions,
    ResourceTypes,
    TableServiceClient,
    generate_account_sas,
)

from tests.tools.azure import walk
from tests.tools.shells import shell_here

pytestmark = [
    pytest.mark.skipif(not shell_here("bash"), reason="the blocks of bash are typed into one"),
    pytest.mark.skipif(not shutil.which("git"), reason="going back goes by git"),
]
TAG, HOST = "v0.3.0", "https://ahoy-....azurewebsites.net"
NOTHING = {"voice_url": "", "sms_url": "", "status_callback": ""}


@pytest.fixture
def walker(line, tmp_path):
    """Somebody whose line is made in Azure, by the second way, and whose folder is committed."""
    with walk.walking(tmp_path, line.running.line.twilio) as one:
        one.web.tables = emulator(line.running.line.storage)
        one.line = line
        own = {"AC...": line.running.line.account_sid, "=+12025550100": f"={line.number}"}
        one.types(walk.own(walk.section("deploy.md", "Deploy: from clone to a ringing phone")[0], own), token(line))
        commits(one, TAG)
        one.types("az login\n" + deployment())
        yield one
        restore_addresses(line)


def deployment():
    """Return the command that deploys the template."""
    return walk.section("deploy.md", "Way 2: the Azure CLI")[0].splitlines()[1]


def token(line):
    return f"{line.running.line.auth_token}\n"


def emulator(connection):
    """Return where the emulator's tables are, and a signature that opens them."""
    parts = dict(part.split("=", 1) for part in connection.split(";") if part)
    key = AzureNamedKeyCredential(parts["AccountName"], parts["AccountKey"])
    may = AccountSasPermissions(
        read=True, write=True, delete=True, list=True, add=True, create=True, update=True, process=True
    )
    signature = generate_account_sas(
        key, ResourceTypes(service=True, object=True, container=True), may, datetime.now(UTC) + timedelta(hours=1)
    )
    return parts["TableEndpoint"].rstrip("/"), signature


def restore_addresses(line):
    from local.number import webhooks_of

    [number] = line.account().client().incoming_phone_numbers.list(phone_number=line.number)
    number.update(**webhooks_of(line.app))


def commits(walker, tag=""):
    git = ["git", "-c", "user.name=A", "-c", "user.email=a@example.com", "-c", "init.defaultBranch=main"]
    for words in (
        ["init", "--quiet"],
        ["add", "--all"],
        ["commit", "--quiet", "-m", "x"],
        *([["tag", tag]] if tag else []),
    ):
        subprocess.run([*git, *words], cwd=walker.clone, check=True, env=os.environ, capture_output=True)


def app_of(walker, name):
    """Return resource group, app and address of a line."""
    made = walk.outputs(walker.azure, name)
    return made["AHOY_RESOURCE_GROUP"], made["AHOY_APP"], made["AHOY_URL"]


def named(walker, name="ahoy-ahoy", **more):
    """Return what stands for one's own on the pages, and what it is here."""
    group, app, address = app_of(walker, name)
    return {HOST: address, "rg-ahoy": group, "ahoy-...": app, "+12025550100": walker.line.number, **more}


def types(walker, page, heading, own, answers="", which=slice(None)):
    """Type blocks of a section, with those of one's own words that stand in each."""
    told = ""
    for text in walk.section(page, heading)[which]:
        told += walker.types(walk.own(text, {word: by for word, by in own.items() if word in text}), answers)
    return told


def number_of(line):
    return line.account().client().incoming_phone_numbers.list(phone_number=line.number)[0]


def test_a_line_through_its_years(walker, line, number):
    """Each does what its page says: a second line, back, backup, restore, an own address, keys, tokens, and the end."""
    types(walker, "deploy.md", "Change what it says", {}, "y\n")
    before = walker.azure["apps"][app_of(walker, "ahoy-ahoy")[1]]["package"]
    (walker.clone / "flow.yaml").write_text("voice: {start: [say: Good day.]}\nmessages: {otherwise: Hi.}\n", "utf-8")
    commits(walker)
    walker.changes(lambda state: state["apps"][app_of(walker, "ahoy-ahoy")[1]].update(package="another"))
    types(walker, "upkeep.md", "Back to the version before", {}, "y\n")
    assert before == walker.azure["apps"][app_of(walker, "ahoy-ahoy")[1]]["package"]
    assert "Good day" in (walker.clone / "flow.yaml").read_text("utf-8"), "what was committed last is there again"

    sid = line.twilio.text("hello", from_=number).sid
    backs_up(walker, line, sid)
    has_an_address(walker)
    has_keys(walker)
    changes_its_token(walker)
    has_a_second_line(walker)
    goes_away(walker, line)


def backs_up(walker, line, sid):
    """Lose a text; bring it back, once the roles are there."""
    backup, _ = walk.section("upkeep.md", "Backup and restore")[0].splitlines()
    assert "AHOY_DEPLOYER_DATA=true" in walker.types(backup, code=1)
    walker.types("export AHOY_DEPLOYER_DATA=true\n" + deployment())
    walker.fails("data roles on their way")
    assert "wait five minutes" in walker.types(backup, code=1)
    walker.fails("tables busy", left=2)
    walker.types(backup)
    with TableServiceClient.from_connection_string(line.running.line.storage) as service:
        [row] = line.rows("messagesbytime", sid=sid)
        keys, texts = (row["PartitionKey"], row["RowKey"]), service.get_table_client("messagesbytime")
        texts.delete_entity(*keys)
        (walker.clone / "ahoy.jsonl.gz").rename(walker.clone / "kept.gz")
        assert sid in gzip.decompress((walker.clone / "kept.gz").read_bytes()).decode()
        told = walker.types(
            walk.section("upkeep.md", "Backup and restore")[0].splitlines()[1].replace("ahoy.jsonl.gz", "kept.gz"),
            "y\n",
        )
        assert "Brought 1 rows" in told
        assert texts.get_entity(*keys)["body"] == "hello"


def has_an_address(walker):
    _, add, _ = walk.section("upkeep.md", "An address of your own")
    own = named(walker)
    assert "0123456789ABCDEF" in types(walker, "upkeep.md", "An address of your own", own, which=slice(1))
    assert "asuid.line.example.com" in walker.types(walk.own(add, {w: b for w, b in own.items() if w in add}), code=1)
    walker.changes(lambda state: state.update(dns=["line.example.com"]))
    told = types(walker, "upkeep.md", "An address of your own", own, "y\n", slice(1, None))
    assert "is connected: https://line.example.com answers" in told


def has_keys(walker):
    own = named(walker)
    types(walker, "go-live.md", "3. Bring it to Azure", own, which=slice(2, None))
    curl = "curl --silent --output /dev/null --write-out '%{http_code}' \"$BASE/api/messages\""
    if shutil.which("curl"):
        assert walker.types(f'{curl} -H "x-functions-key: $KEY"; {curl}') == "200401"
    walker.changes(lambda state: state["apps"][own["ahoy-..."]].update(reads_secrets=False))
    types(walker, "operations.md", "Everything is refused", own)
    assert walker.azure["apps"][own["ahoy-..."]]["reads_secrets"]
    types(walker, "upkeep.md", "Function keys", own)
    app = walker.azure["apps"][own["ahoy-..."]]
    assert (app["keys"], app["key"][:7]) == ({}, "key-of-")
    types(walker, "cost.md", "What options cost", own)
    assert app["always_ready"] == 0


def changes_its_token(walker):
    own = named(walker) | {HOST: "https://line.example.com"}
    first, second = walk.section("operations.md", "Change the auth token")
    walker.types(first, "the-next-token\n")
    app = walker.azure["apps"][own["ahoy-..."]]
    assert app["settings"]["is_rotating"]
    secrets = walker.azure["vaults"][app["vault"]]["secrets"]
    assert secrets["twilio-auth-token-secondary"] == "the-next-token"
    told = walker.types(walk.own(second, {w: b for w, b in own.items() if w in second}), token(walker.line) + "y\n")
    assert "is connected" in told
    assert not walker.azure["apps"][own["ahoy-..."]]["settings"]["is_rotating"]


def has_a_second_line(walker):
    own = named(walker)
    types(walker, "upkeep.md", "A second line beside the first", {}, "y\n")
    assert len(walker.azure["apps"]) == 2
    walker.types(f"export PUBLIC_BASE_URL= TWILIO_PHONE_NUMBER={walker.line.number}")
    block = walk.section("upkeep.md", "To another region")[0]
    begins, ends = re.split(r"(?=python3 dev\.py connect)", block)
    walker.types(begins, "y\n")
    moved = named(walker, "ahoy-ahoy-north")
    for command in walk.own(ends, {HOST: moved[HOST], "+12025550100": walker.line.number}).splitlines():
        told = walker.types(command, "y\n")
    assert "Brought 0 rows" in told, "both lines have one emulator"
    assert number_of(walker.line).voice_url.startswith(moved[HOST])
    assert own[HOST] != moved[HOST]


def goes_away(walker, line):
    take_down = walk.own(walk.section("operations.md", "Take it down")[0], {"+12025550100": line.number})
    for command in take_down.splitlines():
        walker.types(command, "y\n")
    assert {name: getattr(number_of(line), name) for name in NOTHING} == NOTHING
    assert "rg-ahoy" not in walker.azure["groups"]
    again = "export AZURE_ENV_NAME=ahoy AZURE_LOCATION=westeurope\n"
    told = walker.types(again + deployment(), code=1)
    assert "already exists in deleted state" in told
