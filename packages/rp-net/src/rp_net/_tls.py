"""Which servers are trusted, and what the client shows of itself."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    import ssl

    Path: TypeAlias = str | os.PathLike[str]


@dataclass(frozen=True, slots=True)
class Tls:
    """How TLS is done where the defaults will not do.

    Attributes:
        ca: File (PEM) with certificates to trust instead of the system's.
        certificate: File (PEM) with the client's own certificate, and its key if that is in it.
        key: File (PEM) with the key of the certificate.
        password: Of the key.
        verify: Whether the server's certificate is checked; False lets anybody answer.
    """

    __module__ = "rp_net"

    ca: Path | None = None
    certificate: Path | None = None
    key: Path | None = None
    password: str | None = field(default=None, repr=False)
    verify: bool = True

    def context(self) -> ssl.SSLContext:
        """Return the SSL context.

        Raises:
            FileNotFoundError: A file is not there.
            ssl.SSLError: A file holds no certificate or key.
        """
        context = _system_context() if self.ca is None else _context_of(self.ca)
        if not self.verify:
            import ssl

            context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        if self.certificate is not None:
            context.load_cert_chain(self.certificate, self.key, self.password)
        return context


def _system_context() -> ssl.SSLContext:
    """Trust what the system trusts: on Windows and macOS by asking its own verifier."""
    import ssl

    if sys.platform in ("win32", "darwin") and not os.environ.get("SSL_CERT_FILE"):
        import truststore

        return truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    return ssl.create_default_context()


def _context_of(ca: Path) -> ssl.SSLContext:
    import ssl

    return ssl.create_default_context(cafile=os.fspath(ca))
