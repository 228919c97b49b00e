"""Many URLs to files, a bounded number at a time."""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING, Any

from rp_net._download import DownloadOptions, download
from rp_net._downloaded import Download
from rp_net._fetch_many import OF_BATCH, BatchOptions, Turns, batch
from rp_net._target import Places

if TYPE_CHECKING:
    from collections.abc import AsyncIterable, Iterable, Mapping

    from rp_net._engine import Engine
    from rp_net._tls import Path


class ManyOptions(BatchOptions, total=False):
    """Options of many downloads.

    Attributes:
        digests: By URL, as `digest` in `DownloadOptions`.
        resume, overwrite, durable: As in `DownloadOptions`.
    """

    digests: Mapping[str, str] | None
    resume: bool
    overwrite: bool
    durable: bool


async def download_many(
    engine: Engine,
    items: Iterable[str | tuple[str, Path]] | AsyncIterable[str | tuple[str, Path]],
    folder: Path | None,
    options: Mapping[str, Any],
) -> list[Any]:
    """Download many URLs to files; see `rp_net.download_many`."""
    own = {n: v for n, v in options.items() if n not in OF_BATCH and n != "digests"}
    _check_folder(folder)
    unknown = own.keys() - (DownloadOptions.__annotations__.keys() - {"digest"})
    if unknown:
        raise TypeError(f"unknown options: {', '.join(sorted(unknown))}")
    digests = dict(options.get("digests") or {})
    unused = set(digests)
    if isinstance(items, (list, tuple)):
        urls = {item if isinstance(item, str) else item[0] for item in items}
        _check_used(unused - urls)
    limit = options.get("limit", 16)
    turns = Turns(limit, options.get("per_host", 8))
    places = Places()

    async def download_one(item: str | tuple[str, Path]) -> Download:
        url, destination = _split(item, folder)
        unused.discard(url)
        settings = {**own, "digest": digests.get(url)}
        done: Download = await turns.take(
            engine.host_of(url),
            lambda: download(engine, url, destination, settings, places),
        )
        return done

    results = await batch(download_one, items, options, limit=limit)
    _check_used(unused)
    return results


def _split(item: str | tuple[str, Path], folder: Path | None) -> tuple[str, Path]:
    if isinstance(item, str):
        if folder is None:
            raise ValueError("download_many: a URL alone needs a folder to be put into")
        return item, folder
    url, destination = item
    return url, destination if folder is None else os.path.join(folder, destination)


def _check_used(unused: set[str]) -> None:
    """Refuse digests for what is not downloaded: a URL may be misspelt, and its file unchecked."""
    if unused:
        raise ValueError(f"download_many: digests of URLs that are no items: {sorted(unused)[:3]}")


def _check_folder(folder: Path | None) -> None:
    if folder is not None and not os.path.isdir(folder):
        raise FileNotFoundError(errno.ENOENT, "there is no such folder", os.fspath(folder))
