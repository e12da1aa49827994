"""What listens on this machine obeys programs of this machine, and no page of a browser that runs on it."""

import httpx
import pytest

from tests.tools.stand_in import ACCOUNT, LINE, TOKEN

TEXT = '{"from": "+12025550122", "body": "hi"}'
EVIL = "http://evil.example"


@pytest.fixture
def asked(stand_in):
    with httpx.Client(base_url=stand_in, timeout=30) as http:
        yield lambda path, method="POST", **headers: http.request(
            method, path, content=None if method == "GET" else TEXT, headers=headers,
            auth=(ACCOUNT, TOKEN) if path.startswith("/2010") else None,
        )  # fmt: skip


def own(stand_in):
    return stand_in.removeprefix("http://")


CONTROL = ["/_local/messages", "/_local/calls", "/_local/faults", "/_local/phones/%2B12025550122"]
REST = [f"/2010-04-01/Accounts/{ACCOUNT}.json", f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json"]


@pytest.mark.parametrize("path", [*CONTROL, *REST])
@pytest.mark.parametrize(
    "headers",
    [
        {"origin": EVIL, "content-type": "text/plain"},
        {"origin": "null"},
        {"origin": "http://127.0.0.1:1"},
        {"origin": "https://127.0.0.1"},
        {"host": "evil.example"},
        {"host": "127.0.0.1.evil.example"},
        {"host": "evil.example:80", "origin": "http://evil.example:80"},
        {"host": "localhost."},
        {"host": "127.0.0.2"},
        {"host": "[::2]"},
        {"host": "127.1"},
        {"host": ""},
        {"sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors", "sec-fetch-dest": "image"},
        {"sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors", "sec-fetch-dest": "empty"},
        {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document"},
        {"sec-fetch-site": "same-site", "sec-fetch-mode": "no-cors", "sec-fetch-dest": "script"},
    ],
)
def test_a_page_of_elsewhere_is_refused(asked, path, headers):
    for method in ("POST", "PUT", "DELETE", "GET"):
        answer = asked(path, method, **headers)
        assert answer.status_code == 403, (method, answer.text)
        assert "this machine" in answer.text


def test_what_a_page_of_elsewhere_wanted_did_not_happen(asked, stand_in, twilio):
    before = len(twilio.ask("GET", "/webhooks"))
    assert asked("/_local/messages", origin=EVIL, **{"content-type": "text/plain"}).status_code == 403
    assert len(twilio.ask("GET", "/webhooks")) == before
    assert asked("/_local/messages", origin=stand_in).json()["sid"]


@pytest.mark.parametrize(
    ("site", "mode", "path", "status"),
    [("same-origin", "cors", "/_local/line", 200), ("none", "navigate", "/_local/line", 200),
     ("cross-site", "navigate", "/", 200), ("same-site", "navigate", "/?number=%2B12025550101", 200),
     ("cross-site", "no-cors", "/handset/main.js", 403), ("cross-site", "no-cors", "/", 403)],
)  # fmt: skip
def test_a_link_of_elsewhere_leads_to_the_phone_and_to_nothing_else(asked, site, mode, path, status):
    assert asked(path, "GET", **{"sec-fetch-site": site, "sec-fetch-mode": mode}).status_code == status


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost", "[::1]", "LOCALHOST"])
def test_a_program_of_this_machine_is_let_in_under_each_of_its_names(asked, stand_in, name):
    host = f"{name}:{own(stand_in).rpartition(':')[2]}"
    assert asked("/_local/line", "GET", host=host).json()["numbers"] == [LINE]
    assert asked("/_local/line", "GET", host=host, origin=f"http://{host}").status_code == 200
    assert asked(REST[0], "GET", host=host).status_code == 200


@pytest.mark.parametrize("path", ["/_local/webhooks", "/_local/alerts", "/_local/wishes"])
@pytest.mark.parametrize("query", ["after=x", "after=-1", "wait_s=soon", "wait_s=nan", "wait_s=1e9"])
def test_what_no_journal_can_be_asked_is_refused_with_its_reason(asked, path, query):
    refused = asked(f"{path}?{query}", "GET")
    assert (refused.status_code, refused.json()["code"]) == (400, 20001)
    assert query.split("=")[0] in refused.json()["message"]


@pytest.mark.parametrize("seconds", ["-1", "1e300"])
def test_time_passes_forward_and_not_for_ever(stand_in, seconds):
    body = f'{{"seconds": {seconds}}}'
    refused = httpx.post(f"{stand_in}/_local/clock", content=body)
    assert (refused.status_code, refused.json()["code"]) == (400, 20001)
    unheard_of = httpx.put(f"{stand_in}/_local/clock", content='{"at": "0001-01-01T00:00:00Z"}')
    assert (unheard_of.status_code, unheard_of.json()["code"]) == (400, 20001)
