"""One connection to the fault server and one request on it with its answer."""

from __future__ import annotations

import selectors
import socket
import ssl
import struct
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Final

from support.fault_wire import Headers, Request, Wire, head

_LINGER: Final = 0.2
"""Seconds in which the client may end its side of a connection that was closed orderly."""
_SLICE: Final = 0.02
"""How often a sleep looks whether the client has left."""


class Link:
    """A TCP connection, with TLS or without it."""

    def __init__(self, sock: socket.socket, number: int, closing: threading.Event) -> None:
        self.number = number
        self.closing = closing
        self.closed = False
        self.wire = Wire(self._receive)
        self._socket = sock
        self._lock = threading.Lock()
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def encrypt(self, context: ssl.SSLContext) -> None:
        """Shake hands; OSError where the client does not like it."""
        with self._lock:
            sock = context.wrap_socket(
                self._socket, server_side=True, do_handshake_on_connect=False
            )
            self._socket = sock
        sock.do_handshake()

    @property
    def certificate(self) -> bytes | None:
        """The certificate of the client, as DER."""
        sock = self._socket
        return sock.getpeercert(binary_form=True) if isinstance(sock, ssl.SSLSocket) else None

    def _receive(self) -> bytes:
        return self._socket.recv(1 << 16)

    def send(self, data: bytes) -> None:
        """Send all; ConnectionError where the connection is gone."""
        try:
            self._socket.sendall(data)
        except OSError as error:
            raise ConnectionAbortedError("the connection is gone") from error

    def has_left(self) -> bool:
        """Whether the client has closed its side; it must have nothing more to say."""
        try:
            with selectors.DefaultSelector() as selector:
                selector.register(self._socket, selectors.EVENT_READ)
                if not selector.select(0):
                    return False
            # All that TLS can bring now is the end: its alert is as readable as data.
            encrypted = isinstance(self._socket, ssl.SSLSocket)
            return encrypted or not self._socket.recv(1, socket.MSG_PEEK)
        except (OSError, ValueError):
            return True

    def close(self) -> None:
        """Send all that is left, say so, and close when the client has done it or soon."""
        sock = self._socket
        with suppress(OSError, ValueError):
            if isinstance(sock, ssl.SSLSocket):
                sock.settimeout(0)
                with suppress(OSError, ValueError):
                    sock.unwrap()
            socket.socket.shutdown(sock, socket.SHUT_WR)
            end = time.monotonic() + _LINGER
            while (rest := end - time.monotonic()) > 0:
                sock.settimeout(rest)
                if not socket.socket.recv(sock, 1 << 16):
                    break
        self.drop()

    def reset(self) -> None:
        """Close with RST."""
        with suppress(OSError):
            off = struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0)
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, off)
        self.drop()

    def drop(self) -> None:
        """Close at once."""
        with self._lock:
            self.closed = True
            self._socket.close()

    def wake(self) -> None:
        """End what another thread waits for on this connection."""
        with self._lock, suppress(OSError):
            # The method of SSLSocket would pull TLS away from under the other thread.
            socket.socket.shutdown(self._socket, socket.SHUT_RDWR)


class Exchange:
    """A request and the ways to answer it, or to fail to."""

    def __init__(self, link: Link, request: Request) -> None:
        self.request = request
        self.has_sent = False
        self._link = link

    @property
    def is_closed(self) -> bool:
        """Whether this side has closed the connection."""
        return self._link.closed

    def send(self, data: bytes) -> None:
        """Send raw bytes now."""
        self.has_sent = True
        self._link.send(data)

    def respond(
        self,
        status: int = 200,
        body: bytes = b"",
        headers: Headers = (),
        reason: str | None = None,
        length: bool = True,
    ) -> None:
        """Send a well formed response; without a length its end is that of the connection."""
        fields = list(headers)
        names = {name.lower(): value.lower() for name, value in fields}
        interim, bare = status < 200, status < 200 or status in (204, 304)
        is_last = names.get("connection") == "close" or not self.request.keeps_alive
        if not bare and not names.keys() & {"content-length", "transfer-encoding"}:
            if length:
                fields.append(("Content-Length", str(len(body))))
            is_last = is_last or not length
        if is_last and not interim and "connection" not in names:
            fields.append(("Connection", "close"))
        start = head(status, fields, reason)
        if bare or self.request.method == "HEAD":
            body = b""
        if len(body) < 1 << 16:
            self.send(start + body)
        else:
            self.send(start)
            self.send(body)
        if is_last and not interim:
            self.close()

    def close(self) -> None:
        """Close orderly, with the goodbye of TLS; the client gets all that was sent."""
        self._link.close()

    def drop(self) -> None:
        """Close without the goodbye of TLS; the client gets all that was sent."""
        self._link.drop()

    def reset(self) -> None:
        """Close with RST; outside Linux the client may lose what it has not read yet."""
        self._link.reset()

    def sleep(self, seconds: float) -> None:
        """Sleep; ConnectionAbortedError at once when the server closes or the client leaves."""
        end = time.monotonic() + seconds
        while (rest := end - time.monotonic()) > 0:
            if self._link.closing.wait(min(rest, _SLICE)) or self._link.has_left():
                raise ConnectionAbortedError("nobody waits for an answer")


Handler = Callable[[Exchange], None]
