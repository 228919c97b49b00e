"""multipart/form-data (RFC 7578), streamed: a file is read as it is sent."""

from __future__ import annotations

import mimetypes
import os
import secrets
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from typing import Any, BinaryIO, Final, TypeAlias, Union

from rp_net._content import PIECE, Content

FileValue: TypeAlias = Union[bytes, BinaryIO, "os.PathLike[str]"]
FileSpec: TypeAlias = FileValue | tuple[str, FileValue] | tuple[str, FileValue, str]
FileTypes: TypeAlias = Mapping[str, FileSpec] | Iterable[tuple[str, FileSpec]]
_ESCAPES: Final = str.maketrans({'"': "%22", "\r": "%0D", "\n": "%0A"})


class _Part:
    """One part: its head, and where its bytes come from."""

    def __init__(self, head: str, source: FileValue) -> None:
        self.head = head.encode()
        given: Any = source
        self._source = given
        self._start: int = given.tell() if _is_seekable(given) else 0
        self.replayable = isinstance(self._source, (bytes, os.PathLike)) or _is_seekable(given)
        self.length = self._measure()

    def pieces(self) -> Iterator[bytes]:
        """Read the part; blocks."""
        source = self._source
        if isinstance(source, bytes):
            yield source
        elif isinstance(source, os.PathLike):
            with open(source, "rb") as file:
                yield from _read(file, self.length)
        else:
            if self.replayable:
                source.seek(self._start)
            yield from _read(source, self.length)

    def _measure(self) -> int | None:
        if isinstance(self._source, bytes):
            return len(self._source)
        if isinstance(self._source, os.PathLike):
            return os.stat(self._source).st_size
        if not self.replayable:
            return None
        end: int = self._source.seek(0, os.SEEK_END)
        self._source.seek(self._start)
        return end - self._start


def multipart_content(fields: Mapping[str, Any], files: FileTypes) -> tuple[Content, str]:
    """Return a form with files as a body, and its media type.

    Args:
        fields: Values by name; a list gives several fields.
        files: By name: a path, bytes, or a binary file, alone or in a tuple
            (file name, file) or (file name, file, media type).

    Raises:
        FileNotFoundError: A path leads nowhere.
        TypeError: A file is none of these.
    """
    parts = [_field(name, value) for name, value in _flat(fields)]
    pairs = files.items() if isinstance(files, Mapping) else files
    parts += [_file(name, spec) for name, spec in pairs]
    boundary = secrets.token_hex(16)
    delimiter = f"--{boundary}\r\n".encode()
    closing = f"--{boundary}--\r\n".encode()

    def read() -> Iterator[bytes]:
        for part in parts:
            yield delimiter + part.head
            yield from part.pieces()
            yield b"\r\n"
        yield closing

    length: int | None = len(closing)
    for part in parts:
        if length is not None:
            around = len(delimiter) + len(part.head) + 2
            length = None if part.length is None else length + around + part.length
    replayable = all(part.replayable for part in parts)
    content = Content(lambda: _off_the_loop(read()), length, replayable=replayable)
    return content, f"multipart/form-data; boundary={boundary}"


async def _off_the_loop(pieces: Iterator[bytes]) -> AsyncIterator[bytes]:
    from rp_core import threaded_iter

    async for piece in threaded_iter(lambda: pieces, module=__name__, cpu=False)():
        yield piece


def _field(name: str, value: object) -> _Part:
    head = f'Content-Disposition: form-data; name="{_escaped(name)}"\r\n\r\n'
    return _Part(head, value if isinstance(value, bytes) else str(value).encode())


def _file(name: str, spec: FileSpec) -> _Part:
    filename, source, kind = _unpacked(name, spec)
    kind = kind or mimetypes.guess_type(filename)[0] or "application/octet-stream"
    if "\r" in kind or "\n" in kind:
        raise ValueError(f"{kind!r} is no media type")
    head = (
        f'Content-Disposition: form-data; name="{_escaped(name)}"; '
        f'filename="{_escaped(filename)}"\r\nContent-Type: {kind}\r\n\r\n'
    )
    if not (isinstance(source, (bytes, os.PathLike)) or hasattr(source, "read")):
        raise TypeError(f"the file {name!r} must be a Path, bytes or a binary file")
    return _Part(head, source)


def _unpacked(name: str, spec: FileSpec) -> tuple[str, FileValue, str | None]:
    if isinstance(spec, tuple):
        if len(spec) not in {2, 3}:
            raise TypeError(f"the file {name!r}: a tuple is (file name, file[, media type])")
        return spec[0], spec[1], spec[2] if len(spec) > 2 else None
    path: Any = spec if isinstance(spec, os.PathLike) else getattr(spec, "name", None)
    known = isinstance(path, (str, os.PathLike))
    return os.path.basename(os.fspath(path)) if known else name, spec, None


def _flat(fields: Mapping[str, Any]) -> Iterator[tuple[str, object]]:
    for name, value in fields.items():
        if isinstance(value, (list, tuple)):
            yield from ((name, item) for item in value)
        elif value is not None:
            yield name, value


def _escaped(text: str) -> str:
    return text.translate(_ESCAPES)


def _read(file: BinaryIO, length: int | None) -> Iterator[bytes]:
    """Read a file to its end, but not further than it was long when the body began."""
    left = length
    while left is None or left > 0:
        piece = file.read(PIECE if left is None else min(PIECE, left))
        if not isinstance(piece, bytes):
            raise TypeError("a file that is sent must be opened in binary mode")
        if not piece:
            return
        if left is not None:
            left -= len(piece)
        yield piece


def _is_seekable(source: Any) -> bool:
    seekable = getattr(source, "seekable", None)
    return bool(seekable and seekable())
