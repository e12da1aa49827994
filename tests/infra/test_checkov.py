"""checkov, a scanner of infrastructure files, has nothing to say beyond what is waived here with a reason.

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
    "CKV_AZURE_225": "zones double the price at rest; who needs them says zoneRedundant of the plan",
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


@pytest.fixture(scope="module")
def checkov():
    if not (HOME / "ready").exists():
        shutil.rmtree(HOME, ignore_errors=True)
        uv.make_environment(HOME, Path(sys.executable), [f"checkov=={VERSION}"])
        (HOME / "ready").touch()
    return [environments.interpreter(HOME), "-m", "checkov.main"]


def findings(checkov, folder):
    """Return (rule, file) of what checkov complains about, and how many checks it passed, without a network."""
    ran = subprocess.run(
        [*checkov, "--directory", folder, "--framework", "bicep", "--output", "json", "--quiet", "--compact",
         "--skip-download"],
        env=os.environ | {"BC_API_KEY": ""}, capture_output=True, encoding="utf-8", check=False, timeout=120,
    )  # fmt: skip
    told = json.loads(ran.stdout)
    assert told["summary"]["parsing_errors"] == 0
    failed = {(check["check_id"], check["file_path"].lstrip("/")) for check in told["results"]["failed_checks"]}
    return failed, told["summary"]["passed"]


@pytest.mark.downloads
@pytest.mark.timeout(500)
def test_nothing_is_found_but_what_is_waived(checkov):
    failed, passed = findings(checkov, FOLDER)
    assert {rule for rule, _ in failed} == set(WAIVED), "a new finding, or a waiver that is no longer needed"
    assert passed >= 10


@pytest.mark.downloads
@pytest.mark.timeout(500)
def test_a_planted_mistake_is_found(checkov, tmp_path):
    for path in FOLDER.glob("*.bicep"):
        text = path.read_text(encoding="utf-8")
        text = text.replace("minimumTlsVersion: 'TLS1_2'", "minimumTlsVersion: 'TLS1_0'")
        (tmp_path / path.name).write_text(
            text.replace("enablePurgeProtection: true", "enablePurgeProtection: false"), encoding="utf-8"
        )
    failed, _ = findings(checkov, tmp_path)
    assert {("CKV_AZURE_44", "storage.bicep"), ("CKV_AZURE_110", "vault.bicep")} <= failed
