"""The operations, with a client that all calls on one event loop share."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from rp_net._charset import encoding_of
from rp_net._fetch import fetch
from rp_net._options import check_options
from rp_net._shared import shared_engine
from rp_net._stream import open_stream

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterable, Iterable
    from pathlib import Path as LocalPath
    from typing import Unpack

    from rp_net._download import Download, DownloadOptions
    from rp_net._download_many import ManyOptions
    from rp_net._fetch_many import FetchManyOptions
    from rp_net._options import RequestOptions, SendOptions
    from rp_net._response import Response
    from rp_net._stream import StreamedResponse
    from rp_net._tls import Path


async def request(method: str, url: str, **options: Unpack[RequestOptions]) -> Response:
    """Send a request and return the response, whatever its status.

    Args:
        method: Such as "GET"; in any case.
        url: An http or https URL.
        options: See `SendOptions` and `RequestOptions`.

    Raises:
        HTTPStatusError: The status is 4xx or 5xx, and `raise_for_status` is True.
        NetError: There was no answer, or none that holds: see its kinds.
        TypeError, ValueError: An argument cannot be right.
    """
    check_options(options)
    return await _fetch(method, url, {"raise_for_status": False, **options})


async def get(url: str, **options: Unpack[SendOptions]) -> Response:
    """Get a URL: its response, body and all.

    Args:
        url: An http or https URL.
        options: See `SendOptions`.

    Raises:
        HTTPStatusError: The status is 4xx or 5xx, unless `raise_for_status` is False.
        NetError: There was no answer, or none that holds: see its kinds.
        TypeError, ValueError: An argument cannot be right.
    """
    check_options(options, body=False)
    return await _fetch("GET", url, options)


async def head(url: str, **options: Unpack[SendOptions]) -> Response:
    """Ask for the header fields of a URL: a response without a body.

    Args and errors are those of `get`.
    """
    check_options(options, body=False)
    return await _fetch("HEAD", url, options)


async def post(url: str, **options: Unpack[RequestOptions]) -> Response:
    """Post to a URL; the body is one of `content`, `json`, or `data` and `files`.

    Args:
        url: An http or https URL.
        options: See `SendOptions` and `RequestOptions`.

    Raises:
        HTTPStatusError: The status is 4xx or 5xx, unless `raise_for_status` is False.
        NetError: There was no answer, or none that holds: see its kinds.
        TypeError, ValueError: An argument cannot be right.
    """
    check_options(options)
    return await _fetch("POST", url, options)


async def put(url: str, **options: Unpack[RequestOptions]) -> Response:
    """Put something at a URL.

    Args and errors are those of `post`.
    """
    check_options(options)
    return await _fetch("PUT", url, options)


async def patch(url: str, **options: Unpack[RequestOptions]) -> Response:
    """Change something at a URL.

    Args and errors are those of `post`.
    """
    check_options(options)
    return await _fetch("PATCH", url, options)


async def delete(url: str, **options: Unpack[RequestOptions]) -> Response:
    """Delete what is at a URL.

    Args and errors are those of `post`.
    """
    check_options(options)
    return await _fetch("DELETE", url, options)


async def get_bytes(url: str, **options: Unpack[SendOptions]) -> bytes:
    """Get the body at a URL, decoded from its content codings.

    Args and errors are those of `get`.
    """
    return (await get(url, **options)).content


async def get_text(url: str, *, encoding: str | None = None, **options: Unpack[SendOptions]) -> str:
    """Get the text at a URL.

    Args:
        url: An http or https URL.
        encoding: Of the text; default: as in `Response.encoding`.
        options: See `SendOptions`.

    Raises:
        LookupError: There is no such encoding.
        NetError: As `get` raises.
    """
    response = await get(url, **options)
    name = encoding_of(response.content, response.headers, encoding)
    return response.content.decode(name, "replace")


async def get_json(url: str, **options: Unpack[SendOptions]) -> Any:
    """Get the JSON at a URL.

    Args are those of `get`.

    Raises:
        ValueError: The body is not JSON.
        NetError: As `get` raises.
    """
    return (await get(url, **options)).json()


@asynccontextmanager
async def stream(
    url: str, *, method: str = "GET", **options: Unpack[RequestOptions]
) -> AsyncGenerator[StreamedResponse, None]:
    """Open a response whose body is read piece by piece, in bounded memory.

    Leaving the block closes it. Without `timeout` there is no limit for the whole, only for a
    connection and for a time in which nothing comes; without `max_bytes` none for the body.

    Args:
        url: An http or https URL.
        method: Of the request.
        options: See `SendOptions` and `RequestOptions`.

    Raises:
        HTTPStatusError: The status is 4xx or 5xx, unless `raise_for_status` is False.
        NetError: There was no answer, or none that holds: see its kinds.
        TypeError, ValueError: An argument cannot be right.
    """
    check_options(options)
    async with open_stream(await shared_engine(), method, url, options) as response:
        yield response


async def fetch_many(
    urls: Iterable[str] | AsyncIterable[str], **options: Unpack[FetchManyOptions]
) -> list[Any]:
    """Get many URLs; equal ones that are under way together are fetched once.

    Args:
        urls: Any iterable or async iterable of http and https URLs.
        options: See `BatchOptions` and `SendOptions`; of `limit` requests at once (32), at most
            `per_host` (8) go to one host.

    Returns:
        The responses, in the order of the URLs unless `ordered` is False; with
        `on_error="return"` a `Failure` in the place of each that failed.

    Raises:
        NetError: The first error, as `get` raises it, unless `on_error` says otherwise.
        TypeError, ValueError: An argument cannot be right.
    """
    from rp_net._fetch_many import fetch_many as fetch_all

    return await fetch_all(await shared_engine(), urls, options)


async def download(url: str, destination: Path, **options: Unpack[DownloadOptions]) -> Download:
    """Download a URL to a file, which is put in its place whole and right, or not at all.

    What comes is kept in a hidden file beside the destination (".name.rp-part"). When the
    connection breaks, or this process dies, the next attempt goes on from there, if the server
    says by a strong validator that it still has the same file; else it begins anew. Only one
    process writes at a time: others wait.

    Args:
        url: An http or https URL.
        destination: Path of the file; or of a folder that is there, and the response names it.
        options: See `DownloadOptions` and `SendOptions`. Without `timeout` there is no limit for
            the whole, only for a connection and for a time in which nothing comes; without
            `max_bytes` none for the size.

    Raises:
        DigestError: The bytes are not what `digest`, or the server, promised; nothing is kept.
        TruncatedError: The server ended early, every time.
        RangeError: The server answers with another part of the file than was asked for.
        DiskFullError: There is no room; found out before the first byte where the size is known.
        HTTPStatusError, NetError: As `get` raises.
        FileExistsError: There is a file, and `overwrite` is False.
        FileNotFoundError, PermissionError, OSError: The file cannot be written.
        TypeError, ValueError: An argument cannot be right.
    """
    from rp_net._download import download as download_one

    return await download_one(await shared_engine(), url, destination, options)


async def download_many(
    items: Iterable[str | tuple[str, Path]] | AsyncIterable[str | tuple[str, Path]],
    folder: Path | None = None,
    **options: Unpack[ManyOptions],
) -> list[Any]:
    """Download many URLs to files.

    Args:
        items: URLs, or pairs of a URL and a path, which is relative to the folder.
        folder: Where to put them; responses name the files of URLs alone.
        options: See `ManyOptions`, `BatchOptions` and `SendOptions`; of `limit` downloads at once
            (16), at most `per_host` (8) are from one host.

    Returns:
        A `Download` each, in the order of the items unless `ordered` is False; with
        `on_error="return"` a `Failure` in the place of each that failed.

    Raises:
        NetError, OSError: The first error, as `download` raises it, unless `on_error` says
            otherwise.
        TypeError, ValueError: An argument cannot be right.
    """
    from rp_net._download_many import download_many as download_all

    return await download_all(await shared_engine(), items, folder, options)


async def cached_path(
    url: str,
    *,
    digest: str | None = None,
    max_age: float | None = None,
    **options: Unpack[SendOptions],
) -> LocalPath:
    """Return a local file with what is at a URL, downloaded if it is not there yet.

    Args:
        url: An http or https URL.
        digest: As in `DownloadOptions`: what the file must come to.
        max_age: Seconds; an older file is looked after again, and only fetched if it has changed.
            None: a file that is there is good for ever.
        options: See `SendOptions`.

    Returns:
        Path of a file, which must not be changed: another call may return the same one.

    Raises:
        NetError, OSError: As `download` raises.
    """
    from rp_net._cached_path import cached_path as find

    return await find(await shared_engine(), url, digest, max_age, options)


async def _fetch(method: str, url: str, options: Any) -> Response:
    return await fetch(await shared_engine(), method, url, options)


for _operation in (
    request, get, head, post, put, patch, delete, get_bytes, get_text, get_json, stream,
    fetch_many, download, download_many, cached_path,
):  # fmt: skip
    _operation.__module__ = "rp_net"  # where they are found, and pickled
