"""An authority of our own and certificates of it, good and bad."""

from __future__ import annotations

import datetime
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import trustme

NAMES: Final = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True)
class Pair:
    """The files of a certificate, with its chain, and of its key."""

    certificate: Path
    key: Path

    def server(self, *protocols: str) -> ssl.SSLContext:
        """Return a context for a server."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate, self.key)
        context.set_alpn_protocols(list(protocols) or ["http/1.1"])
        return context


class Certificates:
    """Certificates in a folder; `authority` is what a client has to trust."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._authority = trustme.CA()
        self.authority = folder / "authority.pem"
        self._authority.cert_pem.write_to_path(self.authority)
        self.good = self._issue("good", *NAMES)
        self.wrong_host = self._issue("wrong-host", "elsewhere.example")
        self.client = self._issue("client", "client@example.org")
        past = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)
        self.expired = self._issue("expired", *NAMES, past=past)
        self.self_signed = _self_signed(folder)

    def _issue(self, name: str, *identities: str, past: datetime.datetime | None = None) -> Pair:
        before = past and past - datetime.timedelta(days=30)
        issued = self._authority.issue_cert(*identities, not_before=before, not_after=past)
        pair = Pair(self._folder / f"{name}.pem", self._folder / f"{name}.key")
        for blob in issued.cert_chain_pems:
            blob.write_to_path(pair.certificate, append=True)
        issued.private_key_pem.write_to_path(pair.key)
        return pair

    def demanding(self) -> ssl.SSLContext:
        """Return a context for a server that wants the certificate of its client."""
        context = self.good.server()
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(self.authority)
        return context

    def trusting(self) -> ssl.SSLContext:
        """Return a context for a client that trusts the authority, and nothing else."""
        return ssl.create_default_context(cafile=str(self.authority))


def _self_signed(folder: Path) -> Pair:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pair = Pair(folder / "self-signed.pem", folder / "self-signed.key")
    pair.certificate.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    pair.key.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return pair


@contextmanager
def certificates() -> Iterator[Certificates]:
    """Make certificates in a temporary folder."""
    with TemporaryDirectory(prefix="rp-certificates-") as folder:
        yield Certificates(Path(folder))
