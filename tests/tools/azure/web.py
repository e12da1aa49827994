"""The web around an Azure in a folder, by its real addresses: apps, their deployment services, storage, Twilio.

A proxy that ends TLS itself, with certificates of its own: whoever is told of it by HTTPS_PROXY and SSL_CERT_FILE finds
`https://ahoy-....azurewebsites.net` there, and no other address of the world. What it answers of a deployment is what
azure-dev's funcapp_host_client.go and azure-cli's appservice/custom.py read.
"""

import contextlib
import hashlib
import json
import re
import ssl
import threading
import urllib.error
import urllib.request
import zipfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from urllib.parse import parse_qs, parse_qsl, urlsplit

from twilio.request_validator import RequestValidator

from tests.tools.azure import certificates, cloud

TWIML = '<?xml version="1.0" encoding="UTF-8"?><Response><Say>Hello Monkey!</Say></Response>'
NO_ROLE = ("This request is not authorized to perform this operation using this permission. "
           "ErrorCode: AuthorizationPermissionMismatch")  # fmt: skip
MANAGEMENT = "management.azure.com"
TABLES = ".table.core.windows.net"
REFRESH = re.compile(
    rf"/subscriptions/{cloud.SUBSCRIPTION}/resourceGroups/[^/]+/providers/Microsoft\.Web/sites/([^/]+)"
    r"/config/configreferences/appsettings/refresh\?api-version=20\d\d-\d\d-\d\d"
)
STAGES = (0, 1, 4)  # of a deployment, one each time that somebody looks


class Web:
    """What stands at the addresses; `forwards` are hosts that other servers of this machine play.

    `tables` plays the table service of every account: an address, and what is added to each query.
    """

    def __init__(self, folder):
        self.folder, self.forwards, self.seen, self.looks, self.tables = folder, {}, [], {}, ("", "")
        self.lock = threading.Lock()

    def answer(self, host, method, path, headers, body):
        """Return status, headers and body."""
        with self.lock:
            azure = cloud.Cloud(self.folder)
            self.seen.append(f"{method} {host}{path}")
            for app in azure.state["apps"].values():
                if host == app["scm"]:
                    told = self._service(azure, app, method, path, headers, body)
                    azure.save()
                    return told
                if host in {app["host"], *app["hosts"]}:
                    return _app(azure, app, method, path, headers, body)
            if host == MANAGEMENT:
                told = _managed(azure, method, path, headers)
                azure.save()
                return told
        if host.endswith(TABLES):
            return self._tables(azure, host, method, path, headers, body)
        if host in self.forwards:
            return _forwarded(self.forwards[host], method, path, headers, body)
        return 502, {}, f"nobody is at {host}".encode()

    def _tables(self, azure, host, method, path, headers, body):
        """Answer as the table service of an account does: by a role, which comes late, and never by a key."""
        apps = azure.state["apps"].values()
        account = host.removesuffix(TABLES)
        found = [app for app in apps if app["settings"]["AzureWebJobsStorage__accountName"] == account]
        if not found or headers.get("authorization") != "Bearer token-for-https://storage.azure.com":
            return 401, {}, b""
        with self.lock:
            is_late, is_busy = azure.fault("data roles on their way"), azure.fault("tables busy")
            azure.save()
        if is_busy:
            told = {"odata.error": {"code": "ServerBusy", "message": {"value": "The server is busy."}}}
            return 503, {"Content-Type": "application/json", "Retry-After": "3"}, json.dumps(told).encode()
        if is_late or not found[0]["settings"]["may_read"]:
            told = {"odata.error": {"code": "AuthorizationPermissionMismatch", "message": {"value": NO_ROLE}}}
            return 403, {"Content-Type": "application/json"}, json.dumps(told).encode()
        address, added = self.tables
        query = f"{path}{'&' if '?' in path else '?'}{added}"
        return _forwarded(address, method, query, headers, body.replace(f"https://{host}".encode(), address.encode()))

    def _service(self, azure, app, method, path, headers, body):
        at, query = urlsplit(path).path, parse_qs(urlsplit(path).query)
        if not headers.get("authorization", "").startswith("Bearer token-for-"):
            return 401, {}, b"<html>You do not have permission to view this directory or page.</html>"
        if azure.fault("throttling"):
            return 429, {"Retry-After": "17"}, b"Too Many Requests"
        if azure.fault("service away"):
            return 503, {}, b"<html>The service is unavailable.</html>"
        if (method, at) == ("POST", "/api/publish"):
            return self._take(azure, app, query, body)
        if method == "GET" and at.startswith("/api/deployments/"):
            return self._told_of(at)
        return 404, {}, b""

    def _take(self, azure, app, query, body):
        if azure.fault("another deployment"):
            return 409, {}, b"There may be an ongoing deployment."
        name = hashlib.sha256(body).hexdigest()
        self.looks[name[:8]] = list(STAGES)
        if azure.fault("roles on their way"):
            self.looks[name[:8]] = [0, 3]
        else:
            (self.folder / f"{name}.zip").write_bytes(body)
            app["package"] = "" if query.get("RemoteBuild", ["true"]) != ["false"] else name
        return 202, {}, json.dumps(name[:8]).encode()

    def _told_of(self, at):
        name, _, more = at.removeprefix("/api/deployments/").partition("/")
        if name not in self.looks:
            return 404, {}, b""
        if more == "log":
            return 200, {}, json.dumps([{"message": NO_ROLE, "details_url": None}]).encode()
        left = self.looks[name]
        status = left.pop(0) if len(left) > 1 else left[0]
        return 200, {}, json.dumps({"id": name, "status": status, "status_text": ""}).encode()


def _managed(azure, method, path, headers):
    """Answer as the Resource Manager does when the references of an app to its vault are to be read again."""
    if headers.get("authorization") != f"Bearer token-for-https://{MANAGEMENT}/.default":
        return 401, {}, b'{"error":{"code":"AuthenticationFailed"}}'
    found = REFRESH.fullmatch(path)
    if method != "POST" or not found or found[1] not in azure.state["apps"]:
        return 404, {}, b'{"error":{"code":"ResourceNotFound"}}'
    azure.state["apps"][found[1]]["reads_secrets"] = True
    return 200, {}, b'{"value": []}'


def _app(azure, app, method, path, headers, body):
    """Answer as a line does, once its package is there, has all it imports, and the vault has been read."""
    at = urlsplit(path).path
    if not app["package"] or not _is_whole(azure.folder / f"{app['package']}.zip"):
        return 404, {}, b""  # the host found no functions
    secrets = azure.state["vaults"][app["vault"]]["secrets"]
    tokens = [secrets.get("twilio-auth-token")] if app["reads_secrets"] else []
    if app["settings"]["is_rotating"] and tokens:
        tokens.append(secrets.get("twilio-auth-token-secondary"))
    if at == "/api/health":
        told = "ok" if all(tokens) and tokens else ["TWILIO_AUTH_TOKEN holds an unresolved Key Vault reference"]
        return 200 if told == "ok" else 503, {}, json.dumps({"checks": {"settings": told, "flow": "ok"}}).encode()
    if at == "/api/messages":
        keys = {app["key"], *app.get("keys", {}).values()}
        return (200, {}, b'{"messages": []}') if headers.get("x-functions-key") in keys else (401, {}, b"")
    if (method, at) == ("POST", "/api/voice"):
        url = app["settings"]["PUBLIC_BASE_URL"] + path
        form, signature = dict(parse_qsl(body.decode())), headers.get("x-twilio-signature", "")
        if any(token and RequestValidator(token).validate(url, form, signature) for token in tokens):
            return 200, {"Content-Type": "text/xml"}, TWIML.encode()
        return 403, {}, b""
    return 404, {}, b""


def _is_whole(package):
    """Whether a package can be run as it is: the host's file and the app at its root, and what the app imports."""
    names = set(zipfile.ZipFile(BytesIO(package.read_bytes())).namelist())
    return {"host.json", "function_app.py"} <= names and any(
        name.startswith(".python_packages/lib/site-packages/azure/functions/") for name in names
    )


def _forwarded(to, method, path, headers, body):
    own = {"host", "content-length", "connection", "accept-encoding", "transfer-encoding"}
    own |= {"authorization"} if "sig=" in path else set()
    kept = {name: value for name, value in headers.items() if name not in own}
    request = urllib.request.Request(to + path, body or None, kept, method=method)
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, _told(answer.headers), answer.read()
    except urllib.error.HTTPError as e:
        return e.code, _told(e.headers), e.read()


def _told(headers):
    names = ("content-type", "etag", "location")
    return {name: value for name, value in headers.items() if name.lower().startswith(("x-ms-", *names))}


class Proxy(BaseHTTPRequestHandler):
    """Opens a tunnel to a host of the web, and is that host at its other end."""

    def do_CONNECT(self):
        host = self.path.partition(":")[0]
        self.send_response_only(200)
        self.end_headers()
        with contextlib.suppress(OSError, ssl.SSLError):
            inside = self.server.authority.context(host).wrap_socket(self.connection, server_side=True)
            with inside:
                Host(inside, host, self.server)
        self.close_connection = True

    def log_message(self, *_):
        """Stay silent."""


class Host(BaseHTTPRequestHandler):
    """A host of the web."""

    protocol_version = "HTTP/1.1"

    def __init__(self, connection, host, server):
        self.host = host
        super().__init__(connection, (host, 443), server)

    def answer(self):
        body = self._body()
        headers = {name.lower(): value for name, value in self.headers.items()}
        status, more, told = self.server.web.answer(self.host, self.command, self.path, headers, body)
        self.send_response_only(status)
        for name, value in {**more, "Content-Length": str(len(told))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(told)

    def _body(self):
        if self.headers.get("transfer-encoding", "").lower() != "chunked":
            return self.rfile.read(int(self.headers.get("content-length", 0)))
        parts = []
        while size := int(self.rfile.readline().split(b";")[0], 16):
            parts.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(parts)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_MERGE = answer  # noqa: N815 -- the names that http.server calls

    def log_message(self, *_):
        """Stay silent."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_):
        """Stay silent: who asks may hang up."""


@contextlib.contextmanager
def opened(folder):
    """Open the web; yield it, and the environment by which a program finds it."""
    server = _Server(("127.0.0.1", 0), Proxy)
    server.web, server.authority = Web(folder), certificates.Authority(folder)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    proxy, trusted = f"http://127.0.0.1:{server.server_port}", str(server.authority.file)
    direct = "127.0.0.1,localhost"
    names = {"HTTPS_PROXY": proxy, "https_proxy": proxy, "NO_PROXY": direct, "no_proxy": direct,
             "SSL_CERT_FILE": trusted, "REQUESTS_CA_BUNDLE": trusted, "CURL_CA_BUNDLE": trusted}  # fmt: skip
    try:
        yield server.web, names
    finally:
        server.shutdown()
        server.server_close()
