"""Content codings (RFC 9110, 8.4.1): undone piece by piece, in bounded memory."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Final

from rp_core import Fallback, NoBackendError, extra
from rp_net._decoders import (
    PIECE,
    ZSTD,
    BrotliDecoder,
    Decoder,
    ZlibDecoder,
    ZstdDecoder,
    has_zlib_header,
)
from rp_net._errors import BodyLimitError, ProtocolError
from rp_net._limits import MOST_RATIO, RATIO_FROM

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rp_net._headers import Headers

_MOST_CODINGS: Final = 4
_SLICE: Final = 1 << 14


make_decoder: Fallback[[str], Decoder] = Fallback("rp_net.decode")


@make_decoder.via(when=lambda coding: coding in {"gzip", "x-gzip"})
def gzip(_: str) -> Decoder:
    """Undo gzip, of one member or several."""
    return ZlibDecoder(lambda _: 31)


@make_decoder.via(when=lambda coding: coding == "deflate")
def deflate(_: str) -> Decoder:
    """Undo deflate, with the zlib header or, as some servers send it, without."""
    return ZlibDecoder(lambda data: 15 if has_zlib_header(data) else -15)


@make_decoder.via(needs="brotli", install=extra("brotli"), when=lambda coding: coding == "br")
def brotli(_: str) -> Decoder:
    """Undo Brotli."""
    return BrotliDecoder()


@make_decoder.via(needs=ZSTD, install=extra("zstd"), when=lambda coding: coding == "zstd")
def zstd(_: str) -> Decoder:
    """Undo Zstandard, with windows of at most 8 MiB (RFC 9659)."""
    return ZstdDecoder()


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
