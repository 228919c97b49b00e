"""What a test may leave behind: files, children, threads."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

THREADS = {"rp-program-log", "rp-playback"}


@contextmanager
def nothing_left(folder: Path) -> Iterator[None]:
    """Fail if what runs in the block leaves a descriptor, a child, a thread or a temporary file."""
    before = _open_files(), _children()
    yield
    assert not [path for path in folder.rglob("*") if path.name.startswith(".rp-")]
    assert _open_files() <= before[0]
    assert _children() <= before[1]
    assert not THREADS & {thread.name for thread in threading.enumerate()}


async def other_tasks() -> int:
    """Count the tasks of this loop, beside the one that asks."""
    return len(asyncio.all_tasks()) - 1


def _open_files() -> int:
    """Count the descriptors of files; those of event loops come and go."""
    folder = "/proc/self/fd"
    links = []
    for name in os.listdir(folder) if os.path.isdir(folder) else ():
        with suppress(OSError):
            links.append(os.readlink(f"{folder}/{name}"))
    return sum(link.startswith("/") and not link.startswith("/dev") for link in links)


def _children() -> set[str]:
    found: set[str] = set()
    for task in Path("/proc/self/task").glob("*/children"):
        with suppress(OSError):
            found |= set(task.read_text().split())
    return found
