"""A local file for a URL."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from pathlib import Path
from time import time
from typing import TYPE_CHECKING, Any

from rp_core import atomic_write, cache_dir, threaded
from rp_net._digests import digest_of_file, parse_digest
from rp_net._download import RETRIES, download, held
from rp_net._fetch import fetch
from rp_net._headers import Headers
from rp_net._origin import key_of
from rp_net._part import Part

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rp_net._digests import Digest
    from rp_net._engine import Engine


async def cached_path(
    engine: Engine,
    url: str,
    digest: str | None,
    max_age: float | None,
    options: Mapping[str, Any],
) -> Path:
    """Return a local file with what is at a URL; see `rp_net.cached_path`."""
    request, _ = engine.prepare("GET", url, options, whole=False)
    folder = os.path.join(cache_dir("rp-net-files"), key_of(request.url)[:32])
    wanted = None if digest is None else parse_digest(digest)
    shelf = _Shelf(engine, url, options, folder)
    if path := await shelf.find(wanted, max_age):
        return path
    os.makedirs(folder, mode=0o700, exist_ok=True)
    lock = Part(os.path.join(folder, ".lock"))
    async with held(lock, always=True):
        # Another may have fetched it while this one waited.
        path = await shelf.find(wanted, max_age) or await shelf.fill(digest)
        lock.leave(keep=False)
    return path


class _Shelf:
    """The folder in which the file of one URL is kept."""

    def __init__(self, engine: Engine, url: str, options: Mapping[str, Any], folder: str) -> None:
        self._engine = engine
        self._url = url
        self._options = options
        self._folder = folder

    async def find(self, wanted: Digest | None, max_age: float | None) -> Path | None:
        """Return the file, if it is what is wanted; None: it is to be fetched."""
        about = await threaded(_read_about, module=__name__, cpu=False)(self._folder)
        if about is None:
            return None
        path = os.path.join(self._folder, about["name"])
        if wanted and wanted.hex:
            found = await threaded(digest_of_file, module=__name__)(path, wanted.algorithm)
            return Path(path) if found == wanted else None
        if max_age is not None and time() - about["checked"] >= max_age:
            if not await self._is_unchanged(about):
                return None
            _write_about(self._folder, {**about, "checked": time()})
        return Path(path)

    async def fill(self, digest: str | None) -> Path:
        """Fetch the file."""
        settings = {"retries": RETRIES, **self._options, "digest": digest}
        done = await download(self._engine, self._url, self._folder, settings)
        path = Path(done.path)
        about = {"name": path.name, "etag": done.etag, "modified": done.modified}
        _write_about(self._folder, {**about, "checked": time()})
        return path

    async def _is_unchanged(self, about: Mapping[str, Any]) -> bool:
        """Ask the server whether its file is the one that is here."""
        given = Headers(self._options.get("headers") or ())
        if about.get("etag"):
            given = given.merged({"If-None-Match": about["etag"]})
        elif about.get("modified"):
            given = given.merged({"If-Modified-Since": about["modified"]})
        else:
            return False
        asked = {**self._options, "headers": given, "raise_for_status": False, "cache": False}
        return (await fetch(self._engine, "HEAD", self._url, asked)).status == 304


def _read_about(folder: str) -> dict[str, Any] | None:
    try:
        with open(os.path.join(folder, ".about.json"), encoding="utf-8") as file:
            about: dict[str, Any] = json.load(file)
        sound = os.path.basename(about["name"]) == about["name"]
        sound = sound and isinstance(about["checked"], (int, float))
        return about if sound and os.path.isfile(os.path.join(folder, about["name"])) else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _write_about(folder: str, about: Mapping[str, Any]) -> None:
    with suppress(OSError), atomic_write(os.path.join(folder, ".about.json")) as file:
        file.write(json.dumps(about).encode())
