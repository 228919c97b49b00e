"""How fast are folders of images loaded?

Ours and the peers load the same files in one process, in turns, from a warm page cache; freed
memory is given back to the system before each call. Every peer runs in a ThreadPoolExecutor (rp: in
its own) of the size that is best for it, found in a first pass; ours run as they are. A ratio is
the time of the fastest peer by that of the row: above 1 is faster than every peer.
"""

from __future__ import annotations

import tempfile
from functools import partial
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
from _common import (
    Sample,
    cores,
    describe_machine,
    interleave,
    milliseconds,
    print_table,
    read_options,
)
from _loaders import ONE_BY_ONE, make_limit, ours, peers
from _photos import write_photos

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from _loaders import Batch

THREADS: Final = (1, 2, 4, 8, 16)
TRIALS: Final = 3
CHECKED: Final = 5
TOLERANCE: Final = {"jpg": 4, "png": 0}
LIMIT: Final = "limit: decoding alone"
LIBRARIES: Final = ("rp-core", "rp-image", "numpy", "pillow", "opencv-python-headless",
                    "opencv-python", "simplejpeg", "imagecodecs", "imageio", "rp")  # fmt: skip


class Folder(NamedTuple):
    """One folder of generated files."""

    name: str
    files: int
    kind: str
    width: int
    height: int
    distinct: int


FOLDERS: Final = (
    Folder("JPEG of 1000 x 750", 200, "jpg", 1000, 750, distinct=20),
    Folder("PNG of 1000 x 750", 200, "png", 1000, 750, distinct=20),
    Folder("JPEG of 4000 x 3000", 24, "jpg", 4000, 3000, distinct=6),
)


def best_threads(batch: Batch, paths: Sequence[str]) -> int:
    """Return the pool size with which a peer is fastest, on a part of the files."""
    some = paths[: max(len(paths) // 4, *THREADS)]
    calls = {str(threads): partial(batch, some, threads) for threads in THREADS}
    taken = interleave(calls, TRIALS)
    return int(min(taken, key=lambda threads: taken[threads].wall))


def check_pixels(calls: dict[str, Callable[[Sequence[str]], Any]], paths: Sequence[str]) -> int:
    """Return the largest difference to ours, over a few files.

    Raises:
        AssertionError: One has another shape or type, or is further off than decoders are.
    """
    some = paths[:: max(1, len(paths) // CHECKED)]
    wanted, *others = (call(some) for call in calls.values())
    worst = 0
    for name, images in zip(list(calls)[1:], others, strict=True):
        for image, want in zip(images, wanted, strict=True):
            assert image.shape == want.shape, (name, image.shape)
            assert image.dtype == want.dtype, (name, image.dtype)
            worst = max(worst, int(np.abs(image.astype(np.int16) - want).max()))
    assert worst <= TOLERANCE[paths[0].rpartition(".")[2]], worst
    return worst


def contenders(paths: Sequence[str]) -> tuple[dict[str, Any], dict[str, int]]:
    """Return what is timed, ours first, as functions of the paths; and the peers' threads."""
    batches = peers()
    threads = {name: best_threads(batch, paths) for name, batch in batches.items()}
    sized = {name: partial(batch, threads=threads[name]) for name, batch in batches.items()}
    return {**ours(), **sized}, threads


def time_all(
    loaders: dict[str, Any], paths: Sequence[str], folder: Folder, repeats: int
) -> dict[str, Sample]:
    """Return the medians of all loaders, and the limit, which is measured in the same rounds."""
    limit = make_limit(paths[: folder.distinct], (folder.height, folder.width, 3))
    limits: list[float] = []
    calls = {name: partial(load, paths) for name, load in loaders.items()}
    taken = interleave({**calls, LIMIT: lambda: limits.append(limit())}, repeats)
    alone = median(limits) * folder.files
    return {**taken, LIMIT: Sample(alone / cores(), alone)}


def measure(folder: Folder, within: Path, repeats: int) -> None:
    """Measure one folder and print its table."""
    paths = write_photos(
        within / folder.name,
        folder.files,
        folder.kind,
        folder.width,
        folder.height,
        distinct=folder.distinct,
    )
    loaders, threads = contenders(paths)
    worst = check_pixels(loaders, paths)
    taken = time_all(loaders, paths, folder, repeats)
    best_peer = min(taken[name].wall for name in threads)
    size = sum(Path(path).stat().st_size for path in paths) / folder.files
    print_table(
        f"{folder.files} {folder.name}, {size / 1024:.0f} KiB each; median of {repeats}",
        ["loader", "threads", "wall, ms", "CPU, ms", "CPU an image, ms", "best peer / it"],
        [row_of(name, taken[name], threads, folder, best_peer) for name in taken],
    )
    faster = taken[ONE_BY_ONE].wall / taken["rp_image.sync.load_many"].wall
    print(f"\nload_many is {faster:.2f} times as fast as one by one.")
    print(f"Largest difference to ours: {worst} of 255, in {CHECKED} files.")


def row_of(
    name: str, sample: Sample, threads: dict[str, int], folder: Folder, best_peer: float
) -> list[str]:
    """Make one row of the table."""
    used = cores() if name == LIMIT else threads.get(name, "")
    times = (sample.wall, sample.cpu, sample.cpu / folder.files)
    return [name, str(used), *map(milliseconds, times), f"{best_peer / sample.wall:.2f}"]


def main() -> None:
    """Measure every folder."""
    options = read_options("Loading folders of images.", repeats=11, quick_repeats=3)
    print(describe_machine(*LIBRARIES))
    for folder in FOLDERS:
        with tempfile.TemporaryDirectory() as within:
            small = folder._replace(files=folder.files // 4, distinct=folder.distinct // 2)
            measure(small if options.quick else folder, Path(within), options.repeats)
    print(
        "\nPhysical limit: decoding every file on all cores, from memory into warm memory; reading "
        "from the page cache and clearing fresh pages for the results come on top."
    )


if __name__ == "__main__":
    main()
