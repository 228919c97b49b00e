"""Content codings (RFC 9110, 8.4.1): undone piece by piece, in bounded memory."""

from __future__ import annotations

import sys
import zlib
from typing import TYPE_CHECKING, Any, Final, Protocol

from rp_core import Fallback, NoBackendError, extra
from rp_net._errors import BodyLimitError, ProtocolError
from rp_net._limits import MOST_RATIO, RATIO_FROM

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rp_net._headers import Headers

PIECE: Final = 1 << 20
_MOST_CODINGS: Final = 4
_MOST_EMPTY: Final = 1000
_SLICE: Final = 1 << 14
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


make_decoder: Fallback[[str], Decoder] = Fallback("rp_net.decode")


@make_decoder.via(when=lambda coding: coding in {"gzip", "x-gzip"})
def gzip(_: str) -> Decoder:
    """Undo gzip, of one member or several."""
    return _Zlib(lambda _: 31)


@make_decoder.via(when=lambda coding: coding == "deflate")
def deflate(_: str) -> Decoder:
    """Undo deflate, with the zlib header or, as some servers send it, without."""
    return _Zlib(lambda data: 15 if _has_zlib_header(data) else -15)


@make_decoder.via(needs="brotli", install=extra("brotli"), when=lambda coding: coding == "br")
def brotli(_: str) -> Decoder:
    """Undo Brotli."""
    return _Brotli()


_ZSTD: Final = "compression.zstd" if sys.version_info >= (3, 14) else "backports.zstd"


@make_decoder.via(needs=_ZSTD, install=extra("zstd"), when=lambda coding: coding == "zstd")
def zstd(_: str) -> Decoder:
    """Undo Zstandard, with windows of at most 8 MiB (RFC 9659)."""
    return _Zstd()


_TOKENS: Final = {"gzip": "gzip", "deflate": "deflate", "brotli": "br", "zstd": "zstd"}
_KNOWN: Final = frozenset({*_TOKENS.values(), "x-gzip"})
_accepted: list[str] = []


def accepted_codings() -> str:
    """Return the value of Accept-Encoding: what can be undone here."""
    if not _accepted:
        usable = [b.name for b in make_decoder.backends if b.state == "installed"]
        _accepted.append(", ".join(_TOKENS[name] for name in usable))
    return _accepted[0]


class BodyDecoder:
    """Undoes every coding of a body, and refuses to give out more than is allowed.

    Args:
        headers: Of the response.
        max_bytes: The most bytes to give out; None: no limit.

    Raises:
        ProtocolError: There are more codings than anybody has a use for, or one that is known and
            whose library is not installed.
    """

    def __init__(self, headers: Headers, max_bytes: int | None) -> None:
        self._decoders = [_decoder(coding) for coding in reversed(codings_of(headers))]
        self._max_bytes = max_bytes
        self._given = [0] * (len(self._decoders) + 1)

    def pieces(self, data: bytes) -> Iterator[bytes]:
        """Give what a piece of the body stands for, in pieces of at most 1 MiB.

        Raises:
            BodyLimitError: It is more than allowed, or far more than was sent.
            ProtocolError: The body is damaged.
        """
        self._given[0] += len(data)
        for piece in self._undone(data, 0):
            if self._max_bytes is not None and self._given[-1] > self._max_bytes:
                raise BodyLimitError(f"the body is more than {self._max_bytes} bytes")
            for start in range(0, len(piece), PIECE):
                yield piece[start : start + PIECE]

    def end(self) -> None:
        """Take note that the body has ended.

        Raises:
            ProtocolError: The coded data had not.
        """
        if self._given[0] and not all(decoder.is_complete() for decoder in self._decoders):
            raise ProtocolError("the compressed body ended early")

    def _undone(self, data: bytes, layer: int) -> Iterator[bytes]:
        """Undo the codings from a layer on, each within the limit of its ratio."""
        if layer == len(self._decoders):
            yield data
            return
        # A decoder copies what follows a member: of many empty ones, each time all the rest.
        for start in range(0, len(data), _SLICE):
            try:
                for piece in self._decoders[layer].pieces(data[start : start + _SLICE]):
                    self._given[layer + 1] += len(piece)
                    self._check_ratio(self._given[layer + 1])
                    if piece:
                        yield from self._undone(piece, layer + 1)
            except (ValueError, zlib.error) as error:
                if isinstance(error, BodyLimitError):
                    raise
                raise ProtocolError(f"the compressed body is damaged: {error}") from error

    def _check_ratio(self, given: int) -> None:
        if given > RATIO_FROM and given > MOST_RATIO * self._given[0]:
            raise BodyLimitError(
                f"the body is more than {MOST_RATIO} times what was sent: a decompression bomb"
            )


def codings_of(headers: Headers) -> list[str]:
    """Return the codings of a body that are known, in the order in which they were applied."""
    text = headers.get("content-encoding", "")
    names = [name.strip().lower() for name in text.split(",")] if text else []
    found = [name for name in names if name in _KNOWN]
    if len(found) > _MOST_CODINGS:
        raise ProtocolError(f"the body is coded {len(found)} times")
    return found


def _decoder(coding: str) -> Decoder:
    try:
        return make_decoder(coding)
    except NoBackendError as error:
        raise ProtocolError(f"the body is coded as {coding}: {error}") from error


def _has_zlib_header(data: bytes) -> bool:
    """Look at RFC 1950, 2.2: method 8, and a check that makes two bytes divisible by 31."""
    return len(data) > 1 and data[0] & 0x0F == 8 and (data[0] << 8 | data[1]) % 31 == 0


class _Zlib:
    def __init__(self, wbits: Callable[[bytes], int]) -> None:
        self._wbits = wbits
        self._inner: Any = None
        self._held = b""
        self._over = False
        self._empty = 0

    def pieces(self, data: bytes) -> Iterator[bytes]:
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
        return self._inner is not None and self._inner.eof


class _Brotli:
    def __init__(self) -> None:
        import brotli

        self._error = brotli.error
        self._inner = brotli.Decompressor()

    def pieces(self, data: bytes) -> Iterator[bytes]:
        try:
            while not self._inner.is_finished():
                yield self._inner.process(data, output_buffer_limit=PIECE)
                data = b""
                if self._inner.can_accept_more_data():
                    return
        except self._error as error:
            raise ValueError(str(error)) from error

    def is_complete(self) -> bool:
        return bool(self._inner.is_finished())


class _Zstd:
    def __init__(self) -> None:
        from importlib import import_module

        self._module = import_module(_ZSTD)
        self._empty = 0
        self._inner = self._new()

    def pieces(self, data: bytes) -> Iterator[bytes]:
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
        return bool(self._inner.eof)

    def _new(self) -> Any:
        limit = {self._module.DecompressionParameter.window_log_max: 23}
        return self._module.ZstdDecompressor(options=limit)
