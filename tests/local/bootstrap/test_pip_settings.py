"""What pip is told on this machine is honoured; pip itself, where there is one, reads the same."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from local.bootstrap import pip_settings


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A machine without any settings but those that a test writes."""
    for name in [name for name in os.environ if name.upper().startswith(("PIP_", "XDG_"))]:
        monkeypatch.delenv(name)
    for name, value in {"HOME": tmp_path, "USERPROFILE": tmp_path, "APPDATA": tmp_path / "appdata",
                        "PROGRAMDATA": tmp_path / "all", "XDG_CONFIG_DIRS": tmp_path / "xdg"}.items():  # fmt: skip
        monkeypatch.setenv(name, str(value))
    monkeypatch.setattr(sys, "prefix", str(tmp_path / "prefix"))
    return tmp_path


def user_file(home):
    return home / ("appdata/pip/pip.ini" if sys.platform == "win32" else ".config/pip/pip.conf")


def write(file, text):
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")


def test_nothing_said_is_nothing_read(home):
    assert not user_file(home).exists()
    if not Path("/etc/pip.conf").exists():
        assert pip_settings.read() == pip_settings.PipSettings()


def test_a_file_of_the_user_is_read(home):
    write(user_file(home), "[global]\nindex-url = https://mirror.example/simple\ncert = /ca.pem\n"
                           "extra-index-url =\n    https://a.example/simple\n    https://b.example/simple\n"
                           "[install]\ntrusted-host = mirror.example other.example:8443\nno-index = 1\n")  # fmt: skip
    read = pip_settings.read()
    assert read.index_url == "https://mirror.example/simple"
    assert read.extra_index_url == ("https://a.example/simple", "https://b.example/simple")
    assert (read.cert, read.no_index) == ("/ca.pem", True)
    assert read.trusted_host == ("mirror.example", "other.example:8443")


def test_the_environment_counts_more_than_a_file_and_install_more_than_global(home, monkeypatch):
    write(
        user_file(home),
        "[install]\nindex_url = https://install.example\n[global]\nindex-url = https://global.example\n",
    )
    assert pip_settings.read().index_url == "https://install.example"
    monkeypatch.setenv("PIP_INDEX_URL", "https://environment.example")
    assert pip_settings.read().index_url == "https://environment.example"


def test_a_named_file_counts_more_and_dev_null_means_none(home, monkeypatch):
    write(user_file(home), "[global]\nproxy = http://user.example:3128\n")
    write(home / "named.conf", "[global]\nproxy = http://named.example:3128\n")
    monkeypatch.setenv("PIP_CONFIG_FILE", str(home / "named.conf"))
    assert pip_settings.read().proxy == "http://named.example:3128"
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    assert pip_settings.read().proxy == ""


def test_a_folder_of_links_that_is_not_there_says_nothing(home, monkeypatch):
    monkeypatch.setenv("PIP_FIND_LINKS", f"/srv/gone {home} https://links.example/")
    assert pip_settings.read().find_links == (str(home), "https://links.example/")


@pytest.mark.parametrize("text", ["no section", "[global]\n%%%\x00", "[global]\nindex-url = %(nothing)s\n"])
def test_a_file_that_is_no_configuration_breaks_nothing(home, text):
    write(user_file(home), text)
    assert isinstance(pip_settings.read().index_url, str)


def test_pip_itself_reads_the_same(home):
    pip = next((path for path in Path("/root/.pyenv/versions").glob("3.1[1-3].*/bin/python")), None)
    if pip is None or sys.platform == "win32":
        pytest.skip("no Python with pip beside this one to compare with")
    write(
        user_file(home), "[global]\nindex-url = https://mirror.example/simple\n[install]\nproxy = http://p.example:1\n"
    )
    write(home / "xdg" / "pip" / "pip.conf", "[global]\ncert = /xdg.pem\nindex-url = https://xdg.example/simple\n")
    listed = subprocess.run(
        [pip, "-m", "pip", "config", "list"], capture_output=True, encoding="utf-8", check=True
    ).stdout
    told = dict(line.split("=", 1) for line in listed.splitlines())
    read = pip_settings.read()
    assert told["global.index-url"] == repr(read.index_url)
    assert told["install.proxy"] == repr(read.proxy)
    assert told["global.cert"] == repr(read.cert)
