"""One connection of the backend `stdlib`: a socket, its reader, its proxy and its TLS."""

from __future__ import annotations

import io
import socket
import time
from contextlib import contextmanager, suppress
from http.client import HTTPException, HTTPResponse
from typing import TYPE_CHECKING, Any

from rp_net._content import PIECE
from rp_net._errors import ConnectError, NetTimeoutError
from rp_net._proxies import basic
from rp_net._resolve import resolve_here
from rp_net._sockets import is_readable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rp_net._policy import PublicOnly
    from rp_net._transport import TransportOptions
    from rp_net._types import Proxy, Timeout
    from rp_net._url import Url

_IDLE_SECONDS = 30.0


class Wire:
    """A connection to an origin, straight or through a proxy; every method but `cut` blocks.

    Attributes:
        idle_since: When it was put back into the pool, by the monotonic clock.
    """

    def __init__(self) -> None:
        self._socket: socket.socket | None = None
        self._reader: _Reader | None = None
        self._cut = False
        self.idle_since = 0.0

    def connect(
        self, url: Url, proxy: Proxy | None, options: TransportOptions, timeout: Timeout
    ) -> None:
        """Open the connection.

        Raises:
            NetError: It does not come about.
        """
        try:
            first = proxy.url if proxy else url
            self._dial(first.host, first.port, None if proxy else options.policy, timeout)
            if first.scheme == "https":
                self._wrap(options, first.host)
            self._open_reader()
            if proxy and url.scheme == "https":
                self._tunnel(url, proxy)
                self._wrap(options, url.host)
                self._open_reader()
        except TimeoutError as error:
            raise NetTimeoutError(f"{url.authority}: no connection in time", "connect") from error
        except OSError as error:
            raise ConnectError(f"{url.authority}: {error}") from error
        self._live().settimeout(timeout.stall)

    def send(self, data: bytes) -> None:
        """Send bytes; the stall timeout holds for each piece of them."""
        view = memoryview(data)
        for start in range(0, len(view), PIECE):
            self._live().sendall(view[start : start + PIECE])

    def begin_response(self, method: str) -> HTTPResponse:
        """Read the head of the response, past informational ones.

        Raises:
            HTTPException: What comes is no response.
        """
        while True:
            response = HTTPResponse(_Opened(self._reader), method=method)  # type: ignore[arg-type]
            with self._reading_head():
                response.begin()
            if response.msg.defects:
                raise HTTPException(f"malformed header fields: {response.msg.defects[0]!r}")
            if not 100 <= response.status < 200 or response.status == 101:
                return response

    @contextmanager
    def _reading_head(self) -> Iterator[None]:
        if self._reader is None:
            raise OSError("the connection was closed")
        self._reader.in_head = True
        try:
            yield
        finally:
            self._reader.in_head = False

    def is_reusable(self) -> bool:
        """Return whether another request may be sent: nothing came that was not asked for."""
        if self._cut or self._socket is None or self._reader is None:
            return False
        if self._reader.has_more() or time.monotonic() - self.idle_since > _IDLE_SECONDS:
            return False
        # What TLS has taken from the system and deciphered, nobody can poll for.
        pending = getattr(self._socket, "pending", None)
        return not (pending and pending()) and not is_readable(self._socket)

    def cut(self) -> None:
        """Close the connection, from any thread; whoever waits for it goes on with an error."""
        self._cut = True
        if self._socket is not None:
            with suppress(OSError):
                # Not SSLSocket's own, which would let a thread that sends go on in clear.
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)
            self._socket.close()

    def _dial(self, host: str, port: int, policy: PublicOnly | None, timeout: Timeout) -> None:
        failure: OSError = OSError(f"{host}: it has no address")
        deadline = None if timeout.connect is None else time.monotonic() + timeout.connect
        for address in resolve_here(host, port, policy):
            left = None if deadline is None else max(deadline - time.monotonic(), 0.001)
            try:
                self._dial_address(address, port, left)
            except OSError as error:
                failure = error
            else:
                return
        raise failure

    def _dial_address(self, address: str, port: int, timeout: float | None) -> None:
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        self._socket = socket.socket(family, socket.SOCK_STREAM)
        try:
            self._live().settimeout(timeout)
            self._socket.connect((address, port))
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        except BaseException:
            self._socket.close()
            raise

    def _wrap(self, options: TransportOptions, host: str) -> None:
        plain = self._live()
        try:
            wrapped = options.tls_context.wrap_socket(
                plain, server_hostname=host, do_handshake_on_connect=False
            )
        except BaseException:
            plain.close()
            raise
        self._socket = wrapped  # so that it can be cut meanwhile
        wrapped.do_handshake()
        self._live()

    def _tunnel(self, url: Url, proxy: Proxy) -> None:
        target = f"{url.host if ':' not in url.host else f'[{url.host}]'}:{url.port}"
        lines = [f"CONNECT {target} HTTP/1.1", f"Host: {target}"]
        if proxy.auth:
            lines.append(f"Proxy-Authorization: {basic(proxy.auth)}")
        self.send("\r\n".join([*lines, "", ""]).encode("latin-1"))
        try:
            response = self.begin_response("CONNECT")
        except HTTPException as error:
            raise ConnectError(f"the proxy's answer is not HTTP: {error}") from error
        if response.status != 200:
            raise ConnectError(f"the proxy answered {response.status} {response.reason}")

    def _open_reader(self) -> None:
        self._reader = _Reader(self._live())

    def _live(self) -> socket.socket:
        if self._cut or self._socket is None:
            raise OSError("the connection was closed")
        return self._socket


class _Reader(io.BufferedReader):
    """Reads a socket for one response after another: closing a response does not close it."""

    def __init__(self, sock: socket.socket) -> None:
        self._tap = _Tap(sock)
        self.in_head = False
        super().__init__(self._tap, 1 << 16)

    def readline(self, size: int | None = -1) -> bytes:
        """Read a line; one of a head that parsers read in different ways is refused."""
        line = super().readline(size)
        if self.in_head and (b"\r" in line[:-2] or b"\0" in line or line[:1] in {b" ", b"\t"}):
            raise HTTPException("a malformed line in the head")
        return line

    def has_more(self) -> bool:
        """Return whether bytes are held that no response has taken; does not wait for any."""
        self._tap.closed_off = True
        try:
            return bool(self.peek(1))
        finally:
            self._tap.closed_off = False

    def close(self) -> None:
        """Stay open: a response closes what it has read to its end."""

    def flush(self) -> None:
        """Do nothing: a response that is collected flushes what it has read from."""


class _Tap(io.RawIOBase):
    def __init__(self, sock: socket.socket) -> None:
        self._socket = sock
        self.closed_off = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        return None if self.closed_off else self._socket.recv_into(buffer)


class _Opened:
    """What `HTTPResponse` asks of a socket: a file to read."""

    def __init__(self, reader: _Reader | None) -> None:
        self._reader = reader

    def makefile(self, _mode: str) -> _Reader | None:
        return self._reader
