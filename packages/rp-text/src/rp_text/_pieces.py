"""Where text comes from: paths, buffers, files, URLs, and pieces as they come."""

from __future__ import annotations

import io
import os
import stat
from collections.abc import AsyncIterable, Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final, TextIO, TypeAlias, Union

import rp_core
from rp_core import LimitExceededError, is_async_file, is_url, read_source, resolve_source
from rp_text._decompress import compression_of, decompressed

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable

    Read = Callable[[int], Any]

Source: TypeAlias = Union[
    "rp_core.Source",
    TextIO,
    Iterable[bytes],
    Iterable[str],
    AsyncIterable[bytes],
    AsyncIterable[str],
]
MAX_BYTES: Final = 1 << 31
_PIECE: Final = 1 << 18
_LARGEST: Final = 1 << 24


@contextmanager
def opened_file(source: Any, *, urls: bool) -> Iterator[Read | io.BufferedReader]:
    """Open a source: as the file that it is, if it is one that is regular and not compressed.

    Of others a function is given that reads at least one and at most so many bytes or characters,
    and none at the end; what is compressed is read decompressed.

    Raises:
        TypeError: It is no source.
        ValueError: URLs are refused.
        OSError: As from the file system.
    """
    if not isinstance(source, (str, os.PathLike)) or is_url(source):
        yield decompressed(_reader(source, urls=urls))
        return
    with open(source, "rb") as file:
        if stat.S_ISREG(os.fstat(file.fileno()).st_mode) and not compression_of(file.peek()):
            yield file
        else:
            yield decompressed(file.read1)


def _reader(source: Any, *, urls: bool) -> Read:
    if isinstance(source, str):
        return io.BytesIO(read_source(source, urls=urls)).read
    if isinstance(source, (bytes, bytearray, memoryview)):
        return io.BytesIO(source).read
    if hasattr(source, "__aiter__") or is_async_file(source):
        raise TypeError("an async file or iterable can only be read by the async face")
    if callable(read := getattr(source, "read", None)):
        return lambda size: _checked(read(size))
    if isinstance(source, Iterable):
        return _Pieces(iter(source)).read
    raise TypeError(f"cannot read from {type(source).__name__!r}")


def _checked(piece: Any) -> bytes | str:
    if isinstance(piece, (bytes, str)):
        return piece
    if isinstance(piece, (bytearray, memoryview)):
        return bytes(piece)
    raise TypeError(f"a text is read as bytes or str, not as {type(piece).__name__!r}")


class _Pieces:
    """Reads pieces that come as they are."""

    def __init__(self, pieces: Iterator[Any]) -> None:
        self._pieces = pieces
        self._held: bytes | str = b""

    def read(self, size: int) -> bytes | str:
        while not self._held:
            piece = next(self._pieces, None)
            if piece is None:
                return b""
            self._held = _checked(piece)
        piece, self._held = self._held[:size], self._held[size:]
        return piece


def gathered(source: Any, *, max_bytes: int, urls: bool) -> bytes | str:
    """Return all of a source.

    Raises:
        LimitExceededError: There are more than `max_bytes` bytes or characters.
        Exception: What `opened_file` raises.
    """
    if isinstance(source, bytes) and not compression_of(source):
        _check_size(len(source), max_bytes)
        return source
    pieces: list[Any] = []
    room, size = max_bytes + 1, _PIECE
    with opened_file(source, urls=urls) as opened:
        if not callable(opened):
            _check_size(os.fstat(opened.fileno()).st_size, max_bytes)
        read: Read = opened if callable(opened) else opened.read
        while piece := read(min(room, size)):
            pieces.append(piece)
            room -= len(piece)
            _check_size(max_bytes + 1 - room, max_bytes)
            size = min(2 * size, _LARGEST)
    if len(pieces) == 1:
        return pieces[0]  # type: ignore[no-any-return]
    return type(pieces[0])().join(pieces) if pieces else b""


def _check_size(size: int, max_bytes: int) -> None:
    if size > max_bytes:
        raise LimitExceededError(f"more than {max_bytes} bytes; the limit is max_bytes")


def fetch_first(
    source: Any, /, *, urls: bool = True, **_: Any
) -> Callable[[], Awaitable[Any]] | None:
    """Say what to await on the event loop before a source is read on a thread: URLs."""
    return resolve_source(source, urls=urls) if isinstance(source, str) else None


def for_loop(source: Any) -> Any:
    """Return an async file as an async iterable of its pieces, any other source as it is."""
    if isinstance(source, (str, bytes, os.PathLike)) or not is_async_file(source):
        return source
    return _pieces_of(source.read)


async def _pieces_of(read: Callable[[int], Awaitable[Any]]) -> AsyncGenerator[Any, None]:
    while piece := await read(_PIECE):
        yield piece
