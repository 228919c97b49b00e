"""Download one file by one library: `python _net_downloader.py TOOL URL PATH [SHA-256]`.

Ends with 0 where the library says that it has the file, else with 1 and its error on stderr. Where
a library has limits of time, `STALL` and `TOTAL` are given to it.
"""

from __future__ import annotations

import asyncio
import logging
import sys
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable

    # An address, a path, and the SHA-256 in hexadecimal or None.
    Download = Callable[[str, Path, str | None], None]

STALL: Final = 2.0
TOTAL: Final = 8.0
RETRIES: Final = 2


class FailedError(Exception):
    """The library says, other than by an exception, that it has failed."""


def ours(backend: str) -> Download:
    """Make the download by our client, on one of its backends."""

    async def download(url: str, path: Path, digest: str | None) -> None:
        rp_net: Any = import_module("rp_net")
        timeout = rp_net.Timeout(total=TOTAL, connect=STALL, stall=STALL)
        given = {"digest": f"sha256:{digest}"} if digest else {}
        async with rp_net.Client(backend=backend) as client:
            await client.download(url, path, timeout=timeout, **given)

    return lambda url, path, digest: asyncio.run(download(url, path, digest))


def by_httpx2(url: str, path: Path, _: str | None) -> None:
    """Stream into the file, as one writes it by hand."""
    httpx2: Any = import_module("httpx2")
    with httpx2.stream("GET", url, timeout=STALL, follow_redirects=True) as response:
        response.raise_for_status()
        with path.open("wb") as file:
            file.writelines(response.iter_bytes())


def by_httpx2_with_resume(url: str, path: Path, _: str | None) -> None:
    """Ask for the rest of what is there already, a few times, as one writes it by hand."""
    httpx2: Any = import_module("httpx2")
    for attempt in range(RETRIES + 1):
        start = path.stat().st_size if path.exists() else 0
        headers = {"Range": f"bytes={start}-"} if start else {}
        try:
            with httpx2.stream("GET", url, timeout=STALL, headers=headers) as response:
                response.raise_for_status()
                with path.open("ab" if response.status_code == 206 else "wb") as file:
                    for chunk in response.iter_bytes():
                        file.write(chunk)
        except httpx2.TransportError:
            if attempt == RETRIES:
                raise
        else:
            return


def by_pooch(url: str, path: Path, digest: str | None) -> None:
    """Download by pooch with its own retries."""
    pooch: Any = import_module("pooch")
    pooch.get_logger().setLevel("ERROR")
    fetcher = pooch.create(
        path=path.parent,
        base_url="",
        registry={path.name: digest and f"sha256:{digest}"},
        urls={path.name: url},
        retry_if_failed=RETRIES,
    )
    fetcher.fetch(path.name, downloader=pooch.HTTPDownloader(timeout=STALL))


def by_parfive(url: str, path: Path, _: str | None) -> None:
    """Download by parfive in one piece."""
    parfive: Any = import_module("parfive")
    aiohttp: Any = import_module("aiohttp")
    limits = aiohttp.ClientTimeout(total=TOTAL, sock_connect=STALL, sock_read=STALL)
    config = parfive.SessionConfig(timeouts=limits)
    downloader = parfive.Downloader(1, 1, progress=False, overwrite=True, config=config)
    downloader.enqueue_file(url, path=path.parent, filename=path.name)
    found = downloader.download()
    if found.errors:
        raise FailedError(str(found.errors[0]))


def by_pypdl(url: str, path: Path, _: str | None) -> None:
    """Download by pypdl as it is."""
    pypdl: Any = import_module("pypdl")
    aiohttp: Any = import_module("aiohttp")
    logger = logging.getLogger("quiet")
    logger.addHandler(logging.NullHandler())
    logger.propagate = False
    limits = aiohttp.ClientTimeout(total=TOTAL, sock_connect=STALL, sock_read=STALL)
    downloader = pypdl.Pypdl(logger=logger)
    downloader.start(url, str(path), retries=RETRIES, display=False, timeout=limits)
    if downloader.failed or not downloader.success:
        raise FailedError("pypdl has failed")


LIBRARIES: Final[dict[str, Download]] = {
    "rp_net, aiohttp": ours("aiohttp"),
    "rp_net, httpx2": ours("httpx2"),
    "rp_net, httpx": ours("httpx"),
    "rp_net, stdlib": ours("stdlib"),
    "httpx2 by hand": by_httpx2,
    "httpx2 by hand, resuming": by_httpx2_with_resume,
    "pooch": by_pooch,
    "parfive": by_parfive,
    "pypdl": by_pypdl,
}


def main() -> int:
    """Download."""
    tool, url, path, *digest = sys.argv[1:]
    try:
        LIBRARIES[tool](url, Path(path), digest[0] if digest else None)
    except Exception as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
