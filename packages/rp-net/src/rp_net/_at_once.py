"""Files that come in one batch: they have no name until they are whole.

Nothing is left of such a file, whatever happens, and it takes half the system calls of a part file.
"""

from __future__ import annotations

import os
from functools import cache
from typing import TYPE_CHECKING

from rp_core import effect, sync_folder
from rp_net._disk import write_all

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from rp_net._digests import Promise


def place_at_once(
    batch: Sequence[bytes],
    destination: str,
    promises: Sequence[Promise],
    *,
    durable: bool,
    placed: Callable[[], None],
) -> bool:
    """Make a file of a batch, where there is none yet; return whether it is there. Blocks.

    Args:
        batch: All of its bytes.
        destination: Its path.
        promises: What it must come to; where it is not made, nothing has been taken by them.
        durable: Whether to wait until it is on the disk.
        placed: Called as it gets its name.

    Raises:
        DigestError: It is something else than was promised.
        OSError: It cannot be written.
    """
    descriptor = None if os.path.lexists(destination) else _open_nameless(destination)
    if descriptor is None:
        return False
    try:
        write_all(descriptor, batch)
        for promise in promises:
            promise.update(batch)
            promise.check(destination)
        if durable:
            os.fsync(descriptor)
        with effect():
            done = _give_name(descriptor, destination)
            if done:
                placed()
    finally:
        os.close(descriptor)
    if not done:
        for promise in promises:
            promise.begin_anew()
    elif durable:
        sync_folder(os.path.dirname(destination))
    return done


@cache
def _is_possible() -> bool:
    return hasattr(os, "O_TMPFILE") and os.path.isdir("/proc/self/fd")


def _open_nameless(destination: str) -> int | None:
    """Open a file without a name beside where it will be; None: the file system has no such."""
    if not _is_possible():
        return None
    try:
        return os.open(os.path.dirname(destination), os.O_RDWR | os.O_TMPFILE, 0o666)
    except OSError:
        return None


def _give_name(descriptor: int, path: str) -> bool:
    """Return whether the file has the name now: another may have taken it meanwhile."""
    try:
        # With `src_dir_fd`, Python calls linkat, which follows the link that /proc has.
        os.link(f"/proc/self/fd/{descriptor}", path, src_dir_fd=descriptor)
    except OSError:
        return False
    return True
