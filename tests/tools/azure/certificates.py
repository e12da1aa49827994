"""Certificates of a web that is none: an authority of its own, and what it says of each host."""

import ssl
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

PEM = serialization.Encoding.PEM


class Authority:
    """Signs for hosts; `file` is what a client must trust."""

    def __init__(self, folder):
        self.folder, self.contexts = folder / "certificates", {}
        self.folder.mkdir()
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "A web that is none")])
        self.certificate = self._signed("A web that is none", self.key.public_key(), None)
        self.file = self.folder / "authority.pem"
        self.file.write_bytes(self.certificate.public_bytes(PEM))

    def context(self, host):
        """Return the context of a server at this host."""
        if host not in self.contexts:
            key = ec.generate_private_key(ec.SECP256R1())
            secret = key.private_bytes(PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
            file = self.folder / f"{len(self.contexts)}.pem"
            file.write_bytes(secret + self._signed(host, key.public_key(), host).public_bytes(PEM))
            self.contexts[host] = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self.contexts[host].load_cert_chain(file)
        return self.contexts[host]

    def _signed(self, name, public, host):
        now, is_authority = datetime.now(UTC), host is None
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name[:64])])
        builder = (
            x509.CertificateBuilder(self.name, subject, public, x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=1))
            .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()), critical=False)
            .add_extension(_usage(is_authority), critical=True)
        )
        if host:
            builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        return builder.sign(self.key, hashes.SHA256())


def _usage(is_authority):
    names = ("content_commitment", "key_encipherment", "data_encipherment", "key_agreement", "encipher_only",
             "decipher_only", "crl_sign")  # fmt: skip
    return x509.KeyUsage(digital_signature=not is_authority, key_cert_sign=is_authority, **dict.fromkeys(names, False))
