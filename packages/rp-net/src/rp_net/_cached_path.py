"""A local file for a URL."""

from __future__ import annotations

import hashlib
import json
import os
from contextlib import suppress
from pathlib import Path
from time import time
from typing import TYPE_CHECKING, Any

from rp_core import atomic_write, cache_dir, threaded
from rp_net._digests import digest_of_file, parse_digest
from rp_net._download import RETRIES, download
from rp_net._fetch import fetch

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rp_net._engine import Engine


async def cached_path(
    engine: Engine,
    url: str,
    digest: str | None,
    max_age: float | None,
    options: Mapping[str, Any],
) -> Path:
    """Return a local file with what is at a URL; see `rp_net.cached_path`."""
    wanted = parse_digest(digest) if digest else None
    folder = os.path.join(cache_dir("rp-net-files"), hashlib.sha256(url.encode()).hexdigest()[:32])
    about = await threaded(_read_about, module=__name__, cpu=False)(folder)
    path = os.path.join(folder, about["name"]) if about else None
    if path and about:
        if wanted and wanted.hex:
            found = await threaded(digest_of_file, module=__name__)(path, wanted.algorithm)
            if found == wanted:
                return Path(path)
        elif max_age is None or time() - about["checked"] < max_age:
            return Path(path)
        elif await _is_unchanged(engine, url, about, options):
            _write_about(folder, {**about, "checked": time()})
            return Path(path)
    os.makedirs(folder, mode=0o700, exist_ok=True)
    done = await download(engine, url, folder, {"retries": RETRIES, **options, "digest": digest})
    name = os.path.basename(done.path)
    head = {"etag": done.etag, "modified": done.modified}
    _write_about(folder, {"url": url, "name": name, "checked": time(), **head})
    return Path(done.path)


async def _is_unchanged(
    engine: Engine, url: str, about: Mapping[str, Any], options: Mapping[str, Any]
) -> bool:
    """Ask the server whether its file is the one that is here."""
    given = dict(options.get("headers") or {})
    if about.get("etag"):
        given["If-None-Match"] = about["etag"]
    elif about.get("modified"):
        given["If-Modified-Since"] = about["modified"]
    else:
        return False
    asked = {**options, "headers": given, "raise_for_status": False, "cache": False}
    return (await fetch(engine, "HEAD", url, asked)).status == 304


def _read_about(folder: str) -> dict[str, Any] | None:
    try:
        with open(os.path.join(folder, ".about.json"), encoding="utf-8") as file:
            about: dict[str, Any] = json.load(file)
        sound = os.path.basename(about["name"]) == about["name"]
        return about if sound and os.path.isfile(os.path.join(folder, about["name"])) else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _write_about(folder: str, about: Mapping[str, Any]) -> None:
    with suppress(OSError), atomic_write(os.path.join(folder, ".about.json")) as file:
        file.write(json.dumps(about).encode())
