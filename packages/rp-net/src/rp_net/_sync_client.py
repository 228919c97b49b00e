"""The client in plain code."""

from __future__ import annotations

from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any, Literal, overload

from rp_core import blocking
from rp_net import _client
from rp_net._sync_stream import opened
from rp_net._types import DEFAULT_TIMEOUT

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Generator, Mapping
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
    from rp_net._sync_stream import StreamedResponse
    from rp_net._tls import Path, Tls
    from rp_net._types import TimeoutTypes
    from rp_net._url import ParamTypes


class Client:
    """`rp_net.Client` without `await`; it lives on the background event loop of rp_core.

    Used in `with`, it is closed at the end of the block. Arguments and errors are those of
    `rp_net.Client`.
    """

    __module__ = "rp_net.sync"

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
        self._inner = _client.Client(**arguments)

    @property
    def cookies(self) -> Cookies:
        """The cookies that servers have set."""
        return self._inner.cookies

    @property
    def backend(self) -> str | None:
        """Name of the backend that requests were sent with; None: none were sent."""
        return self._inner.backend

    def request(self, method: str, url: str, **options: Unpack[RequestOptions]) -> Response:
        """Send a request and return the response, whatever its status; see `rp_net.request`."""
        return blocking(self._inner.request)(method, url, **options)

    def get(self, url: str, **options: Unpack[SendOptions]) -> Response:
        """Get a URL; see `rp_net.get`."""
        return blocking(self._inner.get)(url, **options)

    def head(self, url: str, **options: Unpack[SendOptions]) -> Response:
        """Ask for the header fields of a URL; see `rp_net.head`."""
        return blocking(self._inner.head)(url, **options)

    def post(self, url: str, **options: Unpack[RequestOptions]) -> Response:
        """Post to a URL; see `rp_net.post`."""
        return blocking(self._inner.post)(url, **options)

    def put(self, url: str, **options: Unpack[RequestOptions]) -> Response:
        """Put something at a URL; see `rp_net.put`."""
        return blocking(self._inner.put)(url, **options)

    def patch(self, url: str, **options: Unpack[RequestOptions]) -> Response:
        """Change something at a URL; see `rp_net.patch`."""
        return blocking(self._inner.patch)(url, **options)

    def delete(self, url: str, **options: Unpack[RequestOptions]) -> Response:
        """Delete what is at a URL; see `rp_net.delete`."""
        return blocking(self._inner.delete)(url, **options)

    def get_bytes(self, url: str, **options: Unpack[SendOptions]) -> bytes:
        """Get the body at a URL; see `rp_net.get_bytes`."""
        return blocking(self._inner.get_bytes)(url, **options)

    def get_text(
        self, url: str, *, encoding: str | None = None, **options: Unpack[SendOptions]
    ) -> str:
        """Get the text at a URL; see `rp_net.get_text`."""
        return blocking(self._inner.get_text)(url, encoding=encoding, **options)

    def get_json(self, url: str, **options: Unpack[SendOptions]) -> Any:
        """Get the JSON at a URL; see `rp_net.get_json`."""
        return blocking(self._inner.get_json)(url, **options)

    @contextmanager
    def stream(
        self, url: str, *, method: str = "GET", **options: Unpack[RequestOptions]
    ) -> Generator[StreamedResponse, None, None]:
        """Open a response whose body is read piece by piece; see `rp_net.stream`."""
        with opened(partial(self._inner.stream, url, method=method, **options)) as response:
            yield response

    @overload
    def fetch_many(
        self,
        urls: Urls,
        *,
        on_error: Literal["raise", "skip"] = "raise",
        **options: Unpack[BatchOptions],
    ) -> list[Response]: ...
    @overload
    def fetch_many(
        self, urls: Urls, *, on_error: Literal["return"], **options: Unpack[BatchOptions]
    ) -> list[Response | Failure[str]]: ...
    def fetch_many(
        self, urls: Urls, *, on_error: OnError = "raise", **options: Unpack[BatchOptions]
    ) -> list[Any]:
        """Get many URLs; see `rp_net.fetch_many`."""
        fetch_many: Callable[..., list[Any]] = blocking(self._inner.fetch_many)
        return fetch_many(urls, on_error=on_error, **options)

    def download(self, url: str, destination: Path, **options: Unpack[DownloadOptions]) -> Download:
        """Download a URL to a file; see `rp_net.download`."""
        return blocking(self._inner.download)(url, destination, **options)

    @overload
    def download_many(
        self,
        items: Items,
        folder: Path | None = None,
        *,
        on_error: Literal["raise", "skip"] = "raise",
        **options: Unpack[ManyOptions],
    ) -> list[Download]: ...
    @overload
    def download_many(
        self,
        items: Items,
        folder: Path | None = None,
        *,
        on_error: Literal["return"],
        **options: Unpack[ManyOptions],
    ) -> list[Download | Failure[Item]]: ...
    def download_many(
        self,
        items: Items,
        folder: Path | None = None,
        *,
        on_error: OnError = "raise",
        **options: Unpack[ManyOptions],
    ) -> list[Any]:
        """Download many URLs to files; see `rp_net.download_many`."""
        download_many: Callable[..., list[Any]] = blocking(self._inner.download_many)
        return download_many(items, folder, on_error=on_error, **options)

    def close(self) -> None:
        """Close every connection, and end what goes on in the background."""
        blocking(self._inner.close)()

    def __enter__(self) -> Self:
        """Choose the backend."""
        blocking(self._inner.__aenter__)()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close it."""
        self.close()
