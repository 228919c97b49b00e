"""Load images in one way and print the peak memory: `python _memory_child.py <way> <paths>`.

The paths stand in a file, one a line. Printed: bytes before, and at the peak.
"""

from __future__ import annotations

import asyncio
import resource
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from PIL import Image

import rp_image

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

WARM_UP: Final = 2
PAUSE: Final = 0.006


def peak_memory() -> int:
    """Return the most bytes that were resident at once.

    Linux: VmHWM; a child's ru_maxrss begins with that of the process that started it.
    """
    status = Path("/proc/self/status")
    if status.exists():
        fields = dict(line.split(":", 1) for line in status.read_text().splitlines())
        return int(fields["VmHWM"].split()[0]) << 10
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak << 10


def consume(image: np.ndarray[Any, Any]) -> int:
    """Wait a moment, as a consumer does that sends images on, slower than they are decoded."""
    time.sleep(PAUSE)
    return image.nbytes


def by_stream(paths: Sequence[str]) -> int:
    """Stream in plain code."""
    return sum(map(consume, rp_image.sync.stream(paths)))


def by_async_stream(paths: Sequence[str]) -> int:
    """Stream on an event loop."""

    async def consume_all() -> int:
        total = 0
        async with rp_image.stream(paths) as images:
            async for image in images:
                await asyncio.sleep(PAUSE)
                total += image.nbytes
        return total

    return asyncio.run(consume_all())


def by_load_many(paths: Sequence[str]) -> int:
    """Load all into a list."""
    return sum(image.nbytes for image in rp_image.sync.load_many(paths))


def by_pool(paths: Sequence[str]) -> int:
    """Iterate over the results of `ThreadPoolExecutor.map`, which runs ahead without a bound."""
    with ThreadPoolExecutor() as pool:
        return sum(map(consume, pool.map(_load_by_pillow, paths)))


def by_loop(paths: Sequence[str]) -> int:
    """Load one by one, each dropped before the next."""
    return sum(map(consume, map(_load_by_pillow, paths)))


def _load_by_pillow(path: str) -> np.ndarray[Any, Any]:
    with Image.open(path) as image:
        return np.asarray(image)


WAYS: Final[dict[str, Callable[[Sequence[str]], int]]] = {
    "rp_image.sync.stream": by_stream,
    "rp_image.stream": by_async_stream,
    "rp_image.sync.load_many": by_load_many,
    "Pillow, pool.map": by_pool,
    "Pillow, one by one": by_loop,
}


def main() -> None:
    """Warm up on a few files, load all, and print the memory."""
    way, listed = sys.argv[1:]
    paths = Path(listed).read_text().split()
    WAYS[way](paths[:WARM_UP])
    before = peak_memory()
    WAYS[way](paths)
    print(before, peak_memory())


if __name__ == "__main__":
    main()
