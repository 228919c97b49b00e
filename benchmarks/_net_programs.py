"""Downloads with SHA-256 into files, by programs and by libraries that are downloaders."""

from __future__ import annotations

import logging
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from _net_files import megabytes
from _net_work import Clock, Item, Job, Measured, Way, check_files, run_program

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


def program(
    name: str, command: Callable[[Job, Sequence[Item]], list[str]], *, hashes: bool = False
) -> Way:
    """Make the way by a program; files that it does not hash are hashed after it."""

    def run(job: Job) -> Measured:
        items = job.items()
        written = command(job, items)
        clock = Clock()
        peak = run_program(written)
        if not hashes:
            check_files(items)
        measured = clock.read(megabytes(job), peak)
        check_files(items)
        return measured

    return Way(run, (f"{name}/",))


def library(name: str, run: Callable[[Any, Job], None]) -> Way:
    """Make the way by a library, imported outside the clock."""

    def run_and_check(job: Job) -> Measured:
        module = import_module(name)
        clock = Clock()
        run(module, job)
        measured = clock.read(megabytes(job))
        check_files(job.items())
        return measured

    return Way(run_and_check, (name,))


def _write(job: Job, name: str, lines: Sequence[str]) -> str:
    path = Path(job.folder, name)
    path.write_text("".join(f"{line}\n" for line in lines))
    return str(path)


def curl(job: Job, items: Sequence[Item]) -> list[str]:
    """Return how curl is called, in parallel where there are several."""
    lines = [f'url = "{item.url}"\noutput = "{item.path}"' for item in items]
    several = ["--parallel", "--parallel-max", str(job.limit)] if len(items) > 1 else []
    options = ["--disable", "--fail", "--silent", "--show-error"]
    return ["curl", *options, *several, "--config", _write(job, "curl.txt", lines)]


def aria2c(job: Job, items: Sequence[Item]) -> list[str]:
    """Return how aria2c is called, which compares the digests itself."""
    lines = [
        f"{item.url}\n dir={job.folder}\n out={Path(item.path).name}"
        f"\n checksum=sha-256={item.digest}"
        for item in items
    ]
    options = ["--no-conf", "--quiet", "--file-allocation=none", "--split=1"]
    jobs = [f"--max-concurrent-downloads={job.limit}", "--max-connection-per-server=1"]
    return ["aria2c", *options, *jobs, f"--input-file={_write(job, 'aria2c.txt', lines)}"]


def wget2(job: Job, items: Sequence[Item]) -> list[str]:
    """Return how wget2 is called."""
    listed = _write(job, "wget2.txt", [item.url for item in items])
    options = ["--no-config", "--quiet", f"--max-threads={job.limit}"]
    return ["wget2", *options, f"--directory-prefix={job.folder}", f"--input-file={listed}"]


def pooch(module: Any, job: Job) -> None:
    """Download one after the other, which is all that pooch does."""
    module.get_logger().setLevel("ERROR")
    for item in job.items():
        module.retrieve(item.url, f"sha256:{item.digest}", Path(item.path).name, job.folder)


def parfive(module: Any, job: Job) -> None:
    """Download by parfive, and hash."""
    downloader = module.Downloader(job.limit, 1, progress=False, overwrite=True)
    items = job.items()
    for item in items:
        downloader.enqueue_file(item.url, path=job.folder, filename=Path(item.path).name)
    found = downloader.download()
    if found.errors:
        raise RuntimeError(str(found.errors[0]))
    check_files(items)


def pypdl(module: Any, job: Job) -> None:
    """Download by pypdl, and hash."""
    items = job.items()
    logger = logging.getLogger("quiet")
    logger.addHandler(logging.NullHandler())
    logger.propagate = False
    downloader = module.Pypdl(max_concurrent=job.limit, logger=logger)
    tasks = [{"url": item.url, "file_path": item.path} for item in items]
    downloader.start(tasks=tasks, multisegment=False, display=False)
    check_files(items)


WAYS: Final[dict[str, Way]] = {
    "curl": program("curl", curl),
    "wget2": program("wget2", wget2),
    "aria2c": program("aria2c", aria2c, hashes=True),
    "pooch": library("pooch", pooch),
    "parfive": library("parfive", parfive),
    "pypdl": library("pypdl", pypdl),
}
