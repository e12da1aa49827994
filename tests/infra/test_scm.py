"""A package is brought as it is, through what passes; what does not pass is said with the way out."""

import os
import zipfile
from pathlib import Path

import pytest

from local import deploy
from tests.infra import fake_scm

NO_ROLE_YET = (
    "Failed to upload blob to storage account: Response status code does not indicate success: 403 "
    "(This request is not authorized to perform this operation using this permission.)"
)


@pytest.fixture
def zipped(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as made:
        made.writestr("host.json", "{}")
    return tmp_path / "a.zip"


@pytest.fixture
def bring(scm, zipped):  # noqa: ARG001 -- the service must be there
    """Bring the package; return the seconds that were waited, between tries first."""

    def bring():
        waits = []
        deploy.upload(deploy.service("rg", "ahoy-x"), zipped, waits.append)
        return [wait for wait in waits if wait in deploy.WAITS_S]

    return bring


def test_a_package_is_brought_as_it_is_and_waited_for(scm, bring, zipped):
    scm.states = [(404, ""), 0, 1, 2, 4]
    assert bring() == []
    assert scm.packages == [zipped.read_bytes()]
    assert scm.built == [False]
    assert len(scm.asked) == 6


def test_a_deployment_that_is_forgotten_once_it_is_done_is_done(scm, bring):
    """Whatever carried it out is replaced by the app that it has brought."""
    scm.states = [2, (404, "")]
    assert bring() == []


@pytest.mark.parametrize(
    ("status", "text"),
    [
        (503, "<html>The service is unavailable.</html>"), (502, ""), (504, ""), (429, ""), (404, "Site not found"),
        (409, "There is a deployment currently in progress."), (500, NO_ROLE_YET), (403, "Forbidden"),
    ],
)  # fmt: skip
def test_what_passes_is_waited_for(scm, bring, status, text):
    scm.uploads = [(status, text), (status, text)]
    assert bring() == [10, 20]
    assert len(scm.packages) == 1


@pytest.mark.parametrize("state", [5, (200, {"status": 3, "status_text": NO_ROLE_YET}), (200, "<html>"), (403, "")])
def test_a_deployment_that_ended_by_what_passes_is_begun_again(scm, bring, state):
    scm.states = [state, 4]
    assert bring() == [10]
    assert len(scm.packages) == 2


def test_a_service_that_goes_away_while_it_works_is_asked_again(scm, bring):
    scm.states = [1, (503, ""), (502, "<html>"), 4]
    assert bring() == []
    assert len(scm.packages) == 1


def test_a_service_that_is_not_there_is_waited_for(azure, zipped):
    azure.answers(scm="127.0.0.1:1")
    waits = []
    with pytest.raises(deploy.Stopped, match=r"127\.0\.0\.1:1"):
        deploy.upload(deploy.service("rg", "ahoy-x"), zipped, waits.append)
    assert waits == list(deploy.WAITS_S)


def test_waiting_has_an_end(scm, bring):
    scm.uploads = [(503, "")] * 20
    with pytest.raises(deploy.Stopped, match="503"):
        bring()
    assert len(scm.asked) == len(deploy.WAITS_S) + 1


@pytest.mark.parametrize(
    ("status", "text", "advice"),
    [
        (400, "Bad zip", "400 Bad Request: Bad zip"),
        (302, "", "az login"),
        (403, "403 - Ip Forbidden", "access restrictions"),
        (413, "too large", "413"),
    ],
)
def test_what_does_not_pass_is_said_at_once_with_the_way_out(scm, bring, status, text, advice):
    scm.uploads = [(status, text)]
    with pytest.raises(deploy.Stopped, match=advice):
        bring()
    assert len(scm.asked) == 1


def test_whoever_may_not_publish_is_told_which_role_does(scm, bring):
    scm.uploads = [(403, "")] * 20
    with pytest.raises(deploy.Stopped, match="Website Contributor"):
        bring()


def test_a_sign_in_that_it_does_not_know_is_said_without_the_token(azure, scm, bring):
    azure.answers(["get-access-token", 0, "another-token", ""], scm=scm.host)
    with pytest.raises(deploy.Stopped, match="az login") as stopped:
        bring()
    assert "another-token" not in str(stopped.value)
    assert "another-token" not in repr(deploy.scm.Service("https://a", "another-token"))


@pytest.mark.parametrize(("state", "said"), [(3, "failed"), (6, "was successful in part only")])
def test_what_a_deployment_wrote_down_is_said_when_it_ends_otherwise(scm, bring, state, said):
    scm.states = [state]
    scm.logs[""] = [{"message": "Validating", "details_url": f"https://{scm.host}/api/deployments/3f2b8c1e/log/7"}]
    scm.logs["/7"] = [{"message": "No space left"}]
    with pytest.raises(deploy.Stopped, match=f"The deployment {said}: Validating\nNo space left"):
        bring()
    assert len(scm.packages) == 1


def test_the_token_is_shown_to_no_other_host(scm, bring, tmp_path, monkeypatch):
    scm.states = [3]
    (tmp_path / "other").mkdir()
    with fake_scm.running(tmp_path / "other") as (other, certificate):
        trusted = Path(os.environ["SSL_CERT_FILE"]).read_text("utf-8") + certificate.read_text("utf-8")
        (tmp_path / "both.pem").write_text(trusted, "utf-8")
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "both.pem"))
        scm.logs[""] = [{"message": "No space left", "details_url": f"https://{other.host}/api/deployments/1/log/7"}]
        with pytest.raises(deploy.Stopped, match="No space left"):
            bring()
        assert other.asked == []


def test_a_deployment_that_was_cancelled_is_not_begun_again(scm, bring):
    scm.states = [-1]
    with pytest.raises(deploy.Stopped, match="was cancelled"):
        bring()
    assert len(scm.packages) == 1


def test_a_deployment_that_never_ends_is_left_with_its_address(scm, zipped):
    scm.states = [1]
    clock = [0.0]

    def sleep(seconds):
        clock[0] += 100 * seconds

    with pytest.raises(deploy.Stopped, match=r"15 minutes.*/api/deployments/3f2b8c1e"):
        deploy.scm.publish(deploy.service("rg", "ahoy-x"), zipped, sleep, lambda: clock[0])


def test_an_app_without_a_deployment_service_is_said(azure):
    azure.answers(scm="")
    with pytest.raises(deploy.Stopped, match="ahoy-x has no deployment service"):
        deploy.service("rg", "ahoy-x")


AZD = {"AZURE_SUBSCRIPTION_ID": "0", "AHOY_RESOURCE_GROUP": "rg-x", "AHOY_APP": "ahoy-x"}


@pytest.mark.parametrize(
    ("known", "complaint"),
    [
        (AZD, "Azure Developer CLI could not be found"),
        (AZD | {"AHOY_APP": ""}, "azd has not set .* run `azd provision`"),
    ],
    ids=["no azd", "no app"],
)
def test_secrets_that_azd_cannot_let_be_read_again_are_told_in_a_sentence(monkeypatch, tmp_path, known, complaint):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(deploy.Stopped, match=complaint):
        deploy.read_secrets_again_by_azd(known)
