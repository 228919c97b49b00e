"""What is asked of a socket."""

from __future__ import annotations

import select
from typing import Protocol


class HasFileno(Protocol):
    """A socket, or what stands for one."""

    def fileno(self) -> int:
        """Return its descriptor; -1: it is closed."""
        ...


def is_readable(sock: HasFileno) -> bool:
    """Return whether something came, or its end, or it is closed."""
    if sock.fileno() < 0:
        return True
    if not hasattr(select, "poll"):
        return bool(select.select([sock], [], [], 0)[0])
    poll = select.poll()
    poll.register(sock, select.POLLIN)
    return bool(poll.poll(0))
