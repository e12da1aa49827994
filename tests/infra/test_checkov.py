"""checkov, a scanner of infrastructure files, has nothing to say beyond what is waived here with a reason.

It reads the Bicep files; what comes of them with parameters, for which it sees every value; and what the compiler makes
of them, where there is one.

It weighs 270 MB, so it lives in an environment of its own under .ahoy/tools, made on the first run (downloads from
PyPI, about 20 s) and kept.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from local.bootstrap import environment as environments
from local.bootstrap import uv
from local.paths import ROOT
from tests.infra import options
from tests.infra.bicep import FOLDER

VERSION = "3.3.30"
HOME = ROOT / ".ahoy" / "tools" / f"checkov-{VERSION}"

PUBLIC = "Twilio calls from the internet, and roles close storage and vault; a private network costs more than the line"
SECRETS_LIVE_ELSEWHERE = "Twilio's tokens have no expiry date of their own; rotation is in docs/operations.md"
NOT_ON_FLEX = "a setting of App Service plans that Flex Consumption does not have"
MISREAD = "the rule looks for properties of the site in its application settings"
WAIVED = {
    "CKV_AZURE_35": PUBLIC,
    "CKV_AZURE_59": PUBLIC,
    "CKV_AZURE_109": PUBLIC,
    "CKV_AZURE_189": PUBLIC,
    "CKV_AZURE_222": PUBLIC,
    "CKV_AZURE_17": "Twilio does not present a client certificate; its signature is checked",
    "CKV_AZURE_13": "Twilio does not sign in with Entra; its signature or a function key is checked",
    "CKV_AZURE_41": SECRETS_LIVE_ELSEWHERE,
    "CKV_AZURE_114": "set, but the rule looks for Terraform's spelling, content_type",
    "CKV_AZURE_131": "newGuid() is no value that somebody could know: each deployment makes another",
    "CKV_AZURE_206": "three copies in one place are enough: Twilio's own log holds the same records",
    "CKV_AZURE_225": "zones cost more than the line at rest; who needs them sets isZoneRedundant",
    "CKV_AZURE_212": NOT_ON_FLEX,
    "CKV_AZURE_213": NOT_ON_FLEX,
    "CKV_AZURE_18": NOT_ON_FLEX,
    "CKV_AZURE_67": NOT_ON_FLEX,
    "CKV_AZURE_78": "FTP sign-in is off by basicPublishingCredentialsPolicies, which the rule does not know",
    "CKV_AZURE_63": MISREAD,
    "CKV_AZURE_65": MISREAD,
    "CKV_AZURE_66": MISREAD,
    "CKV_AZURE_80": MISREAD,
    "CKV_AZURE_88": MISREAD,
}
UNLESS_CHOSEN = {"CKV_AZURE_35", "CKV_AZURE_59", "CKV_AZURE_109", "CKV_AZURE_189", "CKV_AZURE_225"}
SOURCES = ["own", "plain"] + ["compiled"] * bool(shutil.which("bicep"))


@pytest.fixture(scope="module")
def checkov():
    if not (HOME / "ready").exists():
        shutil.rmtree(HOME, ignore_errors=True)
        uv.make_environment(HOME, Path(sys.executable), [f"checkov=={VERSION}"])
        (HOME / "ready").touch()
    return [environments.interpreter(HOME), "-m", "checkov.main"]


@pytest.fixture(scope="module")
def checks(checkov, tmp_path_factory):
    """What checkov, without a network, makes of the files as they are and of a copy with mistakes, by folder.

    Of each folder the rules that fail with their files, and how many pass: one start of it costs seconds.
    """
    root = tmp_path_factory.mktemp("checkov")
    for folder in ("own", "planted"):
        shutil.copytree(FOLDER, root / folder, ignore=shutil.ignore_patterns("*.bicepparam"))
    for path in (root / "planted").glob("*.bicep"):
        text = path.read_text(encoding="utf-8")
        text = text.replace("minimumTlsVersion: 'TLS1_2'", "minimumTlsVersion: 'TLS1_0'")
        path.write_text(text.replace("enablePurgeProtection: true", "enablePurgeProtection: false"), encoding="utf-8")
    for name in ("plain", "everything"):
        (root / name).mkdir()
        (root / name / "main.json").write_text(json.dumps(options.as_arm(options.of(name))), encoding="utf-8")
    if "compiled" in SOURCES:
        (root / "compiled").mkdir()
        subprocess.run(["bicep", "build", FOLDER / "main.bicep", "--outfile", root / "compiled/main.json"], check=True)
    ran = subprocess.run(
        [*checkov, "--directory", root, "--framework", "bicep", "arm", "--output", "json", "--compact",
         "--skip-download"],
        env=os.environ | {"BC_API_KEY": ""}, capture_output=True, encoding="utf-8", check=False, timeout=120,
    )  # fmt: skip
    reports = json.loads(ran.stdout)
    assert [report["summary"]["parsing_errors"] for report in reports] == [0, 0]
    of_both = [report["results"] for report in reports]
    return {kind: [check for results in of_both for check in results[kind]] for kind in of_both[0]}


def of(folder, checks):
    """Return (rule, file) of the checks of one folder."""
    places = [(check["check_id"], check["file_path"].lstrip("/").split("/")) for check in checks]
    return {(rule, "/".join(file)) for rule, (where, *file) in places if where == folder}


def found(folder, checks):
    """Return the rules that a folder breaks."""
    return {rule for rule, _ in of(folder, checks["failed_checks"])}


@pytest.mark.downloads
@pytest.mark.timeout(500)
def test_nothing_is_found_but_what_is_waived(checks):
    broken = set().union(*(found(folder, checks) for folder in SOURCES))
    assert broken == set(WAIVED), "a new finding, or a waiver that is no longer needed"
    assert all(len(of(folder, checks["passed_checks"])) >= 10 for folder in SOURCES)


@pytest.mark.downloads
@pytest.mark.timeout(500)
def test_what_costs_more_is_safer_once_it_is_chosen(checks):
    assert found("plain", checks) - found("everything", checks) == UNLESS_CHOSEN
    assert found("everything", checks) <= set(WAIVED)


@pytest.mark.downloads
@pytest.mark.timeout(500)
def test_a_planted_mistake_is_found(checks):
    failed = of("planted", checks["failed_checks"])
    assert {("CKV_AZURE_44", "storage.bicep"), ("CKV_AZURE_110", "vault.bicep")} <= failed
