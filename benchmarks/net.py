"""How fast is the network package: small GETs, many files, one large file, hits of the cache?

Ours and the peers ask nginx on loopback, in turns, each in a fresh process that measures itself:
wall time, CPU time of the process and of the programs that it runs, and the most memory that was
resident. Every file is compared with its SHA-256, within the time, by whom it takes. A ratio is the
speed of the row by that of a peer: above 1 is faster.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from _common import describe_machine
from _net_cached import FRESH
from _net_gets import FILE, SIZE
from _net_nginx import find_nginx, serve
from _net_report import Bar, Cap, Column, Question, ask, rate
from _net_work import MEGA, Job, Measured, end_orderly

MILLI: Final = 1e3
MICRO: Final = 1e6
LIBRARIES: Final = (
    "rp-net",
    "aiohttp",
    "httpx2",
    "httpx",
    "niquests",
    "urllib3",
    "hishel",
    "requests-cache",
    "pooch",
    "parfive",
    "pypdl",
)


def cpu_column(unit: str, scale: float) -> Column:
    """Return the CPU time for one of what is counted."""
    return Column(f"CPU, {unit}", lambda it: f"{it.cpu / it.done * scale:.3g}")


RATE: Final = Column("requests/s", lambda it: f"{rate(it):.0f}")
SPEED: Final = Column("MB/s", lambda it: f"{rate(it):.0f}")
PEAK: Final = Column("peak, MB", lambda it: f"{it.peak / MEGA:.0f}" if it.peak else "-")
HIT: Final = Column("ms a hit", lambda it: f"{milliseconds_each(it):.3f}")


def milliseconds_each(measured: Measured) -> float:
    """Return the wall time for one of what is counted."""
    return measured.wall / measured.done * MILLI


def hits(title: str, ways: str, place: str, most: float) -> Question:
    """Make the table of hits of one size."""
    bars = (
        Cap(place, most, "ms", milliseconds_each),
        Bar(place, 5, ("hishel, SQLite",)),
    )
    return Question(title, ways, (HIT, cpu_column("ms a hit", MILLI), PEAK), bars)


GETS: Final = Question(
    "GET of 1 KB, 32 at a time",
    "gets",
    (RATE, cpu_column("us a request", MICRO), PEAK),
    (
        Bar("rp_net, aiohttp", 0.8, ("aiohttp",)),
        Bar("rp_net, aiohttp", 3, ("httpx2",)),
        Bar("rp_net, httpx2", 0.95, ("httpx2",)),
    ),
)
MANY: Final = Question(
    "Files of 1 MB with SHA-256, 16 at a time",
    "files",
    (SPEED, cpu_column("ms a MB", MILLI), PEAK),
    (
        Bar("rp_net, aiohttp", 0.9, ("aiohttp",)),
        Bar("rp_net, aiohttp", 1, ("curl",)),
        Bar("rp_net, aiohttp", 5, ("pooch",)),
        Bar("rp_net, httpx2", 1.5, ("httpx2 + aiofiles",)),
    ),
)
ONE: Final = Question(
    "One large file with SHA-256",
    "files",
    (SPEED, cpu_column("ms a MB", MILLI), PEAK),
    (
        Bar("rp_net, aiohttp", 0.9, ("aiohttp", "curl")),
        Cap("rp_net, aiohttp", 60, "MB at the peak", lambda it: it.peak / MEGA),
    ),
)
SMALL: Final = hits("A hit of 1 KB", "small hits", "rp_net, memory", 0.2)
LARGE: Final = hits("A hit of 1 MB", "large hits", "rp_net, disk", 1)


@dataclass(frozen=True, slots=True)
class Given:
    """What the command line says."""

    quick: bool
    repeats: int
    only: frozenset[str]


def read_arguments() -> Given:
    """Read the command line."""
    parser = argparse.ArgumentParser(description="The network package and its peers.")
    parser.add_argument("--quick", action="store_true", help="fewer and smaller data")
    parser.add_argument("--repeats", type=int, help="rounds; default 7, quick 2")
    parser.add_argument(
        "--only",
        default="1,2,3,4",
        help="questions: 1 small GETs, 2 many files, 3 one file, 4 hits; default 1,2,3,4",
    )
    given = parser.parse_args()
    only = frozenset(given.only.split(","))
    if not only <= set("1234"):
        parser.error("--only takes numbers from 1 to 4, with commas")
    return Given(given.quick, given.repeats or (2 if given.quick else 7), only)


def write_file(path: Path, size: int) -> str:
    """Write bytes that do not repeat at once, and return their SHA-256."""
    block = bytearray(random.Random(path.name).randbytes(MEGA))
    digest = hashlib.sha256()
    with path.open("wb") as file:
        for number, start in enumerate(range(0, size, MEGA)):
            block[:4] = number.to_bytes(4, "big")
            part = block[: size - start]
            digest.update(part)
            file.write(part)
    return digest.hexdigest()


def write_site(root: Path, given: Given) -> tuple[dict[str, str], dict[str, str]]:
    """Write what is served; return the digests of the many files, and of the one."""
    for folder in ("many", "one", "fresh"):
        (root / folder).mkdir(parents=True)
    write_file(root / FILE, SIZE)
    for name, size in FRESH.items():
        write_file(root / name, size)
    files, large = (40, 100 * MEGA) if given.quick else (200, 1000 * MEGA)
    many = [f"many/{number:03}.bin" for number in range(files)] if "2" in given.only else []
    one = ["one/large.bin"] if "3" in given.only else []
    return (
        {name: write_file(root / name, MEGA) for name in many},
        {name: write_file(root / name, large) for name in one},
    )


def measure(given: Given, folder: Path) -> None:
    """Start the server and ask the questions."""
    root = folder / "site"
    many, one = write_site(root, given)
    with serve(root, folder / "nginx") as url:
        seconds = 0.7 if given.quick else 2.5
        job = Job(url, "", {}, limit=32, count=0, seconds=seconds)
        if "1" in given.only:
            ask(GETS, job, given.repeats, folder)
        if "2" in given.only:
            files = replace(job, digests=many, limit=16, count=len(many) * MEGA)
            ask(MANY, files, given.repeats, folder)
        if "3" in given.only:
            size = (root / "one/large.bin").stat().st_size
            ask(ONE, replace(job, digests=one, limit=1, count=size), given.repeats, folder)
        if "4" in given.only:
            count = 50 if given.quick else 300
            ask(SMALL, replace(job, count=count), given.repeats, folder)
            ask(LARGE, replace(job, count=count), given.repeats, folder)


def main() -> None:
    """Measure what is asked for."""
    given = read_arguments()
    find_nginx()
    end_orderly()
    print(describe_machine(*LIBRARIES))
    with tempfile.TemporaryDirectory(prefix="rp-net-") as folder:
        measure(given, Path(folder))
    print(
        "\nPhysical limit: copying the bytes from the page cache through a socket into the page "
        "cache, and one SHA-256 of them; curl with its hash afterwards is the closest to it. For a "
        "hit: a look into a dictionary, or opening and reading a file. Where the temporary folder "
        "lies on a slow disk, TMPDIR=/dev/shm takes it out of the figures."
    )


if __name__ == "__main__":
    main()
