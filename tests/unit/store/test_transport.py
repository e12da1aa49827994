"""How the storage account is asked: connections that are kept, tries, proxies, whom to trust, and what failures say."""

import contextlib
import json
import time
import traceback
from socketserver import StreamRequestHandler, ThreadingTCPServer
from threading import Thread

import pytest
from azure.core.credentials import AccessToken, AzureNamedKeyCredential
from azure.core.exceptions import AzureError, HttpResponseError, ServiceRequestError, ServiceResponseError
from azure.data.tables import TableClient

from local import azurite
from shared.store import transport
from shared.store.table_client import LeanTableClient
from shared.store.transport import Discreet
from tests.tools.azure import web
from tests.tools.waiting import eventually

ROW = {"PartitionKey": "+12025550122", "RowKey": "r"}
BUSY = b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n"
DONE = b"HTTP/1.1 204 Done\r\nETag: e\r\nContent-Length: 0\r\n\r\n"
FOUND = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"
HANGS_UP = b""


@contextlib.contextmanager
def account(*answers, hangs_up=False, after_s=0.0):
    """Play an account that gives these answers, one a request and the last again; yield its address and what it saw.

    With `hangs_up` it closes the connection after each answer without saying so; each takes it `after_s` seconds.
    """
    left, seen = list(answers), []

    class Connection(StreamRequestHandler):
        def handle(self):
            seen.append("connected")
            while line := self.rfile.readline():
                headers = {}
                while named := self.rfile.readline().strip():
                    name, _, value = named.decode().partition(":")
                    headers[name.lower()] = value.strip()
                self.rfile.read(int(headers.get("content-length", 0)))
                seen.append((*line.decode().split()[:2], headers))
                time.sleep(after_s)
                answer = left.pop(0) if len(left) > 1 else left[0]
                if answer == HANGS_UP:
                    return
                self.wfile.write(answer)
                if hangs_up:
                    return

    class Server(ThreadingTCPServer):
        daemon_threads = True

        def shutdown_request(self, request):
            super().shutdown_request(request)
            seen.append("closed")

    with Server(("127.0.0.1", 0), Connection) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}", seen
        server.shutdown()


def methods(seen):
    return [one[0] for one in seen if isinstance(one, tuple)]


def table(address, credential=None):
    key = credential or AzureNamedKeyCredential(azurite.ACCOUNT, azurite.KEY)
    return LeanTableClient(address, "t", credential=key, transport=Discreet())


def test_one_connection_is_kept_for_many_requests():
    with account(DONE) as (address, seen):
        asked = table(address)
        for _ in range(5):
            asked.create_entity(ROW)
    assert seen.count("connected") == 1
    assert methods(seen) == ["POST"] * 5


def test_a_connection_that_was_closed_meanwhile_is_made_anew_without_a_word():
    with account(DONE, hangs_up=True) as (address, seen):
        asked = table(address)
        for number in range(3):
            asked.create_entity(ROW)
            assert eventually(lambda number=number: seen.count("closed") > number)
    assert methods(seen) == ["POST"] * 3


@pytest.mark.parametrize(
    ("answers", "asked", "told"),
    [
        ([BUSY, FOUND], ["GET", "GET"], None),
        ([BUSY], ["GET", "GET"], HttpResponseError),
        ([HANGS_UP, FOUND], ["GET", "GET"], None),
        ([HANGS_UP], ["GET", "GET"], ServiceResponseError),
    ],
)
def test_a_reading_is_tried_twice(answers, asked, told):
    with account(*answers) as (address, seen), pytest.raises(told) if told else contextlib.nullcontext():
        table(address).get_entity("p", "r")
    assert methods(seen) == asked


@pytest.mark.parametrize(
    ("answers", "asked", "told"),
    [([BUSY, DONE], ["POST", "POST"], None), ([HANGS_UP, DONE], ["POST"], ServiceResponseError)],
)
def test_a_new_row_is_sent_again_only_when_the_service_said_that_it_did_nothing(answers, asked, told):
    with account(*answers) as (address, seen), pytest.raises(told) if told else contextlib.nullcontext():
        table(address).create_entity(ROW)
    assert methods(seen) == asked


@pytest.mark.timeout(20)
def test_whoever_is_told_to_come_back_in_a_minute_comes_once_more_and_soon(monkeypatch):
    """Whoever waits for it is answered long before."""
    monkeypatch.setattr(transport, "PAUSE_S", 0.05)
    busy = BUSY.replace(b"Busy\r\n", b"Busy\r\nRetry-After: 60\r\n")
    with account(busy) as (address, seen), pytest.raises(HttpResponseError):
        table(address).create_entity(ROW)
    assert methods(seen) == ["POST", "POST"]


def test_an_answer_has_its_time_whatever_time_a_connection_has(monkeypatch):
    monkeypatch.setattr(transport, "CONNECT_S", 0.05)
    with account(FOUND, after_s=0.2) as (address, seen):
        table(address).get_entity("p", "r")
    assert methods(seen) == ["GET"]


def test_what_a_failure_says_holds_no_address_and_no_number(monkeypatch):
    monkeypatch.setattr(transport, "READ_S", 0.05)
    refused = b"HTTP/1.1 400 Bad\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
    said = json.dumps({"odata.error": {"code": "InvalidInput", "message": {"value": "+12025550122 is none"}}}).encode()
    with account(HANGS_UP) as (hangs_up, _), account(refused % (len(said), said)) as (refuses, _):
        for address in (hangs_up, refuses, "http://127.0.0.1:1", "http://no.such.host.invalid"):
            try:
                table(address).get_entity("+12025550122", "r")
            except AzureError as e:
                words = "".join(traceback.format_exception(e, limit=0))
                assert not any(secret in words for secret in ("2025550122", "127.0.0.1", "invalid\n", "host"))
            else:
                pytest.fail("nothing was raised")


class Identity:
    """What azure-identity would get from Azure."""

    def get_token(self, *scopes, **_):
        return AccessToken(f"token-for-{scopes[0]}", 4_000_000_000)


def test_an_identity_goes_through_the_proxy_of_the_environment_to_whom_it_trusts(tmp_path, monkeypatch):
    with account(FOUND) as (address, seen), web.opened(tmp_path) as (around, environment):
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        around.forwards["x.table.example"] = address
        table("https://x.table.example", Identity()).get_entity("p", "r")
        assert around.seen == ["GET x.table.example/t(PartitionKey='p',RowKey='r')"]
        monkeypatch.delenv("REQUESTS_CA_BUNDLE")
        with pytest.raises(ServiceRequestError):
            table("https://x.table.example", Identity()).get_entity("p", "r")
    assert [one[2]["authorization"] for one in seen if isinstance(one, tuple)] == [
        "Bearer token-for-https://storage.azure.com/.default"
    ]


def test_a_proxy_that_wants_a_password_gets_it(monkeypatch):
    with account(FOUND) as (proxy, seen):
        monkeypatch.setenv("http_proxy", proxy.replace("http://", "http://me:p%40ss@"))
        monkeypatch.setenv("no_proxy", "")
        table("http://x.table.example").get_entity("p", "r")
    method, address, headers = seen[1]
    assert (method, address) == ("GET", "http://x.table.example/t(PartitionKey='p',RowKey='r')")
    assert headers["proxy-authorization"] == "Basic bWU6cEBzcw=="


def test_a_token_never_goes_over_an_open_line():
    with account(FOUND) as (address, seen), pytest.raises((ValueError, AzureError)):
        TableClient(address, "t", credential=Identity(), transport=Discreet()).get_entity("p", "r")
    assert seen == []
