"""One pinned wheel from an index, as pip would get it: with its mirror, its password, its certificate, its proxy."""

import base64
import contextlib
import datetime as dt
import hashlib
import http.server
import ipaddress
import json
import ssl
import threading

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from local.bootstrap import index
from local.bootstrap.pip_settings import PipSettings
from local.bootstrap.quiet import NotReady

CONTENT = b"PK a wheel"
SHA256 = hashlib.sha256(CONTENT).hexdigest()
FILE = "uv-0.13.9-py3-none-manylinux_2_17_x86_64.manylinux2014_x86_64.whl"
OTHERS = ("uv-0.13.9.tar.gz", "uv-0.13.8-py3-none-manylinux_2_17_x86_64.whl", "uv-0.13.9-py3-none-win_amd64.whl")
TAGS = [r"manylinux\w*_x86_64", r"musllinux\w*_x86_64"]


class Index(http.server.ThreadingHTTPServer):
    """An index whose answers a test sets: `answers` maps a path to (status, content type, body, more headers)."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Answers)
        self.answers, self.asked, self.scheme = {}, [], "http"
        self.page([FILE, *OTHERS])
        self.answers["/files/" + FILE] = (200, "application/octet-stream", CONTENT, {})

    @property
    def base(self):
        return f"{self.scheme}://127.0.0.1:{self.server_port}"

    def page(self, names, kind="html"):
        if kind == "json":
            text = json.dumps({"files": [{"filename": name, "url": f"../../files/{name}"} for name in names]})
            self.answers["/simple/uv/"] = (200, "application/vnd.pypi.simple.v1+json", text.encode(), {})
        else:
            links = "".join(f'<a href="../../files/{name}#sha256=1">{name}</a><br/>' for name in names)
            self.answers["/simple/uv/"] = (200, "text/html", f"<html>{links}</html>".encode(), {})


class Answers(http.server.BaseHTTPRequestHandler):
    """Gives what the index was told to give."""

    def do_GET(self):
        self.server.asked.append((self.path, dict(self.headers)))
        status, kind, body, more = self.server.answers.get(self.path.removeprefix(self.server.base), (404, "", b"", {}))
        if callable(status):
            status = status(self)
        self.send_response(status)
        for name, value in ({"content-type": kind, "content-length": str(len(body))} | more).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@contextlib.contextmanager
def served(server):
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def mirror(monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    with served(Index()) as server:
        yield server


def fetch(pins=(SHA256,), **settings):
    return index.wheel("uv", "0.13.9", pins, TAGS, PipSettings(**settings))


@pytest.mark.parametrize("kind", ["html", "json"])
def test_the_wheel_for_this_system_is_found_on_a_page_in_either_form(mirror, kind):
    mirror.page([*OTHERS, FILE], kind)
    assert fetch(index_url=f"{mirror.base}/simple") == CONTENT
    assert fetch(index_url=f"{mirror.base}/simple/") == CONTENT


def test_other_bytes_than_the_pinned_ones_are_refused(mirror):
    mirror.answers["/files/" + FILE] = (200, "", b"something else", {})
    with pytest.raises(NotReady, match="not what is pinned: its sha256 differs"):
        fetch(index_url=f"{mirror.base}/simple")


def test_an_index_without_a_wheel_for_this_system_says_so_and_the_next_one_is_asked(mirror):
    mirror.page(OTHERS)
    with pytest.raises(NotReady, match="it has none for this system"):
        fetch(index_url=f"{mirror.base}/simple")
    with served(Index()) as second:
        assert fetch(index_url=f"{mirror.base}/simple", extra_index_url=(f"{second.base}/simple",)) == CONTENT


def test_of_several_places_the_one_whose_fault_can_be_mended_is_told(mirror, tmp_path):
    mirror.page(OTHERS)
    with pytest.raises(NotReady, match="network cannot be reached"):
        fetch(
            find_links=(str(tmp_path),),
            index_url=f"{mirror.base}/simple",
            extra_index_url=("http://127.0.0.1:9/simple",),
        )


def test_a_name_and_a_password_in_the_address_sign_the_request_and_are_never_shown(mirror):
    wanted = "Basic " + base64.b64encode(b"ann:s3 cret").decode()
    page = mirror.answers["/simple/uv/"]
    mirror.answers["/simple/uv/"] = (lambda asked: 200 if asked.headers["authorization"] == wanted else 401, *page[1:])
    address = mirror.base.replace("//", "//ann:s3%20cret@") + "/simple"
    assert fetch(index_url=address) == CONTENT
    with pytest.raises(NotReady) as refused:
        fetch(index_url=address.replace("s3", "wrong"))
    assert "PIP_INDEX_URL" in str(refused.value)
    assert "wrong" not in str(refused.value)


def test_a_password_is_not_carried_to_another_host(mirror):
    with served(Index()) as elsewhere:
        moved = elsewhere.base.replace("127.0.0.1", "localhost") + "/files/" + FILE
        mirror.answers["/files/" + FILE] = (302, "", b"", {"location": moved})
        assert fetch(index_url=mirror.base.replace("//", "//ann:secret@") + "/simple") == CONTENT
        assert all("Authorization" not in headers for _, headers in elsewhere.asked)


def test_netrc_is_honoured(mirror, tmp_path):
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login ann password secret\n", encoding="utf-8")
    (tmp_path / ".netrc").chmod(0o600)
    fetch(index_url=f"{mirror.base}/simple")
    assert mirror.asked[0][1]["Authorization"] == "Basic " + base64.b64encode(b"ann:secret").decode()


def test_a_server_that_fails_once_is_asked_again_and_a_refusal_is_not(mirror):
    states = [503, 503, 200]
    page = mirror.answers["/simple/uv/"]
    mirror.answers["/simple/uv/"] = (lambda _: states.pop(0), *page[1:])
    assert fetch(index_url=f"{mirror.base}/simple") == CONTENT
    assert states == []
    states[:] = [404, 200]
    with pytest.raises(NotReady, match="it answers 404"):
        fetch(index_url=f"{mirror.base}/simple")
    assert states == [200]


def test_the_proxy_of_pips_settings_is_asked(mirror):
    with served(Index()) as proxy:
        proxy.answers = {"http://mirror.example/simple/uv/": mirror.answers["/simple/uv/"],
                         f"http://mirror.example/files/{FILE}": (200, "", CONTENT, {})}  # fmt: skip
        assert fetch(index_url="http://mirror.example/simple", proxy=proxy.base) == CONTENT
        assert [path for path, _ in proxy.asked] == list(proxy.answers)


def test_a_proxy_that_wants_a_password_is_said():
    with served(Index()) as proxy:
        proxy.answers = {"http://mirror.example/simple/uv/": (407, "", b"", {})}
        with pytest.raises(NotReady, match="proxy wants a name and a password"):
            fetch(index_url="http://mirror.example/simple", proxy=proxy.base)


def test_a_place_that_cannot_be_reached_is_said_with_the_way_out():
    with pytest.raises(NotReady, match="network cannot be reached; where a proxy or a mirror is needed"):
        fetch(index_url="http://127.0.0.1:9/simple")


def test_a_folder_of_wheels_is_enough(tmp_path):
    (tmp_path / FILE).write_bytes(CONTENT)
    assert fetch(find_links=(str(tmp_path),), no_index=True) == CONTENT
    with pytest.raises(NotReady, match="allow no index and name no folder"):
        fetch(no_index=True)


def test_an_index_in_files_is_read_like_a_page(tmp_path):
    (tmp_path / "simple" / "uv").mkdir(parents=True)
    (tmp_path / "simple" / "uv" / "index.html").write_text(f'<a href="../../{FILE}">{FILE}</a>', encoding="utf-8")
    (tmp_path / FILE).write_bytes(CONTENT)
    assert fetch(index_url=(tmp_path / "simple").as_uri()) == CONTENT


@pytest.fixture
def secured(mirror, tmp_path):
    """The index behind a certificate that nobody but `ca.pem` vouches for."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "a company's own")])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(1).not_valid_before(now - dt.timedelta(1)).not_valid_after(now + dt.timedelta(1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    pem = certificate.public_bytes(serialization.Encoding.PEM)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (tmp_path / "ca.pem").write_bytes(pem)
    (tmp_path / "both.pem").write_bytes(pem + private)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "both.pem")
    mirror.socket = context.wrap_socket(mirror.socket, server_side=True)
    mirror.scheme = "https"
    return mirror


def test_the_certificate_of_pips_settings_is_trusted_and_no_other(secured, tmp_path):
    address = f"{secured.base}/simple"
    assert fetch(index_url=address, cert=str(tmp_path / "ca.pem")) == CONTENT
    if index.trusts_something(PipSettings()):
        with pytest.raises(
            NotReady, match="not trusted here; name the file of your company's certificates in PIP_CERT"
        ):
            fetch(index_url=address)
    assert fetch(index_url=address, trusted_host=(f"127.0.0.1:{secured.server_port}",)) == CONTENT


def test_a_certificate_that_is_not_there_is_named(mirror):
    with pytest.raises(NotReady, match="name the certificate /nowhere/ca"):
        fetch(index_url=f"{mirror.base}/simple", cert="/nowhere/ca.pem")


def test_a_machine_without_any_certificate_goes_by_the_checksum_but_shows_no_password(secured, monkeypatch, tmp_path):
    (tmp_path / "empty").mkdir()
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "none.pem"))
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path / "empty"))
    assert not index.trusts_something(PipSettings())
    assert fetch(index_url=f"{secured.base}/simple") == CONTENT
    with pytest.raises(NotReady, match="sha256 differs"):
        fetch(pins=["0" * 64], index_url=f"{secured.base}/simple")
    with pytest.raises(NotReady, match="not trusted"):
        fetch(index_url=secured.base.replace("//", "//ann:secret@") + "/simple")
