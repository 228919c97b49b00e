"""A streamed response in plain code."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from rp_core import blocking, blocking_iter
from rp_net._limits import MAX_LINE

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator
    from contextlib import AbstractAsyncContextManager

    from rp_net import _stream
    from rp_net._events import Event
    from rp_net._headers import Headers
    from rp_net._response import Response


class StreamedResponse:
    """A response that is open: its head is here, its body comes as it is asked for.

    Attributes:
        status, reason, headers, url, method, http_version, history: As in `Response`.
        from_cache: Whether a cache gives the body.
    """

    __module__ = "rp_net.sync"

    def __init__(self, inner: _stream.StreamedResponse) -> None:
        self._inner = inner
        self.status: int = inner.status
        self.reason: str = inner.reason
        self.headers: Headers = inner.headers
        self.http_version: str = inner.http_version
        self.url: str = inner.url
        self.method: str = inner.method
        self.history: tuple[Response, ...] = inner.history
        self.from_cache: bool = inner.from_cache

    @property
    def ok(self) -> bool:
        """Whether the status is below 400."""
        return self._inner.ok

    def iter_raw(self) -> Iterator[bytes]:
        """Give the body as it was sent, piece by piece; errors as in the async face."""
        return blocking_iter(self._inner.iter_raw, module=__name__)()

    def iter_bytes(self) -> Iterator[bytes]:
        """Give the body, decoded, in pieces of at most 1 MiB; errors as in the async face."""
        return blocking_iter(self._inner.iter_bytes, module=__name__)()

    def iter_lines(self, *, encoding: str | None = None, max_line: int = MAX_LINE) -> Iterator[str]:
        """Give the body line by line; arguments and errors as in the async face."""
        lines = blocking_iter(self._inner.iter_lines, module=__name__)
        return lines(encoding=encoding, max_line=max_line)

    def iter_events(self, *, max_event: int = MAX_LINE) -> Iterator[Event]:
        """Give the server-sent events of the body; arguments and errors as in the async face."""
        return blocking_iter(self._inner.iter_events, module=__name__)(max_event=max_event)

    def read(self) -> bytes:
        """Return the whole body, decoded; errors as in the async face."""
        return blocking(self._inner.read)()

    def raise_for_status(self) -> StreamedResponse:
        """Return itself, unless the status is 4xx or 5xx: then raise `HTTPStatusError`."""
        self._inner.raise_for_status()
        return self

    def close(self) -> None:
        """Give the connection back, or close it if the body has not been read to its end."""
        blocking(self._inner.close)()


@contextmanager
def opened(
    manager: Callable[[], AbstractAsyncContextManager[_stream.StreamedResponse]],
) -> Generator[StreamedResponse, None, None]:
    """Enter an async context manager on the background loop, and leave it at the end."""
    entered: list[AbstractAsyncContextManager[_stream.StreamedResponse]] = []

    async def enter() -> _stream.StreamedResponse:
        entered.append(manager())
        return await entered[0].__aenter__()

    async def leave() -> None:
        await entered[0].__aexit__(None, None, None)

    response = StreamedResponse(blocking(enter)())
    try:
        yield response
    finally:
        blocking(leave)()
