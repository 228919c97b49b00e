"""The bytes of HTTP/1.1: requests read, heads and chunks written."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from http.client import responses
from typing import Final
from urllib.parse import parse_qsl, urlsplit

Headers = Iterable[tuple[str, str]]

_MOST_HEAD: Final = 1 << 20


@dataclass(frozen=True)
class Request:
    """One request as it came."""

    method: str
    target: str
    version: str
    headers: tuple[tuple[str, str], ...]
    body: bytes = b""
    connection: int = 0
    """The number of the TCP connection, from 1."""
    number: int = 1
    """The number of the request on its connection, from 1."""
    certificate: bytes | None = None
    """The certificate of the client, as DER."""
    time: float = field(default_factory=time.monotonic)
    """When it had come whole, by time.monotonic()."""

    @property
    def path(self) -> str:
        """The path, not decoded; the whole target of a CONNECT."""
        if self.target.startswith("/"):
            return self.target.partition("?")[0]
        if self.method == "CONNECT" or "://" not in self.target:
            return self.target
        return urlsplit(self.target).path or "/"

    @property
    def query(self) -> Mapping[str, str]:
        """The fields of the query; the last of the same name counts."""
        text = self.target.partition("?")[2]
        return dict(parse_qsl(text, keep_blank_values=True))

    def header(self, name: str) -> str | None:
        """Return the first header of this name, in any case."""
        return next(iter(self.all(name)), None)

    def all(self, name: str) -> list[str]:
        """Return all headers of this name, in any case."""
        return [value for key, value in self.headers if key.lower() == name.lower()]

    @property
    def keeps_alive(self) -> bool:
        """Whether the client wants to go on with the connection."""
        wish = (self.header("Connection") or "").lower()
        return "keep-alive" in wish if self.version == "HTTP/1.0" else "close" not in wish


class Wire:
    """What came on a connection and is not read yet."""

    def __init__(self, receive: Callable[[], bytes]) -> None:
        self._receive = receive
        self._buffer = bytearray()

    def until(self, mark: bytes) -> bytes:
        """Read up to a mark, which is dropped; EOFError where the client ends before."""
        start = 0
        while (at := self._buffer.find(mark, start)) < 0:
            start = max(0, len(self._buffer) - len(mark) + 1)
            if start > _MOST_HEAD:
                raise ValueError("the head is too long")
            self._fill()
        return self._take(at, len(mark))

    def exactly(self, count: int) -> bytes:
        """Read so many bytes."""
        while len(self._buffer) < count:
            self._fill()
        return self._take(count)

    def _take(self, count: int, dropped: int = 0) -> bytes:
        data = bytes(self._buffer[:count])
        del self._buffer[: count + dropped]
        return data

    def _fill(self) -> None:
        data = self._receive()
        if not data:
            raise EOFError
        self._buffer += data


def read_request(
    wire: Wire,
    send: Callable[[bytes], None],
    *,
    connection: int = 0,
    number: int = 1,
    certificate: bytes | None = None,
) -> Request:
    """Read a request; `send` answers an Expect: 100-continue; ValueError where it is malformed."""
    lines = wire.until(b"\r\n\r\n").decode("latin-1").split("\r\n")
    method, target, version = lines[0].split(" ")
    headers = tuple(_header(line) for line in lines[1:])
    head = Request(method, target, version, headers)
    if (head.header("Expect") or "").lower() == "100-continue":
        send(b"HTTP/1.1 100 Continue\r\n\r\n")
    body = _body(wire, head)
    return Request(
        method, target, version, headers, body, connection, number, certificate=certificate
    )


def _header(line: str) -> tuple[str, str]:
    name, colon, value = line.partition(":")
    if not colon or not name or name != name.strip():
        raise ValueError(f"not a header: {line!r}")
    return name, value.strip(" \t")


def _body(wire: Wire, head: Request) -> bytes:
    if (head.header("Transfer-Encoding") or "").lower() == "chunked":
        return _chunked(wire)
    return wire.exactly(int(head.header("Content-Length") or 0))


def _chunked(wire: Wire) -> bytes:
    parts = []
    while size := int(wire.until(b"\r\n").partition(b";")[0], 16):
        parts.append(wire.exactly(size))
        if wire.exactly(2) != b"\r\n":
            raise ValueError("a chunk without an end")
    while wire.until(b"\r\n"):
        pass
    return b"".join(parts)


def head(status: int, headers: Headers = (), reason: str | None = None) -> bytes:
    """Return the head of a response, with its empty line."""
    if reason is None:
        reason = responses.get(status, "Unknown")
    lines = [f"HTTP/1.1 {status} {reason}", *(f"{name}: {value}" for name, value in headers)]
    return "\r\n".join([*lines, "", ""]).encode("latin-1")


def chunk(data: bytes) -> bytes:
    """Return one chunk; the last one for no data."""
    return b"%x\r\n%b\r\n" % (len(data), data)
