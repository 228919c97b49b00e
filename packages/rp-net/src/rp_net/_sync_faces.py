"""The sync face: one line for each operation."""

from __future__ import annotations

import functools
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any, Final, Literal, overload

from rp_core import blocking
from rp_net import _batch_operations, _operations
from rp_net._sync_stream import opened

if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from typing import Unpack

    from rp_core import Failure, OnError
    from rp_net._batch_operations import Item, Items, Urls
    from rp_net._download_many import ManyOptions
    from rp_net._downloaded import Download
    from rp_net._fetch_many import BatchOptions
    from rp_net._options import RequestOptions
    from rp_net._response import Response
    from rp_net._sync_stream import StreamedResponse
    from rp_net._tls import Path

request: Final = blocking(_operations.request, module="rp_net.sync")
get: Final = blocking(_operations.get, module="rp_net.sync")
head: Final = blocking(_operations.head, module="rp_net.sync")
post: Final = blocking(_operations.post, module="rp_net.sync")
put: Final = blocking(_operations.put, module="rp_net.sync")
patch: Final = blocking(_operations.patch, module="rp_net.sync")
delete: Final = blocking(_operations.delete, module="rp_net.sync")
get_bytes: Final = blocking(_operations.get_bytes, module="rp_net.sync")
get_text: Final = blocking(_operations.get_text, module="rp_net.sync")
get_json: Final = blocking(_operations.get_json, module="rp_net.sync")
download: Final = blocking(_batch_operations.download, module="rp_net.sync")
cached_path: Final = blocking(_batch_operations.cached_path, module="rp_net.sync")


@overload
def fetch_many(
    urls: Urls,
    *,
    on_error: Literal["raise", "skip"] = "raise",
    **options: Unpack[BatchOptions],
) -> list[Response]: ...
@overload
def fetch_many(
    urls: Urls, *, on_error: Literal["return"], **options: Unpack[BatchOptions]
) -> list[Response | Failure[str]]: ...
@functools.wraps(_batch_operations.fetch_many)
def fetch_many(urls: Urls, *, on_error: OnError = "raise", **options: Any) -> list[Any]:
    fetch_all: Callable[..., list[Any]] = blocking(_batch_operations.fetch_many)
    return fetch_all(urls, on_error=on_error, **options)


@overload
def download_many(
    items: Items,
    folder: Path | None = None,
    *,
    on_error: Literal["raise", "skip"] = "raise",
    **options: Unpack[ManyOptions],
) -> list[Download]: ...
@overload
def download_many(
    items: Items,
    folder: Path | None = None,
    *,
    on_error: Literal["return"],
    **options: Unpack[ManyOptions],
) -> list[Download | Failure[Item]]: ...
@functools.wraps(_batch_operations.download_many)
def download_many(
    items: Items, folder: Path | None = None, *, on_error: OnError = "raise", **options: Any
) -> list[Any]:
    download_all: Callable[..., list[Any]] = blocking(_batch_operations.download_many)
    return download_all(items, folder, on_error=on_error, **options)


@contextmanager
def stream(
    url: str, *, method: str = "GET", **options: Unpack[RequestOptions]
) -> Generator[StreamedResponse, None, None]:
    with opened(partial(_operations.stream, url, method=method, **options)) as response:
        yield response


functools.update_wrapper(stream, _operations.stream)
for _face in (fetch_many, download_many, stream):
    _face.__module__ = "rp_net.sync"  # where they are found, and pickled
