"""The local host behaves as the real one where an app could tell: facts of the real one are named in each test."""

import socket
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from local.paths import ROOT
from local.process import Process, quiet_environment
from tests.tools.waiting import eventually

KEY, MASTER_KEY = "the-key", "the-master-key"
LIMIT = 100_000
# The host knows no case in the names of settings, and Windows gives all of them in capitals.
DISABLED = {"AzureWebJobs.disabled_timer.Disabled": "True", "AZUREWEBJOBS.DISABLED_ROUTE.DISABLED": "1",
            "AzureWebJobs.tick.Disabled": "false"}  # fmt: skip


@pytest.fixture(scope="module")
def host(tmp_path_factory):
    process = Process("the host", tmp_path_factory.mktemp("host") / "log")
    command = [
        sys.executable,
        "-m",
        "local.host",
        "--port=0",
        f"--app={Path(__file__).parent / 'probe'}",
        "--with-parent",
    ]
    settings = {
        "AHOY_HOST_KEY": KEY,
        "AHOY_HOST_MASTER_KEY": MASTER_KEY,
        "PYTHON_THREADPOOL_THREAD_COUNT": "4",
    } | DISABLED
    settings["FUNCTIONS_REQUEST_BODY_SIZE_LIMIT"] = str(LIMIT)
    (address,) = process.start(command, quiet_environment(**settings), ROOT)
    with httpx.Client(base_url=address) as client:
        client.log = process._log
        yield client
    process.end()


def test_a_route_is_below_the_prefix_and_its_parameters_are_decoded(host):
    told = host.get("/api/see/caf%C3%A9%20au").json()
    assert told["route"] == {"name": "café au"}
    assert told["url"] == f"{host.base_url}/api/see/caf%C3%A9%20au"
    assert host.get("/see/x").status_code == 404


def test_routes_do_not_mind_case_and_a_slash_at_the_end(host):
    assert host.get("/API/See/x/").json()["route"] == {"name": "x"}


@pytest.mark.parametrize(
    ("path", "route"),
    [("/api/maybe", {}), ("/api/maybe/x", {"name": "x"}), ("/api/all", {}), ("/api/all/a/b", {"rest": "a/b"}),
     ("/api/number/12", {"n": "12"})],
)  # fmt: skip
def test_optional_catch_all_and_constrained_parameters(host, path, route):
    assert host.get(path).json()["route"] == route


@pytest.mark.parametrize(
    "path", ["/api/see/", "/api/see/a/b", "/api/number/x", "/api/nothing", "/api", "/api/see/a%2Fb/c"]
)
def test_an_unknown_address_is_404_with_an_empty_body(host, path):
    answer = host.get(path)
    assert (answer.status_code, answer.content) == (404, b"")


@pytest.mark.parametrize("method", ["PUT", "DELETE", "HEAD", "OPTIONS", "PATCH"])
def test_a_wrong_method_is_404_not_405(host, method):
    assert host.request(method, "/api/see/x").status_code == 404


def test_empty_query_values_are_dropped_and_repeats_joined_but_the_address_is_as_sent(host):
    told = host.get("/api/see/x?a=&b=1&b=2&c=%2B%20").json()
    assert told["params"] == {"b": "1,2", "c": "+ "}
    assert told["url"].endswith("?a=&b=1&b=2&c=%2B%20")


def test_headers_arrive_lower_cased_and_joined(host):
    told = host.get("/api/see/x", headers=[("X-One", "a"), ("x-one", "b")]).json()
    assert told["headers"]["x-one"] == "a,b"


def test_a_body_arrives_byte_by_byte(host):
    body = bytes(range(256))
    assert host.post("/api/see/x", content=body).json()["body"] == body.decode("latin-1")


def test_a_body_above_the_limit_is_refused_before_it_is_sent(host):
    """And so takes no memory: what its sender has announced is waited for by nobody."""
    assert host.post("/api/see/x", content=b"x" * LIMIT).status_code == 200
    assert host.post("/api/see/x", content=b"x" * (LIMIT + 1)).status_code == 413
    with socket.create_connection((host.base_url.host, host.base_url.port), timeout=5) as sender:
        sender.sendall(b"POST /api/see/x HTTP/1.1\r\nHost: localhost\r\nContent-Length: 104857600\r\n\r\nBody=")
        answer = b"".join(iter(lambda: sender.recv(4096), b""))
    assert answer.startswith(b"HTTP/1.1 413 ")


def test_a_body_without_a_length_does_not_arrive(host):
    assert host.post("/api/see/x", content=iter([b"chunk"])).json()["body"] == ""


def test_a_function_key_is_asked_for_by_header_or_query(host):
    assert (host.get("/api/locked").status_code, host.get("/api/locked").content) == (401, b"")
    assert host.get("/api/locked", headers={"x-functions-key": KEY}).text == "open"
    assert host.get(f"/api/locked?code={KEY}").text == "open"
    assert host.get(f"/api/locked?code={KEY}", headers={"x-functions-key": "wrong"}).status_code == 401
    assert host.get("/api/locked", headers={"x-functions-key": "schlüssel".encode()}).status_code == 401


def test_an_exception_is_an_empty_500(host):
    answer = host.get("/api/fails")
    assert (answer.status_code, answer.content) == (500, b"")


def test_synchronous_functions_run_at_the_same_time(host):
    with ThreadPoolExecutor() as pool:
        assert [f.result().text for f in [pool.submit(host.get, "/api/together") for _ in range(2)]] == ["met", "met"]


def test_text_is_an_answer_too(host):
    assert host.get("/api/text").text == "plain"


def test_the_home_page_is_empty(host):
    assert host.get("/").status_code == 204


def test_forwarded_headers_do_not_change_the_address(host):
    told = host.get("/api/see/x", headers={"x-forwarded-host": "evil.example", "x-forwarded-proto": "https"}).json()
    assert told["url"] == f"{host.base_url}/api/see/x"


def test_a_taken_port_is_an_error(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        other = Process("other", tmp_path / "log")
        command = [sys.executable, "-m", "local.host", f"--port={taken.getsockname()[1]}", "--with-parent"]
        with pytest.raises(Exception, match="did not start"):
            other.start(command, quiet_environment(AHOY_HOST_KEY=KEY), ROOT)
        other.end()


def test_a_timer_comes_at_its_times_and_again_after_a_failure(host):
    assert eventually(lambda: len(host.get("/api/ticks").json()) >= 2)
    assert host.get("/api/ticks").json()[:2] == [False, False]


def test_a_timer_that_is_still_at_work_when_its_time_comes_is_not_run_twice_at_once(host):
    assert eventually(lambda: host.get("/api/runs").json()["ended"] >= 2)
    assert host.get("/api/runs").json()["most"] == 1


def test_a_timers_function_is_run_by_hand_with_the_master_key_only(host):
    key = {"x-functions-key": MASTER_KEY}
    assert host.post("/admin/functions/seldom").status_code == 401
    assert host.post("/admin/functions/seldom", headers={"x-functions-key": KEY}).status_code == 401
    for elsewhere in ({"host": "evil.example"}, {"origin": "http://evil.example"}):
        assert host.post("/admin/functions/seldom", headers=key | elsewhere).status_code == 403
    assert host.get("/admin/functions/seldom", headers=key).status_code == 404
    assert [host.post(f"/admin/functions/{name}", headers=key).status_code for name in ("see", "none")] == [404, 404]
    assert host.get("/api/runs").json()["by hand"] == 0
    assert host.post("/admin/functions/seldom", headers=key).status_code == 202
    assert eventually(lambda: host.get("/api/runs").json()["by hand"] == 1)


def test_a_timer_that_the_settings_disable_comes_by_hand_only(host):
    ticks = len(host.get("/api/ticks").json())
    assert eventually(lambda: len(host.get("/api/ticks").json()) >= ticks + 2)  # its time has come twice
    assert host.get("/api/runs").json()["disabled"] == 0
    assert host.post("/admin/functions/disabled_timer", headers={"x-functions-key": MASTER_KEY}).status_code == 202
    assert eventually(lambda: host.get("/api/runs").json()["disabled"] == 1)


def test_a_route_that_the_settings_disable_is_not_there(host):
    assert host.get("/api/disabled").status_code == 404


def test_a_trigger_and_an_output_that_are_not_played_here_are_said(host):
    for what in ("blobTrigger", "output more"):
        said = f"WARNING Host.Startup: picture: {what} is not played here"
        assert eventually(lambda said=said: said in host.log.read_text(encoding="utf-8"))
