"""What the phone's page wants of the line: passed on to whoever grants it, and brought back."""

import threading

import httpx
import pytest


@pytest.fixture
def ask(stand_in):
    with httpx.Client(base_url=f"{stand_in}/_local", timeout=30, trust_env=False) as http:
        yield lambda method, path="", **more: http.request(method, f"/wishes{path}", **more)


@pytest.fixture
def granting(ask):
    """Let somebody grant one wish."""
    threads = []

    def grant(outcome):
        position = ask("GET").json()["next"]

        def once():
            [wish] = ask("GET", params={"after": position, "wait_s": 5}).json()["wishes"]
            ask("PUT", f"/{wish['number']}", json=outcome(wish))

        threads.append(threading.Thread(target=once))
        threads[-1].start()

    yield grant
    for thread in threads:
        thread.join()


def test_a_wish_is_passed_on_and_what_is_granted_comes_back(ask, granting):
    granting(lambda wish: {"granted": [wish["wants"], wish["given"]]})
    while ask("POST", json={"wants": "time", "given": {"at": "Thu 22:00"}}).json()["granted"] is None:
        pass  # until somebody is there
    granting(lambda _: {"refused": "Not today."})
    assert ask("POST", json={"wants": "time"}).json()["refused"] == "Not today."


def test_what_is_no_wish_is_refused(ask):
    assert ask("POST", json={"given": {}}).status_code == 400
    assert ask("POST", content=b"{").status_code == 400
    assert ask("PUT", "/77", json={"granted": 1}).json() == {"awaited": False}
