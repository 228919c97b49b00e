"""The operations on many URLs, and to files, with the client that all calls on a loop share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, overload

from rp_net._shared import shared_engine

if TYPE_CHECKING:
    from collections.abc import AsyncIterable, Iterable
    from pathlib import Path as LocalPath
    from typing import TypeAlias, Unpack

    from rp_core import Failure, OnError
    from rp_net._download import DownloadOptions
    from rp_net._download_many import ManyOptions
    from rp_net._downloaded import Download
    from rp_net._fetch_many import BatchOptions
    from rp_net._options import SendOptions
    from rp_net._response import Response
    from rp_net._tls import Path

    Urls: TypeAlias = Iterable[str] | AsyncIterable[str]
    Item: TypeAlias = str | tuple[str, Path]
    Items: TypeAlias = Iterable[Item] | AsyncIterable[Item]


@overload
async def fetch_many(
    urls: Urls,
    *,
    on_error: Literal["raise", "skip"] = "raise",
    **options: Unpack[BatchOptions],
) -> list[Response]: ...
@overload
async def fetch_many(
    urls: Urls,
    *,
    on_error: Literal["return"],
    **options: Unpack[BatchOptions],
) -> list[Response | Failure[str]]: ...
async def fetch_many(
    urls: Urls, *, on_error: OnError = "raise", **options: Unpack[BatchOptions]
) -> list[Any]:
    """Get many URLs; equal ones that are under way together are fetched once.

    Args:
        urls: Any iterable or async iterable of http and https URLs.
        on_error: "raise" ends the batch at the first error; "skip" leaves the item out; "return"
            gives a `Failure` in its place.
        options: See `BatchOptions` and `SendOptions`; of `limit` requests at once (32), at most
            `per_host` (8) go to one host.

    Returns:
        The responses, in the order of the URLs unless `ordered` is False.

    Raises:
        NetError: The first error, as `get` raises it, unless `on_error` says otherwise.
        TypeError, ValueError: An argument cannot be right.
    """
    from rp_net._fetch_many import fetch_many as fetch_all

    return await fetch_all(await shared_engine(), urls, {**options, "on_error": on_error})


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


@overload
async def download_many(
    items: Items,
    folder: Path | None = None,
    *,
    on_error: Literal["raise", "skip"] = "raise",
    **options: Unpack[ManyOptions],
) -> list[Download]: ...
@overload
async def download_many(
    items: Items,
    folder: Path | None = None,
    *,
    on_error: Literal["return"],
    **options: Unpack[ManyOptions],
) -> list[Download | Failure[Item]]: ...
async def download_many(
    items: Items,
    folder: Path | None = None,
    *,
    on_error: OnError = "raise",
    **options: Unpack[ManyOptions],
) -> list[Any]:
    """Download many URLs to files.

    Args:
        items: URLs, or pairs of a URL and a path, which is relative to the folder.
        folder: Where to put them; responses name the files of URLs alone.
        on_error: "raise" ends the batch at the first error; "skip" leaves the item out; "return"
            gives a `Failure` in its place.
        options: See `ManyOptions`, `BatchOptions` and `SendOptions`; of `limit` downloads at once
            (16), at most `per_host` (8) are from one host.

    Returns:
        A `Download` each, in the order of the items unless `ordered` is False.

    Raises:
        NetError, OSError: The first error, as `download` raises it, unless `on_error` says
            otherwise.
        TypeError, ValueError: An argument cannot be right.
    """
    from rp_net._download_many import download_many as download_all

    settings = {**options, "on_error": on_error}
    return await download_all(await shared_engine(), items, folder, settings)


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


for _operation in (fetch_many, download, download_many, cached_path):
    _operation.__module__ = "rp_net"  # where they are found, and pickled
