"""What the ways of one question about the network share: a job, its clock, its files."""

from __future__ import annotations

import asyncio
import hashlib
import resource
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from shutil import which
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence
    from types import TracebackType

MEGA: Final = 1_000_000
POLL_SECONDS: Final = 0.01


@dataclass(frozen=True, slots=True)
class Job:
    """What one process has to do: the address, what lies there, and how much of it to ask for."""

    url: str
    folder: str
    digests: dict[str, str]
    limit: int
    count: int
    seconds: float

    def items(self) -> list[Item]:
        """Return what is to be downloaded."""
        return [
            Item(f"{self.url}/{name}", str(Path(self.folder, Path(name).name)), digest)
            for name, digest in self.digests.items()
        ]


class Item(NamedTuple):
    """One file to download: from where, to where, and its SHA-256 in hexadecimal."""

    url: str
    path: str
    digest: str


class Measured(NamedTuple):
    """What was done (requests, megabytes, hits), in what time, with how many bytes resident."""

    done: float
    wall: float
    cpu: float
    peak: float


@dataclass(frozen=True, slots=True)
class Way:
    """One row of a table: how it is done, and the modules and programs that it needs."""

    run: Callable[[Job], Measured]
    needs: tuple[str, ...] = ()

    def missing(self) -> list[str]:
        """Return what is not installed."""
        return missing_of(self.needs)


def missing_of(needs: Sequence[str]) -> list[str]:
    """Return what is not installed: modules, and programs, which have a slash at the end."""
    return [need for need in needs if not _is_there(need)]


def _is_there(need: str) -> bool:
    if need.endswith("/"):
        return which(need[:-1]) is not None
    return find_spec(need) is not None


class Clock:
    """Measures wall time, and CPU time of this process and of those that it has run."""

    def __init__(self) -> None:
        self._wall, self._cpu = time.perf_counter(), _cpu_seconds()

    def read(self, done: float, peak: int | None = None) -> Measured:
        """Say what has passed since; `peak` is that of another program, in bytes."""
        wall, cpu = time.perf_counter() - self._wall, _cpu_seconds() - self._cpu
        return Measured(done, wall, cpu, peak_memory() if peak is None else peak)


def _cpu_seconds() -> float:
    used = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in used)


def peak_memory(pid: int | str = "self") -> int:
    """Return the most bytes that a process had resident at once; 0 when that is not to be had.

    Linux: VmHWM; ru_maxrss of a child begins with that of the process that started it.
    """
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        if pid != "self":
            return 0
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak if sys.platform == "darwin" else peak << 10
    fields = dict(line.split(":", 1) for line in status.splitlines())
    return int(fields["VmHWM"].split()[0]) << 10 if "VmHWM" in fields else 0


def end_orderly() -> None:
    """Let SIGTERM end this process by an exception, so that what it has started ends too."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended by SIGTERM"))


def run_program(command: Sequence[str]) -> int:
    """Run a program, silently, and return the most bytes that it had resident.

    Raises:
        RuntimeError: It fails.
    """
    peak = 0
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:
        while process.poll() is None:
            peak = max(peak, peak_memory(process.pid))
            time.sleep(POLL_SECONDS)
        assert process.stderr is not None
        complaint = process.stderr.read().decode(errors="replace")
    if process.returncode:
        raise RuntimeError(f"{command[0]} ends with {process.returncode}: {complaint.strip()}")
    return peak


class Sink:
    """Writes a file and hashes it on the way, as one does by hand."""

    def __init__(self, item: Item) -> None:
        self._item, self._hash = item, hashlib.sha256()
        self._file = Path(item.path).open("wb", buffering=0)  # noqa: SIM115

    def __enter__(self) -> Sink:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()
        if error is None and self._hash.hexdigest() != self._item.digest:
            raise ValueError(f"{self._item.url}: another digest")

    def write(self, chunk: bytes) -> None:
        """Write and hash."""
        self._hash.update(chunk)
        self._file.write(chunk)


def check_files(items: Sequence[Item]) -> None:
    """Hash files, two at a time, for those that do not hash on the way.

    Raises:
        ValueError: One is not what it should be.
    """
    with ThreadPoolExecutor(2) as pool:
        for item, found in zip(items, pool.map(_hash_file, items), strict=True):
            if found != item.digest:
                raise ValueError(f"{item.path}: another digest")


def _hash_file(item: Item) -> str:
    with Path(item.path).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


async def share_out(
    fetch: Callable[[Item], Awaitable[object]], items: Sequence[Item], limit: int
) -> None:
    """Fetch all, so many at a time."""
    waiting = iter(items)

    async def work() -> None:
        for item in waiting:
            await fetch(item)

    await asyncio.gather(*(work() for _ in range(limit)))
