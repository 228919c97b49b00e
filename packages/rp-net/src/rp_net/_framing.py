"""Where a response ends on the wire, to tell what does not belong to it.

A server that sends more than its response would answer the next request with the rest: the parser
of httpcore keeps such bytes and gives them to the next exchange. This follows the framing beside
the parser (RFC 9112, 6 and 7.1), so that the connection can be given up.
"""

from __future__ import annotations

import re
from enum import Enum, auto
from typing import Final

_MOST_HEAD: Final = 1 << 18
_MOST_LINE: Final = 1 << 14
_HEX: Final = re.compile(rb"[0-9A-Fa-f]{1,16}")
_DECIMAL: Final = re.compile(rb"[0-9]{1,18}")
_FOLDED: Final = re.compile(rb"\r\n[ \t]")


class _State(Enum):
    HEAD = auto()
    BODY = auto()
    CHUNK_SIZE = auto()
    CHUNK = auto()
    CHUNK_END = auto()
    TRAILER = auto()
    UNTIL_CLOSE = auto()
    DONE = auto()
    LOST = auto()


class ResponseMeter:
    """Follows the responses on one connection.

    What is not framed in the one way that all parsers read alike is not followed, and then the
    connection is not clean any more.
    """

    def __init__(self) -> None:
        self._surplus = False
        self._state = _State.DONE
        self._method = b""
        self._held = b""
        self._left = 0

    @property
    def is_clean(self) -> bool:
        """Whether the last response has ended, and nothing came behind it."""
        return self._state is _State.DONE and not self._surplus

    @property
    def body_left(self) -> int:
        """How many bytes are still to come of a body, where its head says so; else 0."""
        return self._left if self._state is _State.BODY else 0

    def sent(self, data: bytes) -> None:
        """Take note of what was sent: the first bytes after a response name the next method."""
        if self._state is _State.DONE:
            self._method = bytes(data[:8]).partition(b" ")[0]
            self._state, self._held = _State.HEAD, b""

    def received(self, data: bytes) -> None:
        """Take note of what came."""
        position, end = 0, len(data)
        while position < end:
            if self._state in (_State.BODY, _State.CHUNK):
                taken = min(self._left, end - position)
                self._left -= taken
                position += taken
                if not self._left:
                    self._state = _State.DONE if self._state is _State.BODY else _State.CHUNK_END
            elif self._state is _State.DONE:
                self._surplus = True
                return
            elif self._state in (_State.UNTIL_CLOSE, _State.LOST):
                return
            else:
                position = self._line_or_head(data, position)

    def _line_or_head(self, data: bytes, position: int) -> int:
        """Take a header block or one line of the chunked coding; return where it ends."""
        head = self._state is _State.HEAD
        ending, most = (b"\r\n\r\n", _MOST_HEAD) if head else (b"\r\n", _MOST_LINE)
        held = self._held
        if held:  # an ending may begin in what was held back
            block, start = held + data[position : position + most], 0
        else:
            block, start = data, position
        at = block.find(ending, start, start + most + len(ending))
        if at < 0:
            self._held = block[start:]
            if len(self._held) > most:
                self._state = _State.LOST
            return len(data)
        self._held = b""
        self._step(block[start:at])
        return at + len(ending) if not held else position + at + len(ending) - len(held)

    def _step(self, block: bytes) -> None:
        if b"\n" in block.replace(b"\r\n", b"") or _FOLDED.search(block):
            self._state = _State.LOST
        elif self._state is _State.HEAD:
            self._begin_body(block)
        elif self._state is _State.CHUNK_SIZE:
            self._begin_chunk(block)
        elif self._state is _State.CHUNK_END:
            self._state = _State.LOST if block else _State.CHUNK_SIZE
        elif not block:
            self._state = _State.DONE

    def _begin_chunk(self, line: bytes) -> None:
        size = line.partition(b";")[0].strip(b" \t")
        if not _HEX.fullmatch(size):
            self._state = _State.LOST
            return
        self._left = int(size, 16)
        self._state = _State.CHUNK if self._left else _State.TRAILER

    def _begin_body(self, head: bytes) -> None:
        lines = head.split(b"\r\n")
        status = lines[0].partition(b" ")[2][:3]
        if status[:1] == b"1" and status != b"101":
            return
        fields = {}
        for line in lines[1:]:
            name, _, value = line.partition(b":")
            fields[name.strip().lower()] = value.strip().lower()
        self._left = 0
        if self._method == b"HEAD" or status in (b"204", b"304") or self._is_tunnel(status):
            self._state = _State.DONE
        elif b"chunked" in fields.get(b"transfer-encoding", b""):
            self._state = _State.CHUNK_SIZE
        elif b"transfer-encoding" in fields or not _DECIMAL.fullmatch(
            fields.get(b"content-length", b"")
        ):
            self._state = _State.UNTIL_CLOSE
        else:
            self._left = int(fields[b"content-length"])
            self._state = _State.BODY if self._left else _State.DONE

    def _is_tunnel(self, status: bytes) -> bool:
        return self._method == b"CONNECT" and status[:1] == b"2"
