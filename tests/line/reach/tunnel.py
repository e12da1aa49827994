"""A tunnel to the app on this machine: an https address, as Twilio wants one, with a certificate of its own."""

import contextlib
import socket
import socketserver
import ssl
import threading
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

PEM = serialization.Encoding.PEM


@contextlib.contextmanager
def opened(app, folder):
    """Serve the app under https; return its address, and the file of the certificate that a client must trust."""
    file = _certificate(folder)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    target = (urlsplit(app).hostname, urlsplit(app).port)

    class Passage(socketserver.BaseRequestHandler):
        def handle(self):
            outside, inside = context.wrap_socket(self.request, server_side=True), socket.create_connection(target)
            with outside, inside:
                asking = threading.Thread(target=_pump, args=(outside, inside), daemon=True)
                asking.start()
                _pump(inside, outside)
                with contextlib.suppress(OSError):
                    outside.shutdown(socket.SHUT_RDWR)
                asking.join()  # or it would read from whatever gets this socket's number next

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Passage) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"https://localhost:{server.server_address[1]}", file
        server.shutdown()


def _pump(source, sink):
    with contextlib.suppress(OSError):
        while some := source.recv(65536):
            sink.sendall(some)


def _certificate(folder):
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    public, now = key.public_key(), datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, public, x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(public), critical=False)
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    file = folder / "tunnel.pem"
    file.write_bytes(secret + certificate.public_bytes(PEM))
    return file
