"""An iterator whose first item was taken, to see whether there is one."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Generator

R = TypeVar("R")


def resumed(first: R | None, rest: Generator[R, None, None]) -> Generator[R, None, None]:
    """Yield the item that was taken, if there was one, and the rest; closing it closes the rest.

    Backends give way to the next one before their first item only: so they make it at once.
    """
    with closing(rest):
        held = [] if first is None else [first]
        del first  # or it would be kept as long as this runs
        while held:
            yield held.pop()
        yield from rest
