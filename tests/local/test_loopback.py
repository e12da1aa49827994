"""Programs of this machine reach each other whatever proxies are set, and everybody else through these as before."""

import json
import subprocess
import sys
import urllib.request
from urllib.parse import urlsplit

import httpx
import pytest
import requests.utils

from local import loopback
from local.process import quiet_environment

PROXY = "http://proxy.example:3128"
HERE = ["http://127.0.0.1:7071/api", "http://localhost:7071/api"]
ELSEWHERE = "https://api.twilio.com/"


@pytest.fixture
def environ(monkeypatch):
    """Set the process's environment as to proxies, and let loopback change it."""

    def use(**values):
        for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
            for spelled in (name, name.upper()):
                monkeypatch.setenv(spelled, "")  # so that it is as before when the test is over
                monkeypatch.delenv(spelled)
        for name, value in values.items():
            monkeypatch.setenv(name, value)
        loopback.keep_direct()

    return use


def by_urllib(url):
    parts = urlsplit(url)
    skipped = urllib.request.proxy_bypass_environment(parts.netloc)
    return None if skipped else urllib.request.getproxies_environment().get(parts.scheme)


def by_requests(url):
    return requests.utils.select_proxy(url, requests.utils.get_environ_proxies(url))


def by_httpx(url):
    with httpx.Client() as client:
        way = client._transport_for_url(httpx.URL(url))
        return None if way is client._transport else "http://" + way._pool._proxy_url.host.decode() + ":3128"


@pytest.mark.parametrize("way", [by_urllib, by_requests, by_httpx])
@pytest.mark.parametrize("names", [("HTTP_PROXY", "HTTPS_PROXY"), ("http_proxy", "https_proxy"), ("ALL_PROXY",)])
def test_this_machine_is_asked_directly_and_others_through_the_proxy(environ, way, names):
    environ(**dict.fromkeys(names, PROXY))
    assert [way(url) for url in HERE] == [None, None]
    if "ALL_PROXY" not in names or way is not by_urllib:  # urllib knows no proxy for all
        assert way(ELSEWHERE) == PROXY


@pytest.mark.parametrize("way", [by_urllib, by_requests, by_httpx])
@pytest.mark.parametrize("name", ["NO_PROXY", "no_proxy"])
def test_who_was_asked_directly_before_still_is(environ, way, name):
    environ(HTTPS_PROXY=PROXY, HTTP_PROXY=PROXY, **{name: " one.example, two.example,"})
    assert [way(url) for url in (*HERE, "https://one.example/", "https://two.example/")] == [None] * 4
    assert way(ELSEWHERE) == PROXY


@pytest.mark.parametrize("way", [by_urllib, by_requests, by_httpx])
def test_a_star_stays_for_everybody(environ, way):
    environ(HTTPS_PROXY=PROXY, NO_PROXY="*")
    assert [way(url) for url in (*HERE, ELSEWHERE)] == [None] * 3


def test_a_second_time_changes_nothing():
    environ = {"HTTP_PROXY": PROXY, "NO_PROXY": "one.example"}
    loopback.keep_direct(environ)
    once = dict(environ)
    loopback.keep_direct(environ)
    assert environ == once
    assert {environ[name] for name in loopback.NAMES} == {"one.example,127.0.0.1,localhost,::1"}


def test_the_proxies_of_the_system_still_hold(environ, monkeypatch):
    """Python does not ask macOS and Windows for theirs any more once a variable of the kind is set."""
    monkeypatch.setattr(loopback, "systems", lambda: {"https": PROXY, "http": PROXY, "ftp": PROXY})
    environ()
    assert [by_urllib(ELSEWHERE), by_requests(ELSEWHERE), by_urllib(HERE[0])] == [PROXY, PROXY, None]
    assert "ftp" not in urllib.request.getproxies_environment()


def test_the_proxies_of_the_environment_win_over_the_systems(monkeypatch):
    monkeypatch.setattr(loopback, "systems", lambda: {"https": "http://other.example:1"})
    environ = {"HTTP_PROXY": PROXY}
    loopback.keep_direct(environ)
    assert {name.lower() for name in environ} == {"http_proxy", "no_proxy"}


def test_children_have_it_always(monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", PROXY)
    monkeypatch.delenv("NO_PROXY", raising=False)
    told = subprocess.run(
        [sys.executable, "-c", "import json, os; print(json.dumps(dict(os.environ)))"],
        env=quiet_environment(),
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    assert "127.0.0.1" in json.loads(told.stdout)["NO_PROXY"]
