"""The client: connections, cookies and defaults that several requests share."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, Literal, overload

from rp_net._charset import encoding_of
from rp_net._engine import Engine
from rp_net._fetch import fetch
from rp_net._options import check_options
from rp_net._settings import Settings
from rp_net._stream import open_stream
from rp_net._types import DEFAULT_TIMEOUT

if TYPE_CHECKING:
    import ssl
    from collections.abc import AsyncGenerator, Mapping
    from types import TracebackType
    from typing import Self, Unpack

    from rp_core import Failure, OnError
    from rp_net._batch_operations import Item, Items, Urls
    from rp_net._cache import Cache
    from rp_net._cookies import Cookies
    from rp_net._download import DownloadOptions
    from rp_net._download_many import ManyOptions
    from rp_net._downloaded import Download
    from rp_net._fetch_many import BatchOptions
    from rp_net._headers import HeaderTypes
    from rp_net._local import TransportTypes
    from rp_net._options import AuthTypes, BackendName, RequestOptions, SendOptions
    from rp_net._policy import PublicOnly
    from rp_net._response import Response
    from rp_net._retry import RetryTypes
    from rp_net._stream import StreamedResponse
    from rp_net._tls import Path, Tls
    from rp_net._types import TimeoutTypes
    from rp_net._url import ParamTypes


class Client:
    """Sends requests on pooled connections, with defaults of its own.

    Used in `async with`, it is closed at the end of the block. It belongs to the event loop on
    which it is first used.

    Args:
        base_url: What relative URLs are relative to.
        headers: Fields of every request.
        params: Query parameters of every request.
        auth: As in `SendOptions`, for the origin of `base_url`, or of the first request.
        cookies: Cookies for that origin and no other.
        timeout: `Timeout`, or seconds for a whole call; None: no limit at all. Where it is left
            out, streams and downloads have no limit for the whole.
        retries: How often a request is sent again, or a `Retry`.
        cache: Where responses are kept; None: nowhere.
        proxy: URL of a forward proxy; False: none; None: what the environment says.
        tls: An SSL context, or `Tls`; None: the system's trust store.
        policy: Which addresses may be connected to; None: all.
        follow_redirects: Whether redirects are followed.
        max_redirects: How many.
        allow_downgrade: Whether a redirect may lead from https to http.
        max_bytes: The most bytes of a body that is read whole; None: no limit.
        max_connections: How many connections there may be at once.
        http2: Whether HTTP/2 is offered, over TLS; needs the extra `http2`.
        transport: A function, an ASGI application, or a transport that answers instead of a
            backend.
        backend: Name of the backend; "auto": the first that is able.

    Raises:
        TypeError: An argument has the wrong type.
        ValueError: An argument has a value that makes no sense.
    """

    __module__ = "rp_net"

    def __init__(
        self,
        *,
        base_url: str = "",
        headers: HeaderTypes = (),
        params: ParamTypes | None = None,
        auth: AuthTypes | None = None,
        cookies: Mapping[str, str] | None = None,
        timeout: TimeoutTypes = DEFAULT_TIMEOUT,
        retries: RetryTypes = 2,
        cache: Cache | None = None,
        proxy: str | Literal[False] | None = None,
        tls: Tls | ssl.SSLContext | None = None,
        policy: PublicOnly | None = None,
        follow_redirects: bool = True,
        max_redirects: int = 10,
        allow_downgrade: bool = False,
        max_bytes: int | None = 1 << 28,
        max_connections: int = 100,
        http2: bool = False,
        transport: TransportTypes | None = None,
        backend: BackendName = "auto",
    ) -> None:
        arguments: dict[str, Any] = dict(locals())
        del arguments["self"]
        self._engine = Engine(Settings.of(**arguments))

    @property
    def cookies(self) -> Cookies:
        """The cookies that servers have set."""
        return self._engine.jar

    @property
    def backend(self) -> str | None:
        """Name of the backend that requests were sent with; None: none were sent."""
        return self._engine.backend

    async def request(self, method: str, url: str, **options: Unpack[RequestOptions]) -> Response:
        """Send a request and return the response, whatever its status; see `rp_net.request`."""
        check_options(options)
        return await fetch(self._engine, method, url, {"raise_for_status": False, **options})

    async def get(self, url: str, **options: Unpack[SendOptions]) -> Response:
        """Get a URL; see `rp_net.get`."""
        check_options(options, body=False)
        return await fetch(self._engine, "GET", url, options)

    async def head(self, url: str, **options: Unpack[SendOptions]) -> Response:
        """Ask for the header fields of a URL; see `rp_net.head`."""
        check_options(options, body=False)
        return await fetch(self._engine, "HEAD", url, options)

    async def post(self, url: str, **options: Unpack[RequestOptions]) -> Response:
        """Post to a URL; see `rp_net.post`."""
        check_options(options)
        return await fetch(self._engine, "POST", url, options)

    async def put(self, url: str, **options: Unpack[RequestOptions]) -> Response:
        """Put something at a URL; see `rp_net.put`."""
        check_options(options)
        return await fetch(self._engine, "PUT", url, options)

    async def patch(self, url: str, **options: Unpack[RequestOptions]) -> Response:
        """Change something at a URL; see `rp_net.patch`."""
        check_options(options)
        return await fetch(self._engine, "PATCH", url, options)

    async def delete(self, url: str, **options: Unpack[RequestOptions]) -> Response:
        """Delete what is at a URL; see `rp_net.delete`."""
        check_options(options)
        return await fetch(self._engine, "DELETE", url, options)

    async def get_bytes(self, url: str, **options: Unpack[SendOptions]) -> bytes:
        """Get the body at a URL; see `rp_net.get_bytes`."""
        return (await self.get(url, **options)).content

    async def get_text(
        self, url: str, *, encoding: str | None = None, **options: Unpack[SendOptions]
    ) -> str:
        """Get the text at a URL; see `rp_net.get_text`."""
        response = await self.get(url, **options)
        return response.content.decode(
            encoding_of(response.content, response.headers, encoding), "replace"
        )

    async def get_json(self, url: str, **options: Unpack[SendOptions]) -> Any:
        """Get the JSON at a URL; see `rp_net.get_json`."""
        return (await self.get(url, **options)).json()

    @asynccontextmanager
    async def stream(
        self, url: str, *, method: str = "GET", **options: Unpack[RequestOptions]
    ) -> AsyncGenerator[StreamedResponse, None]:
        """Open a response whose body is read piece by piece; see `rp_net.stream`."""
        check_options(options)
        async with open_stream(self._engine, method, url, options) as response:
            yield response

    @overload
    async def fetch_many(
        self,
        urls: Urls,
        *,
        on_error: Literal["raise", "skip"] = "raise",
        **options: Unpack[BatchOptions],
    ) -> list[Response]: ...
    @overload
    async def fetch_many(
        self, urls: Urls, *, on_error: Literal["return"], **options: Unpack[BatchOptions]
    ) -> list[Response | Failure[str]]: ...
    async def fetch_many(
        self, urls: Urls, *, on_error: OnError = "raise", **options: Unpack[BatchOptions]
    ) -> list[Any]:
        """Get many URLs; see `rp_net.fetch_many`."""
        from rp_net._fetch_many import fetch_many

        return await fetch_many(self._engine, urls, {**options, "on_error": on_error})

    async def download(
        self, url: str, destination: Path, **options: Unpack[DownloadOptions]
    ) -> Download:
        """Download a URL to a file; see `rp_net.download`."""
        from rp_net._download import download

        return await download(self._engine, url, destination, options)

    @overload
    async def download_many(
        self,
        items: Items,
        folder: Path | None = None,
        *,
        on_error: Literal["raise", "skip"] = "raise",
        **options: Unpack[ManyOptions],
    ) -> list[Download]: ...
    @overload
    async def download_many(
        self,
        items: Items,
        folder: Path | None = None,
        *,
        on_error: Literal["return"],
        **options: Unpack[ManyOptions],
    ) -> list[Download | Failure[Item]]: ...
    async def download_many(
        self,
        items: Items,
        folder: Path | None = None,
        *,
        on_error: OnError = "raise",
        **options: Unpack[ManyOptions],
    ) -> list[Any]:
        """Download many URLs to files; see `rp_net.download_many`."""
        from rp_net._download_many import download_many

        settings = {**options, "on_error": on_error}
        return await download_many(self._engine, items, folder, settings)

    async def close(self) -> None:
        """Close every connection, and end what goes on in the background."""
        await self._engine.close()

    async def __aenter__(self) -> Self:
        """Choose the backend."""
        self._engine.open()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close it."""
        await self.close()
