"""A raw HTTP/1.1 server on loopback that answers, lies, cuts, stalls and resets as it is told."""

from __future__ import annotations

import itertools
import socket
import ssl
import threading
import time
from contextlib import suppress
from types import TracebackType
from typing import Final, Self

from support.fault_exchange import Exchange, Handler, Link
from support.fault_wire import Request, head, read_request

__all__ = ["Exchange", "FaultServer", "Handler", "Request"]

_LOOPBACK: Final = ("127.0.0.1", "::1", "localhost")
_POLL: Final = 0.05
_PATIENCE: Final = 1.0
_ALL: Final = "*"


class FaultServer:
    """The server, between `with` and its end; `most` connections are served at a time.

    A client that leaves is no error. Any other exception of a handler closes the connection, and
    the end of `with` raises the first one again.
    """

    def __init__(
        self, *, host: str = "127.0.0.1", tls: ssl.SSLContext | None = None, most: int = 256
    ) -> None:
        if host not in _LOOPBACK:
            raise ValueError(f"{host} is not loopback")
        self.errors: list[Exception] = []
        self._host = host
        self._tls = tls
        self._handlers: dict[str, Handler] = {_ALL: lambda exchange: exchange.respond(404)}
        self._lock = threading.Lock()
        self._slots = threading.Semaphore(most)
        self._closing = threading.Event()
        self._links: dict[Link, threading.Thread] = {}
        self._requests: list[Request] = []
        self._connections = 0

    def __enter__(self) -> Self:
        family = socket.AF_INET6 if ":" in self._host else socket.AF_INET
        self._listener = socket.create_server((self._host, 0), family=family, backlog=512)
        self._listener.settimeout(_POLL)
        self.port: int = self._listener.getsockname()[1]
        self._accepting = threading.Thread(target=self._accept, name="fault-server", daemon=True)
        self._accepting.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._closing.set()
        with suppress(OSError):  # wakes it on Linux; elsewhere it looks soon
            self._listener.shutdown(socket.SHUT_RDWR)
        self._accepting.join()
        self._listener.close()
        with self._lock:
            links = dict(self._links)
        for link in links:
            link.wake()
        end = time.monotonic() + _PATIENCE
        for thread in links.values():
            thread.join(max(0, end - time.monotonic()))
        if error is None and self.errors:
            raise self.errors[0]
        if error is None and any(thread.is_alive() for thread in links.values()):
            raise RuntimeError("a handler of the fault server does not end")

    @property
    def origin(self) -> str:
        """Scheme, host and port."""
        host = f"[{self._host}]" if ":" in self._host else self._host
        return f"{'https' if self._tls else 'http'}://{host}:{self.port}"

    def url(self, path: str = "/") -> str:
        """Return the URL of a path."""
        return self.origin + path

    def on(self, path: str, handler: Handler) -> str:
        """Answer a path so from now on, "*" every other path; returns its URL."""
        with self._lock:
            self._handlers[path] = handler
        return self.url(path)

    @property
    def requests(self) -> list[Request]:
        """All requests so far, in the order in which they came."""
        with self._lock:
            return list(self._requests)

    def hits(self, path: str) -> int:
        """Count the requests for a path."""
        return sum(request.path == path for request in self.requests)

    @property
    def connections(self) -> int:
        """How many connections were accepted."""
        with self._lock:
            return self._connections

    @property
    def open_connections(self) -> int:
        """How many connections are served now."""
        with self._lock:
            return len(self._links)

    def reset_log(self) -> None:
        """Forget the requests and the count of the connections."""
        with self._lock:
            self._requests.clear()
            self._connections = 0

    def _accept(self) -> None:
        numbers = itertools.count(1)
        while not self._closing.is_set():
            if not self._slots.acquire(timeout=_POLL):
                continue
            try:
                sock, _ = self._listener.accept()
            except OSError:
                self._slots.release()
                continue
            sock.settimeout(None)
            link = Link(sock, next(numbers), self._closing)
            thread = threading.Thread(target=self._serve, args=(link,), daemon=True)
            with self._lock:
                self._connections += 1
                self._links[link] = thread
            thread.start()

    def _serve(self, link: Link) -> None:
        try:
            if self._tls:
                link.encrypt(self._tls)
            for number in itertools.count(1):
                if self._closing.is_set() or not self._exchange(link, number):
                    break
        except (OSError, EOFError):
            pass
        finally:
            link.drop()
            with self._lock:
                del self._links[link]
            self._slots.release()

    def _exchange(self, link: Link, number: int) -> bool:
        """Answer one request; returns whether the connection goes on."""
        try:
            request = read_request(
                link.wire,
                link.send,
                connection=link.number,
                number=number,
                certificate=link.certificate,
            )
        except ValueError:
            link.send(head(400, [("Content-Length", "0"), ("Connection", "close")]))
            link.close()
            return False
        with self._lock:
            self._requests.append(request)
            handler = self._handlers.get(request.path, self._handlers[_ALL])
        exchange = Exchange(link, request)
        with suppress(ConnectionError):
            try:
                handler(exchange)
            except ConnectionError:
                raise
            except Exception as error:
                self.errors.append(error)
                return False
            return exchange.has_sent and not exchange.is_closed
        return False
