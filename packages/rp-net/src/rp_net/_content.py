"""The body of a request: from what the caller gave to pieces of bytes."""

from __future__ import annotations

import json as json_module
from collections.abc import AsyncIterable, AsyncIterator, Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final, TypeAlias
from urllib.parse import urlencode

if TYPE_CHECKING:
    from rp_net._headers import Headers
    from rp_net._multipart import FileTypes

ContentTypes: TypeAlias = (
    str | bytes | bytearray | memoryview | Iterable[bytes] | AsyncIterable[bytes] | None
)
PIECE: Final = 1 << 18


class Content:
    """A body that can be sent.

    Attributes:
        length: Bytes, where that is known beforehand; None: it is sent in chunks.
        replayable: Whether it can be sent again, for a retry or a redirect.
        data: The bytes, where they are there.
        failure: What the caller's own iterable raised.
    """

    def __init__(
        self,
        pieces: Callable[[], AsyncIterator[bytes]],
        length: int | None,
        *,
        replayable: bool,
        data: bytes | None = None,
    ) -> None:
        self._pieces = pieces
        self._current: AsyncIterator[bytes] | None = None
        self.failure: Exception | None = None
        self.length = length
        self.replayable = replayable
        self.data = data

    def __aiter__(self) -> AsyncIterator[bytes]:
        """Give the body piece by piece, from its beginning."""
        self._current = self._pieces()
        return _Watched(self, self._current)

    async def close(self) -> None:
        """End what gives the pieces, where it was left before its end."""
        aclose = getattr(self._current, "aclose", None)
        self._current = None
        if aclose is not None:
            await aclose()


class _Watched:
    """Gives the pieces of a body, and remembers if the caller's iterable fails."""

    def __init__(self, content: Content, pieces: AsyncIterator[bytes]) -> None:
        self._content = content
        self._pieces = pieces

    def __aiter__(self) -> _Watched:
        return self

    async def __anext__(self) -> bytes:
        try:
            return await anext(self._pieces)
        except StopAsyncIteration:
            raise
        except Exception as error:
            self._content.failure = error
            raise


def bytes_content(data: bytes) -> Content:
    """Return a body of bytes that are there."""

    async def pieces() -> AsyncIterator[bytes]:
        for start in range(0, len(data), PIECE):
            yield data[start : start + PIECE]

    return Content(pieces, len(data), replayable=True, data=data)


def encode_content(
    content: ContentTypes = None,
    *,
    json: Any = None,
    data: Mapping[str, Any] | None = None,
    files: FileTypes | None = None,
) -> tuple[Content | None, str | None]:
    """Return the body that the caller's arguments mean, and its media type where they imply one.

    Args:
        content: As it is to be sent: text (UTF-8), bytes, or an iterable of bytes, which is sent
            piece by piece and only once.
        json: Anything that is JSON.
        data: Fields of a form.
        files: Files of a form; the body is then multipart/form-data and streamed.

    Raises:
        TypeError: There is more than one body, or `content` is none.
        ValueError: The JSON has no form, such as NaN.
    """
    given = [content is not None, json is not None, data is not None or files is not None]
    if sum(given) > 1:
        raise TypeError("a request has one body: content, json, or data and files")
    if json is not None:
        text = json_module.dumps(json, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
        return bytes_content(text.encode()), "application/json"
    if files is not None:
        from rp_net._multipart import multipart_content

        return multipart_content(data or {}, files)
    if data is not None:
        if not isinstance(data, Mapping):
            raise TypeError("data is a mapping of form fields; bytes are given as content")
        form = urlencode({k: v for k, v in data.items() if v is not None}, doseq=True)
        return bytes_content(form.encode()), "application/x-www-form-urlencoded"
    return _as_content(content), None


def _as_content(content: ContentTypes) -> Content | None:
    if content is None:
        return None
    if isinstance(content, str):
        return bytes_content(content.encode())
    if isinstance(content, (bytes, bytearray, memoryview)):
        return bytes_content(bytes(content))
    if isinstance(content, AsyncIterable):
        return Content(_once(_checked(content)), None, replayable=False)
    if isinstance(content, Iterable):
        return Content(_once(_checked(_drawn(content))), None, replayable=False)
    raise TypeError(f"content must be text, bytes or an iterable of bytes, not {content!r}")


def _once(pieces: AsyncIterator[bytes]) -> Callable[[], AsyncIterator[bytes]]:
    return lambda: pieces


async def _drawn(pieces: Iterable[bytes]) -> AsyncIterator[bytes]:
    from anyio.lowlevel import checkpoint

    for piece in pieces:
        await checkpoint()
        yield piece


async def _checked(pieces: AsyncIterable[bytes]) -> AsyncIterator[bytes]:
    try:
        async for piece in pieces:
            if not isinstance(piece, (bytes, bytearray, memoryview)):
                raise TypeError(f"a body is made of bytes, not of {type(piece).__name__!r}")
            if piece:
                yield bytes(piece)
    finally:
        aclose = getattr(pieces, "aclose", None)
        if aclose is not None:
            await aclose()


def without_framing(headers: Headers, content: Content | None) -> Headers:
    """Return header fields without Content-Length, which a streamed body takes over.

    Raises:
        ValueError: It is not that of the body, or the caller frames the body by itself.
    """
    length = headers.get("content-length", "")
    if "transfer-encoding" in headers or not (length.isascii() and length.isdigit()):
        raise ValueError("how a body is framed is not for the caller to say: Transfer-Encoding")
    if content is not None and content.length is None:
        content.length = int(length)
    if int(length) != (content.length if content else 0):
        raise ValueError(f"Content-Length: {length} is not the length of the body")
    return headers.without({"content-length"})
