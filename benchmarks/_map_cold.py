"""Time our thread map where no thread is warm: `python _map_cold.py <face> <N>`, a fresh process.

Its modules are loaded before, by a map without threads. Printed: the seconds, and those of the CPU.
"""

from __future__ import annotations

import sys
from functools import partial

from _map_bench import on_asyncio, on_trio, plain
from _map_threads import no_op, ours, ours_plain

from rp_core import sync, thread_map


async def in_line(count: int) -> list[int]:
    """Map on the loop, without threads."""
    return await thread_map(no_op, range(count), limit=0)


def in_line_plain(count: int) -> list[int]:
    """Map without threads."""
    return list(sync.thread_map(no_op, range(count), limit=0))


def main() -> None:
    """Load what the map needs, map once, check the result, and print the times."""
    face, count = sys.argv[1], int(sys.argv[2])
    items = range(count)
    faces = {
        "plain": (plain(partial(in_line_plain, 1)), plain(partial(ours_plain, no_op, items))),
        "asyncio": (on_asyncio(partial(in_line, 1)), on_asyncio(partial(ours, no_op, items))),
        "trio": (on_trio(partial(in_line, 1)), on_trio(partial(ours, no_op, items))),
    }
    prepare, run = faces[face]
    prepare()
    sample, result = run()
    assert result == [item + 1 for item in items]
    print(*sample)


if __name__ == "__main__":
    main()
