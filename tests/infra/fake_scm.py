"""Stands where the deployment service of an app on Flex Consumption stands, under https, and answers as it does.

Source: azure-dev, pkg/azsdk/funcapp_host_client.go; azure-cli 2.91, appservice/custom.py; functions-action,
KuduServiceUtility.ts. `uploads` are what it answers to the next ones (status, text), `states` what it says of the
deployment then, in turn: a state, or a status and a document; the last one stays.
"""

import contextlib
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from tests.line.reach import tunnel

TOKEN = "a-token-of-azure"
DEPLOYMENT = "3f2b8c1e"


class Scm:
    """The service of a test: `packages` are what it was brought, `asked` the requests, `host` is its name."""

    def __init__(self):
        self.uploads, self.states, self.logs = [], [4], {"": []}
        self.packages, self.asked, self.built = [], [], []
        self.host = ""

    def answer(self, method, path, headers, body):
        """Return status and text."""
        self.asked.append(f"{method} {path}")
        if headers.get("authorization") != f"Bearer {TOKEN}":
            return 401, "<html>You do not have permission to view this directory or page.</html>"
        at = urlsplit(path)
        if (method, at.path) == ("POST", "/api/publish"):
            return self.take(parse_qs(at.query), headers, body)
        if (method, at.path) == ("GET", f"/api/deployments/{DEPLOYMENT}"):
            state = self.states.pop(0) if len(self.states) > 1 else self.states[0]
            status, document = state if isinstance(state, tuple) else (200, {"id": DEPLOYMENT, "status": state})
            return status, document if isinstance(document, str) else json.dumps(document)
        log = at.path.removeprefix(f"/api/deployments/{DEPLOYMENT}/log")
        return (200, json.dumps(self.logs[log])) if log in self.logs else (404, "")

    def take(self, query, headers, body):
        """Answer an upload."""
        status, text = self.uploads.pop(0) if self.uploads else (202, json.dumps(DEPLOYMENT))
        if headers.get("content-type") != "application/zip" or not body.startswith(b"PK"):
            return 400, "Package is not a zip."
        if status == 202:
            self.packages.append(body)
            self.built.append(query.get("RemoteBuild", ["true"]) != ["false"])
        return status, text


@contextlib.contextmanager
def running(folder):
    """Run one; its certificate, which a client must trust, is the file that comes with it."""
    scm = Scm()

    class Asked(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self):
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            status, text = scm.answer(self.command, self.path, {n.lower(): v for n, v in self.headers.items()}, body)
            self.send_response(status)
            self.send_header("Content-Length", str(len(text.encode())))
            self.end_headers()
            self.wfile.write(text.encode())

        do_GET = do_POST = answer  # noqa: N815 -- the names that http.server calls

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Asked)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        with tunnel.opened(f"http://127.0.0.1:{server.server_port}", folder) as (address, certificate):
            scm.host = urlsplit(address).netloc
            yield scm, certificate
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
