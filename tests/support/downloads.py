"""What tests of downloads share: contents, folders, descriptors, programs to be killed."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import anyio
import pytest

import rp_net
from support.fault_content import Content
from support.fault_cuts import cut_after
from support.fault_server import FaultServer

ASYNCIO: Final[tuple[str, dict[str, bool]]] = ("asyncio", {"use_uvloop": False})
TRIO: Final[tuple[str, dict[str, bool]]] = ("trio", {})
BACKENDS: Final = ("aiohttp", "httpx2", "httpx", "stdlib")
BOTH: Final = [pytest.param(ASYNCIO, id="asyncio"), pytest.param(TRIO, id="trio")]
PAIRS: Final = [
    pytest.param(loop, backend, id=f"{loop[0]}-{backend}")
    for loop in (ASYNCIO, TRIO)
    for backend in BACKENDS
    if (loop, backend) != (TRIO, "aiohttp")
]
SHORT: Final = rp_net.Timeout(10.0, 2.0, 1.0)
QUICK: Final = rp_net.Retry(retries=5, base=0.01)
NEVER: Final = rp_net.Retry(retries=0)
CUT: Final = 10_000


def noise(size: int, seed: int = 1) -> bytes:
    """Return bytes that are the same for the same seed, and nowhere alike."""
    return random.Random(seed).randbytes(size)


def part_of(path: Path) -> Path:
    """Return the path of the unfinished file."""
    return path.with_name(f".{path.name}.rp-part")


def resume_data_of(path: Path) -> Path:
    """Return the path of what is needed to go on."""
    return path.with_name(f".{path.name}.rp-part.json")


def strangers(folder: Path, *names: str) -> set[str]:
    """Return the names in a folder that are neither these nor what a download may leave of them."""
    allowed = {*names, *(f".{n}.rp-part" for n in names), *(f".{n}.rp-part.json" for n in names)}
    return set(os.listdir(folder)) - allowed


def descriptors(folder: Path) -> list[str]:
    """Return the open files of this process that lie in a folder."""
    found = []
    for name in os.listdir("/proc/self/fd"):
        try:
            target = os.readlink(f"/proc/self/fd/{name}")
        except OSError:
            continue
        if target.startswith(str(folder)):
            found.append(target)
    return found


def sockets() -> int:
    """Count the open sockets of this process."""
    count = 0
    for name in os.listdir("/proc/self/fd"):
        try:
            count += os.readlink(f"/proc/self/fd/{name}").startswith("socket:")
        except OSError:
            continue
    return count


class Watchdog:
    """Measures how long the event loop did not come round."""

    longest = 0.0

    async def watch(self) -> None:
        """Look every millisecond, until cancelled."""
        last = time.perf_counter()
        while True:
            await anyio.sleep(0.001)
            now = time.perf_counter()
            self.longest = max(self.longest, now - last - 0.001)
            last = now


_PROGRAM: Final = """
import resource, sys
import anyio, rp_net
url, path, limit = sys.argv[1:4]
if int(limit):
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(limit), int(limit)))
async def main():
    print("go", flush=True)
    try:
        done = await rp_net.download(url, path, retries=0, backend=sys.argv[4])
    except Exception as error:
        print(type(error).__name__, getattr(error, "errno", None))
    else:
        print("done", done.size, done.resumed_from)
    with open("/proc/self/status") as status:  # ru_maxrss counts what ran before exec, too
        print(next(line.split()[1] for line in status if line.startswith("VmHWM")))
anyio.run(main, backend=sys.argv[5])
"""


@contextmanager
def program(
    url: str, path: Path, *, limit: int = 0, backend: str = "stdlib", loop: str = "asyncio"
) -> Iterator[subprocess.Popen[str]]:
    """Download in another process, which has begun; it is killed at the end of the block."""
    arguments = [url, str(path), str(limit), backend, loop]
    command = [sys.executable, "-c", _PROGRAM, *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            assert process.stdout.readline() == "go\n"
            yield process
        finally:
            process.kill()


async def begun(server: FaultServer, path: Path, content: Content, cut: int = CUT) -> str:
    """Let a download break off, so that its part file has the first bytes."""
    url = server.on("/x", cut_after(content.payload, cut, content=content))
    with pytest.raises(rp_net.NetError):
        await rp_net.download(url, path, retries=NEVER)
    assert part_of(path).stat().st_size == cut
    server.reset_log()
    return url
