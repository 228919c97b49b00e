"""Where bytes come from: paths, buffers, files, URLs.

Domains meet here: a package registers what reads a URL scheme, with `register_source` or as an
entry point of the group "rp_core.sources" whose name is the scheme.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Awaitable, Callable
from functools import partial
from typing import TYPE_CHECKING, Any, BinaryIO, Final, Protocol, TypeAlias, TypeVar, Union

from rp_core._errors import LimitExceededError, MissingDependencyError

if TYPE_CHECKING:
    from typing import NoReturn


class AsyncReader(Protocol):
    """An async binary file, as aiofiles and anyio open them."""

    async def read(self) -> bytes:
        """Return the rest of the file."""
        ...


B = TypeVar("B", bytes, bytearray)
T = TypeVar("T")
Fetch: TypeAlias = Callable[[str, int], Awaitable[bytes]]
Source: TypeAlias = Union[
    str, "os.PathLike[str]", bytes, bytearray, memoryview, BinaryIO, AsyncReader
]
MAX_BYTES: Final = 1 << 31
_CHUNK: Final = 1 << 22
_URL: Final = re.compile(r"([a-z][a-z0-9+.-]+)://|(data):", re.IGNORECASE)
_WITH_RP_NET: Final = frozenset({"http", "https"})
_fetchers: dict[str, Fetch] = {}


def register_source(scheme: str, fetch: Fetch) -> None:
    """Say what reads the URLs of a scheme.

    Args:
        scheme: Such as "https"; case does not matter.
        fetch: Coroutine function of a URL and the most bytes to take; returns the bytes, and
            raises `LimitExceededError` for more.
    """
    _fetchers[scheme.lower()] = fetch


def read_source(source: Source, *, max_bytes: int = MAX_BYTES, urls: bool = True) -> bytes:
    """Return the bytes of a source; blocks.

    Args:
        source: A path, a bytes-like object (as it is), a binary file (read from where it stands,
            left open), a `data:` URL, or a URL of a registered scheme. A string is taken for a URL
            if it begins with a scheme and `://`; a path object never is.
        max_bytes: The most bytes to take.
        urls: Whether URLs may be read, `data:` included.

    Raises:
        FileNotFoundError, IsADirectoryError, PermissionError: As from the file system.
        LimitExceededError: There are more than `max_bytes` bytes.
        MissingDependencyError: The scheme needs a package that is not installed.
        TypeError: This is no source, or an async file, which needs the async face.
        ValueError: The scheme of the URL is unknown, or URLs are refused.
    """
    if isinstance(source, (bytes, bytearray, memoryview)):
        return _bounded(bytes(source), max_bytes)
    if url := _as_url(source):
        return _read_url(url, max_bytes, urls=urls)
    if isinstance(source, (str, os.PathLike)):
        return _read_path(source, max_bytes)
    read = getattr(source, "read", None)
    if not callable(read):
        raise TypeError(f"cannot read from {type(source).__name__!r}")
    if is_async_file(source):
        raise TypeError("an async file can only be read by the async face")
    return _read_stream(read, max_bytes)


def resolve_source(source: Source, *, urls: bool = True) -> Callable[[], Awaitable[Any]] | None:
    """Say what to await on the event loop before `read_source` is called on a thread.

    Args:
        source: As in `read_source`, and async files.
        urls: Whether URLs may be read; where not, `read_source` is left to refuse them.

    Returns:
        None: nothing. Otherwise a function of no arguments; awaiting its result gives the bytes,
        of which there are at most 2 GiB.
    """
    if isinstance(source, (bytes, bytearray, memoryview, os.PathLike)):
        return None
    if url := _as_url(source):
        return partial(_fetch, url, MAX_BYTES) if urls and _scheme(url) != "data" else None
    read: Any = getattr(source, "read", None)
    return partial(_read_async, read) if is_async_file(source) else None


def resolve_pair(
    item: tuple[Source, T], *, urls: bool = True
) -> Callable[[], Awaitable[Any]] | None:
    """Say the same of a pair of a source and something else; awaiting it gives such a pair."""
    source, other = item
    coming = resolve_source(source, urls=urls)
    if coming is None:
        return None

    async def resolve() -> tuple[Any, T]:
        return await coming(), other

    return resolve


def is_async_file(source: object) -> bool:
    """Return whether a source is an async file: its `read` is a coroutine function."""
    from inspect import iscoroutinefunction

    return iscoroutinefunction(getattr(source, "read", None))


def is_url(source: object) -> bool:
    """Return whether a source is a string that `read_source` takes for a URL."""
    return isinstance(source, str) and ":" in source and _URL.match(source) is not None


def _as_url(source: object) -> str | None:
    return source if isinstance(source, str) and is_url(source) else None


def _scheme(url: str) -> str:
    return url.partition(":")[0].lower()


def _read_url(url: str, max_bytes: int, *, urls: bool) -> bytes:
    if not urls:
        raise ValueError(f"URLs are refused here: {url[:200]!r}")
    if _scheme(url) == "data":
        return _bounded(_read_data_url(url), max_bytes)
    from rp_core._portal import portal

    return portal.call(partial(_fetch, url, max_bytes))


async def _fetch(url: str, max_bytes: int) -> bytes:
    return _bounded(await _fetcher(_scheme(url))(url, max_bytes), max_bytes)


async def _read_async(read: Callable[[], Awaitable[bytes]]) -> bytes:
    return _bounded(_checked_bytes(await read()), MAX_BYTES)


def _fetcher(scheme: str) -> Fetch:
    if scheme not in _fetchers:
        from importlib.metadata import entry_points

        for entry_point in entry_points(group="rp_core.sources", name=scheme):
            register_source(scheme, entry_point.load())
    return _fetchers.get(scheme) or _refuse(scheme)


def _refuse(scheme: str) -> NoReturn:
    if scheme in _WITH_RP_NET:
        raise MissingDependencyError(f'reading {scheme}:// needs rp-net; run: pip install "rp-net"')
    raise ValueError(f"nothing is registered to read {scheme}:// URLs")


def _read_data_url(url: str) -> bytes:
    """Decode a `data:` URL (RFC 2397)."""
    from base64 import b64decode
    from urllib.parse import unquote_to_bytes

    head, comma, body = url.partition(",")
    if not comma:
        raise ValueError("a data: URL needs a comma")
    data = unquote_to_bytes(body)
    if head.rpartition(";")[2].strip().lower() != "base64":
        return data
    code = b"".join(data.split())
    return b64decode(code + b"=" * (-len(code) % 4), validate=True)


def _read_path(path: str | os.PathLike[str], max_bytes: int) -> bytes:
    with open(path, "rb", buffering=0) as file:
        status = os.fstat(file.fileno())
        if stat.S_ISREG(status.st_mode):
            if status.st_size > max_bytes:
                raise LimitExceededError(f"{status.st_size} bytes; at most {max_bytes} may be read")
            return _bounded(file.readall(), max_bytes)
        return _read_stream(file.read, max_bytes)


def _read_stream(read: Callable[[int], object], max_bytes: int) -> bytes:
    """Read to the end what does not say how long it is; a pipe gives less than it is asked for."""
    chunks: list[bytes] = []
    room = max_bytes + 1
    while room > 0 and (chunk := _checked_bytes(read(min(room, _CHUNK)))):
        chunks.append(chunk)
        room -= len(chunk)
    if room <= 0:
        raise LimitExceededError(f"more than {max_bytes} bytes; the limit is max_bytes")
    return b"".join(chunks)


def _checked_bytes(data: object) -> bytes:
    if not isinstance(data, (bytes, bytearray, memoryview)):
        raise TypeError(f"the file must be opened in binary mode; it gave {type(data).__name__!r}")
    return bytes(data)


def _bounded(data: B, max_bytes: int) -> B:
    if len(data) > max_bytes:
        raise LimitExceededError(f"more than {max_bytes} bytes; the limit is max_bytes")
    return data
