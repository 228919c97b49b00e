"""Is the memory of a stream flat in the number of files?

Every figure is the peak of a fresh process that loads N images in one way, above its peak after the
first two; the ways take turns. Where they are streamed, the consumer keeps no image, and is slower
than the decoders.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Final

from _common import cores, describe_machine, print_table, read_options, rounds
from _memory_child import WAYS
from _photos import write_photos

if TYPE_CHECKING:
    from collections.abc import Sequence

COUNTS: Final = (50, 200, 800)
QUICK_COUNTS: Final = (20, 80)
WIDTH, HEIGHT, DISTINCT = 1000, 750, 10
IMAGE: Final = WIDTH * HEIGHT * 3
PEERS: Final = ("Pillow, pool.map",)
MEGA: Final = 1e6
CHILD: Final = Path(__file__).with_name("_memory_child.py")


def run_child(way: str, listed: Path) -> float:
    """Return the bytes that loading in one way took at the peak."""
    command = [sys.executable, str(CHILD), way, str(listed)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    before, peak = map(int, done.stdout.split())
    return float(peak - before)


def measure(folder: Path, counts: Sequence[int], repeats: int) -> dict[str, list[float]]:
    """Return the peaks of each way, one for each number of files."""
    paths = write_photos(folder / "photos", DISTINCT, "jpg", WIDTH, HEIGHT, distinct=DISTINCT)
    peaks: dict[str, list[float]] = {way: [] for way in WAYS}
    for count in counts:
        listed = folder / f"{count}.txt"
        listed.write_text("\n".join(paths[number % DISTINCT] for number in range(count)))
        taken: dict[str, list[float]] = {way: [] for way in WAYS}
        for way in rounds(list(WAYS), repeats):
            taken[way].append(run_child(way, listed))
        for way, found in taken.items():
            peaks[way].append(median(found))
    return peaks


def row_of(way: str, peaks: Sequence[float], best_peer: float) -> list[str]:
    """Make one row of the table."""
    values = [f"{peak / MEGA:.1f}" for peak in peaks]
    ratio = f"{best_peer / peaks[-1]:.1f}" if peaks[-1] > IMAGE else "-"
    return [way, *values, ratio]


def main() -> None:
    """Measure and print."""
    options = read_options("Peak memory of a stream.", repeats=5, quick_repeats=1)
    counts = QUICK_COUNTS if options.quick else COUNTS
    with tempfile.TemporaryDirectory() as folder:
        peaks = measure(Path(folder), counts, options.repeats)
    best_peer = min(peaks[way][-1] for way in PEERS)
    print(describe_machine("rp-core", "rp-image", "numpy", "pillow", "simplejpeg"))
    print_table(
        f"Peak memory above two images, MB; {WIDTH} x {HEIGHT} JPEG; median of {options.repeats}",
        ["way", *(f"{count} files" for count in counts), "best threaded peer / it"],
        [row_of(way, peaks[way], best_peer) for way in WAYS],
    )
    image, window = IMAGE / MEGA, 2 * cores()
    print(
        f"\nPhysical limit: the images that are begun and not yet consumed. One by one that is one "
        f"of {image:.2f} MB; the stream's window is {window} of them, {window * image:.1f} MB."
    )


if __name__ == "__main__":
    main()
