"""What tests of the deployment share."""

import json
import os
import sys
from pathlib import Path

import pytest

from tests.infra import bicep, fake_scm
from tests.infra.templates import Templates


@pytest.fixture(scope="session")
def texts():
    """The Bicep files by name, as text."""
    return bicep.files()


@pytest.fixture(scope="session")
def templates():
    """The same, read, and what comes of them."""
    return Templates()


class Azure:
    """The Azure CLI of a test: `answers` are laid out for it, `asked` is what it was asked."""

    def __init__(self, folder):
        self.folder = folder

    def answers(self, *answers, scm="ahoy-x.scm.example.net"):
        start = [["account show", 0, "Home", ""], ["defaultHostName", 0, "ahoy-x.example.net", ""],
                 ["appsettings list", 0, "flow.yaml", ""], ["hostNameSslStates", 0, scm, ""],
                 ["get-access-token", 0, f"{fake_scm.TOKEN}\n", ""], ["rest --method post", 0, "", ""]]  # fmt: skip
        (self.folder / "answers.json").write_text(json.dumps([*answers, *start]), encoding="utf-8")

    @property
    def asked(self):
        log = self.folder / "asked.jsonl"
        return [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()] if log.exists() else []


@pytest.fixture
def azure(tmp_path, monkeypatch):
    """The Azure CLI that stands first on the path."""
    program = tmp_path / "bin" / ("az.cmd" if sys.platform == "win32" else "az")
    program.parent.mkdir()
    start = f'"{sys.executable}" "{Path(__file__).with_name("fake_az.py")}"'
    program.write_text(f"@{start} %*\n" if sys.platform == "win32" else f'#!/bin/sh\nexec {start} "$@"\n', "utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("AZ_FOLDER", str(tmp_path))
    told = Azure(tmp_path)
    told.answers()
    return told


@pytest.fixture
def scm(azure, tmp_path, monkeypatch):
    """The deployment service that the Azure CLI names."""
    with fake_scm.running(tmp_path) as (service, certificate):
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        azure.answers(scm=service.host)
        yield service
