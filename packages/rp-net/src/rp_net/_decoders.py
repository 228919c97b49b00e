"""What undoes one content coding."""

from __future__ import annotations

import sys
import zlib
from typing import TYPE_CHECKING, Any, Final, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PIECE: Final = 1 << 20
ZSTD: Final = "compression.zstd" if sys.version_info >= (3, 14) else "backports.zstd"
_MOST_EMPTY: Final = 1000
_GZIP_MAGIC: Final = b"\x1f\x8b"


class Decoder(Protocol):
    """Undoes one coding."""

    def pieces(self, data: bytes) -> Iterator[bytes]:
        """Give what some coded bytes stand for, in pieces of at most 1 MiB.

        Raises:
            ValueError: They are damaged.
        """
        ...

    def is_complete(self) -> bool:
        """Return whether the coded data may end here."""
        ...


def has_zlib_header(data: bytes) -> bool:
    """Look at RFC 1950, 2.2: method 8, and a check that makes two bytes divisible by 31."""
    return len(data) > 1 and data[0] & 0x0F == 8 and (data[0] << 8 | data[1]) % 31 == 0


class ZlibDecoder:
    """Undoes gzip and deflate, of one member or several."""

    def __init__(self, wbits: Callable[[bytes], int]) -> None:
        self._wbits = wbits
        self._inner: Any = None
        self._held = b""
        self._over = False
        self._empty = 0

    def pieces(self, data: bytes) -> Iterator[bytes]:
        """Give what some coded bytes stand for; see `Decoder`."""
        data = self._held + data
        if self._over or (self._inner is None and len(data) < 2):
            self._held = b"" if self._over else data
            return
        self._held = b""
        while data:
            if self._inner is None:
                self._inner = zlib.decompressobj(self._wbits(data))
            piece = self._inner.decompress(data, PIECE)
            yield piece
            self._empty *= not piece
            data = self._inner.unconsumed_tail
            if self._inner.eof:
                self._empty += 1
                if self._empty > _MOST_EMPTY:
                    raise ValueError("too many members with nothing in them")
                data = self._inner.unused_data
                if not data.startswith(_GZIP_MAGIC[: len(data)]):
                    self._over = True
                    return
                if data:
                    self._inner = None
                    if len(data) < 2:
                        self._held = data
                        return

    def is_complete(self) -> bool:
        """Return whether the coded data may end here."""
        return self._inner is not None and self._inner.eof


class BrotliDecoder:
    """Undoes Brotli."""

    def __init__(self) -> None:
        import brotli

        self._error = brotli.error
        self._inner = brotli.Decompressor()

    def pieces(self, data: bytes) -> Iterator[bytes]:
        """Give what some coded bytes stand for; see `Decoder`."""
        try:
            while not self._inner.is_finished():
                yield self._inner.process(data, output_buffer_limit=PIECE)
                data = b""
                if self._inner.can_accept_more_data():
                    return
        except self._error as error:
            raise ValueError(str(error)) from error

    def is_complete(self) -> bool:
        """Return whether the coded data may end here."""
        return bool(self._inner.is_finished())


class ZstdDecoder:
    """Undoes Zstandard, with windows of at most 8 MiB (RFC 9659)."""

    def __init__(self) -> None:
        from importlib import import_module

        self._module = import_module(ZSTD)
        self._empty = 0
        self._inner = self._new()

    def pieces(self, data: bytes) -> Iterator[bytes]:
        """Give what some coded bytes stand for; see `Decoder`."""
        try:
            while data or not self._inner.needs_input:
                if self._inner.eof:
                    data = self._inner.unused_data + data
                    if not data:
                        return
                    self._inner = self._new()
                piece = self._inner.decompress(data, PIECE)
                yield piece
                data = b""
                self._empty = 0 if piece else self._empty + self._inner.eof
                if self._empty > _MOST_EMPTY:
                    raise ValueError("too many frames with nothing in them")
                if self._inner.eof and not self._inner.unused_data:
                    return
        except self._module.ZstdError as error:
            raise ValueError(str(error)) from error

    def is_complete(self) -> bool:
        """Return whether the coded data may end here."""
        return bool(self._inner.eof)

    def _new(self) -> Any:
        limit = {self._module.DecompressionParameter.window_log_max: 23}
        return self._module.ZstdDecompressor(options=limit)
