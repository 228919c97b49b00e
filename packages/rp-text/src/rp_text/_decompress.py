"""Files that are compressed, told by their first bytes: gzip, bzip2, xz, Zstandard."""

from __future__ import annotations

import re
import sys
import zlib
from typing import TYPE_CHECKING, Any, Final

from rp_core import LimitExceededError, require
from rp_text._errors import DecodeError

if TYPE_CHECKING:
    from collections.abc import Callable

    Read = Callable[[int], Any]

_INTAKE: Final = 1 << 16
_HEAD: Final = 10
_MOST_MEMORY: Final = 1 << 27  # twice what `xz -9` needs, and what the zstd program allows
_KINDS: Final = {
    "gzip": re.compile(rb"\x1f\x8b\x08"),
    "bzip2": re.compile(rb"BZh[1-9](?:\x31\x41\x59\x26\x53\x59|\x17\x72\x45\x38\x50\x90)"),
    "xz": re.compile(rb"\xfd7zXZ\x00"),
    "zstd": re.compile(rb"\x28\xb5\x2f\xfd|[\x50-\x5f]\x2a\x4d\x18", re.DOTALL),
}

_FIRST_BYTES: Final = frozenset(
    bytes([byte]) for byte in (*b"\x1f\x42\xfd\x28", *range(0x50, 0x60))
)


def decompressed(read: Read) -> Read:
    """Return a function that reads what a file holds, decompressed where it is compressed.

    Args:
        read: Gives at most so many bytes, or characters, and none at the end.
    """
    head = read(_INTAKE)
    while isinstance(head, bytes) and 0 < len(head) < _HEAD and (more := read(_INTAKE)):
        head += more
    kind = compression_of(head)
    return _Decompressor(kind, head, read).read if kind else _after(head, read)


def compression_of(head: bytes | str) -> str | None:
    """Return how what begins so is compressed; None: it is not."""
    if isinstance(head, str) or head[:1] not in _FIRST_BYTES:
        return None
    return next((kind for kind, magic in _KINDS.items() if magic.match(head)), None)


def _after(head: Any, read: Read) -> Read:
    held = [head]

    def resumed(size: int) -> Any:
        return held.pop() if held else read(size)

    return resumed


class _Decompressor:
    """Reads one compressed file, of one member or several."""

    def __init__(self, kind: str, head: bytes, read: Read) -> None:
        self._kind = kind
        self._make, self._errors = _codec(kind)
        self._inner = self._make()
        self._pending = head
        self._read = read

    def read(self, size: int) -> bytes:
        """Return at least one byte and at most `size`, and none at the end.

        Raises:
            DecodeError: The file is damaged or cut off.
            LimitExceededError: It needs too much memory.
        """
        while not self._inner.eof or self._next_member():
            piece = self._step(size)
            if piece:
                return piece
            if not self._inner.eof and not self._pending:
                self._pending = self._read(_INTAKE)
                if not self._pending:
                    raise DecodeError(f"the {self._kind} file is cut off")
        return b""

    def _step(self, size: int) -> bytes:
        try:
            piece: bytes = self._inner.decompress(self._pending, size)
        except self._errors as error:
            if "emory" in str(error):
                raise LimitExceededError(
                    f"the {self._kind} file needs more than {_MOST_MEMORY >> 20} MiB of memory"
                ) from error
            raise DecodeError(f"the {self._kind} file is damaged: {error}") from error
        self._pending = getattr(self._inner, "unconsumed_tail", b"")
        return piece

    def _next_member(self) -> bool:
        """Go on to what follows a member: another one, or zeros up to the end."""
        rest = self._inner.unused_data
        while not rest.strip(b"\0"):
            rest = self._read(_INTAKE)
            if not rest:
                return False
        rest = rest.lstrip(b"\0")
        while len(rest) < _HEAD and (more := self._read(_INTAKE)):
            rest += more
        if not _KINDS[self._kind].match(rest):
            raise DecodeError(f"the {self._kind} file is damaged: something else follows it")
        self._inner = self._make()
        self._pending = rest
        return True


def _codec(kind: str) -> tuple[Callable[[], Any], tuple[type[Exception], ...]]:
    """Return what makes a decompressor of one member, and what it raises."""
    if kind == "gzip":
        return lambda: zlib.decompressobj(31), (zlib.error,)
    if kind == "bzip2":
        import bz2

        return bz2.BZ2Decompressor, (OSError, ValueError, EOFError)
    if kind == "xz":
        import lzma

        return (
            lambda: lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_MOST_MEMORY),
            (lzma.LZMAError, EOFError),
        )
    name = "compression.zstd" if sys.version_info >= (3, 14) else "backports.zstd"
    zstd: Any = require(name, extra="zstd", package="rp-text")
    limit = {zstd.DecompressionParameter.window_log_max: _MOST_MEMORY.bit_length() - 1}
    return lambda: zstd.ZstdDecompressor(options=limit), (zstd.ZstdError, EOFError)
